"""Keep every version of the rules that came into force, and give them back for the cases that began under them.

Owns: `take_rules`, which writes today's rules to the journal, `kept_rules`, and moving open cases to newer ones.
The journal is where they lie: its hash chain shows which rules were in force, and from when. A version comes into force
once; brought back later, it is known.
Refuses to know: what a rule says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailflow.advance import advance
from mailflow.core.case import Case
from mailflow.core.events import RulesTaken, RulesUpgraded
from mailflow.core.kept_rules import KeptRules
from mailflow.core.office import Office
from mailflow.core.upgrading import hindrance
from mailflow.edges.store import Committed, Repeated, Store

PAGE = 200


async def take_rules(store: Store, office: Office, now: datetime) -> None:
    """Write every process of today that is not kept yet; called before the first case can begin under it."""
    kept = {taken.version for taken in await store.rules_taken()}
    for process in office.rules.values():
        if process.version not in kept:
            event = RulesTaken(f"rules/{process.version}", now, process.name, process.version, process.text)
            await advance(event, store, office, now)


async def kept_rules(store: Store) -> KeptRules:
    """Give every version that ever came into force."""
    return KeptRules({taken.version: taken.text for taken in await store.rules_taken()})


@dataclass(frozen=True, slots=True)
class Behind:
    """An open case that goes by other rules than today's. `hindrance`: why it cannot be moved, '' where it can."""

    case: Case
    hindrance: str
    unread: str
    """Why the rules it goes by cannot be read, so that today's stand in for them; '' where they can."""


async def cases_behind(store: Store, office: Office) -> list[Behind]:
    """Give the open cases that do not go by today's rules, the newest first."""
    found: list[Behind] = []
    after: str | None = None
    while True:
        rows = await store.cases("open", after=after, limit=PAGE)
        loaded = [await store.load(row.id) for row in rows]
        found += [_behind(case, office) for case in loaded if case is not None and _is_behind(case, office)]
        if len(rows) < PAGE:
            return found
        after = rows[-1].id


def _is_behind(case: Case, office: Office) -> bool:
    today = office.rules.get(case.process)
    return today is None or case.rules != today.version


def _behind(case: Case, office: Office) -> Behind:
    return Behind(case, hindrance(case, office.rules.get(case.process)), office.kept.complaint(case.rules))


async def upgrade(behind: Behind, store: Store, office: Office, now: datetime) -> Committed | Repeated:
    """Let the case go on by today's rules; whether that can be is asked anew in the same transaction."""
    case, version = behind.case, office.rules[behind.case.process].version
    event = RulesUpgraded(f"upgrade/{case.id}/{case.version}/{version}", now, case.id, version)
    return await advance(event, store, office, now)
