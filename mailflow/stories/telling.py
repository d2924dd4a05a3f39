"""What is printed of stories: a line each, and of one that fails where, what was expected, what happened, how it came.

Owns: the wording. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailflow.stories.play import Failure, Played


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
