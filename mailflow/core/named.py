"""A person named in a paper: from the directory where he is in it, else by grammar from what was typed.

Owns: `named`, with the cases a paper needs. The directory's own forms win over grammar.
Refuses to know: sentences.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailflow.core.declension import decline
from mailflow.core.directory import Person
from mailflow.core.morphology import Case
from mailflow.core.office import Office
from mailflow.core.person_names import Gender, PersonName, find_name, gender_of, read_name
from mailflow.core.titles import decline_position


@dataclass(frozen=True, slots=True)
class Named:
    """A person as papers name him; `position` is '' where none is known."""

    name: PersonName
    position: str = ""
    gender: Gender | None = None
    forms: tuple[tuple[Case, str], ...] = ()
    """Full names in a case, written by hand in the directory."""

    def full(self, case: Case) -> str:
        """Give the whole name in the case: «Кузнецову Ольгу Николаевну»."""
        return dict(self.forms).get(case) or decline(self.name, case, self.gender).name.full

    def in_(self, case: Case) -> str:
        """Give surname and initials in the case: «Кузнецову О.Н.»."""
        by_hand = dict(self.forms).get(case)
        if by_hand:
            return read_name(by_hand).short
        return decline(self.name, case, self.gender).name.short

    def position_in(self, case: Case) -> str:
        """Give the position in the case; as it is where no grammar knows it; '' for none."""
        small = self.position[:1].lower() + self.position[1:]
        return (decline_position(small, case) or small) if small else ""

    @property
    def short(self) -> str:
        return self.name.short

    @property
    def dative(self) -> str:
        return self.in_(Case.DATIVE)

    @property
    def accusative(self) -> str:
        return self.in_(Case.ACCUSATIVE)

    @property
    def dative_with_position(self) -> str:
        """«Петрову П.П., начальнику отдела»."""
        position = self.position_in(Case.DATIVE)
        return f"{self.dative}, {position}" if position else self.dative

    @property
    def sure(self) -> bool:
        """False where a person should look at the forms."""
        return bool(self.forms) or all(
            decline(self.name, case, self.gender).sure for case in (Case.GENITIVE, Case.DATIVE, Case.ACCUSATIVE)
        )


def named(typed: str, office: Office) -> Named | None:
    """Read a person: an id or a name of the directory, or any name; «, ведущий инженер» after it is the position.

    None where the words are no name.
    """
    words = " ".join(typed.split()).strip(" ,;")
    first, _, rest = words.partition(", ")
    person = office.directory.people.get(words) or _in_directory(first, office)
    if person is not None:
        return of_person(person, rest)
    found = find_name(first)
    if found is None or found[0]:
        return None
    return Named(found[1], rest.strip(), gender_of(found[1]))


def of_person(person: Person, position: str = "") -> Named:
    """Give a person of the directory; `position` wins over his own."""
    name = read_name(person.name)
    forms = tuple((case, form) for case, form in _by_hand(person) if form)
    return Named(name, position or person.position, person.gender or gender_of(name), forms)


def _by_hand(person: Person) -> tuple[tuple[Case, str], ...]:
    own = person.declined
    return (Case.GENITIVE, own.genitive), (Case.DATIVE, own.dative), (Case.ACCUSATIVE, own.accusative)


def _in_directory(typed: str, office: Office) -> Person | None:
    """Find the one person of that name, or of that surname and these initials; None for nobody and for several."""
    found = find_name(typed)
    if found is None or found[0]:
        return None
    wanted = found[1]
    same = [p for p in office.directory.people.values() if _same(read_name(p.name), wanted)]
    return same[0] if len(same) == 1 else None


def _same(known: PersonName, wanted: PersonName) -> bool:
    if _folded(known.surname) != _folded(wanted.surname):
        return False
    return known.full == wanted.full if wanted.has_given_names else known.initials.startswith(wanted.initials)


def _folded(word: str) -> str:
    return word.lower().replace("ё", "е")
