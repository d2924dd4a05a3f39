"""The file store keeps bytes, gives them back, and says so when it cannot."""

from __future__ import annotations

import asyncio
import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailflow.edges.blobs import Blobs
from mailflow.errors import StoreError


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.mark.parametrize("content", [b"", b"\0", b"From: a\n\r\r\nx", os.urandom(3_000_000)])
async def test_what_is_kept_comes_back_byte_for_byte(blobs: Blobs, content: bytes) -> None:
    sha256 = await blobs.keep(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert await blobs.read(sha256) == content


async def test_a_file_lies_under_its_own_hash_in_one_folder_of_its_first_two_letters_and_nothing_else_remains(
    blobs: Blobs, tmp_path: Path
) -> None:
    sha256 = await blobs.keep(b"letter")
    files = [path.relative_to(tmp_path / "blobs") for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert files == [Path(sha256[:2], sha256)]


async def test_the_same_content_is_written_once(blobs: Blobs) -> None:
    path = blobs.path(await blobs.keep(b"letter"))
    before = path.stat()
    await blobs.keep(b"letter")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


async def test_many_at_once_with_the_same_content_do_not_disturb_each_other(blobs: Blobs) -> None:
    content = os.urandom(200_000)
    names = await asyncio.gather(*(blobs.keep(content) for _ in range(20)))
    assert len(set(names)) == 1
    assert await blobs.read(names[0]) == content


async def test_a_file_cut_short_is_replaced_when_the_good_bytes_come_again(blobs: Blobs) -> None:
    sha256 = await blobs.keep(b"the whole letter")
    blobs.path(sha256).write_bytes(b"the wh")
    await blobs.keep(b"the whole letter")
    assert await blobs.read(sha256) == b"the whole letter"


async def test_a_damaged_file_is_named_and_not_given_out(blobs: Blobs) -> None:
    sha256 = await blobs.keep(b"pay 100")
    blobs.path(sha256).write_bytes(b"pay 900")
    with pytest.raises(StoreError, match=sha256):
        await blobs.read(sha256)


async def test_a_missing_file_is_named(blobs: Blobs) -> None:
    sha256 = await blobs.keep(b"letter")
    blobs.path(sha256).unlink()
    with pytest.raises(StoreError, match=sha256):
        await blobs.read(sha256)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
async def test_nothing_but_a_hash_can_be_asked_for(blobs: Blobs, name: str) -> None:
    with pytest.raises(StoreError, match="SHA-256"):
        await blobs.read(name)


async def test_a_folder_that_cannot_be_written_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file stands where the folder should be")
    with pytest.raises(StoreError, match="cannot be written"):
        await Blobs(tmp_path / "blobs").keep(b"letter")


async def test_a_write_that_fails_leaves_no_name_behind(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    sha256 = hashlib.sha256(b"letter").hexdigest()
    await blobs.keep(b"another letter")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        with pytest.raises(StoreError, match="No space left"):
            await blobs.keep(b"letter")
    assert not blobs.path(sha256).exists()
    assert not list((blobs.path(sha256).parents[1] / "new").iterdir())


async def test_what_a_killed_writer_left_is_swept_away_after_a_day_and_what_is_being_written_is_not(
    blobs: Blobs, tmp_path: Path
) -> None:
    sha256 = await blobs.keep(b"letter")
    left, fresh = (tmp_path / "blobs" / "new" / name for name in ("left", "fresh"))
    for file in (left, fresh):
        file.write_bytes(b"half a let")
    a_day_ago = datetime.now(UTC) - timedelta(days=1)
    for old in (left, blobs.path(sha256)):
        os.utime(old, (a_day_ago.timestamp() - 60,) * 2)
    assert await blobs.sweep(a_day_ago) == 1
    assert (left.exists(), fresh.exists()) == (False, True)
    assert await blobs.read(sha256) == b"letter"


async def test_a_store_nothing_was_ever_written_to_has_nothing_to_sweep(blobs: Blobs) -> None:
    assert await blobs.sweep(datetime.now(UTC)) == 0


async def test_content_and_folder_reach_the_disk_in_this_order(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def seen_fsync(descriptor: int) -> None:
        steps.append("fsync folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "fsync file")
        fsync(descriptor)

    def seen_rename(self: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(self, target)

    await blobs.keep(b"makes the folders")
    for content in (b"letter", b"second", b"third"):
        blobs.path(hashlib.sha256(content).hexdigest()).parent.mkdir(parents=True)
    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(Path, "rename", seen_rename)
    await blobs.keep(b"letter")
    assert steps == ["fsync file", "rename", "fsync folder"]
    steps.clear()
    await blobs.keep_all([b"letter", b"second", b"third", b"third"])
    assert steps == ["fsync file", "rename", "fsync file", "rename", *["fsync folder"] * 3]


async def test_contents_kept_together_are_given_in_their_order_and_lie_where_each_alone_would(blobs: Blobs) -> None:
    contents = [b"one", b"two", b"one"]
    kept = await blobs.keep_all(contents)
    assert [one.content for one in kept] == contents
    assert [one.sha256 for one in kept] == [await blobs.keep(content) for content in contents]
    assert [await blobs.read(one.sha256) for one in kept] == contents
    assert await blobs.keep_all([]) == []
