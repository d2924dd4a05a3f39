"""A mail's reading as a person reads it on a terminal: what was understood, from which words, what was cut off and why.

Owns: the lines of `mailflow explain` without `--json`, coloured; whoever prints them takes the colours off where there
is no terminal. Texts of strangers are shown without control characters: a mail must not write to the terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import click

from mailflow.core.cut import Piece, Why, other_pieces_of, pieces_of
from mailflow.core.kinds import Kind
from mailflow.core.reply import fresh
from mailflow.core.sender import Proven, SenderProof
from mailflow.explain import Explained

MOST_CUT_LINES = 4
MOST_OWN_LINES = 40
_COLOURS = {
    Kind.REQUEST: "green",
    Kind.REPLY: "green",
    Kind.COMMAND: "green",
    Kind.QUARANTINED: "red",
    Kind.STRAY: "yellow",
}
_BAR = {Why.OWN: "│", Why.FORWARDED: "║"}


def shown(name: str, read: Explained) -> str:
    """Tell the reading of one mail in lines; `name` is how the person called it."""
    return "\n".join((_clean(name), *_reading(read), *_mail(read), *_text(read), *_rest(read)))


def _reading(read: Explained) -> Iterator[str]:
    said = read.said
    title = " ".join(filter(None, (said["kind"], said.get("process"), said.get("answer"), said.get("command"))))
    colour = _COLOURS.get(read.understood.kind, "cyan")
    yield f"  {click.style(title, fg=colour, bold=True)}: {_clean(said['reason'])}"
    for name, value in said.items():
        if name not in ("kind", "reason", "process", "answer", "command") and value not in (None, [], {}, ""):
            yield from _named(name, value)


def _named(name: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield _row(name, "")
        for key, each in value.items():
            yield f"    {_clean(key)}: {_written(each)}"
    else:
        yield _row(name, _written(value))


def _written(value: object) -> str:
    return _clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _mail(read: Explained) -> Iterator[str]:
    message = read.message
    writers = ", ".join(f"{a.mail} ({a.name})" if a.name else a.mail for a in message.from_)
    yield _row("from", _clean(writers) or "nobody")
    if read.proof is not None:
        yield _row("writer", _proof(read.proof))
    yield _row("subject", _clean(message.subject))
    if message.date is not None:
        yield _row("date", message.date.isoformat(sep=" "))


def _proof(proof: SenderProof) -> str:
    match proof:
        case Proven():
            return click.style(f"proven: {_clean(proof.address)}, by {_clean(proof.by)}", fg="green")
        case _:
            return click.style(f"not proven: {_clean(proof.reason)}", fg="yellow")


def _text(read: Explained) -> Iterator[str]:
    yield from _pieces(pieces_of(read.message))
    other = other_pieces_of(read.message) if fresh(read.message).conflict else ()
    if other:
        yield _row("its HTML says", "")
        yield from _pieces(other)


def _pieces(pieces: Iterable[Piece]) -> Iterator[str]:
    for piece in pieces:
        own = piece.why is Why.OWN
        most = MOST_OWN_LINES if own else MOST_CUT_LINES
        for line in _lines(piece, most):
            yield f"  {_BAR.get(piece.why, '┆')} {click.style(line, dim=not own)}"


def _lines(piece: Piece, most: int) -> Iterator[str]:
    lines = piece.text.split("\n")
    if piece.why is not Why.OWN:
        yield f"[{piece.why}]"
    yield from (_clean(line)[:200] for line in lines[:most])
    if len(lines) > most:
        yield f"[… {len(lines) - most} more lines]"


def _rest(read: Explained) -> Iterator[str]:
    for nested in read.message.nested:
        yield _row("holds a mail", _clean(f"{nested.header('From')}: {nested.subject}"))
    for defect in read.message.defects:
        yield _row("noticed", _clean(defect))


def _row(name: str, text: str) -> str:
    return f"  {click.style(name, bold=True)}: {text}"


def _clean(text: str) -> str:
    return "".join(ch if ch.isprintable() else " " for ch in text)
