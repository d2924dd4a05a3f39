"""A body as lines that know how they stand in the letter; plain text and HTML both become these.

Owns: the line as a value, and plain text -> lines. Refuses to know: where a quoted letter begins (see `quotes`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mailflow.core.normal import visible

_PREFIX = re.compile(r"[ ]{0,3}(?!(?:OK|ОК|ДА|НЕТ|YES|NO)>)[A-ZА-ЯЁІЇЄҐ]{0,4}>[ ]?")
"""The Bat! puts the initials of the quoted person before the mark: «ИК> Прошу согласовать»."""


class Line(NamedTuple):
    """One line of a body, its own quote mark taken off; a tuple, because a hostile mail has half a million of them.

    `quoted`: surely somebody else's words. `indented`: set in by a bare blockquote, a quote only under a name line.
    `header`: the mail program says that a quoted letter's header begins here; `cite`: that a name line does.
    `mark`: how the blockquote that sets it in is written; '' for a bare one. `signature`: the mail program says that
    this is a signature. `hidden`: no reader of the mail could see it. `typed`: some of it looks as an answer typed into
    a letter does (see `insertions`).
    """

    text: str
    quoted: bool = False
    indented: bool = False
    header: bool = False
    cite: bool = False
    hidden: bool = False
    mark: str = ""
    signature: bool = False
    typed: bool = False

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def plain_lines(text: str) -> tuple[Line, ...]:
    """Give the lines of a text/plain body."""
    lines = visible(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # Each line is read once, however often it stands there: a hostile mail is made of repetition.
    read = {line: _plain(line) for line in set(lines)}
    return tuple([read[line] for line in lines])


def _plain(line: str) -> Line:
    if not line:
        return _BLANK
    if ">" not in line:
        return Line._make((line, *_PLAIN))
    if line[0] == ">":
        rest = line[2:] if line[1:2] == " " else line[1:]
        return Line(rest, True) if rest else _MARKED_BLANK
    prefix = _PREFIX.match(line)
    if prefix is None:
        return Line(line)
    return Line(line[prefix.end() :], quoted=True)


_PLAIN = Line("")[1:]
_BLANK, _MARKED_BLANK = Line(""), Line("", quoted=True)
