"""The words a text is found by: one form for «счёт», «счета» and «счетов», numbers however they are typed.

Owns: cutting a text into words, their common forms (pymorphy3 through `morphology`), numbers with and without leading
zeros and year, who may see a case as words of the same index. Refuses to know: databases. Both databases are given
these words and only compare them, so that both find the same.

A word has as many forms as the dictionary gives it («стали»: сталь, стать): two words with one in common are the same.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from mailflow.core.case import Ask, Case
from mailflow.core.morphology import parses
from mailflow.core.sight import Sight

LONGEST_WORD = 60
MOST_WORDS = 20_000
"""Different words of one case; whoever sends more is found by the first."""
MOST_FORMS = 4
MOST_ASKED = 8
"""Words of one question."""
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_THOUSANDS = re.compile(r"(?<![\w.,])([0-9]{1,3})((?:[ \u00a0\u202f][0-9]{3}){1,5})(?!\w)")
_WORD = re.compile(r"[^\W_]+(?:[-/.,][^\W_]+)*")
_PIECE = re.compile(r"[^\W_]+")
_RUSSIAN = re.compile(r"[а-я]+")
_KNOWN_LETTERS = re.compile("[0-9a-z\u00df-\u024f\u0370-\u03ff\u0400-\u0525]+")
_TWINS = str.maketrans("abcehkmoptxy", "авсенкмортху")
_SMALL = frozenset(
    "а без в во для до за и из или к ко на над не о об от по под при про с со у это".split()  # noqa: SIM905
    + "a an and by for from in of on or the to with".split()  # noqa: SIM905
)


def words_of(text: str) -> Iterator[str]:
    """Give every word of a text in each of its forms; numbers also as a whole, with and without their year."""
    for whole in _WORD.findall(_plain(text)):
        pieces = _PIECE.findall(whole)
        if len(pieces) > 1 and _has_digit(whole):
            yield from _wholes(pieces)
        for piece in pieces:
            yield from forms_of(piece)


def asked_words(text: str) -> tuple[tuple[str, ...], ...]:
    """Read what is looked for: each word as its forms, of which one must stand in the text; () for nothing."""
    asked: dict[tuple[str, ...], None] = {}
    for whole in _WORD.findall(_plain(text[: 20 * LONGEST_WORD])):
        pieces = _PIECE.findall(whole)
        if len(pieces) > 1 and _has_digit(whole) and re.search("[-/]", whole):
            asked[(_whole(pieces),)] = None
            continue
        asked.update((forms, None) for piece in pieces if (forms := forms_of(piece)))
    return tuple(asked)[:MOST_ASKED]


@lru_cache(50_000)
def forms_of(word: str) -> tuple[str, ...]:
    """Give the common forms of one folded word; () for a word that says nothing."""
    if word in _SMALL:
        return ()
    if len(word) > LONGEST_WORD or not _KNOWN_LETTERS.fullmatch(word):
        # Neither database is asked what a letter is: what one of them may not know is compared by its hash.
        return (f"x{hashlib.sha256(word.encode('utf-8', 'replace')).hexdigest()[:16]}",)
    if word.isdecimal():
        return (_number(word),)
    if _RUSSIAN.fullmatch(word):
        found = dict.fromkeys(str(one.normal_form).replace("ё", "е") for one in parses(word))
        return tuple(found)[:MOST_FORMS] or (word,)
    return (_english(word),)


def shared(forms: Sequence[str], asked: Iterable[Sequence[str]]) -> bool:
    """Say whether a word with these forms is one of those looked for."""
    return any(not set(forms).isdisjoint(one) for one in asked)


def entry(texts: Iterable[str]) -> str:
    """Give the different words of these texts as the index keeps them."""
    found: dict[str, None] = {}
    for text in texts:
        for word in words_of(text):
            found[word] = None
            if len(found) >= MOST_WORDS:
                return " ".join(found)
    return " ".join(found)


def seen_by(case: Case) -> frozenset[str]:
    """Give the words by which those who may see the case find it, as `sight.sees` says it."""
    found = {_mark("c", case.id), _mark("i", case.initiator)}
    for task in case.assignments:
        found.add(_mark("p", task.principal))
        if task.delegate:
            found.add(_mark("d", task.delegate))
        if task.decision is not None:
            found.add(_mark("d", task.decision.by))
        if task.ask is Ask.PAYMENT:
            found.add("@pay")
    return frozenset(found)


def seeing(sight: Sight) -> tuple[str, ...]:
    """Give the words of which a case he may see has one; () = he sees every case."""
    if sight.everything:
        return ()
    own = [_mark("p", one) for one in sorted(sight.selves)]
    begun = [_mark("i", one) for one in sorted(sight.selves | sight.people)]
    handed = [_mark("c", one) for one in sorted(sight.handed | sight.told)]
    return (*own, *begun, *handed, _mark("d", sight.person), *(("@pay",) if sight.paying else ()))


def _plain(text: str) -> str:
    said = unicodedata.normalize("NFKC", text).lower().replace("ё", "е")
    return _THOUSANDS.sub(lambda found: found[1] + re.sub(r"\s", "", found[2]), said)


def _has_digit(text: str) -> bool:
    return any("0" <= letter <= "9" for letter in text)


def _wholes(pieces: Sequence[str]) -> Iterator[str]:
    """Give a number as one word, «сч_2026_42», and without its year, «сч_42»."""
    yield _whole(pieces)
    rest = [piece for n, piece in enumerate(pieces) if n == len(pieces) - 1 or not _YEAR.fullmatch(piece)]
    if len(pieces) > len(rest) > 1:
        yield _whole(rest)


def _whole(pieces: Sequence[str]) -> str:
    said = "_".join(_number(piece) if piece.isdecimal() else piece.translate(_TWINS) for piece in pieces)
    if len(said) > LONGEST_WORD or not _KNOWN_LETTERS.fullmatch(said.replace("_", "")):
        return forms_of(said + "\u2028")[0]
    return said


def _number(digits: str) -> str:
    """Leading zeros of a counter say nothing; those of an ИНН or an account do."""
    return digits.lstrip("0") or "0" if len(digits) <= 6 else digits


def _english(word: str) -> str:
    """Give the singular of a plain English plural (Harman's S-stemmer)."""
    if word.endswith("ies") and len(word) > 4 and not word.endswith(("eies", "aies")):
        return f"{word[:-3]}y"
    if word.endswith("s") and len(word) > 3 and not word.endswith(("us", "ss", "is")):
        return word[:-1]
    return word


def _mark(kind: str, person: str) -> str:
    return f"@{kind}{hashlib.sha256(person.encode()).hexdigest()[:20]}"
