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

from mailflow.core.authentication import trusted_results
from mailflow.core.headers import Field, HeaderBlock
from mailflow.core.sender import ReceiverProfile

_ID = re.compile(r"[ \t]*([\x21\x23-\x27\x2a-\x3a\x3c\x3e-\x7e]{1,255})[ \t]*(?:[ \t]1[ \t]*)?;")
_BY = re.compile(r"(?:^|\s)by\s+([A-Za-z0-9.-]{1,255})(?=[\s;(]|$)")


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
    fits = Counter(candidate for mail in mails for candidate in set(_candidates(mail.fields)))
    if not fits:
        return NoGuess(f"None of {len(mails)} mails carries a mark of the server (Authentication-Results).")
    (authserv_id, mx), count = max(fits.items(), key=lambda one: (one[1], not one[0][1]))
    if 2 * count < len(mails):
        names = ", ".join(sorted({name for name, _ in fits})[:4])
        return NoGuess(f"The marks name different servers ({names}): no single name fits half of the mails.")
    return Guess(ReceiverProfile("authserv", authserv_id, mx), count, len(mails))


def _candidates(fields: tuple[Field, ...]) -> Iterator[tuple[str, str]]:
    """Give each (authserv-id, mx) by which a readable mark of this mail would count."""
    for place, each in enumerate(fields):
        found = _ID.match(each.value.decode("latin-1")) if each.name.lower() == "authentication-results" else None
        if found is None:
            continue
        for mx in {"", _next_by(fields[place + 1 :])}:
            results = trusted_results(fields, found[1], mx)
            if results and all(one.readable for one in results):
                yield found[1], mx


def _next_by(fields: Sequence[Field]) -> str:
    """Give the name the nearest Received line below calls itself, or ''."""
    received = next((each.value for each in fields if each.name.lower() == "received"), b"")
    found = _BY.search(received.decode("latin-1"))
    return found[1] if found else ""
