"""The disk is full at the first write, the second, every one: nothing half-done stays, and with room it goes on."""

from __future__ import annotations

import errno
import os
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from mailflow.edges.blobs import Blobs
from mailflow.edges.store import Committed, Store
from mailflow.errors import StoreError
from tests.test_store import a_case, a_letter, a_mail, a_number, move, opened, sizes

LONG = "счёт " * 4000
"""A text of some pages, so that a commit needs many of them."""


async def test_a_database_full_at_any_page_of_a_commit_refuses_it_whole_and_takes_it_with_room(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    await opened(store, id_="c0")
    before, refused = await sizes(store), 0
    for room in count():
        [pages] = await store._db.read(lambda s: s.rows("PRAGMA page_count"))
        limit = f"PRAGMA max_page_count = {pages['page_count'] + room}"
        await store._db.read(lambda s, limit=limit: s.rows(limit))  # type: ignore[misc]
        outcome = await outcome_of(commits(store))
        if not isinstance(outcome, StoreError):
            break
        assert "full" in str(outcome)
        refused += 1
        assert await sizes(store) == before
        await store._db.read(lambda s: s.rows("PRAGMA max_page_count = 1000000"))
        [sound] = await store._db.read(lambda s: s.rows("PRAGMA integrity_check"))
        assert sound["integrity_check"] == "ok"
    assert isinstance(outcome, Committed)
    assert refused >= 10, "a commit of many pages was to be refused at each of them"
    assert (await store.cases())[0].number == "СЧ-2026-0001"
    await store.close()


async def commits(store: Store) -> Any:
    effects = (a_number("mail/1/0"), a_letter("mail/1/1"))
    return await move(store, None, a_case("c1", subject=LONG), "mail/1", *effects, mail=a_mail(1))


async def outcome_of(work: Awaitable[Any]) -> Any:
    """Give what the work gives, or its complaint."""
    try:
        return await work
    except StoreError as complaint:
        return complaint


class Full:
    """A disk that is full from the n-th of these calls on."""

    def __init__(self, room: int) -> None:
        self.room = room

    def once(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **more: Any) -> Any:
            self.room -= 1
            if self.room < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*arguments, **more)

        return called


async def test_a_file_store_full_at_any_step_names_no_half_file_and_takes_all_with_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = [b"one", b"two" * 1000, b"three"]
    for room in count():
        blobs = Blobs(tmp_path / str(room))
        full = Full(room)
        with monkeypatch.context() as patch:
            for owner, name in ((os, "open"), (os, "fsync"), (Path, "rename"), (Path, "mkdir")):
                patch.setattr(owner, name, full.once(getattr(owner, name)))
            kept = await outcome_of(blobs.keep_all(contents))
        if not isinstance(kept, StoreError):
            break
        assert "No space left" in str(kept)
        for path in (tmp_path / str(room)).glob("??/*"):
            assert await blobs.read(path.name) in contents
        assert [await blobs.read(one.sha256) for one in await blobs.keep_all(contents)] == contents
    assert [one.content for one in kept] == contents
    assert room > 20, "each step was to fail once"
