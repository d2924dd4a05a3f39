"""Mail nobody wrote is known for what it is, in ten languages, with or without headers; a person is no machine."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailflow.app import read_ground
from mailflow.core.answers import Expecting
from mailflow.core.automatic import automatic
from mailflow.core.away_dates import return_date
from mailflow.core.kinds import Kind, Reply
from mailflow.core.message import parse
from mailflow.explain import Ground, explain_bare

MAILS = Path(__file__).parent / "mails" / "automatic"
WRITTEN = date(2026, 11, 13)

AWAY = {
    # mail: day of return, substitute, the substitute's address
    "ru_exchange_with_headers": ("2026-11-29", "Сидоров Олег Иванович", "o.sidorov@neon.example"),
    "ru_by_subject_alone": ("2026-11-30", "", ""),
    "ru_by_words_alone": ("2026-11-24", "Смирнова Ольга", ""),
    "ru_business_trip_until_monday": ("2026-11-16", "Кузнецов", ""),
    "ru_says_it_is_automatic": ("", "", ""),
    "ru_subject_is_the_whole_message": ("2026-11-27", "", ""),
    "ru_sick_leave_in_html": ("2026-11-23", "Анна Котова", "kotova@neon.example"),
    "ru_above_a_quote": ("2026-11-25", "Орлов", ""),
    "en_gmail_vacation": ("2026-11-20", "John Smith", "john.smith@neon.example"),
    "en_outlook_by_subject_alone": ("2026-11-23", "Kate Brown", ""),
    "en_by_words_alone": ("2026-11-23", "", ""),
    "en_out_of_office_before_the_subject": ("2026-11-14", "", ""),
    "en_null_return_path": ("2026-11-18", "", ""),
    "en_x_autorespond": ("", "", ""),
    "en_precedence_auto_reply": ("", "", ""),
    "uk_by_subject_alone": ("2026-11-27", "Олени Коваль", "koval@neon.example"),
    "uk_by_words_alone": ("2026-11-30", "Іван Шевченко", ""),
    "be_by_subject_alone": ("2026-11-27", "Алесь Новік", ""),
    "be_by_words_alone": ("2026-11-20", "Алены Бондар", ""),
    "kk_by_subject_alone": ("2026-11-27", "Айгүл Сәрсенова", ""),
    "kk_by_words_alone": ("2026-11-30", "Ерлан Ахметов", ""),
    "de_by_subject_alone": ("2026-11-20", "Anna Weber", "weber@neon.example"),
    "de_by_words_alone": ("2026-11-23", "Klaus Becker", ""),
    "fr_by_subject_alone": ("2026-11-20", "Marie Dubois", "dubois@neon.example"),
    "fr_by_words_alone": ("2026-11-23", "", ""),
    "es_by_subject_alone": ("2026-11-20", "Carmen Ruiz", ""),
    "es_by_words_alone": ("2026-11-23", "", ""),
    "it_by_subject_alone": ("2026-11-20", "Giulia Rossi", "rossi@neon.example"),
    "it_by_words_alone": ("2026-11-23", "", ""),
    "pl_by_subject_alone": ("2026-11-20", "Anną Nowak", "nowak@neon.example"),
    "pl_by_words_alone": ("2026-11-23", "Jan Kowalski", ""),
}
OTHERS = {
    "receipt_by_the_standard": Kind.READ_RECEIPT,
    "receipt_that_was_deleted_unread": Kind.READ_RECEIPT,
    "receipt_by_exchange_without_a_report": Kind.READ_RECEIPT,
    "receipt_in_english": Kind.READ_RECEIPT,
    "receipt_in_german": Kind.READ_RECEIPT,
    "receipt_part_without_a_report": Kind.READ_RECEIPT,
    "receipt_of_delivery": Kind.READ_RECEIPT,
    "meeting_accepted": Kind.CALENDAR,
    "meeting_declined_with_words": Kind.CALENDAR,
    "meeting_counter_proposal": Kind.CALENDAR,
    "meeting_cancelled": Kind.CALENDAR,
    "meeting_answer_without_its_part": Kind.CALENDAR,
    "list_by_its_id": Kind.LIST,
    "list_by_unsubscribe": Kind.LIST,
    "list_by_precedence": Kind.LIST,
}
PEOPLE = {
    # mail: its answer, asked to approve, or those it may be
    "person_mentions_his_holiday_beside_a_yes": "approve_with_remarks",
    "person_will_decide_after_the_holiday": "defer",
    "person_asks_before_the_holiday": "question",
    "person_asks_for_leave": "question unclear",
    "person_writes_of_out_of_office_supplies": "unclear",
    "person_declines_in_words": "rework",
    "person_forwards_a_holiday_reply": "unclear defer",
    "person_under_exchange_suppressing_answers": "approve",
    "person_says_auto_submitted_no": "approve",
    "person_attaches_a_calendar": "approve",
}


@pytest.fixture(scope="module")
def ground() -> Ground:
    return read_ground(None)


def raw(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


def test_every_mail_here_is_in_one_of_the_tables() -> None:
    assert {path.stem for path in MAILS.glob("*.eml")} == {*AWAY, *OTHERS, *PEOPLE}


@pytest.mark.parametrize("name", AWAY)
def test_a_holiday_reply_is_known_with_its_return_and_its_substitute(name: str) -> None:
    found = automatic(parse(raw(name)))
    assert found is not None
    assert found.kind is Kind.AUTO_REPLY
    details = found.details
    said = tuple(details.get(key, "") for key in ("until", "substitute", "substitute_address"))
    assert said == AWAY[name], found.reason


@pytest.mark.parametrize("name", OTHERS)
def test_receipts_meetings_and_lists_are_what_they_are(name: str) -> None:
    found = automatic(parse(raw(name)))
    assert found is not None
    assert found.kind is OTHERS[name], found.reason


@pytest.mark.parametrize("name", [*AWAY, *OTHERS])
@pytest.mark.parametrize("expecting", Expecting)
def test_a_machine_never_decides_asks_or_acknowledges(name: str, expecting: Expecting, ground: Ground) -> None:
    read = explain_bare(raw(name), ground, expecting)
    assert read.understood.kind not in (Kind.REPLY, Kind.REQUEST, Kind.COMMAND)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_is_no_machine(name: str, ground: Ground) -> None:
    assert automatic(parse(raw(name))) is None
    understood = explain_bare(raw(name), ground, Expecting.APPROVAL).understood
    assert isinstance(understood, Reply)
    assert understood.reading.answer.value in PEOPLE[name].split()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Вернусь 10 января", date(2027, 1, 10)),
        ("в отпуске с 10.11 по 24.11", date(2026, 11, 24)),
        ("I am out 16/11/2026 - 20/11/2026", date(2026, 11, 20)),
        ("until Nov 20th", date(2026, 11, 20)),
        ("back on 2026-11-30", date(2026, 11, 30)),
        ("до завтра", date(2026, 11, 14)),
        ("vom 16.11. bis zum 20.11.2026", date(2026, 11, 20)),
        ("Я был в отпуске до 1 ноября 2026", None),
        ("приём с 9.00 до 18.00, тел. 8 (495) 123-45-67", None),
        ("счёт от 20.11.2026", None),
        ("до 99.99.2026", None),
    ],
)
def test_a_day_of_return_is_read_or_none(text: str, day: date | None) -> None:
    assert return_date(text, WRITTEN) == day
