"""What `mailflow status` and the measures say: what waits, since when and why, on both databases."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError

import pytest
from click.testing import CliRunner

from mailflow.advance import advance
from mailflow.cli import main
from mailflow.config import read_settings
from mailflow.core.events import NoticeDue
from mailflow.core.health import ALARMING, STILL, Cause, alarming, signs, span, word
from mailflow.core.verdict import Bad, Good, Unsure
from mailflow.core.views import Language
from mailflow.core.vitals import Machine, Pulse, Queue, Vitals
from mailflow.edges.metrics import Measured, Metrics, exposition
from mailflow.edges.store import Noted, Source, Store, Taken
from tests.offices import MONDAY, MOSCOW, neon
from tests.site_folder import filled_site

GiB = 1024**3
ROOMY = Machine(free=100 * GiB, database="SQLite 1.0 MiB", key_days=10)
WELL = Vitals(pulses={name: Pulse(name, MONDAY) for name in ("service", "mailbox")})
HOUR = timedelta(hours=1)


def verdicts(
    vitals: Vitals, machine: Machine = ROOMY, now: datetime = MONDAY, language: Language = "en"
) -> dict[Cause, Good | Unsure | Bad]:
    return {sign.cause: sign.verdict for sign in signs(vitals, machine, now, language, MOSCOW)}


def ill(vitals: Vitals, machine: Machine = ROOMY, now: datetime = MONDAY) -> set[Cause]:
    return {cause for cause, verdict in verdicts(vitals, machine, now).items() if isinstance(verdict, Bad)}


# Which measure is a worry


def test_a_service_that_does_well_needs_nobody() -> None:
    assert ill(WELL) == set()
    assert [type(verdict) for verdict in verdicts(WELL).values()] == [Good] * 11


@pytest.mark.parametrize(
    ("vitals", "causes"),
    [
        (replace(WELL, pulses={"service": Pulse("service", MONDAY - 2 * HOUR)}), {"service"}),
        (replace(WELL, mails={"quarantined": Queue(1, MONDAY)}), {"quarantine"}),
        (replace(WELL, letters={"deferred": Queue(2, MONDAY - 2 * HOUR)}), {"outbox"}),
        (replace(WELL, letters={"deferred": Queue(2, MONDAY - HOUR / 2)}), set()),
        (replace(WELL, letters={"unknown": Queue(1, MONDAY)}), {"letters"}),
        (replace(WELL, letters={"refused": Queue(1, MONDAY)}), {"letters"}),
        (replace(WELL, errands={"failed": Queue(1, MONDAY)}), {"papers"}),
        (replace(WELL, timers=Queue(1, MONDAY - HOUR)), {"timers"}),
        (replace(WELL, timers=Queue(1, MONDAY)), set()),
        (replace(WELL, mails={"failed": Queue(1, MONDAY)}), set()),
    ],
)
def test_each_queue_is_a_worry_from_its_own_age_on(vitals: Vitals, causes: set[Cause]) -> None:
    assert ill(vitals) == causes


def test_a_mailbox_unread_for_a_quarter_of_an_hour_is_a_worry_and_says_why() -> None:
    away = Pulse("mailbox", MONDAY, MONDAY, "imap.neon.example: the server does not answer")
    lost = replace(WELL, pulses={"service": Pulse("service", MONDAY + STILL), "mailbox": away})
    assert isinstance(verdicts(lost, now=MONDAY + STILL)["intake"], Unsure)
    still = verdicts(lost, now=MONDAY + STILL + timedelta(seconds=1))["intake"]
    assert isinstance(still, Bad)
    assert still.what == "no mail has been read for 15 min: imap.neon.example: the server does not answer"


def test_a_full_disk_is_a_worry_and_an_old_key_a_note() -> None:
    assert ill(WELL, replace(ROOMY, free=100 * 1024**2)) == {"disk"}
    assert isinstance(verdicts(WELL, replace(ROOMY, free=GiB))["disk"], Unsure)
    assert isinstance(verdicts(WELL, replace(ROOMY, key_days=366))["keys"], Unsure)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_sign_is_told_in_both_languages_without_a_gap(language: Language) -> None:
    bad = Vitals(
        pulses={"service": Pulse("service", MONDAY - HOUR), "mailbox": Pulse("mailbox", None, MONDAY - HOUR, "away")},
        letters={state: Queue(1, MONDAY - 2 * HOUR) for state in ("ready", "refused", "unknown")},
        mails={"quarantined": Queue(1, MONDAY - HOUR)},
        errands={"failed": Queue(1, MONDAY)},
        timers=Queue(1, MONDAY - HOUR),
    )
    for vitals in (WELL, bad, Vitals()):
        for verdict in verdicts(vitals, language=language).values():
            said = verdict.what + getattr(verdict, "cure", "") + getattr(verdict, "why", "")
            assert any("а" <= letter <= "я" for letter in said.lower()) == (language == "ru"), said
            assert "{" not in said


def test_ages_are_told_in_the_two_largest_units() -> None:
    assert span(timedelta(seconds=20), "en") == "less than a minute"
    assert span(timedelta(minutes=72), "en") == "1 h 12 min"
    assert span(timedelta(days=3, hours=4, minutes=5), "ru") == "3 дн. 4 ч"


def test_a_service_just_started_is_given_time_to_catch_up_before_anybody_is_told() -> None:
    behind = replace(
        WELL, pulses={}, letters={"ready": Queue(1, MONDAY - 2 * HOUR)}, mails={"quarantined": Queue(1, MONDAY)}
    )
    found = signs(behind, ROOMY, MONDAY, "en", MOSCOW)
    assert set(alarming(found, timedelta(minutes=1))) == {"quarantine"}
    assert set(alarming(found, STILL)) == {"quarantine", "outbox"}
    assert all(word(cause, language) for cause in ALARMING for language in ("ru", "en"))  # type: ignore[arg-type]


# What the database tells


def a_mail(uid: int, state: str) -> Taken:
    return Taken(
        source=Source("docs", "INBOX", 7, uid),
        message_key=f"{uid:064d}",
        message_id=f"<{uid}@neon.example>",
        sha256="a" * 64,
        size=1,
        received_at=MONDAY,
        sender="x@neon.example",
        subject="",
        kind="quarantined",
        reason="",
        state=state,  # type: ignore[arg-type]
    )


async def test_the_store_counts_what_waits_by_state_and_age(a_store: Store) -> None:
    store, office = a_store, neon()
    await store.take_only(a_mail(1, "quarantined"))
    await store.take_only(a_mail(2, "processed"))
    for number in range(3):
        await advance(NoticeDue(f"n/{number}", MONDAY, "help", "sekretar"), store, office, MONDAY)
    sent, refused, _ = await store.claim_letters(MONDAY, 3, HOUR, "a")
    await store.note(Noted(sent, "sent", "250", MONDAY))
    await store.note(Noted(refused, "refused", "550", MONDAY))
    found = await store.vitals(MONDAY)
    assert found.letters == {"claimed": Queue(1, MONDAY), "refused": Queue(1, MONDAY)}
    assert found.mails == {"quarantined": Queue(1, MONDAY)}
    assert (found.unsettled, found.open_cases, found.last_letter) == (2, 0, MONDAY)
    assert found.waiting() == Queue(1, MONDAY)


async def test_a_pulse_keeps_since_when_it_is_ill_until_it_is_well(a_store: Store) -> None:
    await a_store.pulse("mailbox", MONDAY, "no route")
    await a_store.pulse("mailbox", MONDAY + HOUR, "refused")
    pulse = (await a_store.vitals(MONDAY)).pulse("mailbox")
    assert pulse == Pulse("mailbox", None, MONDAY, "refused")
    await a_store.pulse("mailbox", MONDAY + 2 * HOUR)
    await a_store.pulse("mailbox", MONDAY + 3 * HOUR, "again")
    pulse = (await a_store.vitals(MONDAY)).pulse("mailbox")
    assert pulse == Pulse("mailbox", MONDAY + 2 * HOUR, MONDAY + 3 * HOUR, "again")


# The command


def test_the_command_ends_with_1_when_a_person_has_to_act_and_says_what_to_do(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    fresh = CliRunner().invoke(main, ["status", "-s", str(site), "--lang", "en"])
    assert fresh.exit_code == 0, fresh.output
    assert "the service has not run yet: start `mailflow run`" in fresh.output
    asyncio.run(_holds_a_mail(site))
    held = CliRunner().invoke(main, ["status", "-s", str(site), "--lang", "ru"])
    assert held.exit_code == 1
    assert "WRONG отложено для человека писем: 1" in held.output
    assert "`mailflow retry` покажет их" in held.output
    plain = json.loads(CliRunner().invoke(main, ["status", "-s", str(site), "--json", "--lang", "en"]).output)
    assert plain["healthy"] is False
    assert [sign["cause"] for sign in plain["signs"] if sign["level"] == "wrong"] == ["quarantine"]


async def _holds_a_mail(site: Path) -> None:
    settings = read_settings(site)
    store = await Store.open(settings.store_url, settings.domain)
    await store.take_only(a_mail(1, "quarantined"))
    await store.close()


# The measures


def test_the_measures_are_plain_numbers_that_name_nobody() -> None:
    vitals = replace(WELL, letters={"deferred": Queue(2, MONDAY - HOUR)})
    lines = exposition(Measured(vitals, ROOMY, MONDAY, ["outbox"])).splitlines()
    samples = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert samples['mailflow_letters{state="deferred"}'] == "2"
    assert samples['mailflow_oldest_letters_seconds{state="deferred"}'] == "3600"
    assert samples['mailflow_letters{state="refused"}'] == "0"
    assert samples["mailflow_disk_free_bytes"] == str(100 * GiB)
    assert samples["mailflow_healthy"] == "0"
    assert samples['mailflow_ill{cause="outbox"}'] == "1"
    helps = [line.split()[2] for line in lines if line.startswith("# HELP")]
    types = [line.split()[2:] for line in lines if line.startswith("# TYPE")]
    assert types == [[name, "gauge"] for name in helps]
    assert {sample.partition("{")[0] for sample in samples} <= set(helps)


async def test_health_is_a_status_code_and_a_database_that_is_away_is_ill() -> None:
    answers: list[Measured | Exception] = []

    async def measure() -> Measured:
        answer = answers[-1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    for said, expected in (
        (Measured(WELL, ROOMY, MONDAY, []), (200, "ok\n")),
        (Measured(WELL, ROOMY, MONDAY, ["intake", "disk"]), (503, "ill: intake, disk\n")),
        (OSError("away"), (503, "ill: database\n")),
    ):
        answers.append(said)
        metrics = Metrics("127.0.0.1", 0, measure)
        serving = asyncio.create_task(metrics.run())
        await metrics.listening.wait()
        assert await asyncio.to_thread(_get, f"http://127.0.0.1:{metrics.port}/healthz") == expected
        status, text = await asyncio.to_thread(_get, f"http://127.0.0.1:{metrics.port}/metrics")
        assert status == 200
        assert f"mailflow_up {0 if isinstance(said, Exception) else 1}\n" in text
        await metrics.close()
        await serving


def _get(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        return refused.code, refused.read().decode()
