"""Words as a reader hears them: one normal form for everything people do to letters.

Owns: cleaning a text of invisible characters, cutting it into tokens that remember where they stood,
the normal form of a word (NFKC, lower case, ё as е, Latin look-alikes inside Cyrillic), the swap of
keyboard layouts. Refuses to know: what any word means.

The tokens keep offsets into the cleaned text, so that a reason is given back in its writer's own letters.
All patterns are linear; what may go wrong is a word spelt in a way nobody foresaw, and then it is
simply an unknown word, which never makes a yes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
_SPACES = re.compile("[\t\x0b\x0c\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_SPACED_WORD = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_]){4,}(?!\S)")

_TOKEN = re.compile(
    r"(?P<line>\n)"
    r"|(?P<smile>[:;=]-?[)D]+)"
    r"|(?P<word>п/п(?!\w)|[^\W\d_]+(?:['’-][^\W\d_]+)*)"
    r"|(?P<number>\d+(?:[.,:/-]\d+)*)"
    r"|(?P<blank>_{3,}+)"
    r"|(?P<mark>[^\w\s]|_)"
)

_LOOKALIKE = str.maketrans("abcehkmoptxyABCEHKMOPTXY", "авсенкмортхуАВСЕНКМОРТХУ")
_LOOKALIKE_BACK = str.maketrans("авсекмортхуАВСЕНКМОРТХУ", "abcekmoptxyABCEHKMOPTXY")
_LATIN_TWINS = {"he": "не", "het": "нет", "ho": "но", "ok": "ок"}
_LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./"
_CYRILLIC_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбю."
_TO_CYRILLIC_KEYS = str.maketrans(
    _LATIN_KEYS + _LATIN_KEYS.upper() + "?^&", _CYRILLIC_KEYS + _CYRILLIC_KEYS.upper() + ",:?"
)
_TO_LATIN_KEYS = str.maketrans(
    _CYRILLIC_KEYS[:-1] + _CYRILLIC_KEYS[:-1].upper(), _LATIN_KEYS[:-1] + _LATIN_KEYS[:-1].upper()
)

# A line this long was broken by the mail program, not by its writer.
_WRAP_AT = 50


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark. `word` is its normal form, `kind` the name of the token pattern.

    `start` and `end` are offsets into the cleaned text the token was cut from.
    """

    word: str
    kind: str
    start: int
    end: int
    capital: bool = False


def clean(text: str) -> str:
    """Take away what cannot be seen and make every space and line end the plain one; offsets refer to the result."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _SPACES.sub(" ", visible(text))
    return _SPACED_WORD.sub(lambda match: match[0].replace(" ", ""), text)


def visible(text: str) -> str:
    """Take away the characters nobody sees: zero width, direction marks, variants of one sign."""
    return _INVISIBLE.sub("", text)


def word_list(text: str) -> tuple[str, ...]:
    """Give the words of a table written as one string."""
    return tuple(text.split())


def fold(text: str) -> str:
    """Give the text on one line with single spaces."""
    return " ".join(text.split())


def normal(word: str, among_cyrillic: bool = False) -> str:
    """Give the normal form of one word; `among_cyrillic` reads «HET» in Latin letters as the Russian it looks like."""
    word = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е").replace("’", "'")
    if word.isascii():
        return _LATIN_TWINS.get(word, word) if among_cyrillic else word
    if not _has_latin(word):
        return word
    for table in (_LOOKALIKE, _LOOKALIKE_BACK):
        mapped = word.translate(table)
        if not (_has_latin(mapped) and _has_cyrillic(mapped)):
            return mapped
    return word


def tokens(text: str) -> tuple[Token, ...]:
    """Cut a cleaned text into tokens; a line end inside a wrapped sentence is left out."""
    among_cyrillic = _has_cyrillic(text)
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind == "line" and _is_wrap(text, match.start()):
            continue
        raw = match[0]
        word = normal(raw, among_cyrillic) if kind == "word" else unicodedata.normalize("NFKC", raw)
        found.append(Token(word, kind, match.start(), match.end(), raw[0].isupper()))
    return tuple(found)


def swap_layout(text: str) -> str:
    """Give the text as if it had been typed with the other keyboard layout (Latin and Russian)."""
    return text.translate(_TO_LATIN_KEYS if _has_cyrillic(text) else _TO_CYRILLIC_KEYS)


def one_slip_apart(word: str, target: str) -> bool:
    """Tell whether two words differ by one slip of the finger: a letter more, less, other, two swapped, or held down.

    The first letter and the last two must agree: endings carry the meaning («утверждаю» is not «утверждают»); a letter
    held down («согласованоо») changes none.
    """
    if len(word) > len(target) and _once(word) == _once(target):
        return True
    if word[:1] != target[:1] or word[-2:] != target[-2:] or abs(len(word) - len(target)) > 1:
        return False
    head = 0
    while head < min(len(word), len(target)) and word[head] == target[head]:
        head += 1
    a, b = word[head:], target[head:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _once(word: str) -> str:
    """Give the word with every run of one letter as that letter."""
    return "".join(letter for letter, _ in groupby(word))


def _is_wrap(text: str, at: int) -> bool:
    line_start = text.rfind("\n", 0, at) + 1
    return at - line_start >= _WRAP_AT and text[at + 1 : at + 2].islower()


def _has_cyrillic(text: str) -> bool:
    return any("Ѐ" <= letter <= "ӿ" for letter in text)


def _has_latin(text: str) -> bool:
    return any("a" <= letter <= "z" or "A" <= letter <= "Z" for letter in text)
