"""Who did something, as a sentence in the past tense needs him: «Смирнова О.Н. вернула», «Бухгалтерия отклонила».

Owns: `Doer`, a name that knows its gender and picks the word by it. Refuses to know: the sentences (`wording`).
Where nobody can tell the gender («Ким И.»), both endings are written: «вернул(а)».
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from mailflow.core import morphology
from mailflow.core.directory import Person
from mailflow.core.person_names import Gender, gender_of, read_name

_GENDERS: Mapping[str, Gender] = {"masc": "m", "femn": "f"}


@dataclass(frozen=True, slots=True)
class Doer:
    """A name in a sentence: `{who}` gives the name, `{who:вернул|вернула}` the word that goes with it."""

    name: str
    gender: Gender | None = None

    def __format__(self, words: str) -> str:
        """Give the name, or of two words the one of its gender."""
        return by_gender(words, self.gender) if words else self.name


def by_gender(words: str, gender: Gender | None) -> str:
    """Give of «вернул|вернула» the word of that gender, of one nobody knows «вернул(а)»; one word stays as it is."""
    his, _, hers = words.partition("|")
    if not hers or gender == "m":
        return his
    if gender == "f":
        return hers
    return f"{his}({hers.removeprefix(his)})" if hers.startswith(his) else f"{his}/{hers}"


def doer(person: Person) -> Doer:
    """Give the person as one who does something; the directory's own word on the gender wins."""
    return Doer(person.short, person.gender or _gender(person.name))


@lru_cache(maxsize=4096)
def _gender(name: str) -> Gender | None:
    """Tell the gender of a person by his name, of a mailbox («Бухгалтерия», «Отдел кадров») by its noun."""
    words = name.split()
    noun = next((one for one in morphology.nouns(words[0].lower()) if one.is_known), None) if words else None
    if noun is not None and (len(words) == 1 or not words[1][:1].isupper()):
        return _GENDERS.get(str(noun.tag.gender))
    return gender_of(read_name(name))
