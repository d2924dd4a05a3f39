"""The sentences of this folder, as values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailflow.core.answers import Answer, Expecting

_LINE_END = re.compile(r" *⏎ *")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence somebody sent, and what he may have meant."""

    text: str
    expecting: Expecting
    meant: frozenset[Answer]


def said(expecting: Expecting) -> Iterator[Said]:
    """Give the sentences said in answer to what was asked."""
    meant: frozenset[Answer] = frozenset()
    for line in (Path(__file__).parent / f"{expecting}.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            meant = frozenset(Answer(name) for name in line[2:].split())
        elif line:
            yield Said(_LINE_END.sub("\n", line), expecting, meant)
