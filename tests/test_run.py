"""The way in for a newcomer: `./run` tells what it can do, and the lock is what pyproject.toml asks for."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def run(*words: str, script: Path = ROOT / "run") -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(script), *words], capture_output=True, text=True, timeout=30, check=False)


def requirements_of_the_project() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(line) for group in groups for line in group]


def pins(lock: str = LOCK) -> dict[str, str]:
    found = (PIN.match(line) for line in lock.splitlines())
    return {canonicalize_name(pin[1]): pin[2] for pin in found if pin}


def wanted_by(name: str, extras: set[str]) -> list[Requirement]:
    """What an installed package asks for on any system; an optional part only if asked for by name."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # locked for another system only
        return []
    wishes = [Requirement(line) for line in lines]
    return [wish for wish in wishes if _applies(wish, extras)]


def _applies(wish: Requirement, extras: set[str]) -> bool:
    marker = str(wish.marker or "")
    return "extra ==" not in marker or any(f'extra == "{extra}"' in marker for extra in extras)


def reachable(roots: list[Requirement]) -> set[str]:
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = list(roots)
    while waiting:
        wish = waiting.pop()
        key = (canonicalize_name(wish.name), frozenset(wish.extras))
        if key not in seen:
            seen.add(key)
            waiting += wanted_by(wish.name, wish.extras)
    return {name for name, _ in seen}


def test_run_alone_names_every_verb_with_one_line_about_it() -> None:
    verbs = re.findall(r"^verb_(\w+)\(\)", (ROOT / "run").read_text(encoding="utf-8"), re.MULTILINE)
    listed = dict(re.findall(r"^  (\w+) +(\S.*)$", run().stdout, re.MULTILINE))
    assert list(listed) == verbs
    assert set(verbs) >= {"demo", "test", "check", "format", "lock", "setup"}


def test_an_unknown_verb_is_refused_and_the_known_ones_are_shown() -> None:
    answer = run("nosuch")
    assert answer.returncode == 2
    assert 'there is no "nosuch"' in answer.stderr
    assert "  demo " in answer.stderr


def test_run_works_from_any_folder_and_through_a_link(tmp_path: Path) -> None:
    link = tmp_path / "mailflow-run"
    link.symlink_to(ROOT / "run")
    assert run(script=link).stdout == run().stdout


OLD_PYTHON = '[ "$1" = -V ] && echo "Python 3.9.2" && exit 0; exit 1'
ONLY_CERTIFICATES = "printf '|ca-certificates installed|'; exit 1"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A fresh clone in `tree`; in `tools` all that the machine has: a Python too old, and no package."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tools").mkdir()
    for name in ("run", "pyproject.toml", "requirements.lock"):
        shutil.copy2(ROOT / name, tmp_path / "tree")
    for tool in ("bash", "cat", "dirname", "env", "flock", "grep", "mktemp", "readlink", "rm", "sha256sum"):
        (tmp_path / "tools" / tool).symlink_to(shutil.which(tool) or pytest.fail(f"{tool} is missing here"))
    give(tmp_path, "python3", OLD_PYTHON)
    return tmp_path


def give(machine: Path, tool: str, script: str) -> None:
    path = machine / "tools" / tool
    path.write_text(f"#!{shutil.which('sh')}\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def set_up(machine: Path) -> subprocess.CompletedProcess[str]:
    command = [str(machine / "tools" / "bash"), str(machine / "tree" / "run"), "setup", "check"]
    here = {"PATH": str(machine / "tools"), "CALLS": str(machine / "calls")}
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=here)


def test_a_python_too_old_is_named_and_nothing_is_made(machine: Path) -> None:
    answer = set_up(machine)
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer; python3 here is Python 3.9.2" in answer.stderr
    assert not (machine / "tree" / ".venv").exists()


def test_only_the_missing_system_packages_are_installed(machine: Path) -> None:
    give(machine, "dpkg-query", ONLY_CERTIFICATES)
    give(machine, "sudo", 'exec "$@"')
    give(machine, "apt-get", 'echo "$DEBIAN_FRONTEND: $*" >>"$CALLS"')
    set_up(machine)
    update, install = (machine / "calls").read_text(encoding="utf-8").splitlines()
    assert update.endswith(": update -q")
    assert install.startswith("noninteractive: install ")
    assert " --no-install-recommends " in install
    assert install.endswith(" python3-venv")
    assert "ca-certificates" not in install


def test_when_packages_cannot_be_had_the_log_is_shown_and_the_run_stops(machine: Path) -> None:
    give(machine, "dpkg-query", ONLY_CERTIFICATES)
    give(machine, "sudo", 'exec "$@"')
    give(machine, "apt-get", "echo the archive does not answer; exit 100")
    answer = set_up(machine)
    assert answer.returncode == 100
    assert "the archive does not answer" in answer.stderr
    assert "needs Python" not in answer.stderr


def test_the_lock_holds_pins_and_hashes_and_nothing_else() -> None:
    """So neither an address, nor a path, nor an option can hide in it; the start of the line decides."""
    odd = [line for line in LOCK.splitlines() if not PIN.match(line) and not HASH.match(line)]
    assert odd == []
    assert len(pins()) > 50


def test_everything_the_project_asks_for_is_locked_in_a_fitting_version() -> None:
    locked = pins()
    wrong = [
        f"{wish} is locked as {locked.get(canonicalize_name(wish.name))}"
        for wish in requirements_of_the_project()
        if not wish.specifier.contains(locked.get(canonicalize_name(wish.name), "0"))
    ]
    assert wrong == []


def test_nothing_is_locked_that_nobody_asks_for() -> None:
    assert pins().keys() - reachable(requirements_of_the_project()) == set()


def test_what_is_installed_here_is_what_the_lock_says() -> None:
    installed = {canonicalize_name(found.name): found.version for found in metadata.distributions()}
    strange = {
        name: (version, installed[name])
        for name, version in pins(locked_for_here()).items()
        if name in installed and installed[name] != version
    }
    assert strange == {}


def locked_for_here() -> str:
    """The pins whose marker holds on this machine; the others are for other Pythons and systems."""
    lines = (line for line in LOCK.splitlines() if PIN.match(line))
    marked = ((line, line.rstrip("\\ ").partition(" ; ")[2]) for line in lines)
    return "\n".join(line for line, marker in marked if not marker or Marker(marker).evaluate())
