"""«Найти Ромашка счёт» by mail: what is looked for, and the letter that says what was found.

Owns: these words. Refuses to know: how it is found.
"""

from __future__ import annotations

import re
from datetime import datetime

from mailflow.core.commands import COMMANDS
from mailflow.core.events import NoticeDue
from mailflow.core.searching import LONGEST_QUESTION, FoundView
from mailflow.core.signs import without_prefix

_OPENING = re.compile(r"\[?(?:" + "|".join(dict(COMMANDS)["find"]) + r")\b[\]:,. ]*", re.IGNORECASE)


def read_search_command(text: str) -> str:
    """Give what is looked for: the rest of the first line, or the second where that says no more."""
    lines = [without_prefix(line.strip()) for line in text[: 10 * LONGEST_QUESTION].splitlines() if line.strip()]
    said = [_OPENING.sub("", line, count=1).strip() for line in lines[:2]]
    return next((line[:LONGEST_QUESTION] for line in said if line), "")


def found_notice(key: str, now: datetime, person: str, found: FoundView, in_reply_to: str) -> NoticeDue:
    """Give the letter: a row a case, with where it was found."""
    rows = tuple(
        (line.number, line.title, line.state, "".join(piece.text for piece in line.snippet).strip())
        for line in found.lines
    )
    more = {"more": "yes"} if found.next else {}
    return NoticeDue(key, now, "found", person, {"said": found.asked, **more}, rows, in_reply_to=in_reply_to)
