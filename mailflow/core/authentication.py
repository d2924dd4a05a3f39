"""Authentication-Results and Received, read strictly: the clauses of the one, the names in the other.

Owns: the grammar of both fields. Refuses to know: which of them our own server wrote (`receiver`), and who is to be
believed for them (`sender`). Rules: RFC 8601 section 2.2, RFC 5321 section 4.4.
May go wrong: a field that is not of its grammar in every letter is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ID = re.compile(r'([^\s;"()=]+)[ \t]*(?:[ \t]1[ \t]*)?;')
_PAIR = re.compile(r'[ \t]*([A-Za-z][A-Za-z0-9._/-]*)[ \t]*=[ \t]*(?:"([^"\\]*)"|([^\s"();\\]+))(?=[ \t]|$)')
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[();"]|[^();"]+', re.DOTALL)
_COMMENT_PIECE = re.compile(r"[^()\\]+|\\.?|[()]", re.DOTALL)
_METHOD = re.compile(r"[a-z][a-z0-9-]*=[a-z]", re.IGNORECASE)
_BY = re.compile(r"(?:^|\s)by\s+([^\s;]+)")


@dataclass(frozen=True, slots=True)
class Clause:
    """One method, its result and its properties, all names and the result in lower case."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...]

    def property(self, name: str) -> str:
        """Give the value of a property that stands there exactly once, else ''."""
        values = [value for key, value in self.properties if key == name]
        return values[0] if len(values) == 1 else ""


@dataclass(frozen=True, slots=True)
class Results:
    """One trusted header. `readable` is False when a part of it is not of the grammar: nothing counts."""

    clauses: tuple[Clause, ...]
    readable: bool


@dataclass(frozen=True, slots=True)
class Hop:
    """One Received line: `text` without its comments, the `comments` outside of others, the names after `by`."""

    text: str
    comments: tuple[str, ...]
    by: tuple[str, ...]
    """In lower case; a machine names itself once, so that more than one is odd."""

    @property
    def has_from(self) -> bool:
        """True when the line names a machine the mail came from."""
        return self.text.lstrip()[:5].lower() == "from "


def hop(received: bytes) -> Hop | None:
    """Read one Received line; None when a comment or a quote in it does not end."""
    text = " ".join(received.decode("latin-1").split())
    split = _split_comments(text)
    if split is None:
        return None
    stripped, comments = split
    return Hop(stripped, comments, tuple(name.lower() for name in _BY.findall(stripped)))


def read_results(value: bytes, authserv_id: str, nameless: bool = False) -> Results | None:
    """Read one Authentication-Results of the server `authserv_id`; None when it is another's, or names it oddly.

    `nameless`: the server writes no name; then a field that begins with a name is another's.
    """
    text = value.decode("latin-1").replace("\t", " ")
    if nameless:
        return _results(text.strip()) if _METHOD.match(text.strip()) else None
    mark = _after_id(text, authserv_id)
    return None if mark is None else _results(mark)


def _after_id(text: str, authserv_id: str) -> str | None:
    """Give what follows our own id; None when the header names another, or names it in any odd form."""
    found = _ID.match(text.strip())
    if found is None or not authserv_id or found[1] != authserv_id:
        return None
    return text.strip()[found.end() :]


def _results(text: str) -> Results:
    stripped = _without_comments(text) if text.isascii() and text.isprintable() else None
    if stripped is None:
        return Results((), readable=False)
    clauses = [_clause(piece) for piece in _clause_texts(stripped) if piece.strip() not in ("", "none")]
    read = tuple(clause for clause in clauses if clause is not None)
    return Results(read, readable=len(read) == len(clauses))


def _clause_texts(text: str) -> Iterator[str]:
    """Cut at the semicolons that stand outside quotes."""
    clause: list[str] = []
    for found in _PIECE.finditer(text):
        if found[0] == ";":
            yield "".join(clause)
            clause = []
        else:
            clause.append(found[0])
    yield "".join(clause)


def _clause(text: str) -> Clause | None:
    """Read `method=result name=value ...`; None when anything is left over."""
    pairs: list[tuple[str, str]] = []
    position = 0
    while position < len(text.rstrip()):
        found = _PAIR.match(text, position)
        if found is None:
            return None
        position = found.end()
        pairs.append((found[1].lower(), found[2] if found[3] is None else found[3]))
    method, result = pairs[0]
    return Clause(method.partition("/")[0], result.lower(), tuple(pairs[1:]))


def _without_comments(text: str) -> str | None:
    split = _split_comments(text)
    return None if split is None else split[0]


def _split_comments(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Give the text with spaces for its comments, and the comments; None when one, or a quote, does not end."""
    kept: list[str] = []
    comments: list[str] = []
    position = 0
    while position < len(text):
        found = _PIECE.match(text, position)
        if found is None or found[0] in ('"', ")"):
            return None
        position = found.end()
        if found[0] == "(":
            start, position = position, _comment_end(text, position)
            comments.append(text[start : position - 1])
            kept.append(" ")
        else:
            kept.append(found[0])
    return ("".join(kept), tuple(comments)) if position == len(text) else None


def _comment_end(text: str, position: int) -> int:
    """Give the place after the comment; beyond the text when it does not end."""
    depth = 1
    while position < len(text):
        found = _COMMENT_PIECE.match(text, position)
        if found is None:
            break
        position = found.end()
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return position
    return len(text) + 1
