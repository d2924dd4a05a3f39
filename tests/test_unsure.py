"""What can be read in two ways is asked about, needed or not, and never chosen."""

from __future__ import annotations

from mailflow.core.answers import Answer
from mailflow.core.effects import Transition
from mailflow.core.events import AnswerReceived, RequestReceived
from mailflow.core.showing import asked_fields
from tests.offices import Story, letters, neon, shipped_process


def memo(*ambiguous: str, **fields: object) -> Story:
    """A memo whose sum nobody needs, stated in a way that has two readings."""
    story = Story(neon(None, shipped_process("memo")))
    card = {"addressee": ("director",), "text": "Прошу купить лампу", "subject_matter": "лампа", **fields}
    key = story.key()
    proof = story.proof("i.kuznetsov")
    story.happens(
        RequestReceived(key, story.now, "memo", True, "i.kuznetsov", proof, card, (), "СЗ", ambiguous=ambiguous)
    )
    return story


def answers(story: Story, answer: Answer = Answer.UNCLEAR, **fields: object) -> Transition:
    task = story.it.open_assignments[0]
    said = AnswerReceived(
        story.key(), story.now, story.it.id, task.id, story.proof("i.kuznetsov"), answer, "…", fields=fields
    )
    return story.happens(said)


def test_a_sum_of_two_readings_waits_for_its_writer_although_nobody_needs_it() -> None:
    story = memo("amount")
    (task,) = story.it.open_assignments
    assert task.principal == "i.kuznetsov"
    assert asked_fields(story.it, task, story.office) == ("amount",)
    assert ("registered", "i.kuznetsov") in letters(story.transitions[-1])


def test_the_value_given_is_taken_and_the_case_goes_on() -> None:
    story = memo("amount")
    answers(story, amount="120000.00")
    assert (story.it.fields["amount"], story.it.unsure, story.it.stage) == ("120000.00", (), "manager")


def test_ok_goes_on_without_the_value() -> None:
    story = memo("amount")
    answers(story, Answer.APPROVE)
    assert ("amount" in story.it.fields, story.it.unsure, story.it.stage) == (False, (), "manager")


def test_an_answer_without_any_value_leaves_the_question_open() -> None:
    story = memo("amount")
    answers(story)
    assert (story.it.unsure, story.it.stage) == (("amount",), "clarify")
