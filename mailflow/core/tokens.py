"""Tokens: what a link or a reply address carries to say which task it is about.

Owns: minting and reading the text form. Refuses to know: what a token is good for now; that stands
in the store, under the SHA-256 of its random part. Form: key id (8 bits), HMAC-SHA-256 tag (80 bits),
random id (128 bits), base32 without padding in lower case: 44 characters, so that a reply address
stays within the 64 octets of a local part (RFC 5321, 4.5.3.1.1) and survives a change of case.
Junk is refused without touching the store.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Purpose = Literal["decide", "reply", "browser"]

ID_BYTES = 16
_TAG_BYTES = 10
TEXT_LENGTH = 44
TOKEN_TEXT = re.compile(r"(?:(?<![a-z2-7])|(?<=%2f))[a-z2-7]{44}(?![a-z2-7])", re.IGNORECASE)
"""What may be a token in a text. A mail server that wraps links to check them writes the stroke before it as %2F."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys that sign: `newest` makes new tokens, every listed one is still accepted."""

    keys: Mapping[int, bytes]
    newest: int


@dataclass(frozen=True, slots=True)
class Minted:
    """A new token: `text` goes out, `stored` (SHA-256 of its id, hex) is all we keep."""

    text: str
    stored: str


def mint(ring: KeyRing, purpose: Purpose, random_id: bytes) -> Minted:
    """Make a token of 16 random bytes the caller brings."""
    if len(random_id) != ID_BYTES:
        raise ValueError(f"a token needs {ID_BYTES} random bytes, got {len(random_id)}")
    tag = _tag(ring.keys[ring.newest], purpose, random_id)
    body = bytes([ring.newest]) + tag + random_id
    text = base64.b32encode(body).decode().rstrip("=").lower()
    return Minted(text, hashlib.sha256(random_id).hexdigest())


def read_token(text: str, purpose: Purpose, ring: KeyRing) -> str | None:
    """Give what the store keeps of the token (SHA-256 of its id, hex), or None for anything not signed by us."""
    if len(text) != TEXT_LENGTH or not text.isascii():
        return None
    try:
        body = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    key = ring.keys.get(body[0])
    random_id = body[1 + _TAG_BYTES :]
    if key is None or not hmac.compare_digest(_tag(key, purpose, random_id), body[1 : 1 + _TAG_BYTES]):
        return None
    return hashlib.sha256(random_id).hexdigest()


def letter_code(text: str, ring: KeyRing) -> str:
    """Give the six digits printed in the letter that carries this link; nobody can derive them from the link.

    They show that whoever presses holds the letter, which a robot that only follows links does not.
    """
    body = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    digest = hmac.new(ring.keys[body[0]], b"code\0" + body[1:], hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def _tag(key: bytes, purpose: Purpose, random_id: bytes) -> bytes:
    return hmac.new(key, purpose.encode() + b"\0" + random_id, hashlib.sha256).digest()[:_TAG_BYTES]
