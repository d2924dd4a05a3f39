"""Who a letter is written to, as it stands in the upper right corner, and how the letter greets him.

Owns: «Начальник управления АО «Мосводоканал» Лагунин В.А.», in one line or several -> position and person in the
dative, organisation as typed (ГОСТ Р 7.0.97, requisite «адресат»); the greeting by gender.
Refuses to know: the directory (an addressee works elsewhere), templates.

What may go wrong: a name that families decline differently, a gender initials do not tell, a position no
dictionary has. Everything doubtful is named in `doubts`; what is written by hand on the card wins over all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailflow.core.declension import decline
from mailflow.core.morphology import Case
from mailflow.core.person_names import Gender, PersonName, find_name, gender_of, read_name
from mailflow.core.titles import decline_position, is_body, is_position, position_gender, stands_in_dative

_FORMS_OF_FIRMS = (
    "ООО|АО|ПАО|ЗАО|ОАО|НАО|НКО|АНО|ТСЖ|ТСН|СНТ|ТОО|ОсОО|ЧУ|ЧОУ|ФГУП|ФГБУ|ФГБОУ|ФГАОУ|ФГКУ|ФКУ|ГУП|ГБУ|ГКУ|ГАУ|ГБОУ|ГБУЗ"
    "|МУП|МБУ|МКУ|МАУ|МБОУ|МАОУ|МОУ|ИФНС|МИФНС|УФНС|ПК|ГК|ТД|УК"
)
_FIRM = re.compile(
    rf"(?:^|\s)(?P<firm>(?:{_FORMS_OF_FIRMS})(?=[\s«\"“]).*"
    r"|(?:(?:[Пп]убличн|[Нн]епубличн|[Оо]ткрыт|[Зз]акрыт)[а-яё]+\s)?(?:[Аа]кционерн[а-яё]+\s)?[Оо]бществ[а-яё]+\s.*"
    r"|(?:(?:[Фф]едеральн|[Гг]осударственн|[Мм]униципальн|[Кк]аз[её]нн|[Бб]юджетн|[Аа]втономн|[Уу]нитарн)[а-яё]+\s){1,4}"
    r"(?:[Пп]редприяти|[Уу]чреждени).*"
    r"|[«\"“].*)$"
)
_MOST_LINES = 20
_SOLE_TRADER = re.compile(r"ИП\s*$")
_TRADER = "Индивидуальный предприниматель"


@dataclass(frozen=True, slots=True)
class Addressee:
    """The corner of the addressee: lines above the person, the person, the address below; '' and () for none."""

    lines: tuple[str, ...] = ()
    surname: str = ""
    initials: str = ""
    address: tuple[str, ...] = ()
    greeting: str = ""
    doubts: tuple[str, ...] = ()
    """Words a person should look at before the letter is signed."""


def read_addressee(typed: str, full_name: str = "") -> Addressee:
    """Read a Russian addressee. `full_name` («Лагунин Виктор Андреевич») tells what initials do not."""
    lines = [" ".join(line.split()) for line in re.split(r"[\n;]", typed.strip(), maxsplit=_MOST_LINES)]
    parts = _Parts.of([line for line in lines if line])
    full = read_name(full_name) if full_name.strip() else None
    if parts.person is None:
        person = full if full is not None and full.surname else None
        parts = _Parts(parts.pieces, person, parts.in_dative)
    return _composed(parts, full)


def salutation(person: PersonName | None, gender: Gender | None) -> str:
    """Greet a person: by given name and patronymic, else by surname where the gender is known, else everybody."""
    if person is None or gender is None or not (person.has_given_names or person.surname):
        return "Уважаемые господа!"
    dear, title = ("Уважаемый", "господин") if gender == "m" else ("Уважаемая", "госпожа")
    if person.has_given_names:
        return f"{dear} {person.given} {person.patronymic}!"
    return f"{dear} {title} {person.surname}!"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line of the corner, or a part of one; `office` for a position, which is declined."""

    text: str
    office: bool


@dataclass(frozen=True, slots=True)
class _Parts:
    """What was found in the typed lines, still in the nominative unless `in_dative`."""

    pieces: tuple[_Piece, ...]
    person: PersonName | None
    in_dative: bool

    @classmethod
    def of(cls, lines: list[str]) -> _Parts:
        person: PersonName | None = None
        pieces: list[_Piece] = []
        for line in lines:
            found = find_name(line) if person is None else None
            if found is not None:
                line, person = found
            pieces += _split(line, before_person=found is not None)
        return cls(tuple(pieces), person, any(stands_in_dative(piece.text) for piece in pieces))


def _split(line: str, before_person: bool) -> Iterator[_Piece]:
    """Part a line into the position and the organisation behind it."""
    if before_person and _SOLE_TRADER.search(line):
        line = _SOLE_TRADER.sub(_TRADER, line)
    firm = _FIRM.search(line)
    first = (line[: firm.start()] if firm else line).strip(" ,")
    if first:
        office = is_position(first) or (before_person and not is_body(first))
        yield _Piece(first, office)
    if firm:
        yield _Piece(firm["firm"].strip(" ,"), office=False)


def _composed(parts: _Parts, full: PersonName | None) -> Addressee:
    doubts: list[str] = []
    gender = _gender(parts, full)
    declined = [_line(piece, parts.in_dative, doubts) for piece in parts.pieces]
    person = parts.person
    if person is not None and not parts.in_dative:
        formed = decline(person, Case.DATIVE, gender)
        person = formed.name
        doubts += [] if formed.sure else [person.short]
    if person is None and any(piece.office for piece in parts.pieces):
        doubts.append("не найдено имя адресата")
    greeted = full if full is not None and full.has_given_names else None if parts.in_dative else parts.person
    greeting = salutation(greeted, gender)
    surname, initials = (person.surname, person.initials) if person is not None else ("", "")
    return Addressee(tuple(declined), surname, initials, greeting=greeting, doubts=tuple(doubts))


def _gender(parts: _Parts, full: PersonName | None) -> Gender | None:
    told = gender_of(full) if full is not None else None
    by_name = gender_of(parts.person) if parts.person is not None and not parts.in_dative else None
    return told or by_name or next((g for p in parts.pieces if p.office and (g := position_gender(p.text))), None)


def _line(piece: _Piece, in_dative: bool, doubts: list[str]) -> str:
    if not piece.office or in_dative:
        return piece.text
    declined = decline_position(piece.text, Case.DATIVE)
    if declined is None:
        doubts.append(piece.text)
    text = declined or piece.text
    return text[:1].upper() + text[1:]
