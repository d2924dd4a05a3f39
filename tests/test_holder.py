"""Who sends from a site: a name while the process lives, and nobody's as soon as it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mailflow.edges.holder import Holder, gone
from mailflow.errors import StoreError

BEARS_A_NAME = """
import sys, time
from pathlib import Path
from mailflow.edges.holder import Holder
holder = Holder(Path(sys.argv[1]))
print(holder.name, flush=True)
time.sleep(60)
"""


def test_a_sender_that_starts_again_has_its_name_again(tmp_path: Path) -> None:
    first = Holder(tmp_path)
    first.close()
    again = Holder(tmp_path)
    assert again.name == first.name
    again.close()


def test_two_senders_at_once_have_two_names_and_neither_is_gone(tmp_path: Path) -> None:
    first, second = Holder(tmp_path), Holder(tmp_path)
    assert first.name != second.name
    with gone(tmp_path) as names:
        assert names == ()
    second.close()
    with gone(tmp_path) as names:
        assert names == (second.name,)
    first.close()


def test_two_sites_have_no_name_in_common(tmp_path: Path) -> None:
    here, there = Holder(tmp_path / "here"), Holder(tmp_path / "there")
    assert here.name != there.name
    here.close()
    there.close()


def test_a_killed_process_is_gone_at_once(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BEARS_A_NAME, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        with gone(tmp_path) as before:
            process.kill()
    assert before == ()
    with gone(tmp_path) as names:
        assert names == (name,)


def test_while_a_name_is_looked_after_nobody_takes_it(tmp_path: Path) -> None:
    Holder(tmp_path).close()
    with gone(tmp_path) as [name]:
        other = Holder(tmp_path)
        assert other.name != name
        other.close()


def test_a_name_half_written_is_nobodys_and_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "1.sender").write_text("0123")
    with gone(tmp_path) as names:
        assert names == ()
    holder = Holder(tmp_path)
    assert len(holder.name) == 32
    holder.close()


def test_before_the_first_start_nobody_is_gone(tmp_path: Path) -> None:
    with gone(tmp_path / "none") as names:
        assert names == ()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file/senders: cannot be used"):
        Holder(tmp_path / "file" / "senders")
