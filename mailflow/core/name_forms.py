"""The forms a person's name takes in letters: «Петрову П.П.», «Оле», «Сергею Ивановичу», "Petrov".

Owns: the case forms of a surname, a first name, a patronymic; diminutives; Latin letters for Russian ones.
Refuses to know: who works here (`directory`), posts and departments (`staff_names`).

What may go wrong: a foreign surname with a fugitive vowel («Заяц — Зайца») is known in the nominative only, unless the
directory spells its cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from mailflow.core.person_names import Gender, PersonName, gender_of, read_name
from mailflow.core.said_names import DIMINUTIVES

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_SPECIAL: Mapping[str, str] = {"павел": "павл", "лев": "льв", "петр": "петр", "илья": "иль", "любовь": "любов"}
_LATIN = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
})  # fmt: skip
MOST_WORDS = 4


def in_latin(text: str) -> str:
    """Write small Russian letters in Latin ones; what is none stays."""
    return text.translate(_LATIN)


def may_mean(said: str, name: str, gender: Gender | None = None, declined: tuple[str, ...] = ()) -> bool:
    """Say whether words may mean the person of this full name: each is a form of a part of it, or its initial.

    `declined`: the name in other cases, where grammar cannot know them.
    """
    words = [_fold(word) for word in _WORD.findall(said)]
    full = [word for word in words if len(word) > 1]
    if not full or len(words) > MOST_WORDS or re.search(r"\d", said):
        return False
    initials = [word for word in words if len(word) == 1]
    parts = _parts(name, gender, declined)
    if not full[0].isascii():
        return _fits(full, initials, parts)
    return _fits(full, [letter.translate(_LATIN) for letter in initials], [_in_latin(forms) for forms in parts])


def _fold(word: str) -> str:
    return word.lower().replace("ё", "е")


def _in_latin(forms: frozenset[str]) -> frozenset[str]:
    return frozenset(form.translate(_LATIN) for form in forms)


def _fits(full: Sequence[str], initials: Sequence[str], parts: Sequence[frozenset[str]]) -> bool:
    """Give each full word a part of its own; what is left of given name and patronymic bears the initials in order."""
    left = dict(enumerate(parts))
    for word in full:
        place = next((n for n, forms in left.items() if word in forms), None)
        if place is None:
            return False
        del left[place]
    if not initials:
        return True
    others = [forms for n, forms in left.items() if n > 0]
    enough = 0 not in left and len(initials) <= len(others)
    return enough and all(
        any(form.startswith(initial) for form in forms) for initial, forms in zip(initials, others, strict=False)
    )


@lru_cache(maxsize=4096)
def _parts(name: str, gender: Gender | None, declined: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """Give the forms of surname, given name and patronymic; a name of one word has only itself."""
    if len(name.split()) == 1:
        return (frozenset(_forms(_fold(name), None)),)
    read = read_name(name)
    sex = gender or gender_of(read)
    by_hand = [_fold(case).split() for case in declined]
    parts = []
    for n, part in enumerate(_words_of(read)):
        forms = {*_forms(part, sex), *(words[n] for words in by_hand if len(words) > n)}
        parts.append(frozenset(forms | DIMINUTIVES.get(part, frozenset()) if n == 1 else forms))
    return tuple(parts)


def _words_of(name: PersonName) -> Iterator[str]:
    return (_fold(word) for word in (name.surname, name.given, name.patronymic) if word)


_ENDINGS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # gender ('' = any), ending, case endings put in its place
    ("", "ский", ("ский", "ского", "скому", "ским", "ском")),
    ("", "цкий", ("цкий", "цкого", "цкому", "цким", "цком")),
    ("", "ская", ("ская", "ской", "скую")),
    ("", "цкая", ("цкая", "цкой", "цкую")),
    ("", "ый", ("ый", "ого", "ому", "ым", "ом")),
    ("m", "ой", ("ой", "ого", "ому", "ым", "ом")),
    ("", "ая", ("ая", "ой", "ую")),
    ("", "яя", ("яя", "ей", "юю")),
    ("", "ова", ("ова", "овой", "ову")),
    ("", "ева", ("ева", "евой", "еву")),
    ("f", "ина", ("ина", "иной", "ину")),
    ("m", "ов", ("ов", "ова", "ову", "овым", "ове")),
    ("m", "ев", ("ев", "ева", "еву", "евым", "еве")),
    ("m", "ин", ("ин", "ина", "ину", "иным", "ине")),
    ("m", "ын", ("ын", "ына", "ыну", "ыным", "ыне")),
    ("", "ия", ("ия", "ии", "ию", "ией")),
    ("", "ья", ("ья", "ьи", "ье", "ью", "ьей")),
    ("", "я", ("я", "и", "е", "ю", "ей")),
    ("", "ка", ("ка", "ки", "ке", "ку", "кой")),
    ("", "га", ("га", "ги", "ге", "гу", "гой")),
    ("", "ха", ("ха", "хи", "хе", "ху", "хой")),
    ("", "а", ("а", "ы", "и", "е", "у", "ой", "ей")),
    ("m", "ий", ("ий", "ия", "ию", "ием", "ии")),
    ("m", "й", ("й", "я", "ю", "ем", "е")),
    ("m", "ь", ("ь", "я", "ю", "ем", "е")),
    ("f", "овь", ("овь", "ови", "овью")),
    ("m", "ец", ("ец", "ца", "цу", "цем", "це", "еца", "ецу", "ецем", "еце")),
    ("m", "ек", ("ек", "ка", "ку", "ком", "ке", "ека", "еку", "еком", "еке")),
    ("m", "ок", ("ок", "ка", "ку", "ком", "ке", "ока", "оку", "оком", "оке")),
)
_UNCHANGED = re.compile(r"(?:[оеиуыэю]|ых|их|ко|дзе|швили|оглы|кызы)$")


def _forms(word: str, gender: Gender | None) -> Iterable[str]:
    """Give the case forms of one part of a name; a woman's name in a consonant and a foreign one stay as they are."""
    if _UNCHANGED.search(word) or word.isascii():
        return {word}
    if word in _SPECIAL and gender != "f":
        return {word, *(_SPECIAL[word] + ending for ending in ("а", "у", "ом", "ем", "ём", "е", "и", "ю", "ей", "я"))}
    found = next((e for e in _ENDINGS if word.endswith(e[1]) and e[0] in ("", gender or e[0])), None)
    if found is not None:
        return {word.removesuffix(found[1]) + ending for ending in found[2]}
    if gender == "f" or word[-1] in "аяоеиуыэюьй":
        return {word}
    return {word + ending for ending in ("", "а", "у", "ом", "ем", "е")}
