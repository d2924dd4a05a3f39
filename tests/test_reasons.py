"""Why an answer does not count is said in the language of whoever reads it, and with it comes today's letter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from mailflow.core.answers import Answer, Details
from mailflow.core.case import Assignment, CaseState
from mailflow.core.effects import SendLetter
from mailflow.core.events import DecisionEntered, TaskHandedOver
from mailflow.core.reasons import Reason, Said
from mailflow.core.sender import UNPROVEN, Unproven
from mailflow.core.views import Language
from mailflow.core.wording import _SENTENCES
from tests.offices import HERE, Story, directory, neon

KEYS = tuple(_SENTENCES)[tuple(_SENTENCES).index("no_proof") :]
CYRILLIC = re.compile("[а-яё]{2}", re.IGNORECASE)
NAMES = re.compile(r"[А-ЯЁ][а-яё]+ [А-ЯЁ]\.\s?[А-ЯЁ]\.|Сидоров\w*")


def story(language: Language) -> Story:
    """Everybody of the office reads this language; the office's own stays Russian."""
    text = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    text = re.sub(r"\{name: ([^}]*?)(, language: \w\w)?\}", rf"{{name: \1, language: {language}}}", text)
    begun = Story(neon(directory(text)))
    begun.request()
    return begun


def second_round(it: Story) -> Assignment:
    """Petrov agreed, Smirnova returned it, it came again: give his first task."""
    first = it.task("p.petrov")
    it.answer("p.petrov", Answer.APPROVE)
    it.answer("o.smirnova", Answer.REWORK, "сумма")
    it.answer("i.kuznetsov", Answer.UNCLEAR, "вот", fields={"amount": "90000.00"})
    assert it.it.round == 2
    assert "p.petrov" in {a.principal for a in it.it.open_assignments}
    return first


def unproven(it: Story) -> None:
    it.answer("p.petrov", Answer.APPROVE, proof=Unproven("not_vouched", "p.petrov@neon.example"))


def somebody_elses(it: Story) -> None:
    it.answer("p.petrov", Answer.APPROVE, proof=it.proof("o.smirnova"))


def another_card(it: Story) -> None:
    it.answer("p.petrov", Answer.APPROVE, card="0" * 64)


def decided(it: Story) -> None:
    it.answer("p.petrov", Answer.APPROVE)
    it.answer("p.petrov", Answer.REJECT, "передумал")


def over(it: Story) -> None:
    it.answer("p.petrov", Answer.REJECT, "не нужно")
    assert it.it.state is not CaseState.OPEN
    it.answer("p.petrov", Answer.APPROVE)


def unknown_name(it: Story) -> None:
    it.answer("p.petrov", Answer.DELEGATE, "Передайте Сидорову", details=Details(to="Сидорову"))


def unknown_adviser(it: Story) -> None:
    it.answer("p.petrov", Answer.DELEGATE, "Спросите Сидорова", details=Details(to="Сидорова", opinion=True))


def not_his_to_give(it: Story) -> None:
    it.happens(TaskHandedOver(it.key(), it.now, it.it.id, it.task("p.petrov").id, "buh", "s.orlov", it.proof("buh")))


def entered_by_another(it: Story) -> None:
    task = it.task("p.petrov").id
    it.happens(DecisionEntered(it.key(), it.now, it.it.id, task, "buh", it.proof("buh"), Answer.APPROVE, "устно", ()))


def taken_back_too_late(it: Story) -> None:
    it.answer("p.petrov", Answer.APPROVE)
    it.answer("o.smirnova", Answer.APPROVE)
    it.answer("p.petrov", Answer.WITHDRAW, "отзываю")


REFUSALS = (
    unproven, somebody_elses, another_card, decided, over, unknown_name, unknown_adviser, not_his_to_give,
    entered_by_another, taken_back_too_late,
)  # fmt: skip


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_reply_that_is_not_counted_says_why_in_its_readers_language(
    refusal: Callable[[Story], None], language: Language
) -> None:
    it = story(language)
    refusal(it)
    last = it.transitions[-1]
    said = [one.words["reason"] for one in letters(it) if one.kind == "not_counted"]
    if refusal is somebody_elses:
        assert "opinion" in {one.kind for one in letters(it)}
        return
    assert len(said) == 1
    assert bool(CYRILLIC.search(NAMES.sub("", said[0]))) == (language == "ru"), said
    assert CYRILLIC.search(NAMES.sub("", last.why)), "the journal keeps the office's language"


@pytest.mark.parametrize("key", KEYS)
def test_every_reason_has_both_languages(key: str) -> None:
    names = re.findall(r"{(\w+)}", _SENTENCES[key][0])
    plain: dict[str, str | Said | Unproven] = {n: Said(Answer.REWORK) if n == "answer" else "P. P." for n in names}
    ways = [{"reason": Unproven(why, "x")} for why in UNPROVEN] if key == "no_proof" else [plain]
    for facts in ways:
        assert not CYRILLIC.search(Reason(key, facts).in_("en"))
        assert CYRILLIC.search(Reason(key, facts).in_("ru"))


@pytest.mark.parametrize("said", [Answer.APPROVE, Answer.REJECT])
def test_whoever_answers_the_letter_of_an_earlier_round_gets_todays_letter_beside_the_reason(said: Answer) -> None:
    it = story("ru")
    first = second_round(it)
    it.answer("p.petrov", said, "не нужно", task=first)
    assert [(one.kind, one.to) for one in letters(it)] == [("not_counted", "p.petrov"), ("ask", "p.petrov")]
    reason, ask = letters(it)
    assert ask.assignment == it.task("p.petrov").id != first.id
    assert ask.address == "p.petrov@neon.example"
    assert "круг" in reason.words["reason"]
    it.answer("p.petrov", Answer.APPROVE)
    assert it.task("p.petrov").decision is not None


def test_the_same_decision_said_again_is_answered_by_nothing() -> None:
    it = story("ru")
    it.answer("p.petrov", Answer.APPROVE)
    it.answer("p.petrov", Answer.APPROVE, task=it.task("p.petrov"))
    assert letters(it) == []


def letters(it: Story) -> list[SendLetter]:
    """Those of the last event."""
    return [one for one in it.transitions[-1].effects if isinstance(one, SendLetter)]
