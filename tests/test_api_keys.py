"""The keys of other systems: how one looks, what is kept of it, what it opens, and who ends it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailflow.cli import main
from mailflow.core.api_keys import RIGHTS, ApiKey, mint_key, parted, refusal
from mailflow.edges.store import Store
from mailflow.edges.store.api_keys import ApiUse

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
CHANCE = bytes(range(37))


def key(**more: object) -> ApiKey:
    minted = mint_key(CHANCE)
    known = {"rights": frozenset({"cases:read"}), "processes": frozenset({"invoice"}), "made_at": NOW, **more}
    return ApiKey(minted.id, "1С:ДО", minted.hash, **known)  # type: ignore[arg-type]


def test_a_key_is_known_at_sight_and_only_its_hash_is_kept() -> None:
    minted = mint_key(CHANCE)
    assert minted.text.startswith(f"mfk_{minted.id}_")
    assert parted(minted.text) == (minted.id, minted.hash)
    assert minted.hash not in minted.text


@pytest.mark.parametrize("text", ["", "mfk_", "mfk_abcdefgh_" + "A" * 52, " " + mint_key(CHANCE).text, "é" * 65])
def test_what_is_no_key_is_not_looked_up(text: str) -> None:
    assert parted(text) is None


def test_every_other_secret_of_a_known_key_is_refused() -> None:
    shown = mint_key(CHANCE).text
    for place in range(13, len(shown)):
        other = shown[:place] + ("a" if shown[place] != "a" else "b") + shown[place + 1 :]
        found = parted(other)
        assert found is not None
        assert refusal(key(), found[1], NOW) == "secret"
    assert refusal(key(), mint_key(CHANCE).hash, NOW) is None
    assert refusal(None, mint_key(CHANCE).hash, NOW) == "unknown"


def test_a_key_that_is_over_opens_nothing() -> None:
    mine = mint_key(CHANCE).hash
    assert refusal(key(revoked_at=NOW), mine, NOW) == "revoked"
    assert refusal(key(expires_at=NOW), mine, NOW) == "expired"
    assert refusal(key(expires_at=NOW + timedelta(seconds=1)), mine, NOW) is None


def test_a_key_does_what_it_was_made_for_with_the_processes_it_was_made_for() -> None:
    assert key().covers("invoice")
    assert not key().covers("contract")
    assert key(processes=frozenset()).covers("contract")
    assert {right for right in RIGHTS if right in key().rights} == {"cases:read"}


async def test_uses_and_refusals_of_many_requests_are_noted_together(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    try:
        for _ in range(2):
            await store.api_keys.note(ApiUse({}, {("2026-11-16", "", "unknown"): 3}))
        [refused] = await store.api_keys.refused("2026-11-01")
        assert (refused.why, refused.count) == ("unknown", 6)
    finally:
        await store.close()


# --- the commands


def run(site: Path, *said: str) -> Result:
    return CliRunner().invoke(main, [*said, "-s", str(site)])


@pytest.fixture
def site(tmp_path: Path) -> Path:
    made = CliRunner().invoke(main, ["init", str(tmp_path / "site"), "--language", "en"])
    assert made.exit_code == 0, made.output
    (tmp_path / "site" / "mailbox.password").write_text("x")
    return tmp_path / "site"


def test_a_key_is_made_shown_once_listed_and_ended_and_the_journal_says_so(site: Path) -> None:
    made = run(
        site, "keys", "api", "new", "1С:ДО", "--scope", "cases:start", "--scope", "cases:read", "--process", "invoice"
    )
    assert made.exit_code == 0, made.output
    text = made.stdout.strip()
    found = parted(text)
    assert found is not None
    listed = run(site, "keys", "api", "list").output
    assert f"{found[0]}  1С:ДО  counts; may cases:read cases:start; of invoice" in listed
    assert "never used" in listed
    assert run(site, "keys", "api", "revoke", found[0]).output == f"{found[0]} opens nothing any more\n"
    assert "was ended before" in run(site, "keys", "api", "revoke", found[0]).output
    assert "ended 20" in run(site, "keys", "api", "list").output
    with sqlite3.connect(site / "data" / "mailflow.db") as db:
        rows = db.execute("SELECT event_type, why FROM journal ORDER BY id").fetchall()
        assert [kind for kind, _ in rows] == ["api_key", "api_key_ended"]
        assert found[0] in rows[0][1]
        assert text.rpartition("_")[2] not in "\n".join(db.iterdump()), "the secret stands nowhere"
    assert run(site, "journal", "verify").exit_code == 0


def test_a_key_for_a_process_that_does_not_exist_or_an_unknown_right_is_refused(site: Path) -> None:
    wrong = run(site, "keys", "api", "new", "x", "--scope", "cases:read", "--process", "nothing")
    assert wrong.exit_code == 1
    assert "there is none of that name" in wrong.output
    assert run(site, "keys", "api", "new", "x", "--scope", "cases:everything").exit_code == 2
    assert run(site, "keys", "api", "new", "a\nb", "--scope", "cases:read").exit_code == 1
    assert run(site, "keys", "api", "revoke", "zzzz").exit_code == 1


async def test_a_revoked_key_stays_revoked_when_the_commit_is_met_again(tmp_path: Path) -> None:
    from mailflow.advance import advance
    from mailflow.core.events import ApiKeyEnded, ApiKeyMade
    from tests.offices import neon

    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    try:
        minted = mint_key(CHANCE)
        made = ApiKeyMade(f"api_key/{minted.id}", NOW, minted.id, "x", ("cases:read",), (), minted.hash)
        ended = ApiKeyEnded("ended", NOW, minted.id, "x")
        for event in (made, ended, made, ended):
            await advance(event, store, neon(), NOW)
        found = await store.api_keys.find(minted.id)
        assert found is not None
        assert refusal(found, minted.hash, NOW) == "revoked"
    finally:
        await store.close()
