"""Who may see what: one value for one person, and every question about seeing asked of it.

Owns: what a person sees of cases (his own, those he was asked about, his department's, those to be paid, all) and
which pages open for whom. Refuses to know: who decides (`entitlement`), HTTP, rows; the store finds cases by the
same value, and a test holds the two to the same answer. What is not stated here is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailflow.core.case import Ask, Case
from mailflow.core.memory import Fact
from mailflow.core.office import Office

Gate = Literal["anybody", "link", "person", "post", "operation"]
"""Whom a page opens for: anybody at all, whoever holds its link, whoever signed in, who minds the incoming mail, who
minds the service.
"""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person sees now."""

    person: str
    selves: frozenset[str]
    """Himself, and everybody he stands in for today."""
    everything: bool = False
    people: frozenset[str] = frozenset()
    """Those whose cases he sees because he manages them."""
    paying: bool = False
    """He sees every case that has come to its payment."""
    post: bool = False
    """He minds the mail nobody else is asked about."""
    operation: bool = False
    """He minds the service itself."""
    handed: frozenset[str] = frozenset()
    """The cases of which a task was handed to him."""
    told: frozenset[str] = frozenset()
    """The cases he was told of because somebody is silent there, while that lasts."""


def sight_of(person: str, office: Office, now: datetime, facts: Sequence[Fact] = ()) -> Sight:
    """Give what the person sees at that moment; `facts` are those known of his delegations."""
    selves = frozenset((person, *(one for one in office.directory.people if office.acting(one, now) == person)))
    access = office.access
    return Sight(
        person=person,
        selves=selves,
        everything=_holds(selves, access.everything, office),
        people=frozenset(_managed(selves, office)),
        paying=_holds(selves, access.payments, office),
        post=_holds(selves, access.post, office),
        operation=_holds(selves, access.operation, office),
        handed=frozenset(f.said["case"] for f in facts if f.kind == "delegation" and f.subject == person),
    )


def sees(sight: Sight, case: Case) -> bool:
    """Say whether the case may be shown to him."""
    return (
        sight.everything
        or case.initiator in sight.selves | sight.people
        or case.id in sight.handed | sight.told
        or any(_took_part(sight, case))
        or (sight.paying and any(a.ask is Ask.PAYMENT for a in case.assignments))
    )


def opens(gate: Gate, sight: Sight | None) -> bool:
    """Say whether a page behind that gate opens; None is somebody who has not signed in."""
    if gate in ("anybody", "link"):
        return True
    if sight is None:
        return False
    return gate == "person" or (gate == "post" and sight.post) or (gate == "operation" and sight.operation)


def _took_part(sight: Sight, case: Case) -> Iterator[bool]:
    for task in case.assignments:
        yield task.principal in sight.selves
        yield task.delegate == sight.person
        yield task.decision is not None and task.decision.by == sight.person


def _holds(selves: frozenset[str], roles: Sequence[str], office: Office) -> bool:
    return any(holder in selves for role in roles for holder in office.directory.holders(role))


def _managed(selves: frozenset[str], office: Office) -> Iterator[str]:
    """Everybody below them: in their departments and those under these, and whose manager they are by name."""
    led = {name for name, one in office.directory.departments.items() if _leads(selves, name, office)}
    for person, known in office.directory.people.items():
        if known.department in led or known.manager in selves:
            yield person


def _leads(selves: frozenset[str], department: str, office: Office) -> bool:
    """True where one of them heads the department or one above it; circles are refused when people are read."""
    above: str | None = department
    while above is not None:
        if office.directory.departments[above].head in selves:
            return True
        above = office.directory.departments[above].parent
    return False


PAGES: Mapping[str, Gate] = {
    "/": "anybody",
    "/healthz": "anybody",
    "/d/{token}": "link",
    "/d/{token}/code": "link",
    "/d/{token}/file/{place}": "link",
    "/sign-in": "anybody",
    "/sign-in/code": "anybody",
    "/enter/{link}": "link",
    "/sign-out": "person",
    "/browsers": "person",
    "/stop/{link}": "link",
    "/second-factor": "person",
    "/second-factor/code": "person",
    "/cases/{case}/task/{place}": "person",
    "/cases/{case}/task/{place}/file/{number}": "person",
    "/cases/{case}": "person",
    "/cases/{case}/say": "person",
    "/cases/{case}/file/{place}": "person",
    "/cases/{case}/paper/{place}": "person",
    "/cases/{case}/mail/{mail}": "person",
    "/cases/{case}/mail/{mail}/file/{place}": "person",
    "/search": "person",
    "/reports": "person",
    "/reports/{kind}": "person",
    "/registers": "person",
    "/registers/{name}": "person",
    "/registers/{name}/{kind}": "person",
    "/boards": "person",
    "/boards/{name}": "person",
    "/service": "operation",
    "/post": "post",
    "/post/{mail}/file/{place}": "post",
    "/post/{mail}/register": "post",
}
"""Every address that is served and whom it opens for; what does not stand here is not served."""
