"""When a server is tried again: no half hour sees more than three refused passwords."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mailflow.errors import SettingsError
from mailflow.tries import LOOK_SECONDS, Tries

HALF_AN_HOUR = 1800.0
A_DAY = 86400.0


@dataclass
class Time:
    """A clock that only sleep moves, and a password that may be written anew or taken away."""

    now: float = 1000.0
    password: str = "old"

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def written(self) -> str:
        if not self.password:
            raise SettingsError("cannot read it")
        return self.password

    def tries(self) -> Tries:
        return Tries(self.written, self.clock, self.sleep)


async def refusals(time: Time, tries: Tries, until: float) -> list[float]:
    """When the server was tried, of which each time refused the password."""
    at: list[float] = []
    while time.now < until:
        await tries.due()
        at.append(time.now)
        tries.refused("old")
    return at


async def test_a_refused_password_is_tried_three_times_and_then_ever_more_rarely() -> None:
    time = Time()
    tries = time.tries()
    at = [moment - 1000 for moment in await refusals(time, tries, 1000 + A_DAY)]
    assert at[:3] == [0, 60, 360]
    pauses = [later - before for before, later in pairwise(at)]
    assert pauses[2:6] == [1800, 3600, 7200, 14400]
    assert set(pauses[6:]) == {14400}
    assert tries.given_up


@given(st.lists(st.sampled_from(["refused", "lost"]), max_size=60))
async def test_whatever_fails_in_between_no_half_hour_sees_more_than_three_refusals(fates: list[str]) -> None:
    time = Time()
    tries = time.tries()
    at = []
    for fate in fates:
        await tries.due()
        if fate == "refused":
            at.append(time.now)
            tries.refused("old")
        else:
            tries.lost()
    assert [moment for moment, fourth in zip(at, at[3:], strict=False) if fourth - moment < HALF_AN_HOUR] == []


async def test_a_password_written_anew_is_tried_at_once() -> None:
    time = Time()
    tries = time.tries()
    await refusals(time, tries, 1000 + A_DAY)
    assert tries.left() > 3600
    time.password = ""
    assert tries.left() > 3600, "a file that is just being written is no password"
    time.password = "new"
    before = time.now
    await tries.due()
    assert time.now - before <= LOOK_SECONDS
    assert tries.succeeded()
    assert not tries.succeeded()
    assert not tries.given_up


async def test_a_lost_connection_is_made_again_soon_and_at_most_twenty_times_in_its_first_hour() -> None:
    time = Time()
    tries = time.tries()
    at = []
    while time.now < 1000 + 3 * A_DAY:
        await tries.due()
        at.append(time.now - 1000)
        tries.lost()
    assert at[:4] == [0, 1, 3, 7]
    assert len([moment for moment in at if moment < 3600]) <= 20
    assert max(later - before for before, later in pairwise(at)) == 300
