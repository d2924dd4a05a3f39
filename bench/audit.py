"""What mailflow is made of, and whether anything of it is known to be unsafe: `./run audit`.

Owns: the bill of materials (CycloneDX 1.6, JSON) written from requirements.lock, every package with its hashes and its
package URL, and reading what pip-audit says of it. Refuses to know: where advisories come from.
What may go wrong: the advisory service cannot be reached, or knows nothing of a package: that is told as "not asked",
never as "nothing known". Exit code 0: every package was asked about and nothing is known; 1: something is, or was not.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mailflow import __version__

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
_PACKAGE = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NAMES = uuid.UUID("9a4f8d0e-4c57-4c38-8d0e-2f1b1f4f5d61")


def packages(lock: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give name, version and SHA-256s of every package of a lock."""
    for entry in re.split(r"\n(?=\S)", lock):
        found = _PACKAGE.match(entry)
        if found:
            yield found[1], found[2], tuple(_HASH.findall(entry))


def bill(lock: str) -> dict[str, object]:
    """Give the bill of materials of a lock; the same lock gives the same bill."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMES, lock)}",
        "version": 1,
        "metadata": {"component": _component("mailflow", __version__, "application")},
        "components": [_package(*one) for one in packages(lock)],
    }


def _package(name: str, version: str, hashes: Sequence[str]) -> dict[str, object]:
    # One version has a file for each platform: their hashes stand beside it, each a file of its own.
    files = [{"type": "distribution", "url": f"pkg:pypi/{name}@{version}", "hashes": [_sha256(one)]} for one in hashes]
    return {**_component(name, version, "library"), "externalReferences": files}


def _component(name: str, version: str, kind: str) -> dict[str, object]:
    purl = f"pkg:pypi/{name}@{version}"
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _sha256(value: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": value}


def judged(said: Mapping[str, Any], wanted: int) -> tuple[bool, list[str]]:
    """Read pip-audit's answer: whether all of it is well, and what is to be told."""
    entries = said.get("dependencies", [])
    asked = [one for one in entries if "skip_reason" not in one]
    told = [
        f"{one['name']} {one['version']}: {flaw['id']}: mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in asked
        for flaw in one["vulns"]
    ]
    if len(asked) < wanted:
        told.append(
            f"NOT ASKED: of {wanted} packages the advisory service was asked about {len(asked)} only: run it online"
        )
    return not told, told or [f"{wanted} packages, no advisory is known"]


def asked(command: Sequence[str]) -> Mapping[str, Any]:
    """Run pip-audit over the lock; an empty answer where it could not do its work."""
    whole = [*command, "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json", "-r", str(LOCK)]
    done = subprocess.run(whole, capture_output=True, text=True, check=False)
    try:
        return dict(json.loads(done.stdout))
    except ValueError:
        print(" ".join(done.stderr.split())[-400:], file=sys.stderr)
        return {}


def main(out: str, *command: str) -> int:
    """Write the bill of materials to `out`, ask about what it names, and say what came of it."""
    lock = LOCK.read_text(encoding="utf-8")
    made = bill(lock)
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    Path(out).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    count = sum(1 for _ in packages(lock))
    print(f"{out}: {count} packages")
    well, told = judged(asked(command), count)
    print("\n".join(told))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
