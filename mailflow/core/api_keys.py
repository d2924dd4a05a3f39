"""A key another system shows at the API: what it is made of, what it may do, and why one is refused.

Owns: the text of a key, its hash, the closed set of rights, and `refusal`. Refuses to know: rows, HTTP. Form:
`mfk_`, 8 characters that name the key, `_`, 52 characters of secret (32 random bytes in base32), all in lower case, so
that a program that looks for lost secrets knows one at sight. Only the SHA-256 of the secret is kept: it is 256 bits of
chance, which nobody guesses and no slow hash would make safer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Right = Literal["cases:start", "cases:read", "cases:comment", "cases:decide", "registers:read", "payments:read"]
"""What a key may do. `cases:decide` passes on the answer of a person who brings his own one-use link: no more."""
RIGHTS: tuple[Right, ...] = get_args(Right)

Refusal = Literal["unknown", "secret", "revoked", "expired", "right"]
"""Why a key opened nothing: nobody has it, its secret is another, it is over, or it may not do this."""

ID_BYTES = 5
SECRET_BYTES = 32
_TEXT = re.compile(r"mfk_([a-z2-7]{8})_([a-z2-7]{52})")
NAME = re.compile(r"[\w.:/ -]{1,60}")
"""What a key may be called: it stands in the history and in letters."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is known here. `processes` empty: it may do so with every process."""

    id: str
    name: str
    hash: str
    rights: frozenset[str]
    processes: frozenset[str]
    made_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def covers(self, process: str) -> bool:
        """Say whether cases of that process are its business."""
        return not self.processes or process in self.processes


@dataclass(frozen=True, slots=True)
class MintedKey:
    """A new key: `text` is shown once, `id` and `hash` are kept."""

    text: str
    id: str
    hash: str


def mint_key(chance: bytes) -> MintedKey:
    """Make a key of 37 random bytes the caller brings."""
    if len(chance) != ID_BYTES + SECRET_BYTES:
        raise ValueError(f"a key needs {ID_BYTES + SECRET_BYTES} random bytes, got {len(chance)}")
    name, secret = _base32(chance[:ID_BYTES]), _base32(chance[ID_BYTES:])
    return MintedKey(f"mfk_{name}_{secret}", name, hash_of(secret))


def parted(text: str) -> tuple[str, str] | None:
    """Give the id and the hash of the secret of what looks like a key; None for anything else."""
    found = _TEXT.fullmatch(text)
    return (found[1], hash_of(found[2])) if found else None


def hash_of(secret: str) -> str:
    """Give what is kept of a secret: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def refusal(key: ApiKey | None, shown: str, now: datetime) -> Refusal | None:
    """Say why the key whose secret has that hash opens nothing; None for one that counts. The time tells nothing."""
    same = hmac.compare_digest(key.hash if key is not None else "0" * 64, shown)
    if key is None or not same:
        return "unknown" if key is None else "secret"
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else None


def listed(words: Sequence[str]) -> str:
    """Write words as one column holds them."""
    return " ".join(sorted(words))


def _base32(chance: bytes) -> str:
    return base64.b32encode(chance).decode().rstrip("=").lower()
