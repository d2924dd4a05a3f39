"""A process in words: for each stage who acts, when, by when, what silence does and what may be answered.

Owns: the words, in both languages, read from the rules alone. Refuses to know: cases, tables, drawings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from mailflow.core.directory import Directory
from mailflow.core.paper_views import PAPERS
from mailflow.core.routing import (
    ByTable,
    Everybody,
    ExecutorsOf,
    FromField,
    HeadOf,
    Initiator,
    Manager,
    Managers,
    Named,
    Role,
    Together,
    Who,
)
from mailflow.core.rule_words import DueField
from mailflow.core.rules import NamedStage, Process
from mailflow.core.stages import MANAGER, NOBODY_ACTS, Reminder, Stage
from mailflow.core.term import show_term
from mailflow.core.views import Language
from mailflow.core.worktime import Duration

_WORDS: Mapping[str, tuple[str, str]] = {
    # key: (ru, en)
    "approve": ("согласование", "approval"),
    "fill": ("заполнение", "filling in"),
    "perform": ("исполнение", "carrying out"),
    "acknowledge": ("ознакомление", "acquaintance"),
    "resolve": ("резолюция", "resolution"),
    "collect": ("сбор мнений", "collecting"),
    "produce": ("документы", "documents"),
    "spawn": ("новая заявка", "a new case"),
    "notify": ("уведомление", "notice"),
    "role": ("роль {name}", "role {name}"),
    "initiator": ("инициатор", "the initiator"),
    "manager": ("руководитель инициатора", "the initiator's manager"),
    "managers": (
        "руководители инициатора до главы его отдела",
        "the initiator's managers up to the head of his department",
    ),
    "own_head": ("глава отдела инициатора", "the head of the initiator's department"),
    "head": ("глава отдела «{name}»", "the head of “{name}”"),
    "everybody": ("все в отделе «{name}»", "everybody in “{name}”"),
    "field": ("кто указан в поле «{name}»", "whoever the field “{name}” names"),
    "executors": ("кому даны поручения в поле «{name}»", "whoever the points of “{name}” are given to"),
    "outside": ("вне компании: «{name}»", "outside the company: “{name}”"),
    "by_table": ("по полю «{name}»: {rows}", "by the field “{name}”: {rows}"),
    "else": ("иначе", "otherwise"),
    "in turn": ("по очереди", "in turn"),
    "all": ("все", "all of them"),
    "any": ("любой из них", "any of them"),
    "one per department": ("по одному от отдела", "one of each department"),
    "so many": ("не меньше {count}", "at least {count}"),
    "if_initiator": ("если это сам инициатор: {who}", "where that is the initiator himself: {who}"),
    "skip": ("кроме случая: {condition}", "not where {condition}"),
    "quoted": ("«{name}»", "“{name}”"),
    "field_due": ("до дня в поле «{name}»", "by the day of “{name}”"),
    "remind": ("напомнить {times}", "reminder {times}"),
    "before": ("за {span}", "{span} before"),
    "at_due": ("в срок", "at the term"),
    "and": (" и ", " and "),
    "tell": ("через {span} сообщить руководителю", "after {span} the manager is told"),
    "tell_named": ("через {span} сообщить: {who}", "after {span} told of it: {who}"),
    "above": ("его руководитель", "his manager"),
    "agree": ("через {span} считать согласием", "after {span} it counts as agreement"),
    "say_approve": ("согласовать", "approve"),
    "say_rework": ("вернуть", "return"),
    "say_reject": ("отклонить", "reject"),
    "say_done": ("выполнено", "done"),
    "say_paid": ("оплачено", "paid"),
    "say_acknowledge": ("ознакомлен", "read"),
    "say_resolve": ("резолюция", "a resolution"),
    "say_collect": ("мнение или предложение", "an opinion or an offer"),
    "say_fields": ("поля: {names}", "the fields {names}"),
    "say_file": ("файл", "a file"),
    "papers": ("приложить: {names}", "encloses {names}"),
    "number": ("номер {form}", "the number {form}"),
    "starts": ("начать процесс «{name}»", "starts the process “{name}”"),
}
_SIGNS: tuple[tuple[str, tuple[str, str]], ...] = (
    (r"([\w.]+)\.within\(([^()]*(?:\([^()]*\))?[^()]*)\)", (r"\1 ≤ \2", r"\1 ≤ \2")),
    (r"([\w.]+)\.over\(([^()]*(?:\([^()]*\))?[^()]*)\)", (r"\1 > \2", r"\1 > \2")),
    (r"""money\(\s*["']([^"']*)["']\s*\)""", (r"\1", r"\1")),
    (r"size\((\w+)\)\s*>\s*0", (r"указано \1", r"\1 is given")),
    (r"size\((\w+)\)\s*==\s*0", (r"не указано \1", r"\1 is not given")),
    (r"""(\w[\w.]*)\s*!=\s*(?:""|'')""", (r"указано \1", r"\1 is given")),
    (r"""(\w[\w.]*)\s*==\s*(?:""|'')""", (r"не указано \1", r"\1 is not given")),
    (r"\s*&&\s*", (" и ", " and ")),
    (r"\s*\|\|\s*", (" или ", " or ")),
    (r"\s*==\s*", (" — ", " is ")),
    (r"\s*!=\s*", (" — не ", " is not ")),
    (r"!(?=[\w(])", ("не ", "not ")),
    (r"\btotal\b", ("сумма вместе с прежними", "the sum with earlier ones")),
    (r"\binitiator\.trusted_sum\b", ("доверенная сумма инициатора", "the initiator's trusted sum")),
    (r"\binitiator\.department\b", ("отдел инициатора", "the initiator's department")),
    (r"\binitiator\.id\b", ("инициатор", "the initiator")),
    (r"\bround\b", ("круг", "the round")),
    (r"\bproven\b", ("отправитель подтверждён", "the sender is proven")),
)


@dataclass(frozen=True, slots=True)
class StageInWords:
    """One stage as a person reads it; '' where there is nothing to say."""

    name: str
    title: str
    kind: str
    who: str
    when: str
    due: str
    silence: str
    answers: str
    returns: bool
    """It can send the case back."""
    beside: bool
    """It runs side by side with the stage before it."""


@dataclass(frozen=True, slots=True)
class ProcessInWords:
    """A whole process as a person reads it."""

    title: str
    starts: str
    number: str
    stages: tuple[StageInWords, ...]
    rework: str
    """'' where no stage can send a case back."""
    ends: str


def in_words(process: Process, language: Language, directory: Directory | None = None) -> ProcessInWords:
    """Give the process in words; with a directory the people of a role are named."""
    speaker = _Speaker(process, language, directory)
    return ProcessInWords(
        process.title.in_(language),
        speaker.starts(),
        process.register.number.format(year="2026", seq=1),
        tuple(speaker.stage(stage) for stage in process.stages),
        speaker.rework(),
        speaker.ends(),
    )


class _Speaker:
    """Says what one process means, in one language."""

    def __init__(self, process: Process, language: Language, directory: Directory | None) -> None:
        self._process, self._language, self._directory = process, language, directory

    def _say(self, key: str, **facts: object) -> str:
        return _WORDS[key][0 if self._language == "ru" else 1].format(**facts)

    def _choose(self, ru: str, en: str) -> str:
        return ru if self._language == "ru" else en

    def _label(self, field: str) -> str:
        rule = self._process.fields.get(field)
        return rule.label.in_(self._language) if rule is not None else field

    def _span(self, span: Duration) -> str:
        return show_term(str(span), self._language)

    # --- the whole

    def starts(self) -> str:
        signs = self._process.starts_with
        said = [self._choose("на адрес ", "to the address ") + ", ".join(f"+{tag}" for tag in signs.address)]
        said += [self._choose("тема: ", "subject: ") + ", ".join(signs.subject)]
        said += [self._choose("файл (спросим): ", "file (we ask): ") + ", ".join(signs.attachment)]
        kept = [one for one, there in zip(said, (signs.address, signs.subject, signs.attachment), strict=True) if there]
        return "; ".join(kept) or self._choose("другой заявкой или командой", "by another case or a command")

    def rework(self) -> str:
        if not any("rework" in stage.rule.returns for stage in self._process.stages):
            return ""
        first = self._process.rework.returns_to == "first stage"
        again = self._process.rework.skip_agreed == "never"
        where = self._choose("с первого этапа", "from the first stage") if first else ""
        where = where or self._choose("с того же этапа", "from the same stage")
        who = self._choose("согласуют все заново", "everybody is asked again")
        kept = self._choose(
            "согласовавших не спрашивают, пока не изменилось важное",
            "those who agreed are not asked again unless something material has changed",
        )
        return self._choose("Доработка: ", "After rework: ") + f"{where}; {who if again else kept}"

    def ends(self) -> str:
        papers = self._papers(self._process.closing_papers)
        closed = self._choose("Заявка закрыта", "The case is closed")
        return f"{closed}: {papers}" if papers else closed

    def _papers(self, names: Iterable[str]) -> str:
        forms = (PAPERS[name].ru if self._language == "ru" else PAPERS[name].en for name in names)
        said = (form.format(number="", signed="").strip() for form in forms)
        return ", ".join(one[:1].lower() + one[1:] for one in said)

    # --- one stage

    def stage(self, stage: NamedStage) -> StageInWords:
        rule = stage.rule
        return StageInWords(
            stage.name,
            rule.title.in_(self._language),
            self._say(rule.kind),
            self._who(rule),
            self._when(rule),
            self._due(rule),
            self._silence(rule),
            ", ".join(self._answers(rule)),
            "rework" in rule.returns,
            bool(rule.beside),
        )

    def _who(self, rule: Stage) -> str:
        if rule.who is None:
            return self._say("outside", name=self._label(rule.outside)) if rule.outside else ""
        parts = [self._people(rule.who)]
        if rule.kind not in NOBODY_ACTS and not self._is_one(rule.who):
            order = str(rule.order)
            parts.append(self._say("so many", count=order) if isinstance(rule.order, int) else self._say(order))
        if rule.if_initiator is not None:
            parts.append(self._say("if_initiator", who=self._people(rule.if_initiator)))
        return ", ".join(parts)

    def _is_one(self, who: Who) -> bool:
        """Say whether it is surely one person, so that nothing has to be said of several."""
        if isinstance(who, Role) and self._directory is not None:
            return len(self._directory.holders(who.name)) == 1
        return isinstance(who, Initiator | Manager | Named | HeadOf)

    def _people(self, who: Who) -> str:
        match who:
            case Role(name):
                return self._role(name)
            case Named(person):
                return self._short(person)
            case Initiator():
                return self._say("initiator")
            case Manager():
                return self._say("manager")
            case Managers():
                return self._say("managers")
            case HeadOf(""):
                return self._say("own_head")
            case HeadOf(department):
                return self._say("head", name=self._department(department))
            case Everybody(department):
                return self._say("everybody", name=self._department(department))
            case FromField(field):
                return self._say("field", name=self._label(field))
            case ExecutorsOf(field):
                return self._say("executors", name=self._label(field))
            case Together(parts):
                return " + ".join(self._people(part) for part in parts)
            case ByTable(field, table, otherwise):
                rows = [f"{value} → {self._people(row)}" for value, row in table.items()]
                rows += [f"{self._say('else')} → {self._people(otherwise)}"] if otherwise is not None else []
                return self._say("by_table", name=self._label(field), rows="; ".join(rows))
            case _:
                assert_never(who)

    def _role(self, name: str) -> str:
        held = ", ".join(self._short(p) for p in self._directory.holders(name)) if self._directory else ""
        return held or self._say("role", name=name)

    def _short(self, person: str) -> str:
        known = self._directory.people.get(person) if self._directory else None
        return known.short if known is not None else person

    def _department(self, name: str) -> str:
        known = self._directory.departments.get(name) if self._directory else None
        return known.title if known is not None else name

    def _when(self, rule: Stage) -> str:
        said = []
        if rule.when is not None:
            said.append(self._condition(rule.when))
        if rule.skip_when is not None:
            said.append(self._say("skip", condition=self._condition(rule.skip_when)))
        return "; ".join(said)

    def _condition(self, source: str) -> str:
        """Give a condition as a sentence; what stands in quotes is left as it is."""
        said = source
        for pattern, words in _SIGNS:
            said = re.sub(pattern, words[0 if self._language == "ru" else 1], said)
        pieces = re.split(r"""("[^"]*"|'[^']*')""", said)
        pieces[::2] = [re.sub(r"(?<![\w.])(?:answers\.)?[a-z_]\w*", self._named, piece) for piece in pieces[::2]]
        return "".join(pieces)

    def _named(self, match: re.Match[str]) -> str:
        name = match[0]
        if name.startswith("answers."):
            stage = self._process.stage(name.removeprefix("answers."))
            return self._say("quoted", name=stage.rule.title.in_(self._language)) if stage is not None else name
        return self._say("quoted", name=self._label(name)) if name in self._process.fields else name

    def _due(self, rule: Stage) -> str:
        if rule.due is None:
            return ""
        if isinstance(rule.due, DueField):
            said = [self._say("field_due", name=self._label(rule.due.name))]
        else:
            said = [self._span(rule.due)]
        if rule.remind:
            said.append(self._say("remind", times=self._say("and").join(self._time(one) for one in rule.remind)))
        return "; ".join(said)

    def _time(self, one: Reminder) -> str:
        return self._say("at_due") if one.before is None else self._say("before", span=self._span(one.before))

    def _silence(self, rule: Stage) -> str:
        if rule.on_silence is None:
            return ""
        span = self._span(rule.on_silence.after)
        if rule.on_silence.approve:
            return self._say("agree", span=span)
        if rule.on_silence.escalate_to == (MANAGER,):
            return self._say("tell", span=span)
        named = (self._say("above") if one == MANAGER else self._people(one) for one in rule.on_silence.escalate_to)
        return self._say("tell_named", span=span, who=", ".join(named))

    def _answers(self, rule: Stage) -> Iterator[str]:
        yield from self._own_answer(rule)
        yield from (self._say(f"say_{action}") for action in rule.returns)
        if rule.needs:
            yield self._say("papers", names=self._papers(rule.needs))
        if rule.number is not None:
            yield self._say("number", form=rule.number.form)

    def _own_answer(self, rule: Stage) -> Iterator[str]:
        match rule.kind:
            case "approve" | "acknowledge" | "resolve" | "collect":
                yield self._say(f"say_{rule.kind}")
            case "perform":
                yield self._say(f"say_{rule.answer}")
            case "spawn" if rule.spawn is not None:
                yield self._say("starts", name=rule.spawn.process)
            case "fill" if rule.fields:
                yield self._say("say_fields", names=", ".join(self._label(name) for name in rule.fields))
        if rule.file:
            yield self._say("say_file")
