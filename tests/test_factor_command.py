"""`mailflow second-factor`: listed, reset with a letter, kept through a rotation of keys, refused without pages."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result

from mailflow.app import opened
from mailflow.cli import main
from mailflow.errors import SettingsError
from mailflow.second_factors import Factors
from tests.site_folder import filled_site

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
WEB = '[web]\nurl = "http://127.0.0.1:8025"\n'


async def run(*said: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, list(said))


async def set_up(site: Path) -> str:
    """Set up the second factor of the first person there is; give who that is."""
    async with opened(site) as app:
        person = next(iter(app.office.directory.people))
        factors = Factors(app.office, app.store, app.desk.ring, app.counter.random)
        offered = await factors.offer(person, NOW)
        assert offered is not None
        assert await factors.enrol("browser", person, pyotp.TOTP(offered.secret).at(NOW), NOW)
        return person


async def test_the_operator_lists_and_resets_and_no_secret_is_shown(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site", more=WEB)
    person = await set_up(site)
    shown = await run("second-factor", "list", "-s", str(site))
    assert shown.output.strip() == f"{person}  since 2026-11-16 09:00 UTC"
    done = await run("second-factor", "reset", person, "-s", str(site))
    assert done.output.strip() == f"{person}: the second factor is ended, a letter says so"
    async with opened(site) as app:
        letters = await app.store.outbox(limit=10)
        assert [(one.letter.kind, one.letter.words["reset"]) for one in letters][-2:].count(
            ("second_factor", "yes")
        ) == 1
    again = await run("second-factor", "reset", person, "-s", str(site))
    assert again.output.strip() == f"{person} has no second factor"
    unknown = await run("second-factor", "reset", "nobody", "-s", str(site))
    assert unknown.exit_code != 0
    assert "there is no person `nobody`" in unknown.output + str(unknown.exception)


async def test_a_second_factor_outlives_a_rotation_and_not_one_at_once(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site", more=WEB)
    person = await set_up(site)
    assert (await run("keys", "rotate", "-s", str(site))).exit_code == 0
    async with opened(site) as app:
        assert [one.sealed.partition(".")[0] for one in await app.store.factors()] == ["2"]
    at_once = await run("keys", "rotate", "--at-once", "-s", str(site))
    assert "second factors are ended" in at_once.output
    async with opened(site) as app:
        assert not await Factors(app.office, app.store, app.desk.ring, app.counter.random).has(person)


async def test_rules_that_ask_for_it_without_pages_refuse_the_start(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    for rules in (site / "rules").glob("invoice.yaml"):
        text = rules.read_text(encoding="utf-8")
        rules.write_text(text.replace("assurance: known_browser", "assurance: second_factor"), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"invoice: finance.*add \[web\]"):
        async with opened(site):
            pass
