"""Time in a case: silence, the clock that stands still, terms: short stories on the pure engine."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mailflow.core.answers import Answer
from mailflow.core.case import CaseState
from mailflow.core.effects import SendLetter
from mailflow.core.events import LetterBounced
from mailflow.core.sheet import approval_sheet
from mailflow.core.showing import Ways, letter_view
from tests.offices import MOSCOW, NOBODY, Story, letters, timers, waits_on
from tests.processes import story

TITLE = "title: {ru: Рабочая группа, en: Working group}"
SILENT = f"""
    - group:
        kind: approve
        {TITLE}
        who: role group
        order: all
        due: 3 working days
        on_silence: {{after: 3 working days, approve: true}}
    """


def rung(told: Story, person: str, at: datetime | None = None) -> None:
    """The timer of silence rings for the person, at its own time."""
    told.now = at or (told.task(person).silent_at or told.now) - timedelta(minutes=1)
    told.timer("silence", person)


def test_each_member_who_is_silent_agrees_by_rule_and_the_sheet_says_so() -> None:
    told = story(SILENT)
    told.answer("kim", Answer.APPROVE)
    rung(told, "zuev")
    assert waits_on(told.it) == ["olga"]
    rung(told, "olga")
    assert told.it.state is CaseState.DONE
    said = {row.name: row.decision for row in approval_sheet(told.it, told.office, told.now).rows}
    assert said["Ким Н.Л."] == "Согласовано"
    assert said["Зуев О.И."] == "Автосогласовано (нет ответа 3 р. д.)"


def test_the_letter_says_until_when_silence_counts() -> None:
    told = story(SILENT)
    letter = next(e for e in told.transitions[0].effects if isinstance(e, SendLetter) and e.to == "kim")
    view = letter_view(letter, told.it, told.office, Ways(), told.now)
    assert view.words["silence"] == "19.11.2026"


@pytest.mark.parametrize(
    ("said", "comment"),
    [
        (Answer.APPROVE_WITH_REMARKS, "только поправьте п. 3"),
        (Answer.NEED_REASON, ""),
        (Answer.QUESTION, "почему так дорого?"),
        (Answer.DEFER, "посмотрю завтра"),
        (Answer.UNCLEAR, "хм"),
    ],
)
def test_who_has_begun_to_answer_is_not_silent(said: Answer, comment: str) -> None:
    told = story(SILENT)
    told.answer("zuev", said, comment)
    rung(told, "zuev", datetime(2026, 11, 19, 17, 59, tzinfo=MOSCOW))
    assert "zuev" in waits_on(told.it)
    assert ("escalation", "boss") in letters(told.transitions[-1])


def test_a_reply_that_did_not_count_is_no_silence_either() -> None:
    told = story(SILENT)
    told.answer("zuev", Answer.REWORK, "нет", proof=NOBODY)
    rung(told, "zuev")
    assert "zuev" in waits_on(told.it)


def test_a_letter_that_came_back_makes_nobodys_silence_agreement() -> None:
    told = story(SILENT)
    task = told.task("zuev")
    told.happens(LetterBounced(told.key(), told.now, told.it.id, task.id, "zuev@neon.example", "user unknown"))
    rung(told, "zuev")
    assert "zuev" in waits_on(told.it)


def test_agreement_by_silence_can_be_taken_back_and_does_not_come_again_by_itself() -> None:
    told = story(f"{SILENT.rstrip()}\n    - last: {{kind: approve, {TITLE}, who: role director}}\n")
    for person in ("zuev", "kim", "olga"):
        task = told.task(person)
        rung(told, person)
    assert waits_on(told.it) == ["boss"]
    done = told.answer("olga", Answer.WITHDRAW, "Отзываю", task=task)
    assert waits_on(told.it) == ["olga"]
    assert "silence" not in {what for what, _ in timers(done)}


CLOCK = f"""
    - one:
        kind: approve
        {TITLE}
        who: role lawyer
        due: 2 working days
        remind: [4 hours before, at due]
    """


def test_the_clock_stands_still_while_a_question_is_open_and_goes_on_after() -> None:
    told = story(CLOCK)
    assert told.task("morozov").due_at == datetime(2026, 11, 18, 18, tzinfo=MOSCOW)
    told.now = datetime(2026, 11, 17, 11, 59, tzinfo=MOSCOW)
    told.answer("morozov", Answer.QUESTION, "какая диагональ?")
    told.now = datetime(2026, 11, 19, 14, 59, tzinfo=MOSCOW)
    done = told.answer("ivan", Answer.UNCLEAR, "24 дюйма")
    # 15 office hours were left on Tuesday at noon, and so they are on Thursday at three.
    assert told.task("morozov").due_at == datetime(2026, 11, 23, 12, tzinfo=MOSCOW)
    when = [(what, at.strftime("%d.%m %H:%M")) for what, at in timers(done)]
    assert when == [("remind", "20.11 17:00"), ("due", "23.11 12:00")]
    told.answer("morozov", Answer.APPROVE)
    [row] = [r for r in approval_sheet(told.it, told.office, told.now).rows if r.name == "Морозов А.Ю."]
    assert "Часы стояли с 2026-11-17 по 2026-11-19" in row.remark


def test_the_clock_goes_on_only_when_the_last_of_several_questions_is_answered() -> None:
    told = story(CLOCK)
    told.answer("morozov", Answer.QUESTION, "какая диагональ?")
    first = told.task("ivan")
    told.answer("morozov", Answer.QUESTION, "нужно ли 4K?")
    told.answer("ivan", Answer.UNCLEAR, "24 дюйма", task=first)
    assert told.task("morozov").paused_at is not None
    told.answer("ivan", Answer.UNCLEAR, "не нужно")
    assert told.task("morozov").paused_at is None


def test_a_term_that_had_passed_before_the_question_is_not_given_back() -> None:
    told = story(CLOCK)
    told.now = datetime(2026, 11, 19, 12, tzinfo=MOSCOW)
    told.answer("morozov", Answer.QUESTION, "какая диагональ?")
    told.now = datetime(2026, 11, 20, 12, tzinfo=MOSCOW)
    told.answer("ivan", Answer.UNCLEAR, "24 дюйма")
    assert told.task("morozov").due_at == datetime(2026, 11, 18, 18, tzinfo=MOSCOW)
