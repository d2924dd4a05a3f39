"""The Debian package: its scripts are sound, it leans on what the program needs, and data is no part of it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DEB = ROOT / "systemd" / "deb"


@pytest.mark.parametrize("script", ["postinst", "prerm", "postrm", "build"])
def test_every_script_of_the_package_can_be_run(script: str) -> None:
    path = DEB / script
    shell = path.read_text(encoding="utf-8").splitlines()[0].rpartition("/")[2].rpartition(" ")[2]
    assert path.stat().st_mode & 0o111
    assert subprocess.run([shell, "-n", path], capture_output=True, check=False).stderr == b""


def test_the_package_needs_the_libraries_that_the_demo_installs() -> None:
    listed = re.search(r"DEMO_PACKAGES=\(\s*(.*?)\)", (ROOT / "run").read_text(encoding="utf-8"), re.DOTALL)
    assert listed is not None
    libraries = {name for name in listed[1].split() if name.startswith(("lib", "fonts-"))}
    depends = re.search(r"^Depends: (.*)$", (DEB / "control").read_text(encoding="utf-8"), re.MULTILINE)
    assert depends is not None
    assert libraries
    assert libraries <= set(depends[1].split(", "))


def test_no_script_of_the_package_removes_what_the_company_has() -> None:
    for script in ("postinst", "prerm", "postrm"):
        lines = (DEB / script).read_text(encoding="utf-8").splitlines()
        removing = [line for line in lines if re.search(r"\brm\b|\bdelete\b|deluser", line) and "echo" not in line]
        assert not [line for line in removing if "/var/lib" in line or "/etc" in line], script


def test_the_program_of_the_package_is_the_one_the_unit_starts() -> None:
    unit = (ROOT / "systemd" / "mailflow.service").read_text(encoding="utf-8")
    assert "ExecStart=/opt/mailflow/bin/mailflow run" in unit
    assert '"$root/opt/mailflow/bin/mailflow"' in (DEB / "build").read_text(encoding="utf-8")
