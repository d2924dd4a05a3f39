"""An order of the company: from the card of a case to everything its sheet of paper says.

Owns: `order_paper`, the requisites of an order by ГОСТ Р 7.0.97-2025: preamble, «ПРИКАЗЫВАЮ:» in the first person,
points with their executors in the dative, who controls it in the accusative, the visas, those who read it.
Refuses to know: HTML, PDF, registers (a number and a date stand on the card or they do not).

The card's fields, all optional: `subject_matter`, `grounds` («ст. 123 ТК РФ», or a whole preamble), `points` (one a
line), `controller` (people's ids or names, none for the director himself), `attachments`, `reg_number`, `reg_date`,
`language`.

What may go wrong: grammar. What is not sure is listed in `doubts`, which only a draft prints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailflow.core.cards import Card
from mailflow.core.case import Case
from mailflow.core.headings import heading
from mailflow.core.letterhead import Executor, Letterhead, Signature, marks_of
from mailflow.core.named import Named, named
from mailflow.core.office import Office
from mailflow.core.papers import attachments
from mailflow.core.views import Language
from mailflow.core.visas import Visa, visas

_NUMBERED = re.compile(r"^\d{1,2}(?:\.\d{1,2})*[.)]\s+")
_ASSIGNED = re.compile(r"^(?P<who>[^—–:]{2,120}?)\s*(?:\s[—–-]\s|:\s)(?P<what>\S.*)$")
_PREAMBLE = re.compile(
    r"(?:в целях|в связи|в соответствии|во исполнение|на основании|по результатам|руководствуясь|с целью|для)\b", re.I
)
_TERM = re.compile(r" \(до ([0-9.]{10})\)\.?$")
"""How a point of the card keeps its day."""
_GROUNDS = re.compile(r"^основани[ея]\s*:\s*", re.IGNORECASE)
_MYSELF = re.compile(r"(?:контроль\s.*)?(?:за\s+собой|оставляю.*|myself)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    """Everything an order says, in the order it stands on the paper."""

    language: Language
    letterhead: Letterhead
    draft: bool
    date: str
    number: str
    place: str
    heading: str
    preamble: str
    """«На основании ст. 123 ТК РФ», without a stop: «ПРИКАЗЫВАЮ:» follows."""
    points: tuple[str, ...]
    attachments: tuple[str, ...]
    signature: Signature
    visas: tuple[Visa, ...]
    readers: tuple[str, ...]
    """Who is to sign that he has read it."""
    executor: Executor
    code: str
    doubts: tuple[str, ...] = ()


def order_paper(case: Case, office: Office) -> Order:
    """Give the order of a case. It is a draft until both its registration number and date are on the card."""
    card, marks = Card(case), marks_of(case, office)
    language = marks.language
    matter, sure = _matter(card, language)
    tasks = [_task(line, office, language) for line in card.lines("points")]
    control = _control(", ".join(card.lines("controller")), office, language)
    people = [one for task in tasks for one in task.who]
    return Order(
        language=language,
        letterhead=marks.letterhead,
        draft=marks.draft,
        date=marks.day,
        number=marks.number,
        place=office.directory.company.city,
        heading=matter,
        preamble=_preamble(card("grounds"), language),
        points=(*(task.text for task in tasks), control.text),
        attachments=attachments(card("attachments"), language),
        signature=marks.signature,
        visas=visas(case, office),
        readers=tuple(dict.fromkeys(one.short for one in (*people, *control.who))),
        executor=marks.executor,
        code=marks.code,
        doubts=(
            *(() if sure else (matter,)),
            *(one.dative for one in people if not one.sure),
            *(one.accusative for one in control.who if not one.sure),
            *marks.doubts,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Point:
    """One point as printed, and the people it names."""

    text: str
    who: tuple[Named, ...] = ()


def _matter(card: Card, language: Language) -> tuple[str, bool]:
    if language == "en":
        return card("subject_matter"), True
    made = heading(card("subject_matter"))
    return made.text, made.sure


def _preamble(typed: str, language: Language) -> str:
    words = _GROUNDS.sub("", " ".join(typed.split())).rstrip(" .,;:")
    if not words or language == "en":
        return f"Under {words}" if words else ""
    return words[:1].upper() + words[1:] if _PREAMBLE.match(words) else f"На основании {words}"


def _task(typed: str, office: Office, language: Language) -> _Point:
    """Give a point. Executors typed before a dash or a colon stand in the dative: «Петрову П.П. подготовить …»."""
    line = _TERM.sub(r" до \1", _NUMBERED.sub("", typed))
    found = _ASSIGNED.match(line)
    people = _people(found["who"], office) if found is not None else ()
    if found is None or not people:
        return _Point(_ended(line))
    what = found["what"]
    if language == "en":
        return _Point(_ended(f"{', '.join(one.short for one in people)}: {what}"), people)
    who = ", ".join(one.dative_with_position for one in people)
    comma = "," if people[-1].position else ""
    return _Point(_ended(f"{who}{comma} {what[:1].lower()}{what[1:]}"), people)


def _people(typed: str, office: Office) -> tuple[Named, ...]:
    """Read people parted by commas; () where a part is nobody: then the words stay as they were typed."""
    found = [named(part, office) for part in re.split(r",\s*|\s+и\s+|\s+and\s+", typed.strip())]
    return tuple(one for one in found if one is not None) if all(found) else ()


def _control(typed: str, office: Office, language: Language) -> _Point:
    if not typed or _MYSELF.fullmatch(typed):
        return _Point(_OWN_CONTROL[language])
    people = _people(typed, office)
    named_so = [one.accusative if language == "ru" else one.short for one in people]
    return _Point(_ended(_CONTROL[language].format(whom=", ".join(named_so) or typed)), people)


_OWN_CONTROL: dict[Language, str] = {
    "ru": "Контроль за исполнением приказа оставляю за собой.",
    "en": "I shall supervise the execution of this order myself.",
}
_CONTROL: dict[Language, str] = {
    "ru": "Контроль за исполнением приказа возложить на {whom}",
    "en": "The execution of this order is supervised by {whom}",
}


def _ended(line: str) -> str:
    return line if line.endswith((".", "!", "…")) else f"{line.rstrip(' ;,')}."
