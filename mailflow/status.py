"""`mailflow status`: what waits, since when and why, and whether a person has to act.

Owns: gathering what the database and the machine say, and telling it as text or JSON. Reads only. Refuses to know:
which measure is a worry (`core.health`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from mailflow.checking import line
from mailflow.config import Settings
from mailflow.core.health import Sign, signs
from mailflow.core.verdict import Bad, Good, Unsure
from mailflow.core.views import Language
from mailflow.core.vitals import Machine, Vitals
from mailflow.edges.machine import probed
from mailflow.edges.store import Store


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured at a moment."""

    vitals: Vitals
    machine: Machine
    at: datetime


async def reading(settings: Settings, store: Store, now: datetime) -> Reading:
    """Measure everything, now."""
    key = settings.keys_folder / f"{settings.keys().newest}.key"
    machine = probed(settings.files, settings.store_url, key, now)
    return Reading(await store.vitals(now), machine, now)


def told(found: Reading, settings: Settings, language: Language) -> list[Sign]:
    """Give the signs of a reading in that language."""
    return signs(found.vitals, found.machine, found.at, language, settings.zone)


async def status(settings: Settings, language: Language, as_json: bool, now: datetime) -> tuple[bool, str]:
    """Tell how the site does; True when nobody has to act."""
    store = await Store.open(settings.store_url, settings.domain)
    try:
        found = told(await reading(settings, store, now), settings, language)
    finally:
        await store.close()
    healthy = not any(sign.ill for sign in found)
    return healthy, _json(found, healthy) if as_json else "\n".join(line(sign.verdict) for sign in found)


def _json(found: list[Sign], healthy: bool) -> str:
    return json.dumps({"healthy": healthy, "signs": [_plain(sign) for sign in found]}, ensure_ascii=False)


def _plain(sign: Sign) -> dict[str, str]:
    match sign.verdict:
        case Good(what=what):
            return {"cause": sign.cause, "level": "ok", "text": what}
        case Unsure(what=what, why=why):
            return {"cause": sign.cause, "level": "note", "text": what, "why": why}
        case Bad(what=what, cure=cure):
            return {"cause": sign.cause, "level": "wrong", "text": what, "cure": cure}
