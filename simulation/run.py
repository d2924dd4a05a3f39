"""Play worlds, one a seed, and tell what was found.

./run simulate --seeds 1000 --from 1     a thousand months
./run simulate --seeds 1 --from 42 -v    one of them, with its whole account
./run simulate --self-check              twenty-five planted bugs: each must be found
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from simulation.invariants import Breach
from simulation.plants import PLANTS, Plant
from simulation.world import World

MOST_SEEDS = 40
"""So many seeds are played to find a planted bug."""


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one seed."""

    seed: int
    breach: Breach | None
    steps: int
    deaths: int
    account: tuple[str, ...]


def play(seed: int) -> Played:
    """Play the month of that seed."""
    world = World(seed)
    with _uncollected():
        breach = world.play()
    return Played(seed, breach, world.steps, world.deaths, tuple(world.account))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage: what a process that died left half-done would be closed, and go on, at some real moment."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass(frozen=True, slots=True)
class Found:
    """A planted bug, and which seed found it by which law; no seed where none did."""

    plant: Plant
    seed: int | None
    law: str = ""


def self_check(plants: Sequence[Plant] = PLANTS, seeds: Sequence[int] = range(1, MOST_SEEDS)) -> Iterator[Found]:
    """Plant each bug and play seeds until one finds it."""
    for plant in plants:
        with plant.planted():
            found = ((seed, play(seed).breach) for seed in seeds)
            first = next(((seed, breach) for seed, breach in found if breach is not None), None)
        yield Found(plant, first[0], first[1].law) if first is not None else Found(plant, None)


def _checked_itself() -> int:
    missed = 0
    for found in self_check():
        missed += found.seed is None
        by = f"seed {found.seed}: {found.law}" if found.seed is not None else f"NOT FOUND in {MOST_SEEDS - 1} seeds"
        print(f"{found.plant.name:20} {found.plant.did:60} {by}", flush=True)
    print(f"{len(PLANTS) - missed} of {len(PLANTS)} planted bugs found")
    return 1 if missed else 0


def main(arguments: list[str] | None = None) -> int:
    """Play what was asked for; 1 where something did not hold."""
    asked = _arguments(arguments)
    if asked.self_check:
        return _checked_itself()
    began, broken, steps, deaths = time.process_time(), 0, 0, 0
    for seed in range(asked.first, asked.first + asked.seeds):
        played = play(seed)
        steps, deaths = steps + played.steps, deaths + played.deaths
        if asked.verbose or played.breach is not None:
            print("\n".join(played.account if asked.verbose else played.account[-40:]))
        if played.breach is not None:
            broken += 1
            print(f"seed {seed}: {played.breach}\n  again: ./run simulate --seeds 1 --from {seed} -v", flush=True)
    took = time.process_time() - began
    print(
        f"{asked.seeds} seeds, {steps} steps, {deaths} deaths, {broken} broken; "
        f"{took:.1f} s of one core, {asked.seeds / took:.2f} seeds a second"
    )
    return 1 if broken else 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulate", description="Play months of an office, each drawn from a seed.")
    parser.add_argument("--seeds", type=int, default=100, help="how many")
    parser.add_argument("--from", dest="first", type=int, default=1, help="the first seed")
    parser.add_argument("--self-check", action="store_true", help="plant known bugs: each must be found")
    parser.add_argument("-v", "--verbose", action="store_true", help="print the whole account")
    return parser.parse_args(arguments)
