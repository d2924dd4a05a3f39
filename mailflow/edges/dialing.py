"""Why a mail server could not be reached, told so that whoever set it up knows what to change.

Owns: the sentence for each way a connection fails before anybody has logged in. Refuses to know: IMAP and SMTP.
Rules: RFC 8314 (TLS on 993 and 465), OpenSSL's X509_V_ERR_* numbers (openssl-verification-options).
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mailflow.core.verdict import Bad, Good, Unsure, Verdict
from mailflow.edges.tls import Security

SOON_DAYS = 14
_SELF_SIGNED = (18, 19)
_UNKNOWN_ISSUER = (2, 20, 21)
_EXPIRED = (10,)
_NOT_YET = (9,)
_OTHER_NAME = (62, 64)


@dataclass(frozen=True, slots=True)
class Place:
    """A server as the settings name it. `ports`: the usual ones for tls and for starttls."""

    section: str
    host: str
    port: int
    security: Security
    ports: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


Told = Callable[[Place, Any], Bad]


def trouble(place: Place, error: BaseException) -> Bad:
    """Tell why the connection failed; the most telling error of the chain decides."""
    chain = tuple(_chain(error))
    for kind, told in _TROUBLES:
        found = next((one for one in chain if isinstance(one, kind)), None)
        if found is not None:
            return told(place, found)
    said = " ".join(str(error).split())[:200] or type(error).__name__
    return Bad(f"{place}: no connection ({said})", f"correct {place.section} host, port and security")


def no_starttls(place: Place) -> Bad:
    """The server offers no encryption on this port, and without it nothing is said."""
    return Bad(
        f"{place}: the server offers no STARTTLS",
        f'write security = "tls" and port = {place.ports[0]} under {place.section}',
    )


def encryption(place: Place, certificate: dict[str, Any] | None, version: str | None, now: datetime) -> Verdict:
    """Say how the connection is encrypted and how long the server's certificate lasts."""
    if version is None:
        return Good(f"{place} answers, unencrypted on this machine")
    ends = _ends(certificate or {})
    if ends is None:
        return Good(f"{place} answers, {version}, certificate trusted")
    what = f"{place} answers, {version}, certificate trusted until {ends:%Y-%m-%d}"
    if (ends - now).days < SOON_DAYS:
        return Unsure(what, "it ends soon, and no mail moves then: tell whoever runs the server")
    return Good(what)


def _ends(certificate: dict[str, Any]) -> datetime | None:
    said = certificate.get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(said)), UTC) if said else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__


def _no_name(place: Place, error: socket.gaierror | UnicodeError) -> Bad:
    # A name with an empty or endless label is refused before anybody is asked: a UnicodeError.
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return Bad(
            f"{place}: the name {place.host} cannot be looked up now",
            "see that this machine reaches a name server, then check again",
        )
    return Bad(f"{place}: there is no host named {place.host}", f"correct {place.section} host")


def _certificate(place: Place, error: ssl.SSLCertVerificationError) -> Bad:
    code = error.verify_code
    ours = "write the path of your authority's certificate (PEM)" + f" as {place.section} ca_file"
    for codes, what, cure in (
        (_SELF_SIGNED, "the certificate is signed by itself, no authority vouches for it", ours),
        (_UNKNOWN_ISSUER, "the certificate is signed by an authority this machine does not know", ours),
        (
            _EXPIRED,
            "the certificate has expired",
            "tell whoever runs the server; see also that the clock here is right",
        ),
        (_NOT_YET, "the certificate is not valid yet", "see that the clock of this machine is right"),
        (
            _OTHER_NAME,
            f"the certificate belongs to another name than {place.host}",
            f"write the server's own name as {place.section} host",
        ),
    ):
        if code in codes:
            return Bad(f"{place}: {what}", cure)
    return Bad(f"{place}: the certificate is not trusted ({error.verify_message})", ours)


def _no_tls(place: Place, error: ssl.SSLError) -> Bad:
    if place.security == "tls" and place.port != place.ports[0]:
        cure = f'write port = {place.ports[0]}, or security = "starttls", under {place.section}'
    else:
        cure = "see that the server offers TLS 1.2 or newer on this port"
    return Bad(
        f"{place}: TLS is refused, the server does not speak it on this port ({error.reason or 'cut off'})", cure
    )


def _refused(place: Place, _: ConnectionRefusedError) -> Bad:
    tls, starttls = place.ports
    return Bad(
        f"{place}: the connection is refused, nothing listens on port {place.port}",
        f"correct {place.section} port ({tls} for tls, {starttls} for starttls), or start the server",
    )


def _silent(place: Place, _: TimeoutError) -> Bad:
    return Bad(
        f"{place}: no answer",
        f"see that no firewall stands between, and that port and security fit each other under {place.section}",
    )


def _hung_up(place: Place, _: ConnectionError) -> Bad:
    return Bad(f"{place}: the server hung up", "try again; if it stays so, ask whoever runs the server")


_TROUBLES: tuple[tuple[type[BaseException], Told], ...] = (
    (ssl.SSLCertVerificationError, _certificate),
    (socket.gaierror, _no_name),
    (UnicodeError, _no_name),
    (ConnectionRefusedError, _refused),
    (TimeoutError, _silent),
    (ssl.SSLError, _no_tls),
    (ConnectionError, _hung_up),
)
"""In this order: a certificate's error is an SSLError too, and a time-out may hide behind anything."""
