"""Second factors: set up by their person, shown at a press, reset by the operator.

The order is the safety: a try is counted before the digits are compared, and a time step is used up before the
decision it is for. What is set up is told to the registered address, and so is a reset. Refuses to know: pages, and
which answers want a second factor (`core.assurance`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailflow import log
from mailflow.advance import advance
from mailflow.core.codes import MOST_TRIES, typed_code
from mailflow.core.events import NoticeDue
from mailflow.core.office import Office
from mailflow.core.pages import FactorAsked, NeedsFactor, NoFactor, TooManyFactors, WrongFactor
from mailflow.core.second_factor import (
    CHANCE,
    SECRET_BYTES,
    Factor,
    factor_tries,
    factor_whose,
    older_key,
    otpauth,
    sealed,
    step_of,
    unsealed,
    written,
)
from mailflow.core.tokens import KeyRing
from mailflow.edges.store import Store

Lacking = NeedsFactor | WrongFactor | TooManyFactors | NoFactor


@dataclass(frozen=True, slots=True)
class Offered:
    """A new secret, shown this once: `address` for the QR code, `secret` for fingers."""

    address: str
    secret: str


@dataclass(frozen=True)
class Factors:
    """Where second factors are kept, what seals them, chance, and a bell that letters may be waiting."""

    office: Office
    store: Store
    ring: KeyRing
    random: Callable[[int], bytes]
    wake: Callable[[], None] = lambda: None

    async def wanted(self, link: str, person: str) -> FactorAsked:
        """Say what a page that wants the person's second factor asks for at this link or sign-in."""
        if await self._secret(person) is None:
            return "enrol"
        tried = await self.store.code(factor_tries(link))
        return "spent" if tried is not None and tried.wrong >= MOST_TRIES else "ask"

    async def lacking(self, link: str, person: str, typed: str, now: datetime) -> Lacking | None:
        """Use up the digits typed; None where they were right, and never used before."""
        secret, digits = await self._secret(person), typed_code(typed)
        if secret is None:
            return NoFactor()
        if not digits:
            return NeedsFactor()
        left = await self.store.take_try(factor_tries(link), factor_whose(person), now)
        if left is None:
            return TooManyFactors()
        step = step_of(digits, secret, now)
        if step is None or not await self.store.accept_step(person, step):
            return WrongFactor(left)
        await self.store.give_back_try(factor_tries(link))
        return None

    async def has(self, person: str) -> bool:
        """Say whether the person has set one up that opens."""
        return await self._secret(person) is not None

    async def offer(self, person: str, now: datetime) -> Offered | None:
        """Make a new secret and show it, this once; None where one is set up already."""
        if await self.has(person):
            return None
        chance = self.random(CHANCE)
        secret, nonce = chance[:SECRET_BYTES], chance[SECRET_BYTES:]
        known = await self.store.factor(person)
        if known is not None and known.enrolled_at is not None:
            # Its key is gone, so nobody can use it any more.
            await self.store.drop_factor(person)
        await self.store.offer_factor(Factor(person, sealed(secret, person, nonce, self.ring), now))
        address = self.office.directory.people[person].address
        company = self.office.directory.company.name
        return Offered(otpauth(secret, address, company), written(secret))

    async def enrol(self, browser: str, person: str, typed: str, now: datetime) -> bool:
        """Set up the one that was offered, shown by its digits; tell the person so by letter."""
        offered = await self.store.factor(person)
        if offered is None or offered.enrolled_at is not None:
            return False
        secret, digits = unsealed(offered.sealed, person, self.ring), typed_code(typed)
        tries = factor_tries(f"{browser} {offered.sealed}")
        if secret is None or not digits or await self.store.take_try(tries, factor_whose(person), now) is None:
            return False
        step = step_of(digits, secret, now)
        if step is None or not await self.store.enrol_factor(offered, step, now):
            return False
        await self.store.give_back_try(tries)
        await self._tell(person, "set", now)
        return True

    async def reset(self, person: str, now: datetime) -> bool:
        """End the person's second factor and tell him; False if he had none."""
        if not await self.store.drop_factor(person):
            return False
        await self._tell(person, "reset", now)
        return True

    async def seal_anew(self) -> int:
        """Seal by the newest key what an older one has sealed, so that it may go; give how many."""
        done = 0
        for factor in await self.store.factors():
            secret = unsealed(factor.sealed, factor.person, self.ring) if older_key(factor.sealed, self.ring) else None
            if secret is not None:
                anew = sealed(secret, factor.person, self.random(CHANCE)[SECRET_BYTES:], self.ring)
                await self.store.seal_factor_anew(factor.person, factor.sealed, anew)
                done += 1
        return done

    async def _secret(self, person: str) -> bytes | None:
        factor = await self.store.factor(person)
        if factor is None or factor.enrolled_at is None:
            return None
        return unsealed(factor.sealed, person, self.ring)

    async def _tell(self, person: str, done: str, now: datetime) -> None:
        key = hashlib.sha256(f"second factor {person} {done} {now.isoformat()}".encode()).hexdigest()
        words = {"reset": "yes" if done == "reset" else ""}
        await advance(NoticeDue(key, now, "second_factor", person, words), self.store, self.office, now)
        log.second_factor(person, done)
        self.wake()
