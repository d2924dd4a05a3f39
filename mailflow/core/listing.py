"""What came of each line of a reply to a list, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.answers import Answer
from mailflow.core.card_texts import title
from mailflow.core.case import Case
from mailflow.core.events import AnswerReceived
from mailflow.core.office import Office
from mailflow.core.views import Language
from mailflow.core.wording import answer_word

_SAID: Mapping[str, tuple[str, str]] = {
    "recorded": ("записано: {answer}", "recorded: {answer}"),
    "before": ("решение уже было записано: {answer}", "a decision stood already: {answer}"),
    "question": ("вопрос передан", "the question is passed on"),
    "deferred": ("ждём вашего решения позже", "your decision is awaited later"),
    "asked": ("не ясно; спросили отдельным письмом", "not clear; asked in a letter of its own"),
    "moved": (
        "не засчитано: заявка изменилась с тех пор; если она ещё ждёт вас, пришлём её заново",
        "not counted: the request has changed since; if it still waits for you, it comes again",
    ),
}


def told(number: int, case: Case, event: AnswerReceived, office: Office, language: Language) -> tuple[str, ...]:
    """Give the row of one line: its number, the case, what came of it."""
    return (f"{number}. {case.number}", title(case, office, language), _outcome(case, event, office, language))


def _outcome(case: Case, event: AnswerReceived, office: Office, language: Language) -> str:
    place = 0 if language == "ru" else 1
    task = case.assignment(event.assignment)
    decision = task.decision if task is not None else None
    if decision is not None:
        key = "recorded" if (decision.at, decision.channel) == (event.at, "list") else "before"
        said = answer_word(decision.answer, language, office.doer(decision.by).gender)
        return _SAID[key][place].format(answer=said)
    if event.answer is Answer.QUESTION and any(a.about == event.assignment for a in case.assignments):
        return _SAID["question"][place]
    if task is not None and task.open and event.answer is Answer.DEFER:
        return _SAID["deferred"][place]
    if task is not None and task.open and task.delegate and event.answer is Answer.DELEGATE:
        return _SAID["recorded"][place].format(answer=answer_word(Answer.DELEGATE, language))
    plain = event.answer in (Answer.APPROVE, Answer.PAID, Answer.DONE)
    asked = task is not None and task.open and not plain
    return _SAID["asked" if asked else "moved"][place]
