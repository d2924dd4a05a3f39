"""Six digits and page nonces: what a page asks for that a machine following its link does not have.

Owns: how a one-time code follows from its seed, how often one may be sent and tried, and the nonce that
ties a form to its page and its quarter of an hour. Refuses to know: letters, rows, browsers.
A code is never stored: the store keeps a seed, and only the key ring turns it into six digits.
The letter's own code, printed beside its link, is made in `tokens`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from mailflow.core.tokens import KeyRing

CODE_LIFE = timedelta(minutes=10)
NONCE_LIFE = timedelta(minutes=15)
SEND_PAUSE = timedelta(seconds=60)
"""Between two letters with a code: a robot that presses the button must not fill a mailbox."""
SEND_SPAN = timedelta(hours=1)
MOST_SENT = 5
"""Letters with a code for one link within `SEND_SPAN`."""
MOST_TRIES = 5
"""Wrong codes one link takes, ever."""
MOST_TRIES_AN_HOUR = 20
"""Wrong codes one person's links take together within an hour."""
SEED_BYTES = 16

_DIGITS = re.compile(r"[0-9]{6}")
_CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Code:
    """What is kept about the codes of one link: `token` is the link's hash, `wrong` counts bad guesses.

    `seed` gives the fresh code until `expires_at`; `sent` counts its letters since `since`.
    """

    token: str
    person: str
    seed: str = ""
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    since: datetime | None = None
    sent: int = 0
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class Wait:
    """No code is sent now: the last one left moments ago, or enough of them did."""

    often: bool
    """True where it is not a minute to wait for but the whole span."""


def issue(code: Code, seed: str, now: datetime) -> Code | Wait:
    """Give the code as it stands once one more letter leaves; one still alive is sent again, not replaced.

    So whoever presses the button twice may type the digits of either letter.
    """
    if code.issued_at is not None and now - code.issued_at < SEND_PAUSE:
        return Wait(often=False)
    fresh_span = code.since is None or now - code.since >= SEND_SPAN
    if not fresh_span and code.sent >= MOST_SENT:
        return Wait(often=True)
    counted = replace(
        code,
        issued_at=now,
        since=now if fresh_span else code.since,
        sent=1 if fresh_span else code.sent + 1,
    )
    return counted if live(code, now) else replace(counted, seed=seed, expires_at=now + CODE_LIFE)


def live(code: Code | None, now: datetime) -> bool:
    """Say whether a fresh code has been sent that still counts."""
    return code is not None and bool(code.seed) and code.expires_at is not None and now < code.expires_at


def new_seed(random: bytes, ring: KeyRing) -> str:
    """Name a new code by the newest key and 16 bytes of chance the caller brings."""
    if len(random) != SEED_BYTES:
        raise ValueError(f"a seed needs {SEED_BYTES} random bytes, got {len(random)}")
    return f"{ring.newest}.{random.hex()}"


def fresh_code(token: str, seed: str, ring: KeyRing) -> str:
    """Give the six digits of that seed for that link; '' where its key is gone."""
    number = seed.partition(".")[0]
    key = ring.keys.get(int(number)) if number.isdecimal() else None
    if key is None:
        return ""
    digest = hmac.new(key, f"fresh code\0{token}\0{seed}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def link_tag(token: str, seed: str, ring: KeyRing) -> str:
    """Give what the link of a letter with a code ends in: 32 hex digits; '' where its key is gone."""
    number = seed.partition(".")[0]
    key = ring.keys.get(int(number)) if number.isdecimal() else None
    if key is None:
        return ""
    return hmac.new(key, f"fresh link\0{token}\0{seed}".encode(), hashlib.sha256).hexdigest()[:32]


def typed_code(text: str) -> str:
    """Give the six digits a person typed, spaces and hyphens forgiven; '' for anything else."""
    digits = re.sub(r"[\s\-–]", "", text)
    return digits if _DIGITS.fullmatch(digits) else ""


def matches(typed: str, codes: Sequence[str]) -> bool:
    """Compare with every code, each time all of each: how long it takes tells nothing."""
    found = False
    for code in codes:
        found |= bool(code) & hmac.compare_digest(typed.encode(), code.encode())
    return found


def page_nonce(token: str, now: datetime, ring: KeyRing) -> str:
    """Make the nonce of a page: when it was made, signed together with its link."""
    issued = str(int(now.timestamp()))
    return f"{issued}.{_sign(ring.keys[ring.newest], token, issued)}"


def nonce_holds(nonce: str, token: str, now: datetime, ring: KeyRing) -> bool:
    """Say whether we made this nonce for this link within the last quarter of an hour."""
    issued, _, tag = nonce.partition(".")
    if not (issued.isascii() and issued.isdecimal() and len(issued) <= 12 and tag.isascii()):
        return False
    if not any(hmac.compare_digest(_sign(key, token, issued), tag) for key in ring.keys.values()):
        return False
    age = now - datetime.fromtimestamp(int(issued), UTC)
    return -_CLOCKS_DIFFER <= age < NONCE_LIFE


def _sign(key: bytes, token: str, issued: str) -> str:
    return hmac.new(key, f"page\0{token}\0{issued}".encode(), hashlib.sha256).hexdigest()[:32]
