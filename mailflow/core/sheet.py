"""The approval sheet of a case: who was asked, what he said, when, about which version of which file.

Owns: `approval_sheet`, from a case to a value a template only arranges. All rounds stand on it in their order; the
files with their whole SHA-256, so that anybody can check what was agreed. Refuses to know: HTML, PDF.

What may go wrong: a person who has left the directory stands under his id; a row never disappears for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.answers import Answer
from mailflow.core.card_texts import field_text, title
from mailflow.core.case import Ask, Assignment, Case, CaseState, Decision, FileVersion, Standing
from mailflow.core.hands import signature
from mailflow.core.office import Office
from mailflow.core.on_behalf import accusative
from mailflow.core.rules import Process
from mailflow.core.views import Language
from mailflow.core.wording import answer_word
from mailflow.core.worktime import working_days_between


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One assignment: «Финансовый директор», «Смирнова О.Н.», «Согласовано», «16.11.2026 10:05», ..."""

    number: int
    stage: str
    position: str
    name: str
    received: str
    decision: str
    decided: str
    remark: str
    round: int
    files: tuple[str, ...]
    """The versions he had before him: «Ф1: № 2, 1a2b3c4d»."""
    way: str
    """«ссылка», «ответ письмом», «по правилу», «замещение за Смирнову О.Н.»."""


@dataclass(frozen=True, slots=True)
class SheetFile:
    """One version of one file, with its whole hash."""

    mark: str
    name: str
    version: int
    sha256: str
    by: str
    at: str
    current: bool


@dataclass(frozen=True, slots=True)
class ApprovalSheet:
    """Everything an approval sheet says, in the language of the company."""

    language: Language
    company: str
    process: str
    number: str
    date: str
    title: str
    initiator: str
    position: str
    """Of the initiator."""
    counterparty: str
    amount: str
    rows: tuple[SheetRow, ...]
    files: tuple[SheetFile, ...]
    result: str
    made: str
    zone: str
    """Whose clock the times are read from: «Москвы», or the zone's own name."""
    code: str
    """What the QR code says: the number and the mark of the case."""
    original: str = ""
    """Where the paper original is kept, once somebody has said so."""


def approval_sheet(case: Case, office: Office, now: datetime) -> ApprovalSheet:
    """Give the sheet of a case as it stands. `now` is printed as the time it was made."""
    process, language = office.process_of(case), office.language
    sheet = _Sheet(case, office, process, language)
    person = office.directory.people.get(case.initiator)
    return ApprovalSheet(
        language=language,
        company=office.directory.company.name,
        process=process.title.in_(language),
        number=case.number,
        date=sheet.day(case.opened_at),
        title=title(case, office, language),
        initiator=office.short(case.initiator),
        position=person.position if person is not None else "",
        counterparty=sheet.field("counterparty"),
        amount=sheet.amount(),
        rows=tuple(sheet.row(n, assignment) for n, assignment in enumerate(case.assignments, 1)),
        files=tuple(sheet.files()),
        result=sheet.result(),
        made=sheet.moment(now),
        zone=zone_name(str(office.hours.zone), language),
        code=case_code(case, case.number),
        original=sheet.field("archive_place"),
    )


def case_code(case: Case, number: str) -> str:
    """Give the text of a paper's QR code: the number and 16 hexadecimal digits that name the case."""
    return f"{number} {hashlib.sha256(case.id.encode()).hexdigest()[:16]}"


_CITIES: Mapping[str, str] = {
    "Europe/Kaliningrad": "Калининграда",
    "Europe/Moscow": "Москвы",
    "Europe/Samara": "Самары",
    "Asia/Yekaterinburg": "Екатеринбурга",
    "Asia/Omsk": "Омска",
    "Asia/Novosibirsk": "Новосибирска",
    "Asia/Krasnoyarsk": "Красноярска",
    "Asia/Irkutsk": "Иркутска",
    "Asia/Yakutsk": "Якутска",
    "Asia/Vladivostok": "Владивостока",
    "Asia/Magadan": "Магадана",
    "Asia/Kamchatka": "Камчатки",
}


def zone_name(name: str, language: Language) -> str:
    """Give the words for a clock: «Москвы» («по часам Москвы»), or the zone's own name."""
    return _CITIES.get(name, name) if language == "ru" else name


@dataclass(frozen=True)
class _Words:
    """The sheet's own words in one language."""

    done: Mapping[Ask, str]
    own_stages: Mapping[Ask, str]
    decisions: Mapping[Answer, str]
    ways: Mapping[str, str]
    file: str
    version: str
    waits: str
    silent: str
    handed: str
    order: str
    acting: str
    states: Mapping[CaseState, str]
    performed: str
    going: str


_WAYS: Mapping[Language, Mapping[str, str]] = {
    "ru": {
        "reply": "ответ письмом",
        "mailto": "ответ письмом",
        "link": "ссылка",
        "rule": "по правилу",
        "list": "ответ на список",
        "paper": "на бумаге или устно, внёс секретарь",
    },
    "en": {
        "reply": "reply by mail",
        "mailto": "reply by mail",
        "link": "link",
        "rule": "by rule",
        "list": "reply to a list",
        "paper": "on paper or by word, entered by the secretary",
    },
}
_WORDS: Mapping[Language, _Words] = {
    "ru": _Words(
        done={Ask.CORRECTION: "Исправлено", Ask.FIELDS: "Дополнено", Ask.EXPLANATION: "Пояснено"},
        own_stages={Ask.FIELDS: "Уточнение", Ask.CORRECTION: "Доработка", Ask.EXPLANATION: "Ответ на вопрос"},
        decisions={Answer.DECLINE: "Не согласовано", Answer.REJECT: "Не согласовано"},
        ways=_WAYS["ru"],
        file="Ф{n}",
        version="{mark}: № {version}, {sha}",
        waits="Ожидается",
        silent="Автосогласовано (нет ответа {days} р. д.)",
        handed="Передано ({to})",
        order="п/п № {number} от {date}",
        acting="замещение за {whom}",
        states={
            CaseState.DONE: "Согласовано. Маршрут пройден полностью {when}.",
            CaseState.REJECTED: "Не согласовано. Заявка отклонена {when}.",
            CaseState.WITHDRAWN: "Отозвано инициатором {when}.",
        },
        performed="Согласовано. Исполняется: {stage}",
        going="Согласование не завершено. Ожидается: {who}",
    ),
    "en": _Words(
        done={Ask.CORRECTION: "Corrected", Ask.FIELDS: "Completed", Ask.EXPLANATION: "Explained"},
        own_stages={Ask.FIELDS: "Clarification", Ask.CORRECTION: "Correction", Ask.EXPLANATION: "Answer to a question"},
        decisions={Answer.DECLINE: "Not approved", Answer.REJECT: "Not approved"},
        ways=_WAYS["en"],
        file="F{n}",
        version="{mark}: No. {version}, {sha}",
        waits="Awaited",
        silent="Approved by rule (no answer for {days} working days)",
        handed="Passed on ({to})",
        order="payment order {number} of {date}",
        acting="substituting for {whom}",
        states={
            CaseState.DONE: "Approved. The route was completed on {when}.",
            CaseState.REJECTED: "Not approved. The request was rejected on {when}.",
            CaseState.WITHDRAWN: "Withdrawn by the initiator on {when}.",
        },
        performed="Approved. Being carried out: {stage}",
        going="Approval is not complete. Awaited: {who}",
    ),
}


class _Sheet:
    """The case with what every row needs: the office, the words, the files."""

    def __init__(self, case: Case, office: Office, process: Process, language: Language) -> None:
        self._case, self._office, self._process, self._language = case, office, process, language
        self._words = _WORDS[language]

    def day(self, moment: datetime) -> str:
        """Give the day in the office's time zone."""
        return self._office.shown_day(moment, self._language)

    def moment(self, moment: datetime) -> str:
        """Give day, hour and minute in the office's time zone."""
        return self._office.shown(moment, self._language)

    def field(self, name: str) -> str:
        """Give a field of the card as people read it; '' for one the process does not have."""
        if name not in self._process.fields:
            return ""
        return field_text(self._process, self._case.fields, name, self._language, self._office)

    def amount(self) -> str:
        """Give the sum of the case: its first field that is money."""
        sums = (name for name, rule in self._process.fields.items() if rule.type == "money")
        return self.field(next(sums, ""))

    def row(self, number: int, asked: Assignment) -> SheetRow:
        """Give the row of one assignment. Whoever decided stands on it, also when he did so for another."""
        decision = asked.decision
        by = self._office.directory.people.get(decision.by if decision is not None else asked.principal)
        return SheetRow(
            number=number,
            stage=self._stage(asked),
            position=by.position if by is not None else "",
            name=signature(decision, self._office) if decision is not None else self._office.short(asked.principal),
            received=self.moment(asked.opened_at),
            decision=self._decision(asked),
            decided=self.moment(decision.at) if decision is not None else "",
            remark=self._remark(asked),
            round=asked.round,
            files=tuple(self._seen(decision.at if decision is not None else asked.opened_at)),
            way=self._way(asked, decision) if decision is not None else "",
        )

    def files(self) -> Iterator[SheetFile]:
        """Give every version of every file, the replaced ones too."""
        for n, file in enumerate(self._case.files, 1):
            mark, by = self._words.file.format(n=n), self._office.short(file.by)
            yield SheetFile(mark, file.name, file.version, file.sha256, by, self.moment(file.at), file.current)

    def result(self) -> str:
        """Say in one sentence what came of it."""
        case = self._case
        if case.state is not CaseState.OPEN:
            when = self.day(case.closed_at) if case.closed_at is not None else ""
            return self._words.states[case.state].format(when=when)
        if self._only_performing():
            stage = self._process.stage(case.stage)
            return self._words.performed.format(stage=stage.rule.title.in_(self._language) if stage is not None else "")
        people = dict.fromkeys(self._office.short(a.principal) for a in case.open_assignments)
        return self._words.going.format(who=", ".join(people) or "—")

    def _only_performing(self) -> bool:
        """True once the case has passed its last stage of approval."""
        names = [stage.name for stage in self._process.stages]
        approving = [n for n, stage in enumerate(self._process.stages) if stage.rule.kind == "approve"]
        return bool(approving) and self._case.stage in names and names.index(self._case.stage) > approving[-1]

    def _stage(self, asked: Assignment) -> str:
        stage = self._process.stage(asked.stage)
        if stage is not None:
            return stage.rule.title.in_(self._language)
        return self._words.own_stages.get(asked.ask, asked.stage)

    def _decision(self, asked: Assignment) -> str:
        if asked.decision is None:
            return self._words.waits if asked.standing is Standing.OPEN else asked.note
        said = asked.decision.answer
        if said is Answer.APPROVE and asked.decision.channel == "rule":
            return self._words.silent.format(days=self._days_of_silence(asked.opened_at, asked.decision.at))
        if said is Answer.DELEGATE:
            return self._words.handed.format(to=asked.decision.comment)
        word = self._words.done.get(asked.ask) if said is Answer.DONE else self._words.decisions.get(said)
        plain = word or answer_word(said, self._language, self._office.doer(asked.decision.by).gender)
        return plain[:1].upper() + plain[1:]

    def _days_of_silence(self, since: datetime, until: datetime) -> int:
        zone = self._office.hours.zone
        return working_days_between(since.astimezone(zone).date(), until.astimezone(zone).date(), self._office.calendar)

    def _remark(self, asked: Assignment) -> str:
        decision = asked.decision
        if decision is None:
            return ""
        paid = self._payment() if decision.answer is Answer.PAID else ""
        comment = "" if decision.answer is Answer.DELEGATE else decision.comment
        return "; ".join(part for part in (paid, comment, asked.note) if part)

    def _payment(self) -> str:
        """Give the payment order, as the answer brought it to the card."""
        number, day = self.field("payment_number"), self.field("payment_date")
        return self._words.order.format(number=number, date=day) if number and day else ""

    def _way(self, asked: Assignment, decision: Decision) -> str:
        way = self._words.ways[decision.channel]
        if decision.by == asked.principal:
            return way
        return f"{way}; {self._words.acting.format(whom=accusative(asked.principal, self._office, self._language))}"

    def _seen(self, moment: datetime) -> Iterator[str]:
        for n, file in enumerate(self._case.files, 1):
            if file.at <= moment and not any(self._replaces(other, file, moment) for other in self._case.files):
                mark = self._words.file.format(n=n)
                yield self._words.version.format(mark=mark, version=file.version, sha=file.sha256[:8])

    def _replaces(self, newer: FileVersion, older: FileVersion, moment: datetime) -> bool:
        """Say whether the older version had given way to the newer one by that moment.

        A file may come back under another name; then it is the next version of one that no file of its own
        name followed.
        """
        if older.current or newer.at > moment or newer.version != older.version + 1:
            return False
        same_name = newer.name.casefold() == older.name.casefold()
        return same_name or not any(
            file.version == older.version + 1 and file.name.casefold() == older.name.casefold()
            for file in self._case.files
        )
