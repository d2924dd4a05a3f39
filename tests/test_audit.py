"""`./run audit`: every package of the lock stands in the bill of materials, and silence is never taken for a yes."""

from __future__ import annotations

import json
import re

from bench.audit import LOCK, bill, judged, packages


def test_every_package_of_the_lock_stands_in_the_bill_with_its_hashes() -> None:
    lock = LOCK.read_text(encoding="utf-8")
    made = bill(lock)
    components = made["components"]
    assert isinstance(components, list)
    assert {one["name"] for one in components} == set(re.findall(r"(?m)^([a-z0-9.-]+)==", lock))
    assert len(re.findall(r"--hash=", lock)) == sum(len(one["externalReferences"]) for one in components)
    assert all(one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}" for one in components)
    assert json.dumps(made) == json.dumps(bill(lock)), "the same lock gives the same bill"
    assert made["serialNumber"] != bill(lock + "\n")["serialNumber"]


def test_a_lock_s_markers_and_comments_are_no_part_of_a_version() -> None:
    lock = "# made\ncolorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:" + "ab" * 32 + "\n"
    assert list(packages(lock)) == [("colorama", "0.4.6", ("ab" * 32,))]


def test_what_was_not_asked_is_never_taken_for_safe() -> None:
    safe = {"name": "a", "version": "1", "vulns": []}
    skipped = {"name": "b", "skip_reason": "not found"}
    flaw = {"id": "PYSEC-1", "fix_versions": ["1.1"]}
    assert judged({"dependencies": [safe]}, 1) == (True, ["1 packages, no advisory is known"])
    assert not judged({"dependencies": [safe, skipped]}, 2)[0]
    assert "NOT ASKED" in judged({}, 2)[1][0]
    assert judged({"dependencies": [{**safe, "vulns": [flaw]}]}, 1) == (False, ["a 1: PYSEC-1: mended in 1.1"])
