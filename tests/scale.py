"""How much of a thing a test does: a few in every run, more in `./run safety`, most in `./run safety --long`.

One test serves all three: what it proves is the same, only the number grows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Size = Literal["gate", "safety", "long"]
SIZES: tuple[Size, ...] = ("gate", "safety", "long")


@dataclass(frozen=True, slots=True)
class Scale:
    """The size of this run."""

    size: Size

    def of(self, gate: int, safety: int, long: int) -> int:
        """Give the number of this run."""
        return {"gate": gate, "safety": safety, "long": long}[self.size]
