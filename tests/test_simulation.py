"""Months of an office, each drawn from a seed: the laws hold in all of them, and a law that is broken is seen."""

from __future__ import annotations

import subprocess
import sys

import pytest

from simulation.plants import PLANTS, Plant
from simulation.run import Played, play, self_check
from tests.offices import HERE

SEEDS = range(1, 51)
QUICK = ("told first", "unsynced names", "From is believed", "looking counts", "unchained")
"""Planted bugs that the first seeds find; `./run simulate --self-check` plants all of them."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_month_in_which_things_go_wrong_breaks_no_law(seed: int) -> None:
    played = play(seed)
    assert played.breach is None, "\n".join((*played.account[-60:], f"./run simulate --seeds 1 --from {seed} -v"))
    assert played.steps > 0


@pytest.mark.parametrize("plant", [plant for plant in PLANTS if plant.name in QUICK], ids=lambda plant: plant.name)
def test_a_planted_bug_is_found(plant: Plant) -> None:
    [found] = self_check((plant,), range(1, 9))
    assert found.seed is not None


def test_a_seed_is_the_same_month_in_every_process() -> None:
    told = "from simulation.run import play; import hashlib; print(hashlib.sha256(repr(play(3)).encode()).hexdigest())"
    runs = [
        subprocess.run(
            [sys.executable, "-c", told],
            capture_output=True,
            check=True,
            cwd=HERE.parent,
            env={"PYTHONHASHSEED": hashing},
        ).stdout
        for hashing in ("1", "2")
    ]
    assert runs[0] == runs[1]


def test_what_one_world_exchanges_is_put_back() -> None:
    import secrets

    from mailflow import app, reader

    before = (app.now, app.datetime, reader.Mailbox, secrets.token_bytes)
    assert isinstance(play(2), Played)
    assert (app.now, app.datetime, reader.Mailbox, secrets.token_bytes) == before
