"""How a case is shown: its title, its card and everything a letter about it says.

Owns: `letter_view`, from a case and an owed letter to a `LetterView`. Refuses to know: templates,
HTML, MIME. What a person sees here is what his decision is bound to (`case.card_hash`).
A case outlives its rules: where the process is gone its subject and files are shown, where the stage is
gone its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailflow.core.answers import Answer
from mailflow.core.assurance import wants_factor
from mailflow.core.card_findings import findings_of, unproven
from mailflow.core.card_texts import card, title
from mailflow.core.case import CONFIRM, REQUISITES, Ask, Assignment, Case, CaseState, FileVersion, Standing
from mailflow.core.dates import format_date
from mailflow.core.effects import SendLetter
from mailflow.core.facts import missing_fields_of, too_many
from mailflow.core.hinting import near_said
from mailflow.core.offers_told import offers_said
from mailflow.core.office import Office, is_outside
from mailflow.core.on_behalf import named
from mailflow.core.opining import opinion_text
from mailflow.core.options import IN_WORDS_ONLY, choices_of, options_of, says
from mailflow.core.outsiders import outside_view
from mailflow.core.passport import veiled
from mailflow.core.route import people_ahead
from mailflow.core.rule_file import FieldRule
from mailflow.core.rules import Process
from mailflow.core.views import Changed, Choice, FileLine, Language, LetterView, Said, Waiting
from mailflow.core.wording import answer_word


@dataclass(frozen=True, slots=True)
class Ways:
    """How this letter may be answered: the page of its link and the address of its reply; '' = not that way."""

    link: str = ""
    reply_to: str = ""
    code: str = ""
    """The six digits an unknown browser is asked for, printed in the letter."""


def letter_view(letter: SendLetter, case: Case | None, office: Office, ways: Ways, now: datetime) -> LetterView:
    """Give everything the letter may say, in its reader's language."""
    person = office.directory.people.get(letter.to)
    reader = person.greeting if person is not None else ""
    if case is None:
        company = office.directory.company.name
        choices = _way_in(ways, letter.language)
        return LetterView(
            letter.kind, letter.language, reader, company, choices=choices, rows=letter.rows, words=letter.words
        )
    if is_outside(letter.to, office):
        return outside_view(letter, case, office)
    bare = _bare_view(letter, case, office, now, reader)
    process = office.known_process_of(case)
    return bare if process is None else _case_view(bare, letter, case, process, office, ways, now)


def _way_in(ways: Ways, language: Language) -> tuple[Choice, ...]:
    """Give the button of a letter that is about no case: it opens the reader's own page."""
    return (Choice("enter", "Войти" if language == "ru" else "Sign in", ways.link),) if ways.link else ()


def _bare_view(letter: SendLetter, case: Case, office: Office, now: datetime, reader: str) -> LetterView:
    """What can be said of a case whatever has become of its rules."""
    language = letter.language
    task = case.assignment(letter.assignment)
    own = letter.assignment if letter.kind in _ASKS else ""
    return LetterView(
        kind=letter.kind,
        language=language,
        reader=reader,
        company=office.directory.company.name,
        number=case.number,
        title=title(case, office, language),
        initiator=office.short(case.initiator),
        findings=tuple(unproven(case, task, office, language)),
        said=tuple(dict.fromkeys(_said(case, office, language))),
        waiting=tuple(dict.fromkeys(_waiting(case, office, language, now, own))),
        files=tuple(file_line(f, office, language) for f in case.current_files),
        due=office.shown_due(task, language) if task is not None else "",
        changes=tuple(_changes(case, language)) if letter.kind in _SHOW_CHANGES else (),
        rows=letter.rows,
        words={**_OWN_WORDS.get(letter.kind, {}), **_each_once(letter.words)},
    )


def _case_view(
    bare: LetterView, letter: SendLetter, case: Case, process: Process, office: Office, ways: Ways, now: datetime
) -> LetterView:
    """Add to the bare view what the rules say: the card, the way ahead, how to answer."""
    language = letter.language
    task = case.assignment(letter.assignment)
    stage = process.stage(task.stage) if task is not None else None
    rule = stage.rule if stage is not None else None
    asked = task is not None and task.open and letter.kind not in IN_WORDS_ONLY
    options = options_of(task, rule) if task is not None and asked else ()
    by_page = task is not None and wants_factor(case, task, Answer.APPROVE, office)
    return replace(
        bare,
        card=card(case, office, language),
        findings=(*bare.findings, *findings_of(case, process, language, now)),
        route=tuple(_route(case, office, language)) if letter.kind in _SHOW_THE_ROUTE else (),
        choices=choices_of(
            options, language, ways.link, "" if by_page else ways.reply_to, f"Re: [{case.number}] {bare.title}"
        ),
        say=() if by_page else says(options, language),
        by_page=by_page,
        questions=_questions(case, task, process, language, office, letter.words) if task is not None else (),
        code=ways.code,
        asked=_ASKED.get(task.ask, "perform") if task is not None and asked else "",
        words={**bare.words, **_facts(letter, case, process, language)},
    )


_ASKED: Mapping[Ask, str] = {
    Ask.APPROVAL: "approve",
    Ask.ACKNOWLEDGEMENT: "acknowledge",
    Ask.PAYMENT: "pay",
    Ask.RESOLUTION: "resolve",
    Ask.FIELDS: "fill",
    Ask.OPINION: "reply",
}


def _each_once(words: Mapping[str, str]) -> dict[str, str]:
    """Name nobody twice in a list of names: two tasks of one person, two mailboxes of one name."""
    once = {name: ", ".join(dict.fromkeys(words[name].split(", "))) for name in ("who", "next") if name in words}
    return {**words, **once}


# Words a kind of letter may print although most such letters have none of them.
_OWN_WORDS: Mapping[str, Mapping[str, str]] = {
    "registered": {"confirm": "", "trusted": "", "done": ""},
    "ask": {"instruction": "", "silence": ""},
    "reminder": {"instruction": "", "late": "", "silence": ""},
    "closed": {"result": ""},
    "undelivered": {"outside": ""},
    "counterparty_wrote": {"unproven": ""},
    "offers_in": {"late": ""},
}


def _facts(letter: SendLetter, case: Case, process: Process, language: Language) -> dict[str, str]:
    """The words of a receipt that are read from the case itself."""
    if letter.kind in ("ask", "reminder"):
        return {"silence": _silence(letter, case, process, language)}
    if letter.kind != "registered":
        return {}
    guess = "" if case.confirmed else _GUESS[language].format(process=process.title.in_(language))
    notes = (_skip_note(a, process, language) for a in case.assignments if a.round == case.round)
    done = process.receipt.in_(language) if process.receipt is not None and case.state is CaseState.DONE else ""
    return {"confirm": guess, "trusted": next((note for note in notes if note), ""), "done": done}


def _silence(letter: SendLetter, case: Case, process: Process, language: Language) -> str:
    """Give until when silence counts as agreement; '' where it never does."""
    task = case.assignment(letter.assignment)
    stage = process.stage(task.stage) if task is not None else None
    rule = stage.rule.on_silence if stage is not None else None
    if task is None or task.silent_at is None or rule is None or not rule.approve:
        return ""
    return format_date(task.silent_at.date(), language)


_GUESS: Mapping[Language, str] = {
    "ru": "Мы приняли это письмо за «{process}». Верно? Ответьте «да» или «нет».",
    "en": "We took this mail for “{process}”. Is that right? Answer “yes” or “no”.",
}


def _skip_note(assignment: Assignment, process: Process, language: Language) -> str:
    """Give why a stage was skipped by its own rule («Не требуется: доверенная сумма»), or ''."""
    stage = process.stage(assignment.stage)
    if assignment.standing is not Standing.SKIPPED or stage is None or stage.rule.skip_note is None:
        return ""
    note = stage.rule.skip_note
    return f"{stage.rule.title.in_(language)}: {note.in_(language)}." if assignment.note in (note.ru, note.en) else ""


def _said(case: Case, office: Office, language: Language) -> Iterator[Said]:
    for a in case.assignments:
        if a.decision is not None and a.ask not in _NO_DECISION and a.round == case.round:
            who = named(a.decision.by, a.principal, office, language)
            when = office.shown(a.decision.at, language)
            said = answer_word(a.decision.answer, language, office.doer(a.decision.by).gender)
            hand = f" ({a.decision.signed})" if a.decision.signed else ""
            yield Said(who + hand, said, when, a.decision.comment)
        elif a.standing is Standing.SKIPPED and a.round == case.round:
            yield Said(office.short(a.principal), a.note, "")
    yield from (Said(*said) for said in offers_said(case, office, language))
    for opinion in case.opinions:
        when = office.shown(opinion.at, language)
        yield Said(office.short(opinion.by), _OPINION[language], when, opinion_text(opinion, office, language))


_OPINION: Mapping[Language, str] = {"ru": "мнение, не решение", "en": "an opinion, no decision"}


_NO_DECISION = frozenset({Ask.FIELDS, Ask.EXPLANATION})
"""Whoever completes a request or answers a question has decided nothing."""

_ASKS = frozenset({"ask", "reminder", "answered", "blocking", "reason", "unclear"})
"""Letters that ask their reader: he need not be told that he is waited for."""
_SHOW_THE_ROUTE = frozenset({"registered", "status", "agreed"})
"""Whoever asked wants to know the way ahead; whoever decides wants to see the card."""


def _waiting(case: Case, office: Office, language: Language, now: datetime, readers_own: str) -> Iterator[Waiting]:
    for a in case.open_assignments:
        if a.id == readers_own:
            continue
        name = stage_name(a, case, office, language)
        due = office.shown_due(a, language)
        late = a.due_at is not None and a.due_at < now
        who = _asked_now(a, case, office, language, now)
        yield Waiting(who, name, office.shown_day(a.opened_at, language), due, late)


def _asked_now(task: Assignment, case: Case, office: Office, language: Language, now: datetime) -> str:
    """Name who has to act, and for whom: a task handed over or stood in for is somebody else's today."""
    handed = task.delegate in office.directory.people
    acting = task.delegate if handed else office.acting(task.principal, now)
    return named(task.principal if acting == case.initiator else acting, task.principal, office, language)


def stage_name(task: Assignment, case: Case, office: Office, language: Language) -> str:
    """Give the stage as the rules call it, or as it is written where they no longer have it."""
    stage = office.stage_of(case, task.stage)
    if stage is not None:
        return stage.rule.title.in_(language)
    own = _OWN_NAMES.get(task.stage) or _OWN_STAGES.get(task.ask)
    return own[language] if own is not None else task.stage


_OWN_NAMES: Mapping[str, Mapping[Language, str]] = {
    CONFIRM: {"ru": "подтверждение отзыва", "en": "confirming a withdrawal"},
    REQUISITES: {"ru": "проверка реквизитов", "en": "check of the bank details"},
}
_OWN_STAGES: Mapping[Ask, Mapping[Language, str]] = {
    Ask.FIELDS: {"ru": "уточнение", "en": "clarification"},
    Ask.CORRECTION: {"ru": "доработка", "en": "correction"},
    Ask.EXPLANATION: {"ru": "ответ на вопрос", "en": "answer to a question"},
}


def _route(case: Case, office: Office, language: Language) -> Iterator[str]:
    for stage, persons in people_ahead(case, office):
        if stage.rule.kind == "notify":
            continue  # nobody is waited for there
        names = ", ".join(dict.fromkeys(office.short(p) for p in persons))
        yield f"{names} ({stage.rule.title.in_(language)})" if names else stage.rule.title.in_(language)


def asked_fields(case: Case, task: Assignment, office: Office) -> tuple[str, ...]:
    """Give the fields a task asks for, in the order of its questions."""
    stage = office.stage_of(case, task.stage)
    process = office.process_of(case)
    wanted = stage.rule.fields if stage is not None else missing_fields_of(case, office)
    return tuple(name for name in wanted if _question(name, case, process, office.language, office))


def _questions(
    case: Case, task: Assignment, process: Process, language: Language, office: Office, words: Mapping[str, str]
) -> tuple[str, ...]:
    if task.ask is not Ask.FIELDS:
        return ()
    asked = asked_fields(case, task, office)
    return tuple(
        _listed_otherwise(process.fields[name], near, language)
        if (near := near_said(words, name))
        else _question(name, case, process, language, office)
        for name in asked
    )


def _listed_otherwise(rule: FieldRule, near: str, language: Language) -> str:
    return f"{(rule.ask or rule.label).in_(language)} {_MEANT[language].format(near=near)}"


_MEANT: Mapping[Language, str] = {
    "ru": "В списке такого нет; похоже: {near}.",
    "en": "The list does not have it; like it are: {near}.",
}


def _question(name: str, case: Case, process: Process, language: Language, office: Office) -> str:
    rule, value = process.fields[name], case.fields.get(name)
    if name in case.unsure:
        again = rule.ask.in_(language) if rule.ask else _WRITE[language].format(label=rule.label.in_(language))
        return f"{_UNSURE[language].format(label=rule.label.in_(language))} {again}"
    if not value and value is not False:
        return (rule.ask or rule.label).in_(language)
    if not isinstance(value, tuple) or not too_many(case, office, name):
        return ""
    kept = ", ".join(office.short(person) for person in value[: rule.most])
    return _TOO_MANY[language].format(most=rule.most, names=kept, label=rule.label.in_(language))


_UNSURE: Mapping[Language, str] = {
    "ru": "«{label}» можно прочитать по-разному.",
    "en": "“{label}” can be read in two ways.",
}
_WRITE: Mapping[Language, str] = {
    "ru": "Напишите «{label}: …» ещё раз; если не нужно, ответьте «ок».",
    "en": "Write “{label}: …” once more, or answer “ok” if it is not needed.",
}
_TOO_MANY: Mapping[Language, str] = {
    "ru": "Можно не более {most}. Оставить первых: {names}? Ответьте «да» или напишите «{label}: …» заново.",
    "en": "No more than {most} are allowed. Keep the first: {names}? Answer “yes”, or write “{label}: …” anew.",
}


_SIZES: Mapping[Language, tuple[str, str, str]] = {"ru": ("Б", "КБ", "МБ"), "en": ("B", "KB", "MB")}


def file_line(file: FileVersion, office: Office, language: Language) -> FileLine:
    size, unit = float(file.size), 0
    while size >= 1024 and unit < 2:
        size, unit = size / 1024, unit + 1
    number = f"{size:.0f}" if size >= 10 or unit == 0 else f"{size:.1f}"
    if language == "ru":
        number = number.replace(".", ",")
    short = f"{file.sha256[:4]}…{file.sha256[-4:]}"
    by = f"{office.short(file.by)}, {office.shown(file.at, language)}" if file.version > 1 else ""
    said = f"{by}: {file.comment}" if by and file.comment else by
    return FileLine(file.name, file.version, f"{number} {_SIZES[language][unit]}", short, said)


_SHOW_CHANGES = frozenset({"ask", "reminder", "version", "answered"})
_MORE: Mapping[Language, str] = {"ru": "и ещё изменённых мест: {n}", "en": "and {n} more places"}
_WHOLE: Mapping[Language, str] = {
    "ru": "текст изменён почти целиком, прочитайте его заново",
    "en": "nearly the whole text is new, please read it anew",
}


def _changes(case: Case, language: Language) -> Iterator[Changed]:
    """List what changed in the current files since the versions before them."""
    for file in case.current_files:
        found = file.changes
        if found is None:
            continue
        if found.whole:
            yield Changed(file.name, note=_WHOLE[language])
        # A corrected power of attorney holds a whole passport, which no letter shows.
        shown = veiled if file.paper == "power_of_attorney" else str
        yield from (Changed(file.name, shown(place.was), shown(place.now)) for place in found.places)
        if found.more:
            yield Changed(file.name, note=_MORE[language].format(n=found.more))
