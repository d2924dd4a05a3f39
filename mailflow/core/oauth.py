"""What an authorization server says, read into values: a token, a wait, a no.

Owns: the answers of RFC 6749 (sections 5.1 and 5.2), of RFC 8628 (device codes), the proof key of RFC 7636, and the
first words of XOAUTH2 and of OAUTHBEARER (RFC 7628). Refuses to know: how a server is reached, where tokens lie.
What may go wrong: the server says no, or something that is none of its forms; both are values with the server's words.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

DEFAULT_SECONDS = 3600
"""How long a token serves whose server does not say (`expires_in` is only recommended)."""
LONGEST_SECONDS = 7 * 24 * 3600
SLOWER = 5
"""Seconds longer between two questions after each slow_down (RFC 8628, 3.5)."""
AHEAD = timedelta(minutes=10)
"""So long before its end a token is renewed, or when half its life is over."""
MOST_WORDS = 300

Mechanism = Literal["OAUTHBEARER", "XOAUTH2"]
MECHANISMS: tuple[Mechanism, ...] = ("OAUTHBEARER", "XOAUTH2")
"""The one that is a standard first."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A token for so many seconds; `refresh` is '' where the server gave no new one."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True)
class Pending:
    """The person has not said yes or no yet. `slower`: ask less often from now on."""

    slower: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The permission is gone, was refused, or came too late: a person has to sign in anew."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer that helps. `passes`: it may mend itself."""

    reason: str
    passes: bool


Answer = Granted | Pending | Withdrawn | Failed


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a person types where, and how often the server may be asked whether he did."""

    device: str = field(repr=False)
    user: str
    where: str
    seconds: int
    interval: int


@dataclass(frozen=True, slots=True)
class Permit:
    """What is kept of a permission: the token in use, until when, since when, and what brings the next one."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    since: datetime
    until: datetime

    def due(self, now: datetime) -> bool:
        """Say whether the next token should be got."""
        return now >= self.until - min(AHEAD, (self.until - self.since) / 2)


def permit(granted: Granted, before: str, now: datetime) -> Permit:
    """Give what is to be kept; a server that gives no new refresh token lets the one before stand (RFC 6749, 6)."""
    return Permit(granted.access, granted.refresh or before, now, now + timedelta(seconds=granted.seconds))


def read_answer(status: int, body: bytes) -> Answer:
    """Read what the token endpoint said."""
    said = _object(body)
    access, error = _text(said, "access_token"), _text(said, "error")
    if status == 200 and access:
        return Granted(access, _text(said, "refresh_token"), _seconds(said, "expires_in", DEFAULT_SECONDS))
    if not error:
        passes = status == 429 or status >= 500
        return Failed(f"the server answers {status} and says nothing that is known", passes)
    return _refused(error, _text(said, "error_description"), status)


def _refused(error: str, description: str, status: int) -> Answer:
    if error in _WAITS:
        return Pending(slower=error == "slow_down")
    told = f"{_MEANINGS[error]} ({_words(error, description)})" if error in _MEANINGS else _words(error, description)
    if error in _OVER:
        return Withdrawn(told)
    return Failed(told, error in _PASSES or status == 429 or status >= 500)


_WAITS = frozenset({"authorization_pending", "slow_down"})
_OVER = frozenset({"invalid_grant", "access_denied", "expired_token", "interaction_required", "consent_required"})
_PASSES = frozenset({"temporarily_unavailable", "server_error"})
_MEANINGS: Mapping[str, str] = {
    "invalid_grant": "the permission was withdrawn, has expired, or the password was changed",
    "access_denied": "the permission was refused",
    "expired_token": "nobody gave the permission in time",
    "interaction_required": "the provider wants somebody to sign in again",
    "consent_required": "nobody has agreed to what mailflow asks for",
    "invalid_client": "the provider does not know the application, or its secret is wrong or has expired",
    "unauthorized_client": "the application may not sign in this way: allow it where it is registered",
    "invalid_scope": "the provider does not give this scope",
}


def read_device_code(status: int, body: bytes) -> DeviceCode | Failed:
    """Read what the device endpoint said."""
    said = _object(body)
    # Google says verification_url, the standard verification_uri.
    where = _text(said, "verification_uri") or _text(said, "verification_url")
    device, user = _text(said, "device_code"), _text(said, "user_code")
    if status != 200 or not (device and user and where):
        refused = _refused(_text(said, "error") or str(status), _text(said, "error_description"), status)
        return Failed(getattr(refused, "reason", "the server gives no code"), False)
    return DeviceCode(device, user, where, _seconds(said, "expires_in", 900), max(1, _seconds(said, "interval", 5)))


def challenge(verifier: str) -> str:
    """Give the proof key's challenge, S256 (RFC 7636, 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def address_to_open(url: str, client: str, scope: str, redirect: str, state: str, verifier: str) -> str:
    """Give the page a person opens to allow it (RFC 6749, 4.1.1)."""
    asked = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": redirect,
        "scope": scope,
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",
    }
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(asked)}"


def code_in(address: str, state: str) -> str | Withdrawn:
    """Take the code out of the address the browser ended at; only where it answers our own question."""
    said = parse_qs(urlsplit(address.strip()).query)
    error, code = said.get("error", [""])[0], said.get("code", [""])[0]
    if said.get("state", [""])[0] != state:
        return Withdrawn("this address does not answer the page just opened: copy the whole address line")
    if error or not code:
        return Withdrawn(_words(error or "there is no code in the address", said.get("error_description", [""])[0]))
    return code


def first_words(mechanism: Mechanism, user: str, token: str) -> bytes:
    """Give what a client begins with: RFC 7628, 3.1; the older form is the providers' own."""
    if mechanism == "XOAUTH2":
        return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
    name = user.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\x01auth=Bearer {token}\x01\x01".encode()


def last_word(mechanism: Mechanism) -> bytes:
    """Give what a client says to a refusal told as a challenge, so that the server ends it (RFC 7628, 3.2.3)."""
    return b"\x01" if mechanism == "OAUTHBEARER" else b""


def _object(body: bytes) -> Mapping[str, object]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _text(said: Mapping[str, object], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) and value.isprintable() else ""


def _seconds(said: Mapping[str, object], key: str, default: int) -> int:
    value = said.get(key)
    number = int(value) if isinstance(value, int | float) or (isinstance(value, str) and value.isdecimal()) else default
    return max(0, min(number, LONGEST_SECONDS))


def _words(error: str, description: str) -> str:
    return " ".join(f"{error}: {description}".rstrip(": ").split())[:MOST_WORDS]
