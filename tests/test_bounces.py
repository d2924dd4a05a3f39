"""Bounces: known in any server's words, with the address and the status; never seen in what a person writes."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from mailflow.core.around import Target
from mailflow.core.arrivals import Arrival
from mailflow.core.automatic import automatic
from mailflow.core.bounces import bounce, is_delay
from mailflow.core.case import Ask
from mailflow.core.events import LetterBounced
from mailflow.core.happening import event_of
from mailflow.core.kinds import Kind, Other
from mailflow.core.message import parse
from mailflow.core.sender import Unproven
from tests.offices import neon

REPORT = """\
From: {sender}
To: docs@neon.example
Subject: {subject}
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary=b

--b
Content-Type: text/plain; charset=utf-8

{text}

--b
Content-Type: message/{kind}

Reporting-MTA: dns; mx.neon.example

{fields}

--b--
"""


def report(fields: str, kind: str = "delivery-status", text: str = "See below.") -> Other | None:
    sender, subject = "postmaster@neon.example", "Delivery"
    return bounce(parse(REPORT.format(kind=kind, fields=fields, text=text, sender=sender, subject=subject).encode()))


def mail(text: str, subject: str = "Delivery", **headers: str) -> Other | None:
    lines = {"From": "mailer-daemon@neon.example", "To": "docs@neon.example", "Subject": subject}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "\n".join(f"{name}: {value}" for name, value in lines.items())
    body = f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    return bounce(parse(f"{head}\n{body}".encode()))


FAILED = "Final-Recipient: rfc822; a.kim@neon.example\nAction: failed\nStatus: 5.1.1"
ARRIVED = "Final-Recipient: rfc822; o.smirnova@neon.example\nAction: delivered\nStatus: 2.1.5"


def test_a_report_names_the_address_and_the_status() -> None:
    found = report(FAILED)
    assert found is not None
    assert (found.kind, found.details) == (Kind.BOUNCE, {"address": "a.kim@neon.example", "status": "5.1.1"})


def test_of_several_recipients_the_one_that_failed_is_named() -> None:
    found = report(f"{ARRIVED}\n\n{FAILED}")
    assert found is not None
    assert found.details == {"address": "a.kim@neon.example", "status": "5.1.1"}


LATE = "Final-Recipient: rfc822; i.late@neon.example\nAction: delayed\nStatus: 4.4.1"


@pytest.mark.parametrize("fields", [LATE, f"{ARRIVED}\n\n{LATE}"])
def test_a_mail_that_is_late_has_not_failed(fields: str) -> None:
    found = report(fields)
    assert found is not None
    assert is_delay(found)
    assert found.details == {"address": "i.late@neon.example", "status": "4.4.1", "action": "delayed"}


@pytest.mark.parametrize(("fields", "told"), [(LATE, False), (FAILED, True)])
def test_the_secretary_is_told_of_a_failure_and_not_of_a_delay(fields: str, told: bool) -> None:
    found, target = report(fields), Target("1", "2", "a.kim", "3", Ask.APPROVAL)
    assert found is not None
    arrival = Arrival(parse(b""), datetime(2026, 11, 9, tzinfo=UTC), Unproven("no_profile"), None, target)
    assert isinstance(event_of(found, arrival, neon()), LetterBounced) is told


def test_one_address_that_failed_among_late_ones_is_a_failure_and_is_named() -> None:
    found = report(f"{LATE}\n\n{FAILED}", text="Will keep trying until message is 5 days old")
    assert found is not None
    assert found.details == {"address": "a.kim@neon.example", "status": "5.1.1"}


@pytest.mark.parametrize(("text", "late"), [
    ("THIS IS A WARNING MESSAGE ONLY.\nYOU DO NOT NEED TO RESEND YOUR MESSAGE.\n<a.kim@neon.example>: 452 full", True),
    ("Not yet delivered to a.kim@neon.example: 450 later. Delivery attempts will continue for some time", True),
    ("Письмо для a.kim@neon.example не доставлено. Попытки доставки будут продолжены в течение 4 дней.", True),
    ("Доставка письма задерживается: a.kim@neon.example, 451 4.7.1. Отправлять письмо повторно не нужно.", True),
    ("The server tried for 5 days and gave up: a.kim@neon.example 4.4.7", False),
    ("Will keep trying a.kim@neon.example; b.kim@neon.example failed: 550 5.1.1 no such user", False),
])  # fmt: skip
def test_a_server_tells_in_its_own_words_whether_it_goes_on_trying(text: str, late: bool) -> None:
    found = mail(text)
    assert found is not None
    assert is_delay(found) is late


def test_a_report_that_the_mail_arrived_is_no_bounce() -> None:
    found = report(ARRIVED)
    assert found is not None
    assert found.kind is Kind.READ_RECEIPT


def test_a_complaint_is_no_bounce() -> None:
    found = report("Feedback-Type: abuse", "feedback-report")
    assert found is not None
    assert found.kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(("text", "address", "status"), [
    ("<a.kim@neon.example>:\nUser unknown in local table. (#5.1.1)", "a.kim@neon.example", "5.1.1"),
    ("A message that you sent could not be delivered:\n\n  a.kim@neon.example\n    550 no such user",
     "a.kim@neon.example", ""),
    ("Письмо для a.kim@neon.example не доставлено: 5.2.2 ящик переполнен.", "a.kim@neon.example", "5.2.2"),
    ("host mx.neon.example[192.0.2.25] said: 550 5.7.1 <a.kim@neon.example> rejected", "a.kim@neon.example", "5.7.1"),
    ("We could not deliver your mail.\n\nReceived: from x\nFrom: docs@neon.example\nTo: Ким <a.kim@neon.example>\n",
     "a.kim@neon.example", ""),
])  # fmt: skip
def test_address_and_status_are_read_from_a_servers_own_words(text: str, address: str, status: str) -> None:
    found = mail(text)
    assert found is not None
    assert found.details == {name: value for name, value in (("address", address), ("status", status)) if value}


def test_an_ip_address_is_no_status() -> None:
    found = mail("192.0.2.25 and 5.1.1.9 and 10.4.2.1 were tried")
    assert found is not None
    assert "status" not in found.details


@pytest.mark.parametrize("headers", [
    {"From": "Postmaster <postmaster@neon.example>"}, {"From": "no-reply@neon.example"},
    {"From": "i@neon.example", "Return_Path": "<>"}, {"From": "i@neon.example", "Auto_Submitted": "auto-generated"},
    {"From": "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@neon.example"},
])  # fmt: skip
def test_a_machine_that_says_it_failed_sends_a_bounce(headers: dict[str, str]) -> None:
    said = "Your mail could not be delivered to <a.kim@neon.example>: 550 5.1.1 unknown"
    found = mail(said, subject="Mail", **headers)
    assert found is not None
    assert found.details["address"] == "a.kim@neon.example"


@pytest.mark.parametrize(("subject", "text", "headers"), [
    ("Не доставлено: два насоса", "Не доставлено два насоса, 550 шт. на складе", {"From": "i@neon.example"}),
    ("Re: Undelivered Mail Returned to Sender", "550 5.1.1, что делать?", {"From": "i@neon.example"}),
    ("Нет на месте", "Я в отпуске, письмо не доставлено никому", {"From": "i@neon.example", "Return_Path": "<>"}),
    ("Счёт", "Прошу оплатить до пятницы", {"From": "postmaster@romashka.example"}),
    ("Счёт", "Прошу оплатить до пятницы", {"From": "no-reply@romashka.example"}),
])  # fmt: skip
def test_what_is_no_bounce_is_not_taken_for_one(subject: str, text: str, headers: dict[str, str]) -> None:
    assert mail(text, subject, **headers) is None


def test_an_answer_to_our_letter_under_a_servers_subject_is_never_read_as_a_persons() -> None:
    message = parse("From: o@neon.example\nSubject: Не доставлено: [СЧ-2026-0001] Счёт\n\nСогласовано".encode())
    found = automatic(message)
    assert found is not None
    assert found.kind is Kind.BOUNCE


@pytest.mark.parametrize(
    "piece",
    [
        "a@",
        "a.",
        "5.1.",
        "To: a",
        "Final-Recipient: rfc822;",
        "could not be ",
        "550 ",
        "<",
        "попытки доставки ",
        "доставка ",
    ],
)
def test_a_megabyte_of_anything_is_looked_through_in_time(piece: str) -> None:
    message = parse(f"From: mailer-daemon@neon.example\n\n{piece * (1_000_000 // len(piece))}".encode())
    started = time.process_time()
    bounce(message)
    assert time.process_time() - started < 1
