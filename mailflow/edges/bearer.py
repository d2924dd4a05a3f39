"""Signing in to IMAP and SMTP by a token: OAUTHBEARER (RFC 7628) where the server knows it, else XOAUTH2.

Owns: the exchange, a refusal that comes as a challenge included. Refuses to know: where the token is from.
What may go wrong: the libraries' own errors for a refused log-in, with what the server said.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import aiosmtplib
from imapclient.exceptions import LoginError

from mailflow.core.oauth import MECHANISMS, Mechanism, first_words, last_word

TOKEN_CURE = "`mailflow login` signs in anew; see too that user is the mailbox, and that it is allowed IMAP and SMTP"
CHALLENGE = 334
DONE = 235


class _Exchange:
    """What the client says, in turn; keeps what the server said against it."""

    def __init__(self, mechanism: Mechanism, user: str, token: str) -> None:
        self._mechanism: Mechanism = mechanism
        self._words: bytes | None = first_words(mechanism, user, token)
        self.refusal = ""

    def __call__(self, challenge: bytes) -> bytes:
        words, self._words = self._words, None
        if words is not None:
            return words
        self.refusal = challenge.decode("utf-8", "replace")
        return last_word(self._mechanism)


def imap_log_in(client: Any, user: str, token: str) -> None:
    """Log in on an imapclient connection; LoginError with the server's reason."""
    offered = [name for name in MECHANISMS if client.has_capability(f"AUTH={name}")]
    if not offered:
        raise LoginError("the server takes no tokens: it offers neither OAUTHBEARER nor XOAUTH2")
    exchange = _Exchange(offered[0], user, token)
    try:
        client.sasl_login(offered[0], exchange)
    except LoginError as refused:
        if not exchange.refusal:
            raise
        raise LoginError(f"{refused} {exchange.refusal}") from refused


async def smtp_log_in(client: aiosmtplib.SMTP, user: str, token: str) -> None:
    """Log in on a greeted connection; SMTPAuthenticationError with the server's reason."""
    known = {one.lower() for one in client.server_auth_methods}
    offered = [name for name in MECHANISMS if name.lower() in known]
    if not offered:
        raise aiosmtplib.SMTPAuthenticationError(504, "the server takes no tokens: neither OAUTHBEARER nor XOAUTH2")
    mechanism = offered[0]
    answer = await client.execute_command(b"AUTH", mechanism.encode(), b64encode(first_words(mechanism, user, token)))
    if answer.code == CHALLENGE:
        answer = await client.execute_command(b64encode(last_word(mechanism)))
    if answer.code != DONE:
        raise aiosmtplib.SMTPAuthenticationError(answer.code, answer.message)
