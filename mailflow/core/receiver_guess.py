"""Which receiver profile would fit a mailbox, guessed from the headers of the mails in it.

Owns: `guess`. Refuses to know: whether the guess is true; a person compares it with what the provider says,
because whoever can write mails into the box can write headers too. Rule: RFC 8601 sections 2.2 and 5.
A profile is worth proposing when, by it, the marks of at least half of the mails would be read. The topmost
Received line is preferred as the border: a name after `by` further down may have come with the mail.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailflow.core.authentication import hop
from mailflow.core.headers import Field, HeaderBlock
from mailflow.core.receiver import Kind, ReceiverProfile, marks_of

_ID = re.compile(r"[ \t]*([\x21\x23-\x27\x2a-\x3a\x3c\x3e-\x7e]{1,255})[ \t]*(?:[ \t]1[ \t]*)?;")
_HOST = re.compile(r"[a-z0-9.-]{1,255}")
_KNOWN: tuple[Kind, ...] = ("yandex", "mailru", "google", "microsoft365", "exchange")


@dataclass(frozen=True, slots=True)
class Guess:
    """The profile, and how many of the mails looked at it would read a mark in."""

    profile: ReceiverProfile
    fits: int
    seen: int


@dataclass(frozen=True, slots=True)
class NoGuess:
    """No profile fits; `reason` is one sentence."""

    reason: str


def guess(mails: Sequence[HeaderBlock]) -> Guess | NoGuess:
    """Propose how the server that wrote these headers marks what it has checked."""
    fits = Counter(candidate for mail in mails for candidate in _candidates(mail.fields))
    if not fits:
        return NoGuess(f"None of {len(mails)} mails carries a mark of the server (Authentication-Results).")
    profile, count = max(fits.items(), key=lambda one: (one[1], *_preference(one[0])))
    if 2 * count < len(mails):
        names = ", ".join(sorted({one.authserv_id or one.kind for one in fits})[:4])
        return NoGuess(f"The marks name different servers ({names}): no single name fits half of the mails.")
    return Guess(profile, count, len(mails))


def _preference(profile: ReceiverProfile) -> tuple[int, bool]:
    """Of two that fit alike the kind that knows its own names is better, then the one without a border below."""
    rank = -_KNOWN.index(profile.kind) if profile.kind in _KNOWN else -len(_KNOWN)
    return rank, not profile.mx


def _candidates(fields: tuple[Field, ...]) -> set[ReceiverProfile]:
    """Give each profile by which a readable mark of this mail would count."""
    tried = {*map(ReceiverProfile, _KNOWN), *_named(fields)}
    return {profile for profile in tried if _is_marked(fields, profile)}


def _is_marked(fields: tuple[Field, ...], profile: ReceiverProfile) -> bool:
    marks = marks_of(fields, profile)
    return not marks.none and all(one.readable for one in marks.results)


def _named(fields: tuple[Field, ...]) -> Iterator[ReceiverProfile]:
    """Give the profiles of the servers that name themselves in a mark, with and without the line below as border."""
    for place, each in enumerate(fields):
        found = _ID.match(each.value.decode("latin-1")) if each.name.lower() == "authentication-results" else None
        if found is not None:
            for mx in {"", _next_by(fields[place + 1 :])}:
                yield ReceiverProfile("authserv", found[1], mx)


def _next_by(fields: Sequence[Field]) -> str:
    """Give the name the nearest Received line below calls itself, or ''."""
    received = next((each.value for each in fields if each.name.lower() == "received"), b"")
    line = hop(received)
    return line.by[0] if line is not None and line.by and _HOST.fullmatch(line.by[0]) else ""
