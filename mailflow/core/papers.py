"""A letter of the company: from the card of a case to everything its sheet of paper says.

Owns: `outgoing_letter`, the requisites of a letter in the order of ГОСТ Р 7.0.97-2025 as one value.
Refuses to know: HTML, PDF, registers (a number and a date stand on the card or they do not).

The card's fields, all optional: `addressee` (one line or several), `addressee_name` (in full, for the greeting),
`addressee_dative` and `greeting` (written by hand, they win), `addressee_address`, `subject_matter`,
`their_number`, `their_date`, `text`, `attachments`, `reg_number`, `reg_date`, `language`.

What may go wrong: grammar. What is not sure is listed in `doubts`, which only a draft prints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mailflow.core.addressee import Addressee, read_addressee
from mailflow.core.cards import Card
from mailflow.core.case import Case
from mailflow.core.headings import heading
from mailflow.core.letterhead import Executor, Letterhead, Signature, marks_of
from mailflow.core.office import Office
from mailflow.core.views import Language

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_ITEM = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){0,3}[.)]|[а-яa-z]\)|[–—•*-])\s")
_ENCLOSED = re.compile(r"(?:приложени[ея]|enclosures?|attachments?)\s?:\s*", re.IGNORECASE)
_SHEETS = re.compile(r"\bна\s\d{1,4}\s(?:л\.?|листах|листе)(?=$|[\s,;.])", re.IGNORECASE)
_COPIES = re.compile(r"\bв\s\d{1,3}\sэкз", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{1,2}[.)]\s+")


@dataclass(frozen=True, slots=True)
class OutgoingLetter:
    """Everything a letter says, in the order it stands on the paper."""

    language: Language
    letterhead: Letterhead
    draft: bool
    date: str
    number: str
    their_number: str
    their_date: str
    addressee: Addressee
    heading: str
    greeting: str
    text: tuple[str, ...]
    attachments: tuple[str, ...]
    closing: str
    signature: Signature
    executor: Executor
    code: str
    doubts: tuple[str, ...] = ()


def outgoing_letter(case: Case, office: Office) -> OutgoingLetter:
    """Give the letter of a case. It is a draft until both its registration number and date are on the card."""
    card, marks = Card(case), marks_of(case, office)
    language = marks.language
    addressee, matter, doubts = _written_by_hand(card) if language == "en" else _by_grammar(card)
    return OutgoingLetter(
        language=language,
        letterhead=marks.letterhead,
        draft=marks.draft,
        date=marks.day,
        number=marks.number,
        their_number=card("their_number"),
        their_date=card.day("their_date", language),
        addressee=replace(addressee, address=card.lines("addressee_address")),
        heading=matter,
        greeting=card("greeting") or addressee.greeting,
        text=paragraphs(card("text")),
        attachments=attachments(card("attachments"), language),
        closing=_CLOSING[language],
        signature=marks.signature,
        executor=marks.executor,
        code=marks.code,
        doubts=(*doubts, *marks.doubts),
    )


_CLOSING: dict[Language, str] = {"ru": "С уважением,", "en": "Yours faithfully,"}


def paragraphs(text: str) -> tuple[str, ...]:
    """Part a text into paragraphs: at blank lines, and at line ends that no mail program made.

    A line that goes on in small letters after an unfinished one was only wrapped.
    """
    made: list[list[str]] = []
    for block in _BLANK_LINE.split(text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = [line for line in (" ".join(one.split()) for one in block.split("\n")) if line]
        for before, line in zip(["", *lines], lines, strict=False):
            if before and _goes_on(before, line):
                made[-1].append(line)
            else:
                made.append([line])
    return tuple(" ".join(parts) for parts in made)


def _goes_on(before: str, line: str) -> bool:
    return not before.endswith((".", "!", "?", ":", ";")) and line[:1].islower() and not _ITEM.match(line)


def attachments(typed: str, language: Language) -> tuple[str, ...]:
    """Give the enclosures as ГОСТ has them: «Схема на 2 л. в 1 экз.»; «на 2 л. в 1 экз.» where the text names it."""
    lines = re.split(r"[\n;]", _ENCLOSED.sub("", typed.strip(), count=1))
    named = (_NUMBERED.sub("", line.strip(" \t.,"), count=1) for line in lines)
    return tuple(_enclosure(line, language) for line in named if line)


def _enclosure(line: str, language: Language) -> str:
    sheets = _SHEETS.search(line)
    if language != "ru" or sheets is None:
        return line[:1].upper() + line[1:] if line[:3] != "на " else line
    dotted = line if not line.endswith(" л") else f"{line}."
    whole = dotted if _COPIES.search(line) else f"{_closed(dotted)} в 1 экз."
    whole = whole if not whole.endswith("экз") else f"{whole}."
    return whole if sheets.start() == 0 else whole[:1].upper() + whole[1:]


def _closed(line: str) -> str:
    return line if line.endswith(".") or not line.endswith("л") else f"{line}."


def _by_grammar(card: Card) -> tuple[Addressee, str, tuple[str, ...]]:
    """Give addressee and heading of a Russian letter, declined, with what is doubtful in them."""
    to = read_addressee(card("addressee"), card("addressee_name"))
    matter = heading(card("subject_matter"))
    doubts = to.doubts if matter.sure else (*to.doubts, matter.text)
    if card("addressee_dative"):
        own = Addressee(lines=card.lines("addressee_dative"), greeting=to.greeting)
        return own, matter.text, () if matter.sure else (matter.text,)
    return to, matter.text, doubts


def _written_by_hand(card: Card) -> tuple[Addressee, str, tuple[str, ...]]:
    """Give addressee and heading of an English letter, as they were typed."""
    name = card("addressee_name")
    greeting = f"Dear {name}," if name else "Dear Sir or Madam,"
    return Addressee(lines=card.lines("addressee"), greeting=greeting), card("subject_matter"), ()
