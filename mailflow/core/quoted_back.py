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
from collections.abc import Iterable, Iterator, Sequence

from mailflow.core import manners
from mailflow.core.banners import without_banners
from mailflow.core.html_text import html_lines
from mailflow.core.lines import Line, plain_lines
from mailflow.core.message import Message
from mailflow.core.quotable import Quotable, hidden
from mailflow.core.quotes import is_mobile_tail, quoted_lines, split
from mailflow.core.reply import kind_of, words_in

_ADDRESS = re.compile(r"[\w.+=-]{1,100}@[\w.-]{1,100}")
_PIECE_OF_A_LINK = re.compile(r"[!-~]{6,}(?<![a-z]{6})")
_ABOVE = "…"
"""Stands for the letter, so that a signature or a disclaimer below it is told as one."""
_MOST_LETTERS = 300


def typed_in(message: Message, letter: Quotable) -> str:
    """Give the words of the quote that the letter of ours this mail answers does not have; '' for none. Pure."""
    kind = kind_of(message)
    for lines in _parts(message):
        quoted = without_banners(tuple(quoted_lines(lines, split(lines, kind))))
        strange = [line.text.strip() for line in _strange(quoted, letter)]
        if manners.body("\n".join([_ABOVE, "", *strange])) != _ABOVE:
            return " ".join(" ".join(strange).split())[:_MOST_LETTERS]
    return ""


def _parts(message: Message | Quotable) -> Iterator[tuple[Line, ...]]:
    if message.text.strip():
        yield plain_lines(message.text)
    if message.html.strip():
        yield html_lines(message.html)


def _strange(quoted: Iterable[Line], letter: Quotable) -> Iterator[Line]:
    """Give the lines with a word the letter does not have, or has not so often."""
    versions = [[_words(line) for line in lines] for lines in _parts(letter)]
    whole = {tuple(words) for version in versions for words in version}
    left: Counter[str] = Counter()
    for version in versions:
        left |= Counter(word for words in version for word in words)
    wrapped = []
    for line in quoted:
        words = _words(line)
        if tuple(words) in whole:
            left.subtract(words)
        elif words and not _is_added(line.text.strip()):
            wrapped.append((line, words))
    for line, shown in wrapped:
        words = [word if left[word] > 0 else hidden(word) for word in shown]
        if any(left[word] < count for word, count in Counter(words).items()):
            yield line
        left.subtract(words)


def _words(line: Line) -> Sequence[str]:
    return words_in(_ADDRESS.sub(" ", line.text))


def _is_added(said: str) -> bool:
    """Tell whether a mail program wrote this line: the tail of a phone, a piece of a link that was broken in two."""
    return is_mobile_tail(said) or (
        _PIECE_OF_A_LINK.fullmatch(said) is not None and re.search(r"[/=&%?#]", said) is not None
    )
