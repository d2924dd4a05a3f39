"""A letter of ours quoted back: what stands in the quote and not in the letter as it left is somebody's word.

Owns: the comparison, whatever the words look like and however the mail program marks what it quotes. Refuses to know:
which letter is answered (`lookup`), what the words decide. Where the letter is not known, `insertions` has its signs.

Programs wrap lines anew, turn tables into lines, name links and pictures; so words are compared and not lines: every
word of the quote must be one the letter has. What a gateway puts above or below (a banner, a disclaimer, a signature)
is nobody's answer. What may go wrong: words typed in the place of the same words deleted elsewhere are not seen, nor
digits typed in the place of the code that was deleted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set

from mailflow.core import manners
from mailflow.core.banners import without_banners
from mailflow.core.html_text import html_lines
from mailflow.core.lines import Line, plain_lines
from mailflow.core.quotable import Quotable, hidden
from mailflow.core.quotes import is_mobile_tail, quoted_lines
from mailflow.core.reply import Body, Fresh, words_in

_ADDRESS = re.compile(r"[\w.+=-]{1,100}@[\w.-]{1,100}")
_PIECE_OF_A_LINK = re.compile(r"[!-~]{6,}(?<![a-z]{6})")
_ABOVE = "…"
"""Stands for the letter, so that a signature or a disclaimer below it is told as one."""
_MOST_LETTERS = 300


def typed_in(own: Fresh, letter: Quotable) -> str:
    """Give the words of the quote that the letter of ours this mail answers does not have; '' for none. Pure."""
    for body in own.bodies:
        strange = [line.text.strip() for line in _strange(body, letter)]
        if manners.body("\n".join([_ABOVE, "", *strange])) != _ABOVE:
            return " ".join(" ".join(strange).split())[:_MOST_LETTERS]
    return ""


def _strange(body: Body, letter: Quotable) -> Sequence[Line]:
    """Give the lines with a word the letter does not have, or has not so often."""
    versions: list[tuple[Line, ...]] = []
    ours: set[str] = set()
    for lines in _parts(letter):
        versions.append(lines)
        ours.update(line.text.strip() for line in lines)
        if _stand_there(_quoted(body, ours), ours):
            return ()  # the common case: the letter's HTML is read only for who quotes that
    return tuple(_counted(_quoted(body, ours), versions))


def _parts(letter: Quotable) -> Iterator[tuple[Line, ...]]:
    if letter.text.strip():
        yield plain_lines(letter.text)
    if letter.html.strip():
        yield html_lines(letter.html)


def _quoted(body: Body, ours: Set[str]) -> tuple[Line, ...]:
    return without_banners(tuple(quoted_lines(body.lines, body.parts, ours)))


def _stand_there(quoted: Iterable[Line], ours: Set[str]) -> bool:
    """Tell whether every quoted line is a whole line of the letter; words are looked for only in lines that differ."""
    theirs = {line.text.strip() for line in quoted}
    left = {tuple(_words(text)) for text in ours - theirs} if theirs - ours else set()
    return all(_is_among(left, tuple(_words(text))) for text in theirs - ours)


def _is_among(left: set[tuple[str, ...]], words: tuple[str, ...]) -> bool:
    """Tell whether these are the words of a line that is left; the line of a code stands for one of theirs."""
    if not words or words in left:
        return True
    coded = tuple(hidden(word) for word in words)
    found = coded in left
    left.discard(coded)
    return found


def _counted(quoted: Iterable[Line], letter: Sequence[Sequence[Line]]) -> Iterator[Line]:
    """Give the lines with a word that neither version of the letter has so often."""
    versions = [[_words(line.text) for line in lines] for lines in letter]
    whole = {tuple(words) for version in versions for words in version}
    left: Counter[str] = Counter()
    for version in versions:
        left |= Counter(word for words in version for word in words)
    wrapped = []
    for line in quoted:
        words = _words(line.text)
        if tuple(words) in whole:
            left.subtract(words)
        elif words and not _is_added(line.text.strip()):
            wrapped.append((line, words))
    for line, shown in wrapped:
        words = [word if left[word] > 0 else hidden(word) for word in shown]
        if any(left[word] < count for word, count in Counter(words).items()):
            yield line
        left.subtract(words)


def _words(text: str) -> Sequence[str]:
    return words_in(_ADDRESS.sub(" ", text))


def _is_added(said: str) -> bool:
    """Tell whether a mail program wrote this line: the tail of a phone, a piece of a link that was broken in two."""
    return is_mobile_tail(said) or (
        _PIECE_OF_A_LINK.fullmatch(said) is not None and re.search(r"[/=&%?#]", said) is not None
    )
