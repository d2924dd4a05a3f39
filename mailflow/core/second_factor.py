"""The second factor: a time-based one-time code (RFC 6238) from an app on the person's own device.

Owns: the secret's form, how it is sealed for the store, which time step a code is of, and the address an app reads
from the QR code. Refuses to know: rows, pages, chance. The secret is kept only encrypted (AES-256-GCM) under the
signing key, and bound to its person: a row copied to somebody else opens nothing.

What may go wrong: the key that sealed it is gone: then the factor must be set up anew.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailflow.core.tokens import KeyRing

SECRET_BYTES = 20
"""RFC 4226, 4: 160 bits are recommended."""
NONCE_BYTES = 12
CHANCE = SECRET_BYTES + NONCE_BYTES
STEP = 30
_CLOCKS_DIFFER = 1
"""Steps before and after the present one that count too (RFC 6238, 5.2)."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A person's second factor as it is kept; `step` is the last time step that was accepted.

    Until `enrolled_at` is set it is only offered, and opens nothing.
    """

    person: str
    sealed: str
    made_at: datetime
    enrolled_at: datetime | None = None
    step: int = 0


def sealed(secret: bytes, person: str, nonce: bytes, ring: KeyRing) -> str:
    """Give the secret as the store keeps it: the key's number, the nonce and what only that key opens."""
    if len(secret) != SECRET_BYTES or len(nonce) != NONCE_BYTES:
        raise ValueError(f"a secret has {SECRET_BYTES} bytes and its nonce {NONCE_BYTES}")
    keys, number = ring.keys, ring.newest
    closed = AESGCM(_key(keys[number])).encrypt(nonce, secret, person.encode())
    return f"{number}.{base64.b64encode(nonce + closed).decode()}"


def unsealed(text: str, person: str, ring: KeyRing) -> bytes | None:
    """Give the secret; None where its key is gone, or it is not this person's."""
    number, _, body = text.partition(".")
    key = ring.keys.get(int(number)) if number.isdecimal() else None
    if key is None:
        return None
    try:
        whole = base64.b64decode(body, validate=True)
        return AESGCM(_key(key)).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], person.encode())
    except (InvalidTag, binascii.Error, ValueError):
        return None


def older_key(text: str, ring: KeyRing) -> bool:
    """Say whether another key than the newest has sealed it."""
    return text.partition(".")[0] != str(max(ring.keys))


def step_of(typed: str, secret: bytes, now: datetime) -> int | None:
    """Give the time step whose code was typed, of those that count now; None for a wrong code.

    Every step is compared each time: how long it takes tells nothing.
    """
    made, present, found = pyotp.TOTP(written(secret)), int(now.timestamp()) // STEP, None
    for step in range(present - _CLOCKS_DIFFER, present + _CLOCKS_DIFFER + 1):
        if hmac.compare_digest(made.generate_otp(step).encode(), typed.encode()):
            found = step
    return found


def written(secret: bytes) -> str:
    """Give the secret as people type it into an app."""
    return base64.b32encode(secret).decode()


def otpauth(secret: bytes, address: str, company: str) -> str:
    """Give the address an app reads from the QR code."""
    return pyotp.TOTP(written(secret)).provisioning_uri(name=address, issuer_name=company)


def factor_tries(link: str) -> str:
    """Name the tries of a second factor at one link or sign-in: apart from those of its mailed codes."""
    return hashlib.sha256(f"second factor\0{link}".encode()).hexdigest()


def factor_whose(person: str) -> str:
    """Name the person where wrong tries of an hour are counted: apart from those of mailed codes."""
    return f"second factor {person}"


def _key(key: bytes) -> bytes:
    return hmac.new(key, b"second factor", hashlib.sha256).digest()
