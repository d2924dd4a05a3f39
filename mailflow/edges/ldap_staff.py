"""An LDAP directory asked for its accounts, page by page, over TLS.

Owns: ldap3, the address of RFC 4516, the bind, paging (RFC 2696). Refuses to know: what an account means.
Plain `ldap://` is spoken with StartTLS, to this very machine without; the certificate is always verified.
What may go wrong: no connection, no such user, a search that is refused: SettingsError with what the server said.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from mailflow.core.ldap_rows import ATTRIBUTES, Account
from mailflow.edges.tls import is_this_machine
from mailflow.errors import SettingsError

FILTER = "(&(objectClass=person)(mail=*))"
PAGE = 500
MOST = 100_000
CONNECT_SECONDS = 15
ANSWER_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where the accounts lie and who asks; without `user` nobody in particular does."""

    host: str
    port: int
    tls: bool
    base: str
    filter: str = FILTER
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""

    @property
    def start_tls(self) -> bool:
        """True where the plain connection must be encrypted first."""
        return not self.tls and not is_this_machine(self.host)


def read_place(url: str, user: str = "", password: str = "", ca_file: str = "") -> Place:
    """Read `ldaps://HOST[:PORT]/BASE[???FILTER]`; SettingsError for anything else."""
    parts = urlsplit(url)
    base, rest = unquote(parts.path.lstrip("/")), parts.query.split("?")
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname or "=" not in base:
        raise SettingsError(f"{url}: this names no accounts: write ldaps://dc.company.ru/OU=Staff,DC=company,DC=ru")
    said = unquote(rest[2]) if len(rest) > 2 and rest[2] else FILTER
    tls = parts.scheme == "ldaps"
    return Place(parts.hostname, parts.port or (636 if tls else 389), tls, base, said, user, password, ca_file)


def read_accounts(place: Place, connection: Any = None) -> list[Account]:
    """Give every account under the base; `connection` is one that is open already."""
    from ldap3.core.exceptions import LDAPException

    opened = None
    try:
        opened = connection or _opened(place)
        return list(_accounts(opened, place))
    except (LDAPException, OSError) as wrong:
        said = " ".join(str(wrong).split())[:300]
        raise SettingsError(f"ldap {place.host}:{place.port}: {said}: check address, user, password and base") from None
    finally:
        if opened is not None:
            opened.unbind()


def _opened(place: Place) -> Any:
    from ldap3 import NONE, Connection, Server, Tls

    trust = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=place.ca_file or None)
    # With the schema at hand ldap3 refuses to ask for what one directory calls a closed account and another does not.
    server = Server(
        place.host, place.port, use_ssl=place.tls, tls=trust, connect_timeout=CONNECT_SECONDS, get_info=NONE
    )
    connection = Connection(
        server,
        place.user or None,
        place.password or None,
        auto_referrals=False,
        raise_exceptions=True,
        receive_timeout=ANSWER_SECONDS,
        read_only=True,
    )
    connection.open()
    if place.start_tls:
        connection.start_tls()
    connection.bind()
    return connection


def _accounts(connection: Any, place: Place) -> Iterator[Account]:
    found = connection.extend.standard.paged_search(
        place.base, place.filter, attributes=list(ATTRIBUTES), paged_size=PAGE, generator=True
    )
    for count, entry in enumerate(found):
        if count >= MOST:
            raise SettingsError(f"ldap {place.host}: more than {MOST} accounts: name a narrower base or filter")
        if entry.get("type") == "searchResEntry":
            raw = entry["raw_attributes"]
            values = {name.lower(): [one.decode("utf-8", "replace") for one in raw[name]] for name in raw}
            yield Account(entry["dn"], values)
