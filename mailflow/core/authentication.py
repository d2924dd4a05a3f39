"""Authentication-Results of our own server, read strictly, clause by clause.

Owns: which of these headers our server wrote (its name and its place), and their clauses.
Refuses to know: who is to be believed for them. Rules: RFC 8601 sections 2.2, 2.3 and 5.
Above the topmost Received line of our MX only our own servers write; whatever stands below it came with
the mail. May go wrong: when the MX names itself differently than the profile says, nothing is trusted,
except below a forged Received line that uses that very name: the profile must be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailflow.core.headers import Field

_ID = re.compile(r'([^\s;"()=]+)[ \t]*(?:[ \t]1[ \t]*)?;')
_PAIR = re.compile(r'[ \t]*([A-Za-z][A-Za-z0-9._/-]*)[ \t]*=[ \t]*(?:"([^"\\]*)"|([^\s"();\\]+))(?=[ \t]|$)')
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[();"]|[^();"]+', re.DOTALL)
_COMMENT_PIECE = re.compile(r"[^()\\]+|\\.?|[()]", re.DOTALL)
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


def trusted_results(fields: tuple[Field, ...], authserv_id: str, mx: str) -> tuple[Results, ...]:
    """Read the headers our own server wrote, in order; () when its Received line is not found."""
    border = _border(fields, mx)
    values = (each.value for each in fields[:border] if each.name.lower() == "authentication-results")
    texts = (value.decode("latin-1").replace("\t", " ") for value in values)
    marks = (_after_id(text, authserv_id) for text in texts)
    return tuple(_results(mark) for mark in marks if mark is not None)


def _border(fields: tuple[Field, ...], mx: str) -> int:
    """Give the place of the topmost Received line of our MX; 0 when there is none."""
    for place, each in enumerate(fields):
        if each.name.lower() == "received" and (not mx or mx.lower() in _written_by(each.value)):
            return place
    return 0


def _written_by(received: bytes) -> list[str]:
    stripped = _without_comments(received.decode("latin-1"))
    return [name.lower() for name in _BY.findall(stripped or "")]


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
    """Replace comments by spaces; None when a comment or a quote does not end."""
    kept: list[str] = []
    position = 0
    while position < len(text):
        found = _PIECE.match(text, position)
        if found is None or found[0] in ('"', ")"):
            return None
        position = found.end()
        if found[0] == "(":
            position = _comment_end(text, position)
            kept.append(" ")
        else:
            kept.append(found[0])
    return "".join(kept) if position == len(text) else None


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
