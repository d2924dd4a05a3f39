"""The first words of a Russian phrase in another case: positions («Начальнику отдела») and headings («Об оплате»).

Owns: finding the head noun with its adjectives, and declining only these. Refuses to know: people's names
(`declension`), where the phrase stands.

What may go wrong: a phrase that does not begin with a nominative («Просим …», or one already declined) has no
head. Then the answer is None and the words stay as they were typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mailflow.core import morphology
from mailflow.core.morphology import ONE, ONE_OR_MANY, Case, Numbers

_JOINTS = re.compile(r"(\s[–—-]\s|\s?/\s?|,\s|\sи\s)")
_ACTING = re.compile(r"(?:и\.\s?о\.|вр\.?\s?и\.?\s?о\.|врио|врид)(?=\s)", re.IGNORECASE)
_HIS_BODIES = frozenset(
    {
        "департамент", "комитет", "отдел", "филиал", "банк", "фонд", "центр", "институт", "завод", "университет",
        "союз", "суд", "совет", "комбинат", "трест", "холдинг", "концерн", "дом", "театр", "музей", "колледж",
        "техникум", "лицей", "архив", "округ", "клуб", "район", "штаб", "орган",
    }
)  # fmt: skip
"""Bodies of the masculine gender; any other masculine noun before a name is taken for a position («тимлид»)."""
_LONGEST = 300
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class _Head:
    """What a phrase begins with and what changes: adjectives and their noun, or an adjective that is one."""

    readings: tuple[Any, ...]

    @property
    def last(self) -> Any:
        return self.readings[-1]

    @property
    def person(self) -> bool:
        return "anim" in self.last.tag or self.last.tag.POS != "NOUN"


def decline_position(position: str, case: Case) -> str | None:
    """Put a position into the case: «Заместитель директора по сбыту» -> «Заместителю директора по сбыту».

    «И.о. директора» stays. None where no head stands in the nominative: it may be in that case already.
    """
    if _ACTING.match(position):
        return position
    first, rest = _split_adverb(position)
    declined = _phrase(rest, case, ONE)
    return declined if declined is None else first + declined


def decline_heading(heading: str) -> str | None:
    """Put what a heading begins with into the prepositional: «Оплата счёта» -> «Оплате счёта»; None as above."""
    return _phrase(heading, Case.PREPOSITIONAL, ONE_OR_MANY)


def is_position(text: str) -> bool:
    """Say whether a text names a person's position and not an organisation: its head is a person."""
    found = _first_head(_split_adverb(text)[1])
    return bool(_ACTING.match(text)) or (found is not None and found.person)


def is_body(text: str) -> bool:
    """Say whether a text names an organisation or a part of one: «Департамент строительства», «Администрация»."""
    found = _first_head(text)
    if found is None or found.person:
        return False
    return found.last.tag.gender != "masc" or found.last.normal_form in _HIS_BODIES


def stands_in_dative(text: str) -> bool:
    """Say whether a position is in the dative already: «Генеральному директору»."""
    return any(morphology.is_dative_person(word) for word in text.split()[:2])


def position_gender(text: str) -> Literal["f"] | None:
    """Give "f" where the position itself is a woman's: «Заведующая складом». A man's tells nothing."""
    found = _first_head(text)
    return "f" if found is not None and found.person and found.last.tag.gender == "femn" else None


def _split_adverb(text: str) -> tuple[str, str]:
    """Part off a first word that never changes: «Временно исполняющий», «Гл. инженер»."""
    first, space, rest = text.strip().partition(" ")
    return (first + space, rest) if first.endswith(".") or morphology.is_adverb(first) else ("", text.strip())


def _first_head(text: str) -> _Head | None:
    return _head(_JOINTS.split(text.strip()[:_LONGEST])[0].split()[:_DEEPEST], ONE)


def _phrase(text: str, case: Case, numbers: Numbers) -> str | None:
    """Decline the first group of a text, and those joined to it that stand in the nominative themselves."""
    pieces = _JOINTS.split(" ".join(text.split())[:_LONGEST])
    head = _head(pieces[0].split()[:_DEEPEST], numbers)
    if head is None:
        return None
    done = [_group(pieces[0], head, case)]
    for joint, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        done += [joint, _joined(piece, case, numbers)]
    return "".join(done) + " ".join(text.split())[_LONGEST:]


def _joined(piece: str, case: Case, numbers: Numbers) -> str:
    head = _head(piece.split()[:_DEEPEST], numbers)
    joins = head is not None and head.last.is_known and (head.person or numbers != ONE)
    return _group(piece, head, case) if head is not None and joins else piece


def _group(text: str, head: _Head, case: Case) -> str:
    words = text.split()
    formed = [_formed(word, one, case) for word, one in zip(words, head.readings, strict=False)]
    return " ".join([*formed, *words[len(formed) :]])


def _head(words: Sequence[str], numbers: Numbers) -> _Head | None:
    """Find the head; a lone adjective or participle counts as one: «Заведующая складом»."""
    if not words:
        return None
    with_noun = _with_noun(words, numbers, ())
    if with_noun is not None:
        return with_noun
    return next((_Head((one,)) for one in morphology.adjectives(words[0], ONE)), None)


def _with_noun(words: Sequence[str], numbers: Numbers, before: tuple[Any, ...]) -> _Head | None:
    """Find the noun behind its adjectives; an adjective goes before the noun it may also be: «Дежурный врач»."""
    if not words:
        return None
    for one in morphology.adjectives(words[0], numbers):
        if _agree(one, before) and (longer := _with_noun(words[1:], numbers, (*before, one))) is not None:
            return longer
    fitting = [one for one in _noun_readings(words[0], numbers) if _agree(one, before)]
    best = next((one for one in fitting if "anim" in one.tag), fitting[0] if fitting else None)
    return _Head((*before, best)) if best is not None else None


def _noun_readings(word: str, numbers: Numbers) -> tuple[Any, ...]:
    """Read a word as a noun; of a compound the last part decides: «инженер-проектировщик», «ИТ-директор»."""
    whole = morphology.nouns(word, numbers)
    if "-" not in word or any(one.is_known for one in whole):
        return whole
    return morphology.nouns(word.rpartition("-")[2], numbers)


def _agree(reading: Any, others: tuple[Any, ...]) -> bool:
    if len({one.tag.number for one in (*others, reading)}) > 1:
        return False
    genders = {one.tag.gender for one in (*others, reading) if one.tag.number == "sing"}
    return len(genders - {"ms-f", None}) <= 1


def _formed(word: str, reading: Any, case: Case) -> str:
    is_whole = "-" not in word or "-" in reading.word
    formed = morphology.of_person(reading, case) if is_whole else _compound(word, reading, case)
    return morphology.like(word, formed)


def _compound(word: str, reading: Any, case: Case) -> str:
    """Decline the last part of a compound and those before it that are people: «секретарю-референту»."""
    *before, _ = word.lower().split("-")
    return "-".join([*(_person_part(part, case) for part in before), morphology.of_person(reading, case)])


def _person_part(part: str, case: Case) -> str:
    people = (one for one in morphology.nouns(part) if one.is_known and "anim" in one.tag)
    found = next(people, None)
    return part if found is None else morphology.of_person(found, case)
