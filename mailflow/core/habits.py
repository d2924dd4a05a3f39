"""How often a person wants to be written to: a letter for each matter, one a day, or no daily letter at all.

Owns: the words of «Сводка: …» and which letters wait for the daily one. Refuses to know: when that goes out.

Whoever takes the daily letter still gets at once what answers his own mail, what money or a mistake hangs on,
and what nobody else could tell him: only asking and telling letters wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from mailflow.core.memory import Fact, known
from mailflow.core.money import fold
from mailflow.core.views import Language

Mode = Literal["each", "daily", "off"]
"""each: every letter as it comes (at first); daily: one letter each working morning; off: and no daily letter.

`off` silences the office's own digest too; the asking letters come one by one, as with `each`.
"""
WAIT_FOR_DAILY = frozenset({"ask", "reminder", "agreed", "comment"})
"""Letters whose matter the daily one brings."""

_MODES: tuple[tuple[re.Pattern[str], Mode], ...] = (
    (re.compile(r"\b(?:выкл\w*|откл\w+|не (?:надо|нужна|присылать)|off|none|stop|never)\b"), "off"),
    (re.compile(r"\b(?:кажд\w+ письм\w+|по одному|сразу|each|every letter|at once|immediately)\b"), "each"),
    (
        re.compile(
            r"\b(?:ежедневн\w*|раз в день|кажд\w+ (?:день|утро)|daily|every (?:day|morning)|once a day|вкл\w*|on)\b"
        ),
        "daily",
    ),
)
_WORDS: Mapping[Mode, tuple[str, str]] = {
    "each": ("каждое письмо сразу", "every letter at once"),
    "daily": ("одно письмо в рабочий день утром", "one letter each working morning"),
    "off": ("без сводки, каждое письмо сразу", "no digest, every letter at once"),
}


def read_mode(text: str) -> Mode | None:
    """Read «Сводка: раз в день», "Digest: off"; None where the mode is not said, or two are."""
    said = fold(text[:300])
    found = {mode for pattern, mode in _MODES if pattern.search(said)}
    return found.pop() if len(found) == 1 else None


def mode_word(mode: Mode, language: Language) -> str:
    """Say a mode in words."""
    return _WORDS[mode][0 if language == "ru" else 1]


def mode_of(person: str, facts: Iterable[Fact]) -> Mode:
    """Give the mode the person has chosen."""
    chosen = [fact.said["mode"] for fact in known(facts, "letters", person)]
    return next((mode for mode in _WORDS if chosen and mode == chosen[-1]), "each")


def fact(person: str, mode: Mode) -> Fact:
    """Give what the office keeps of the choice."""
    return Fact("letters", person, said={"mode": mode})


def waits_for_daily(kind: str, person: str, facts: Iterable[Fact]) -> bool:
    """Say whether this letter is left to the person's daily one."""
    return kind in WAIT_FOR_DAILY and mode_of(person, facts) == "daily"


def takes_no_digest(person: str, facts: Iterable[Fact]) -> bool:
    """Say whether the person wants no digest at all."""
    return mode_of(person, facts) == "off"
