"""TXT records of the Domain Name System, asked for by the resolver this machine is set up with.

Owns: one question and its three outcomes: records, none, no answer. Refuses to know: what a record means.
Rules: RFC 1035 (a record is joined from its strings, RFC 7208 section 3.3). Nothing that is asked here proves anybody:
`mailflow check` tells of it, no decision rests on it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import dns.asyncresolver
import dns.exception
import dns.resolver

from mailflow.errors import MailflowError

SECONDS = 5.0

Texts = Callable[[str], Awaitable[tuple[str, ...]]]
"""Give the TXT records of a name, () where there are none; NoAnswer where nobody could be asked."""


class NoAnswer(MailflowError):
    """The name service could not be reached, or failed."""


async def texts(name: str) -> tuple[str, ...]:
    """Ask for the TXT records of a name."""
    try:
        answer = await dns.asyncresolver.resolve(name, "TXT", lifetime=SECONDS, raise_on_no_answer=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError) as trouble:
        raise NoAnswer(f"{name}: the name service gives no answer ({type(trouble).__name__})") from None
    return tuple(b"".join(each.strings).decode("utf-8", "replace") for each in answer.rrset or ())
