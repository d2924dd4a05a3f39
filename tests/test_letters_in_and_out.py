"""Incoming and outgoing letters, told as short stories against the pure engine."""

from __future__ import annotations

from datetime import date, datetime

from mailflow.core.answers import Answer, Details
from mailflow.core.case import CaseState
from mailflow.core.effects import MakeDocument, SendLetter, StartCase, TakeNumber, TellCase
from tests.offices import MOSCOW, Story, letters, neon, shipped_process, waits_on

TEXT = {"addressee": "Начальник управления АО «Мосводоканал» Лагунин В.А.", "subject_matter": "О ТУ", "text": "Просим."}


def incoming() -> Story:
    story = Story(neon(None, shipped_process("incoming"), shipped_process("outgoing")))
    story.opens("incoming", "sekretar", correspondent="Мосводоканал", subject_matter="о ТУ", their_number="01-12/4567")
    return story


def resolves(story: Story, *executors: str, due: date | None = None, answer: bool = False) -> None:
    details = Details(executors=executors, due=due, answer_needed=answer)
    story.answer("director", Answer.RESOLUTION, "исполнить", details=details)


def outgoing(**fields: object) -> Story:
    story = Story(neon(None, shipped_process("outgoing")))
    story.opens("outgoing", "p.petrov", **fields)
    return story


def test_an_incoming_letter_goes_to_the_director_for_his_resolution() -> None:
    assert waits_on(incoming().it) == ["director"]


def test_a_resolution_gives_the_task_to_each_executor_by_the_day_it_names() -> None:
    story = incoming()
    resolves(story, "Петрову П.П.", "Орлову", due=date(2026, 11, 20))
    assert waits_on(story.it) == ["p.petrov", "s.orlov"]
    assert story.task("p.petrov").due_at == datetime(2026, 11, 20, 18, tzinfo=MOSCOW)
    story.answer("p.petrov", Answer.DONE)
    assert story.it.state is CaseState.OPEN
    story.answer("s.orlov", Answer.DONE)
    assert story.it.state is CaseState.DONE


def test_a_letter_that_needs_an_answer_starts_an_outgoing_one_for_the_responsible_executor() -> None:
    story = incoming()
    resolves(story, "Петрову", answer=True)
    started = [e for e in story.transitions[-1].effects if isinstance(e, StartCase)]
    assert [(s.process, s.initiator) for s in started] == [("outgoing", "p.petrov")]
    assert started[0].fields["their_number"] == "01-12/4567"
    assert started[0].fields["answers"] == story.it.number


def test_the_answer_sent_is_the_task_done() -> None:
    story = incoming()
    resolves(story, "Петрову", answer=True)
    story.linked_closes("И-2026-0001")
    assert (story.it.state, story.it.linked) == (CaseState.DONE, ("И-2026-0001",))


def test_an_answer_that_was_rejected_leaves_the_task_where_it_was() -> None:
    story = incoming()
    resolves(story, "Петрову", answer=True)
    story.linked_closes("И-2026-0001", "rejected")
    assert waits_on(story.it) == ["p.petrov"]


def test_filing_a_letter_closes_it() -> None:
    story = incoming()
    resolves(story)
    assert story.it.state is CaseState.DONE


def test_a_name_the_directory_does_not_surely_have_is_asked_about() -> None:
    story = incoming()
    resolves(story, "Сидорову")
    assert waits_on(story.it) == ["director"]
    assert letters(story.transitions[-1]) == [("unclear", "director")]


def test_an_outgoing_letter_asks_for_its_text_and_then_shows_the_draft() -> None:
    story = outgoing()
    assert letters(story.transitions[-1])[0] == ("ask", "p.petrov")
    done = story.answer("p.petrov", Answer.UNCLEAR, fields=TEXT)
    assert [e.document for e in done.effects if isinstance(e, MakeDocument)] == ["outgoing_letter"]
    assert letters(done) == []
    shown = story.makes("outgoing_letter")
    sent = next(e for e in shown.effects if isinstance(e, SendLetter))
    assert (sent.kind, sent.to, [f.name for f in sent.enclosed]) == ("ask", "p.petrov", ["outgoing_letter.pdf"])
    assert waits_on(story.it) == ["p.petrov"]


def test_a_corrected_text_makes_a_new_draft_and_a_right_one_goes_to_the_director() -> None:
    story = outgoing(**TEXT)
    story.makes("outgoing_letter")
    again = story.answer("p.petrov", Answer.UNCLEAR, fields={"text": "Просим ускорить."})
    assert any(isinstance(e, MakeDocument) for e in again.effects)
    story.makes("outgoing_letter")
    story.answer("p.petrov", Answer.DONE)
    assert waits_on(story.it) == ["director"]


def approved() -> Story:
    story = outgoing(**TEXT)
    story.makes("outgoing_letter")
    story.answer("p.petrov", Answer.DONE)
    story.makes("outgoing_letter")
    story.answer("director", Answer.APPROVE)
    return story


def test_a_draft_has_no_number_and_signing_gives_one_with_the_day() -> None:
    story = approved()
    before = [t for t in story.transitions[:-1] for e in t.effects if isinstance(e, TakeNumber) and e.field]
    assert before == []
    assert (story.it.fields["reg_number"], story.it.fields["reg_date"]) == ("01-14/1", "2026-11-16")
    assert waits_on(story.it) == ["sekretar"]


def test_the_letter_with_its_number_goes_to_the_assistant_who_sends_it() -> None:
    story = approved()
    given = story.makes("outgoing_letter")
    assert letters(given) == [("ask", "sekretar")]
    story.answer("sekretar", Answer.DONE, "РПО 80080012345678")
    assert story.it.state is CaseState.DONE


def test_a_closed_case_sends_its_sheet_to_the_initiator_once_it_is_made() -> None:
    story = approved()
    story.makes("outgoing_letter")
    closed = story.answer("sekretar", Answer.DONE)
    assert [e.document for e in closed.effects if isinstance(e, MakeDocument)] == ["approval_sheet"]
    assert letters(closed) == [("recorded", "sekretar")]
    assert letters(story.makes("approval_sheet")) == [("closed", "p.petrov")]


def test_a_linked_case_tells_the_one_that_started_it() -> None:
    from dataclasses import replace

    story = approved()
    story.makes("outgoing_letter")
    story.case = replace(story.it, started_from="parent")
    closed = story.answer("sekretar", Answer.DONE)
    assert [e.case for e in closed.effects if isinstance(e, TellCase)] == ["parent"]


def test_the_director_returns_the_text_and_a_new_draft_goes_the_whole_way_again() -> None:
    story = outgoing(**TEXT)
    story.makes("outgoing_letter")
    story.answer("p.petrov", Answer.DONE)
    story.makes("outgoing_letter")
    story.answer("director", Answer.REWORK, "мягче")
    story.answer("p.petrov", Answer.UNCLEAR, fields={"text": "Будем признательны."})
    assert (story.it.round, waits_on(story.it)) == (2, ["p.petrov"])
    assert any(isinstance(e, MakeDocument) for e in story.transitions[-1].effects)
