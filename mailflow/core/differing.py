"""What changed between two versions of a text: word by word, so that a line broken elsewhere is no change.

Owns: `changes_between`. Method: the greedy algorithm of Myers (An O(ND) Difference Algorithm, 1986) between the
parts both texts do not begin and end with. Refuses to know: how a text was got out of a file.

What may go wrong: two texts that have little in common. Past `MOST_EDITS` nothing is listed and the texts are said
to be different throughout; so the time stays bounded whatever they hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_EDITS = 600
MOST_WORDS = 60_000
MOST_SHOWN = 12
LONGEST_SHOWN = 240
_AROUND = 5
"""Words shown before and after a change; changes nearer to each other than that are one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place: how it read and how it reads now, each with a few words around it."""

    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since the version with the SHA-256 `since`; `more` = places not listed, `whole` = nearly all."""

    since: str
    places: tuple[Change, ...] = ()
    more: int = 0
    whole: bool = False


def changes_between(old: str, new: str, since: str) -> Changes | None:
    """Give what changed from the old text to the new; None where either has no words or nothing changed."""
    was, now = old.split()[:MOST_WORDS], new.split()[:MOST_WORDS]
    if not was or not now or was == now:
        return None
    start = _common(was, now)
    end = _common(was[start:][::-1], now[start:][::-1])
    edits = _edits(was[start : len(was) - end], now[start : len(now) - end])
    if edits is None:
        return Changes(since, whole=True)
    places = [_shown(was, now, start, hunk) for hunk in _hunks(edits)]
    return Changes(since, tuple(places[:MOST_SHOWN]), max(len(places) - MOST_SHOWN, 0))


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Words [a, b) of the old text gave way to words [c, d) of the new one."""

    a: int
    b: int
    c: int
    d: int


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _edits(was: Sequence[str], now: Sequence[str]) -> list[_Hunk] | None:
    """Give the single steps of a shortest way from one to the other, in order; None where it is too long."""
    trace: list[dict[int, int]] = []
    furthest = {1: 0}
    for steps in range(min(len(was) + len(now), MOST_EDITS) + 1):
        trace.append(dict(furthest))
        for k in range(-steps, steps + 1, 2):
            down = k == -steps or (k != steps and furthest[k - 1] < furthest[k + 1])
            x = furthest[k + 1] if down else furthest[k - 1] + 1
            while x < len(was) and x - k < len(now) and was[x] == now[x - k]:
                x += 1
            furthest[k] = x
            if x >= len(was) and x - k >= len(now):
                return list(_back(trace, len(was), len(now)))[::-1]
    return None


def _back(trace: list[dict[int, int]], x: int, y: int) -> Iterator[_Hunk]:
    for steps in range(len(trace) - 1, 0, -1):
        before, k = trace[steps], x - y
        down = k == -steps or (k != steps and before[k - 1] < before[k + 1])
        k = k + 1 if down else k - 1
        x0 = before[k]
        y0 = x0 - k
        yield _Hunk(x0, x0, y0, y0 + 1) if down else _Hunk(x0, x0 + 1, y0, y0)
        x, y = x0, y0


def _hunks(edits: Sequence[_Hunk]) -> Iterator[_Hunk]:
    """Join steps that stand close together."""
    whole: _Hunk | None = None
    for step in edits:
        if whole is None:
            whole = step
        elif step.a - whole.b <= _AROUND:
            whole = _Hunk(whole.a, step.b, whole.c, step.d)
        else:
            yield whole
            whole = step
    if whole is not None:
        yield whole


def _shown(was: Sequence[str], now: Sequence[str], start: int, hunk: _Hunk) -> Change:
    return Change(_around(was, start + hunk.a, start + hunk.b), _around(now, start + hunk.c, start + hunk.d))


def _around(words: Sequence[str], first: int, last: int) -> str:
    left, right = max(first - _AROUND, 0), min(last + _AROUND, len(words))
    text = " ".join(words[left:right])
    if len(text) > LONGEST_SHOWN:
        text, right = text[:LONGEST_SHOWN].rstrip(), 0
    return ("… " if left else "") + text + (" …" if right < len(words) else "")
