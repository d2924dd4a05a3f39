"""The chain shows every touch, and the patches give the case back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.answers import Answer, Details
from mailflow.core.case import (
    Ask,
    Assignment,
    Case,
    CaseState,
    Decision,
    FileVersion,
    Standing,
)
from mailflow.core.events import (
    AbsenceNoted,
    AnswerReceived,
    CommandReceived,
    Event,
    IncomingFile,
    LetterBounced,
    NoticeDue,
    OutsideAnswered,
    RequestReceived,
    TimerDue,
)
from mailflow.core.journal import (
    Broken,
    Intact,
    JournalRow,
    case_document,
    changes,
    event_document,
    link,
    read_case,
    read_event,
    replay,
    storable,
    verify,
)
from mailflow.core.sender import Proven, Unproven

NOW = datetime(2026, 11, 12, 10, 0, tzinfo=UTC)

TEXT = st.text(st.characters(), max_size=12)
"""Any text a hostile mail may hold: NUL and halves of surrogate pairs included."""
TIMES = st.datetimes(timezones=st.just(UTC))
DECISIONS = st.builds(
    Decision,
    answer=st.sampled_from(Answer),
    by=TEXT,
    at=TIMES,
    channel=st.sampled_from(("reply", "link", "mailto", "rule")),
    comment=TEXT,
)
ASSIGNMENTS = st.builds(
    Assignment,
    id=TEXT,
    round=st.integers(1, 9),
    stage=TEXT,
    principal=TEXT,
    ask=st.sampled_from(Ask),
    opened_at=TIMES,
    due_at=st.none() | TIMES,
    standing=st.sampled_from(Standing),
    decision=st.none() | DECISIONS,
    pending=st.none() | st.sampled_from(Answer),
)
FILES = st.builds(
    FileVersion,
    name=TEXT,
    version=st.integers(1, 9),
    sha256=TEXT,
    size=st.integers(0, 2**53),
    content_type=TEXT,
    by=TEXT,
    at=TIMES,
)
CASES = st.builds(
    Case,
    id=st.just("c1"),
    process=TEXT,
    initiator=TEXT,
    opened_at=TIMES,
    subject=TEXT,
    number=TEXT,
    state=st.sampled_from(CaseState),
    round=st.integers(1, 9),
    fields=st.dictionaries(TEXT, TEXT | st.booleans() | st.lists(TEXT, max_size=3).map(tuple), max_size=4),
    files=st.lists(FILES, max_size=3).map(tuple),
    assignments=st.lists(ASSIGNMENTS, max_size=3).map(tuple),
    thread=st.lists(TEXT, max_size=3).map(tuple),
    closed_at=st.none() | TIMES,
    version=st.integers(1, 99),
)


def journal_of(cases: Sequence[Case]) -> list[JournalRow]:
    """The journal that these states of one case leave behind."""
    rows: list[JournalRow] = []
    before: Case | None = None
    previous = ""
    for seq, case in enumerate(cases, start=1):
        event = TimerDue(f"mail/{seq}", NOW, "c1", "c1/1/finance/smirnova", "remind")
        row = JournalRow(
            case="c1",
            seq=seq,
            at=NOW + timedelta(hours=seq),
            event_key=event.key,
            event_type=event.type,
            event=event_document(event),
            why=f"Шаг {seq}",
            patch=changes(before, case),
            previous=previous,
        )
        rows.append(replace(row, hash=link(previous, row)))
        before, previous = case, rows[-1].hash
    return rows


def five_steps() -> list[JournalRow]:
    first = Case(id="c1", process="invoice", initiator="petrov", opened_at=NOW, version=1)
    return journal_of([replace(first, version=n, stage=f"stage {n}") for n in range(1, 6)])


@given(st.lists(CASES, min_size=1, max_size=5))
def test_the_patches_laid_over_each_other_give_the_last_case(cases: list[Case]) -> None:
    rows = journal_of(cases)
    assert replay(rows) == read_case(case_document(cases[-1]))
    assert verify(rows) == Intact(len(cases))


@given(CASES)
def test_a_case_survives_its_document(case: Case) -> None:
    clean = read_case(case_document(case))
    assert read_case(case_document(clean)) == clean


@given(CASES, CASES)
def test_a_patch_holds_what_changed_and_nothing_else(before: Case, after: Case) -> None:
    old, new, patch = case_document(before), case_document(after), changes(before, after)
    assert {**old, **patch} == new
    assert all(old[key] != value for key, value in patch.items())


@given(TEXT)
def test_storable_text_can_be_written_anywhere_and_only_what_cannot_is_replaced(text: str) -> None:
    plain = storable(text)
    assert "\x00" not in plain
    plain.encode()
    assert storable(plain) == plain
    if "\x00" not in text and not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        assert plain == text


def test_emoji_and_cyrillic_stay_as_they_are() -> None:
    case = Case(id="c1", process="invoice", initiator="petrov", opened_at=NOW, subject="Счёт 👍 \\u0000 № 57")
    assert read_case(case_document(case)) == case


EVENTS: tuple[Event, ...] = (
    RequestReceived(
        key="mail/1",
        at=NOW,
        process="invoice",
        sure=False,
        by="petrov",
        proof=Proven("petrov@example.org", "embedded"),
        fields={"amount": "120000.50", "urgent": True, "tags": ("a", "b")},
        files=(IncomingFile("счёт.pdf", "ab" * 32, 5, "application/pdf"),),
    ),
    AnswerReceived(
        key="mail/2",
        at=NOW,
        case="c1",
        assignment="c1/1/finance/smirnova",
        proof=Unproven("no signature"),
        answer=Answer.PAID,
        details=Details(number="345", date=NOW.date()),
    ),
    CommandReceived("mail/3", NOW, "c1", "petrov", Proven("p@example.org", "dkim"), "withdraw"),
    AbsenceNoted("mail/4", NOW, "c1", "c1/1/finance/smirnova", "в отпуске", "2026-12-01"),
    LetterBounced("mail/5", NOW, "c1", "c1/1/finance/smirnova", "s@example.org", "550"),
    OutsideAnswered(
        "mail/7",
        NOW,
        "c1",
        "",
        "kp@romashka.example",
        Unproven("no signature"),
        "Цена: 5",
        (),
        {"sure": True},
    ),
    TimerDue("mail/1/2", NOW, "c1", "c1/1/finance/smirnova", "due"),
    NoticeDue("mail/6", NOW, "stranger", "postmaster", {"from": "x@example.org"}, (("a", "b"),)),
)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_of_every_type_survives_its_document(event: Event) -> None:
    assert read_event(event_document(event)) == event


def test_an_untouched_journal_is_intact() -> None:
    assert verify(five_steps()) == Intact(5)
    assert verify(five_steps(), expected=5) == Intact(5)
    assert verify([]) == Intact(0)


ALTERATIONS = {
    "why": "Директор согласовал",
    "at": NOW,
    "event_key": "mail/9",
    "event_type": "answer",
    "event": {"key": "mail/2"},
    "patch": {"stage": "paid"},
}


@pytest.mark.parametrize("column", ALTERATIONS)
def test_an_altered_row_is_found(column: str) -> None:
    rows = five_steps()
    rows[2] = replace(rows[2], **{column: ALTERATIONS[column]})
    found = verify(rows)
    assert isinstance(found, Broken)
    assert found.seq == 3


def test_an_altered_row_with_a_new_hash_is_found_at_the_next_one() -> None:
    rows = five_steps()
    forged = replace(rows[2], why="Директор согласовал")
    rows[2] = replace(forged, hash=link(forged.previous, forged))
    found = verify(rows)
    assert isinstance(found, Broken)
    assert found.seq == 4


@pytest.mark.parametrize("place", range(4))
def test_a_removed_row_is_found(place: int) -> None:
    rows = five_steps()
    del rows[place]
    found = verify(rows)
    assert isinstance(found, Broken)
    assert found.seq == place + 1


def test_a_row_removed_and_the_rest_renumbered_is_found() -> None:
    rows = five_steps()
    del rows[1]
    renumbered = [replace(row, seq=seq) for seq, row in enumerate(rows, start=1)]
    found = verify(renumbered)
    assert isinstance(found, Broken)
    assert found.seq == 2


def test_reordered_rows_are_found() -> None:
    rows = five_steps()
    rows[1], rows[2] = rows[2], rows[1]
    found = verify(rows)
    assert isinstance(found, Broken)
    assert found.seq == 2


def test_a_row_of_another_case_is_found() -> None:
    rows = five_steps()
    rows[3] = replace(rows[3], case="c2")
    assert isinstance(verify(rows), Broken)


def test_a_cut_tail_is_found_by_who_knows_the_version() -> None:
    assert verify(five_steps()[:3]) == Intact(3)
    found = verify(five_steps()[:3], expected=5)
    assert isinstance(found, Broken)
    assert found.seq == 4


def test_the_hash_is_the_same_in_every_time_zone() -> None:
    row = five_steps()[0]
    moscow = replace(row, at=row.at.astimezone(timezone(timedelta(hours=3))))
    assert link("", moscow) == link("", row)


def test_an_empty_journal_describes_no_case() -> None:
    with pytest.raises(ValueError, match="from the first on"):
        replay([])
