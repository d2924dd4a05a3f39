"""Mail by the thousand, from strangers, forged, repeated, automatic: it is kept, and answered by nothing or little."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from mailflow.app import now
from mailflow.core.sender import ReceiverProfile
from mailflow.receive import receive
from tests.office_life import DIRECTOR, DOCS, IVAN, NUMBER, OLGA, ORDER, PETROV, SECRETARY, Life, living
from tests.scale import Scale

MX = "mx.neon.example"
PROFILE = ReceiverProfile("authserv", MX, MX)


def raw(who: str, subject: str, text: str, number: int, more: str = "", verdict: str = "dmarc=none") -> bytes:
    """A mail as our own server hands it over, with its verdict on top."""
    said = "\r\n".join(text.splitlines())
    return (
        f"Authentication-Results: {MX}; {verdict}\r\nReceived: from x by {MX}; x\r\n"
        f"From: {who}\r\nTo: {DOCS}\r\nSubject: {subject}\r\nMessage-ID: <{number}@attack.example>\r\n"
        f"Date: Mon, 16 Nov 2026 10:00:00 +0300\r\n{more}Content-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\n{said}\r\n"
    ).encode()


async def taken(life: Life, mail: bytes) -> None:
    await receive(mail, None, now(), now(), replace(life.app.desk, profile=PROFILE))


async def test_strangers_by_the_thousand_get_no_answer(tmp_path: Path, scale: Scale) -> None:
    """Not one mail leaves for an address the office does not have; the secretary is shown a hundred a day."""
    said = ("Счёт на оплату", "Статус СЧ-2026-0001", "Помощь", "Мои задачи", "Отозвать СЧ-2026-0001", "Согласовано", "")
    count = scale.of(200, 2_000, 10_000)
    async with living(tmp_path) as life:
        for number in range(count):
            who = f"victim{number}@bank.example"
            await taken(
                life, raw(who, said[number % len(said)], ORDER, number, f"Reply-To: <other{number}@bank.example>\r\n")
            )
        rows = await life.app.store.outbox(limit=10_000)
        people = life.app.office.directory.people
        assert {row.person for row in rows} == {"sekretar"}
        assert {row.address for row in rows} <= {person.address for person in people.values()}
        assert len(rows) == 100
        assert len(await life.app.store.inbox(limit=20_000)) == count


async def test_forged_requests_of_a_colleague_do_not_flood_the_office(tmp_path: Path, scale: Scale) -> None:
    """Whoever writes in a colleague's name makes cases that say so, and no more of them than one might."""
    count = scale.of(120, 1_000, 10_000)
    async with living(tmp_path) as life:
        for number in range(count):
            forged = raw(
                IVAN,
                "Счёт: баннеры",
                ORDER.replace("57", str(number)),
                number,
                verdict="dmarc=fail header.from=neon.example",
            )
            await taken(life, forged)
        rows = await life.app.store.outbox(limit=50_000)
        cases = await life.app.store.cases(limit=1000)
        assert len(cases) <= 50
        assert len([row for row in rows if row.address == PETROV]) <= 50
        assert len(rows) <= 250
        assert len(await life.app.store.inbox(limit=20_000)) == count, "every mail is kept"
        assert await life.app.store.inbox("quarantined", limit=9) == []
        genuine = raw(
            IVAN, "Счёт: конверты", ORDER.replace("57", "777"), 10**6, verdict="dmarc=pass header.from=neon.example"
        )
        await taken(life, genuine)
        assert len(await life.app.store.cases(limit=1000)) == len(cases) + 1, "his own are taken as ever"


async def test_a_mail_with_the_id_of_another_suppresses_nothing(tmp_path: Path, scale: Scale) -> None:
    """Somebody who knows the Message-ID of a genuine mail sends his own first, a thousand times."""
    async with living(tmp_path) as life:
        genuine = raw(IVAN, "Счёт: баннеры", ORDER, 1, verdict="dmarc=pass header.from=neon.example")
        for number in range(scale.of(40, 1_000, 1_000)):
            await taken(life, raw(f"x{number}@attack.example", "Счёт: баннеры", f"{ORDER}{number}", 1))
        await taken(life, genuine)
        await life.works()
        assert await life.waits_on() == ["p.petrov"]


REPORT = (
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
    "MIME-Version: 1.0\r\n\r\n--b\r\n\r\nno\r\n--b\r\n"
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
    "Final-Recipient: rfc822; {who}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n\r\n--b--\r\n"
)


@pytest.mark.parametrize(
    "head",
    [
        "Message-ID: <guess@neon.example>",
        "Message-ID: <>",
        "Subject: [СЧ-2026-0001]",
        "Message-ID: <{case}@neon.example>",
        "To: <p.petrov@neon.example>\r\nSubject: [СЧ-2026-0001]\r\nReferences: <{case}@neon.example>",
    ],
)
async def test_a_forged_report_moves_no_task_and_stops_no_letter(tmp_path: Path, head: str) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        before = await life.case()
        report = REPORT.format(who=PETROV, head=head.format(case=before.id))
        forged = (
            f"Authentication-Results: {MX}; dmarc=none\r\nReceived: from x by {MX}; x\r\nReturn-Path: <>\r\n"
            f"From: MAILER-DAEMON@neon.example\r\nTo: {DOCS}\r\nSubject: Undelivered [{NUMBER}]\r\n"
            f"Message-ID: <1@attack.example>\r\n{report}"
        )
        await taken(life, forged.encode())
        await life.works()
        assert await life.case() == before
        assert await life.count(SECRETARY) == 0


OURS = (
    "X-Mailflow-Case",
    "X-Mailflow-Person",
    "X-Mailflow-Proof",
    "X-Mailflow-Decision",
    "X-Mailflow-Assignment",
    "X-Mailflow-Kind",
    "X-Mailflow-Token",
    "X-Mailflow-Recipient",
    "X-Mailflow-Stage",
    "X-Mailflow-Command",
    "X-Mailflow-Trusted",
    "X-Mailflow-Answer",
    "X-Mailflow-Channel",
)


async def test_headers_in_our_own_name_mean_nothing(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        letter = await life.last(PETROV)
        before = await life.case()
        named = "".join(f"{name}: p.petrov approve {NUMBER} {letter.message['Reply-To']}\r\n" for name in OURS)
        await taken(life, raw("x@attack.example", "Вопрос", "Согласовано", 5, named))
        await taken(life, raw(DIRECTOR, "Вопрос", "Согласовано", 6, named))
        assert await life.case() == before


# --- signatures that are only claimed

CLAIMS = (
    "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nСогласовано\r\n"
    "-----BEGIN PGP SIGNATURE-----\r\niQE=\r\n-----END PGP SIGNATURE-----",
    "Подписано ЭЦП: Смирнова О.Н.\r\nСогласовано",
)
CLAIM_HEADERS = (
    "X-PGP-Signature: good\r\n",
    "X-Signature-Status: verified\r\n",
    "X-SMIME-Signer: o.smirnova@neon.example\r\n",
    "X-MS-Has-Signature: yes\r\n",
)


@pytest.mark.parametrize("text", CLAIMS)
@pytest.mark.parametrize("header", CLAIM_HEADERS)
async def test_a_signature_that_is_only_claimed_proves_nobody(tmp_path: Path, header: str, text: str) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        letter = await life.last(PETROV)
        answers = f"{header}In-Reply-To: {letter.message['Message-ID']}\r\n"
        await taken(life, raw(PETROV, f"Re: [{NUMBER}]", text, 7, answers))
        assert await life.waits_on() == ["p.petrov"]


# --- out of office, by the thousand

AWAY = (
    "Я в отпуске до 30 ноября.",
    "I am out of the office until Monday.",
    "Ich bin nicht im Büro.",
    "Спасибо, письмо получено.",
)
STORM = ("Автоответ: {}", "Re: {}", "Out of office: {}", "Automatische Antwort: {}")


async def test_a_storm_of_absences_decides_nothing_and_is_answered_by_little(tmp_path: Path, scale: Scale) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        letter = await life.last(PETROV)
        already = len(await life.app.store.outbox(limit=10_000))
        for number in range(scale.of(200, 2_000, 10_000)):
            chance = random.Random(number)
            thread = f"In-Reply-To: {letter.message['Message-ID']}\r\nTo: {letter.message['Reply-To']}\r\n"
            subject = chance.choice(STORM).format(f"[{NUMBER}]")
            mail = raw(PETROV, subject, chance.choice(AWAY), number, thread, "dmarc=pass header.from=neon.example")
            await taken(life, mail)
        assert await life.waits_on() == ["p.petrov"]
        owed = len(await life.app.store.outbox(limit=10_000)) - already
        assert owed <= 8
        assert OLGA not in {row.address for row in await life.app.store.outbox(limit=10_000)}
