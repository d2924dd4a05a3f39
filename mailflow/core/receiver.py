"""What our own mail server has written into a mail it took in: a row of the table a kind of server.

Owns: where each kind puts its mark, what the mark is called, and which fields of a mail are therefore its own words.
Refuses to know: what follows for the writer (`sender`). Rules: RFC 8601 sections 2.2 and 5, RFC 5321 section 4.4.
Some servers put their mark above their Received line, some right below it; Microsoft's mark names nobody; Exchange
says of mail from inside only that it is from inside (X-MS-Exchange-Organization-AuthAs, which it strips from what
comes from outside); Postfix names who logged in (smtpd_sasl_authenticated_header).
May go wrong: where the server is of another kind than the profile says, its marks are not found and nobody is proven.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from mailflow.core.address_grammar import strict_address
from mailflow.core.authentication import Hop, Results, hop, read_results
from mailflow.core.headers import Field

Kind = Literal["none", "embedded", "authserv", "yandex", "mailru", "google", "microsoft365", "exchange"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class ReceiverProfile:
    """How our own mail server marks what it has checked. `kind` "none" proves nothing."""

    kind: Kind
    authserv_id: str = ""
    """The authserv-id our own server writes, compared exactly; the kinds of the big providers know theirs."""
    mx: str = ""
    """Host name in the `by` clause of our own MX's Received line; '' = the topmost Received."""
    domain: str = ""
    """The domain of our mailbox: "from inside" is said of its addresses alone."""

    @property
    def name(self) -> str:
        """What the server is called where a proof is told."""
        return self.authserv_id or _SERVERS[self.kind].called


@dataclass(frozen=True, slots=True)
class Marks:
    """Our own server's words about one mail."""

    results: tuple[Results, ...] = ()
    submitter: str = ""
    """The address that logged in to hand this mail to our own server; '' when nobody did."""
    inside: bool | None = None
    """Whether it came from inside the organization; None when the server does not say."""

    @property
    def none(self) -> bool:
        """True when the server has said nothing."""
        return not self.results and not self.submitter and self.inside is None


@dataclass(frozen=True, slots=True)
class _Server:
    called: str = ""
    mark: Literal["above", "below", ""] = "above"
    """Where Authentication-Results stands: above the Received line of the same server, or below it."""
    authserv_id: str = ""
    nameless: bool = False
    """The mark begins with its first method; its place alone tells whose it is."""
    hosts: str = ""
    """The domain its machines are named in, or the one name of all of them."""
    between: tuple[str, ...] = ()
    """What it writes itself between its Received line and the mark below it."""
    inside: str = ""
    """The field that says whether a mail came from inside."""
    home: str = ""
    """The domain of the machine that wrote the topmost Received line."""


_AUTH_AS = "x-ms-exchange-organization-authas"
_SERVERS: Mapping[Kind, _Server] = {
    "none": _Server(mark=""),
    "embedded": _Server(),
    "authserv": _Server(),
    "yandex": _Server("Yandex", "below", hosts="yandex.net", between=("x-yandex-", "return-path", "dkim-signature")),
    "mailru": _Server("Mail.ru", authserv_id="mxs.mail.ru"),
    "google": _Server("Google", "below", "mx.google.com", hosts="mx.google.com", between=("received-spf",)),
    "microsoft365": _Server(
        "Microsoft 365", nameless=True, hosts="mail.protection.outlook.com", inside=_AUTH_AS, home="outlook.com"
    ),
    "exchange": _Server("Exchange", "", inside=_AUTH_AS),
}
_SUBMISSION = re.compile(r"\swith\s+ESMTPS?A\s", re.IGNORECASE)
_HANDED_ON = re.compile(r"\swith\s+LMTPS?A?\s", re.IGNORECASE)
_FROM_HERE = re.compile(r"\S+ \[(?:127\.0\.0\.1|(?:IPv6:)?::1)\]")
_LOGGED_IN = "Authenticated sender:"


def marks_of(fields: tuple[Field, ...], profile: ReceiverProfile) -> Marks:
    """Give what our own server says in these header fields, first to last; never raises."""
    server = _SERVERS[profile.kind]
    if not _at_home(fields, server):
        return Marks()
    return Marks(tuple(_results(fields, server, profile)), _submitter(fields, profile), _inside(fields, server))


def _at_home(fields: tuple[Field, ...], server: _Server) -> bool:
    first = next(_hops(fields), None)
    return not server.home or (first is not None and all(_within(name, server.home) for name in first.by))


def _results(fields: tuple[Field, ...], server: _Server, profile: ReceiverProfile) -> Iterator[Results]:
    if server.mark == "above":
        yield from _above(fields, server, profile)
    if server.mark == "below":
        yield from _below(fields, server)


def _above(fields: tuple[Field, ...], server: _Server, profile: ReceiverProfile) -> Iterator[Results]:
    """Read every mark above the topmost Received line of our MX: below it stands what came with the mail."""
    name = profile.authserv_id or server.authserv_id
    for each in fields[: _border(fields, server.hosts, profile.mx)]:
        if _is(each, "authentication-results"):
            found = read_results(each.value, name, server.nameless)
            if found is not None:
                yield found


def _border(fields: tuple[Field, ...], hosts: str, mx: str) -> int:
    """Give the place of the topmost Received line of our MX; 0 when there is none."""
    for place, each in enumerate(fields):
        if _is(each, "received") and _names(hop(each.value), hosts, mx):
            return place
    return 0


def _names(line: Hop | None, hosts: str, mx: str) -> bool:
    by = line.by if line is not None else ()
    if hosts:
        return any(_within(name, hosts) for name in by)
    return not mx or mx.lower() in by


def _below(fields: tuple[Field, ...], server: _Server) -> Iterator[Results]:
    """Read the first mark of all, if it stands right below the Received line of the machine it names.

    Such a server writes one into every mail, so that the first is its own; every line above must be of its machines.
    """
    place = next((place for place, each in enumerate(fields) if _is(each, "authentication-results")), 0)
    lines = [at for at in range(place) if _is(fields[at], "received")]
    if not lines or not all(_own(hop(fields[at].value), server) for at in lines):
        return
    nearest = hop(fields[lines[-1]].value)
    written_by_itself = all(_is(each, *server.between, prefix=True) for each in fields[lines[-1] + 1 : place])
    if nearest is None or len(nearest.by) != 1 or not _within(nearest.by[0], server.hosts) or not written_by_itself:
        return
    found = read_results(fields[place].value, server.authserv_id or nearest.by[0])
    if found is not None:
        yield found


def _own(line: Hop | None, server: _Server) -> bool:
    """Tell whether a machine of the server wrote the line; one inside may name no host it came from."""
    if line is None or not line.by:
        return False
    return all(_within(name, server.hosts) for name in line.by) or (bool(server.authserv_id) and not line.has_from)


def _submitter(fields: tuple[Field, ...], profile: ReceiverProfile) -> str:
    """Give who logged in to our own MX to hand in the mail, by its Received line under hand-overs on the machine.

    Postfix writes `(Authenticated sender: NAME)` and "with ESMTPSA"; a name that is no address says nothing.
    """
    if profile.kind != "authserv" or not profile.mx:
        return ""
    for line in _hops(fields):
        if line.by != (profile.mx.lower(),):
            return ""
        named = [comment.removeprefix(_LOGGED_IN) for comment in line.comments if comment.startswith(_LOGGED_IN)]
        if named:
            submitted = len(named) == 1 and _SUBMISSION.search(line.text)
            return strict_address(named[0].strip()) if submitted else ""
        if not _handed_on_here(line):
            return ""
    return ""


def _handed_on_here(line: Hop) -> bool:
    """Tell whether the line is of a filter or a mailbox on the machine itself: the bracket holds the true address."""
    if _HANDED_ON.search(line.text):
        return True
    return bool(line.comments) and _FROM_HERE.fullmatch(line.comments[0]) is not None


def _inside(fields: tuple[Field, ...], server: _Server) -> bool | None:
    said = [each.value.strip() for each in fields if server.inside and _is(each, server.inside)]
    return said == [b"Internal"] if said else None


def _hops(fields: tuple[Field, ...]) -> Iterator[Hop]:
    """Give the Received lines from the top; an unreadable one ends them."""
    for each in fields:
        if _is(each, "received"):
            line = hop(each.value)
            if line is None:
                return
            yield line


def _within(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def _is(field: Field, *names: str, prefix: bool = False) -> bool:
    name = field.name.lower()
    return name.startswith(names) if prefix else name in names
