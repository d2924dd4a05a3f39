"""Where other systems want to be told of what happens to cases, as the settings say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

CallType = Literal["case.started", "case.decided", "case.changed", "case.closed"]
TYPES: tuple[CallType, ...] = get_args(CallType)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where somebody wants to be told: of which kinds of calls (none named = all), of which processes (the same)."""

    url: str
    types: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()

    def wants(self, type_: CallType, process: str) -> bool:
        """Say whether it is owed a call of that kind about a case of that process."""
        return (not self.types or type_ in self.types) and (not self.processes or process in self.processes)
