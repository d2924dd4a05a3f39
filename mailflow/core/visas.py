"""Who has agreed to a case, as a paper names them: the last word of each, in the order of the route.

Owns: `visas`. Refuses to know: who was only asked, and what he said before (the approval sheet has all of it).
"""

from __future__ import annotations

from dataclasses import dataclass

from mailflow.core.answers import Answer
from mailflow.core.case import Assignment, Case
from mailflow.core.hands import signature
from mailflow.core.office import Office
from mailflow.core.views import Language


@dataclass(frozen=True, slots=True)
class Visa:
    """«Юрист», «Лебедева М.А.», «19.11.2026 14:05», and how: «ссылка», «ответ письмом», «по правилу»."""

    stage: str
    position: str
    name: str
    at: str
    way: str


def visas(case: Case, office: Office) -> tuple[Visa, ...]:
    """Give the agreements that stand, one for each stage and principal, in the order they were asked for."""
    process, language = office.process_of(case), office.language
    approving = {stage.name: stage.rule.title.in_(language) for stage in process.stages if stage.rule.kind == "approve"}
    last = {(asked.stage, asked.principal): asked for asked in case.assignments if asked.stage in approving}
    return tuple(_visa(asked, approving[asked.stage], office, language) for asked in last.values() if _agreed(asked))


def _agreed(asked: Assignment) -> bool:
    return asked.decision is not None and asked.decision.answer is Answer.APPROVE


_WAYS: dict[Language, dict[str, str]] = {
    "ru": {"reply": "ответ письмом", "mailto": "ответ письмом", "link": "ссылка", "rule": "по правилу"},
    "en": {"reply": "reply by mail", "mailto": "reply by mail", "link": "link", "rule": "by rule"},
}


def way_of(channel: str, language: Language) -> str:
    """Give the words for a way to decide; of one without words its name."""
    return _WAYS[language].get(channel, channel)


def _visa(asked: Assignment, stage: str, office: Office, language: Language) -> Visa:
    decision = asked.decision
    assert decision is not None
    person = office.directory.people.get(decision.by)
    return Visa(
        stage=stage,
        position=person.position if person is not None else "",
        name=signature(decision, office),
        at=office.shown(decision.at),
        way=way_of(decision.channel, language),
    )
