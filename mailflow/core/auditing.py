"""What an auditor asks of the journal as a whole: is every row there, unaltered, in its order?

Owns: the reading of all rows once, in the order they were written, and the verdict: intact, altered, shortened or
unanchored. Refuses to know: where the rows, the seals and the anchor come from.

Four things are held against the rows: each chain against itself, each case's version against the number of its rows,
the seals against all rows, and the anchor, which somebody else keeps, against everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailflow.core.forgetting import digest
from mailflow.core.journal import OFFICE, JournalRow, row_fault
from mailflow.core.seals import Head, Peaks, Seal


@dataclass(frozen=True, slots=True)
class Whole:
    """Every row is there as it was written, up to the anchored head and in the chains beyond it."""

    rows: int
    anchored: int


@dataclass(frozen=True, slots=True)
class Unanchored:
    """Nothing is wrong as far as the database itself can show; a tail cut off with care would not be seen."""

    rows: int
    head: Head


@dataclass(frozen=True, slots=True)
class Altered:
    """Rows say something else than when they were written, or stand elsewhere: each finding one sentence."""

    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shortened:
    """Rows are gone: so many are there, so many there must be, as `witness` shows."""

    rows: int
    expected: int
    witness: str


Verdict = Whole | Unanchored | Altered | Shortened
MOST_FINDINGS = 50


@dataclass
class Audit:
    """Reads every row once, in the order of writing; then gives the verdict.

    `versions`: for each case how many rows its journal must have. `seals`: in order. `anchor`: the head kept outside.
    """

    versions: Mapping[str, int]
    seals: Sequence[Seal] = ()
    anchor: Head | None = None
    _peaks: Peaks = field(default_factory=Peaks)
    _ends: dict[str, tuple[int, str]] = field(default_factory=dict)
    _findings: list[str] = field(default_factory=list)
    _broken: set[str] = field(default_factory=set)
    _next_seal: int = 0
    _gaps: dict[str, str] = field(default_factory=dict)
    _noted: dict[str, str] = field(default_factory=dict)

    def read(self, rows: Iterable[JournalRow]) -> None:
        """Take in the next rows."""
        for row in rows:
            self._chain(row)
            self._gap(row)
            self._peaks = self._peaks.with_rows((row.hash,) if _is_hash(row.hash) else ("00" * 32,))
            self._meet_heads()

    def verdict(self) -> Verdict:
        """Give what the rows read came to; every row must have been read."""
        self._shorter_chains()
        self._unnoted_gaps()
        have = self._peaks.size
        if self.anchor is not None and self.anchor.size > have:
            return Shortened(have, self.anchor.size, "anchor")
        if self._findings:
            return Altered(tuple(self._findings[:MOST_FINDINGS]))
        if self.seals and self.seals[-1].head.size > have:
            return Shortened(have, self.seals[-1].head.size, "seal")
        return Unanchored(have, self._peaks.head) if self.anchor is None else Whole(have, self.anchor.size)

    def _chain(self, row: JournalRow) -> None:
        seq, previous = self._ends.get(row.case, (0, ""))
        fault = row_fault(row, seq + 1, row.case, previous)
        # The first fault of a chain says it; what follows follows from it.
        if fault and row.case not in self._broken:
            self._broken.add(row.case)
            self._findings.append(f"{row.case or OFFICE}: {fault}")
        self._ends[row.case] = (row.seq, row.hash)

    def _gap(self, row: JournalRow) -> None:
        """Remember what was erased, and what a note says was."""
        if row.content:
            self._gaps[f"{row.case or OFFICE}/{row.seq}"] = digest(row)
        if row.event_type == "erased" and not row.case and not row.content:
            noted = row.event.get("rows")
            self._noted |= (
                {str(place): str(left) for place, left in noted.items()} if isinstance(noted, Mapping) else {}
            )

    def _unnoted_gaps(self) -> None:
        for place, left in self._gaps.items():
            if self._noted.get(place) != left:
                self._findings.append(f"{place.replace('/', ': row ')} was emptied, and no note of an erasure says so")

    def _meet_heads(self) -> None:
        if self.anchor is not None and self.anchor.size == self._peaks.size and self._peaks.head != self.anchor:
            self._findings.append(f"the first {self.anchor.size} rows are not those of the anchor")
        while self._next_seal < len(self.seals) and self.seals[self._next_seal].head.size <= self._peaks.size:
            seal = self.seals[self._next_seal]
            self._next_seal += 1
            if seal.head != self._peaks.head or seal.number != self._next_seal:
                made = f"{seal.at:%Y-%m-%d %H:%M} UTC"
                self._findings.append(f"seal {seal.number} of {made} does not fit the rows it seals")

    def _shorter_chains(self) -> None:
        for case, version in self.versions.items():
            have = self._ends.get(case, (0, ""))[0]
            if have != version and case not in self._broken:
                self._findings.append(f"{case}: its journal ends after row {have}, it must have {version} rows")
        for case in self._ends.keys() - self.versions.keys() - {""}:
            self._findings.append(f"{case}: its journal is there, the case is not")


def _is_hash(text: str) -> bool:
    return len(text) == 64 and all(digit in "0123456789abcdef" for digit in text)
