"""What a check found: one of three values, each complete in itself.

Owns: the closed set. Refuses to know: what is checked and how it is printed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Good:
    """It is as it should be."""

    what: str


@dataclass(frozen=True, slots=True)
class Bad:
    """It is wrong; `cure` is what to do, one sentence."""

    what: str
    cure: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may be right, or works less well than it could; `why` is one sentence."""

    what: str
    why: str


Verdict = Good | Bad | Unsure


def bad(complaint: str) -> Bad:
    """Cut a complaint of ours (what, where, what to do) where its cure begins."""
    what, _, cure = complaint.rpartition(": ")
    return Bad(what, cure) if what else Bad(complaint, "")
