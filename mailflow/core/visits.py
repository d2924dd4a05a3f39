"""Who is here: a person who signed in with a browser, and what may become of trying to.

Owns: those values, and the note a browser carries between asking for a code and typing it. Refuses to know: rows,
letters, HTTP. The note says only what was typed into it; whether anybody has that address it does not tell.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from mailflow.core.sight import Sight
from mailflow.core.tokens import KeyRing, Minted
from mailflow.core.views import Language

NOTE_LIFE = timedelta(minutes=15)
STOP_LIFE = timedelta(days=30)
"""So long as the browser that was let in would be known."""
LONGEST_ADDRESS = 254
"""RFC 5321, 4.5.3.1.3: a path has 256 octets, its angle brackets among them."""
SIGN_IN = "sign-in "
"""What stands before a person's id where codes to sign in with are counted: apart from those of his links."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has signed in: who he is, with which browser, what he sees."""

    person: str
    name: str
    browser: str
    """Hash of its cookie."""
    language: Language
    sight: Sight


@dataclass(frozen=True, slots=True)
class Entered:
    """He is in; `cookie` is what his browser keeps from now on."""

    visitor: Visitor
    cookie: Minted


@dataclass(frozen=True, slots=True)
class NotEntered:
    """He is not in: wrong or old digits, a link that is not ours or from another browser, a page open too long."""

    why: Literal["code", "link", "elsewhere", "old"]


@dataclass(frozen=True, slots=True)
class BrowserLine:
    """A browser as its owner sees it. `hash` names it in a form; `here`: it is the one he looks with."""

    hash: str
    label: str
    since: str
    seen: str
    """When something was last sent from it."""
    signed_in: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Download:
    """A file for the visitor."""

    name: str
    content_type: str
    content: bytes


def sign_in_key(person: str) -> str:
    """Name the codes a person signs in with."""
    return hashlib.sha256(f"{SIGN_IN}\0{person}".encode()).hexdigest()


def tries_key(key: str, seed: str, way: Literal["page", "link"]) -> str:
    """Name the tries of one code: each has its own; whoever only knows an address spends none of a link's."""
    return hashlib.sha256(f"{way}\0{key}\0{seed}".encode()).hexdigest()


def note_of(address: str, now: datetime, ring: KeyRing) -> str:
    """Give what the browser keeps while the letter is on its way."""
    said = base64.urlsafe_b64encode(address.encode()).decode().rstrip("=")
    issued = str(int(now.timestamp()))
    return f"{issued}.{said}.{_sign(ring.keys[ring.newest], issued, said)}"


def address_in(note: str, now: datetime, ring: KeyRing) -> str:
    """Give the address of a note of ours that is not old; '' for anything else."""
    issued, _, rest = note[:1000].partition(".")
    said, _, tag = rest.partition(".")
    if not (note.isascii() and issued.isdecimal() and len(issued) <= 12):
        return ""
    if not any(hmac.compare_digest(_sign(key, issued, said), tag) for key in ring.keys.values()):
        return ""
    if now - datetime.fromtimestamp(int(issued), UTC) >= NOTE_LIFE:
        return ""
    try:
        return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""


def stop_link(person: str, now: datetime, ring: KeyRing) -> str:
    """Give what the link «не вы? — остановить» ends in: whose browsers it shows, and since when it is good."""
    said = base64.urlsafe_b64encode(person.encode()).decode().rstrip("=")
    issued = str(int(now.timestamp()))
    return f"{issued}.{said}.{_stop_tag(ring.keys[ring.newest], issued, said)}"


def stops_for(link: str, now: datetime, ring: KeyRing) -> str:
    """Give whose browsers such a link may end; '' for one that is old or not ours."""
    issued, _, rest = link[:1000].partition(".")
    said, _, tag = rest.partition(".")
    if not (link.isascii() and issued.isdecimal() and len(issued) <= 12):
        return ""
    if not any(hmac.compare_digest(_stop_tag(key, issued, said), tag) for key in ring.keys.values()):
        return ""
    if now - datetime.fromtimestamp(int(issued), UTC) >= STOP_LIFE:
        return ""
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()


def typed_address(text: str) -> str:
    """Give the address as people are found by it; '' for what can be nobody's."""
    address = text.strip().lower()
    return address if "@" in address and len(address) <= LONGEST_ADDRESS else ""


def _stop_tag(key: bytes, issued: str, said: str) -> str:
    return hmac.new(key, f"stop link\0{issued}\0{said}".encode(), hashlib.sha256).hexdigest()[:32]


def _sign(key: bytes, issued: str, said: str) -> str:
    return hmac.new(key, f"sign-in note\0{issued}\0{said}".encode(), hashlib.sha256).hexdigest()[:32]
