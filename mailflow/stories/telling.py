"""What is printed of stories: a line each, and of one that fails where, what was expected, what happened, how it came.

Owns: the wording. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailflow.core.text_table import text_table
from mailflow.stories.play import Failure, Played
from mailflow.stories.postbag import Sent
from mailflow.stories.trying import Asked


def told(played: Played, seconds: float, whole: bool) -> str:
    """Give the account of one story; `whole`: the steps also of one that held."""
    name = played.story.name
    if played.failure is None:
        lines = [f"  holds  {name} ({seconds:.1f} s)", *(played.account if whole else ())]
        return "\n".join(lines)
    return "\n".join((f"  FAILS  {name}", *_failure(played.failure), "  The story so far:", *played.account, ""))


def _failure(failure: Failure) -> Iterator[str]:
    if failure.fault:
        yield f"{failure.at}: {failure.fault}"
    for one in failure.differences:
        yield f"{failure.at}: {one.what}"
        yield f"      expected: {one.expected}"
        yield f"      happened: {one.happened}"


def summed_up(held: int, failed: int, seconds: float) -> str:
    """Give the last line."""
    stories = f"{held + failed} {'story' if held + failed == 1 else 'stories'}"
    verdict = "all hold" if not failed else f"{failed} {'fails' if failed == 1 else 'fail'}"
    return f"{stories}, {verdict} ({seconds:.1f} s)"


def tried(
    asked: Sequence[Asked], sentences: Sequence[str], end: str, lost: Sequence[str], letters: Sequence[Sent]
) -> str:
    """Give the account of a trial: who is asked, what the journal says, how it ends, and every letter."""
    rows = [(one.stage, one.who, one.at, one.due) for one in asked]
    parts = [text_table(("stage", "who", "asked", "due"), rows, 120)] if rows else []
    parts += [f"field {name}: not understood, so it is not on the card" for name in lost]
    parts += ["", *sentences, "", f"It ends here: {end}."]
    for letter in letters:
        parts += ["", f"─── {letter.kind} to {letter.to or letter.address}: {letter.subject}", "", letter.text.strip()]
    return "\n".join(parts)
