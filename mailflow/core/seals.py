"""One head over all journals: a tree of every row's hash, in the order they were written.

Owns: the tree of RFC 9162 (section 2.1) over row hashes, its peaks (all that must be kept to let it grow),
the path that shows that a row is in it, and the head as text, as it is mailed to an auditor.
Refuses to know: what a row says, where rows and seals are kept.

The chain of a case cannot see that its own tail was cut off, nor that the whole case is gone. A head of so many
rows can: whoever holds it, outside, sees any row before it that was altered, moved or taken away.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

_HEAD = re.compile(r"\bmailflow\.1\.(\d{1,12})\.([0-9a-f]{64})(?![0-9a-f])")


@dataclass(frozen=True, slots=True)
class Head:
    """The root over the first `size` rows, hex."""

    size: int
    root: str

    def __str__(self) -> str:
        return f"mailflow.1.{self.size}.{self.root}"


@dataclass(frozen=True, slots=True)
class Peaks:
    """The roots of the whole subtrees the first `size` rows fall into, the largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def with_rows(self, hashes: Iterable[str]) -> Peaks:
        """Give the peaks once these rows (their hashes, hex) have followed."""
        size, peaks = self.size, list(self.hashes)
        for row in hashes:
            peaks.append(leaf(row))
            # Each one bit at the end of the number is a whole tree of the size of the new one.
            for _ in range(_ones(size)):
                right = peaks.pop()
                peaks[-1] = node(peaks[-1], right)
            size += 1
        return Peaks(size, tuple(peaks))

    @property
    def head(self) -> Head:
        """The head over these rows; of none of them the hash of nothing."""
        if not self.hashes:
            return Head(0, hashlib.sha256(b"").hexdigest())
        root = self.hashes[-1]
        for peak in reversed(self.hashes[:-1]):
            root = node(peak, root)
        return Head(self.size, root.hex())

    def __str__(self) -> str:
        return ".".join(peak.hex() for peak in self.hashes)

    @classmethod
    def read(cls, size: int, text: str) -> Peaks:
        """Read what `str` wrote; ValueError for anything else."""
        return cls(size, tuple(bytes.fromhex(peak) for peak in text.split(".") if peak))


@dataclass(frozen=True, slots=True)
class Seal:
    """One sealing: the head over the first `head.size` rows, `last` being the id of the last of them."""

    number: int
    at: datetime
    head: Head
    last: int
    peaks: Peaks


def sealed(before: Seal | None, rows: Sequence[tuple[int, str]], at: datetime) -> Seal:
    """Give the seal that follows once these rows (id and hash, at least one) are folded in."""
    peaks = (before.peaks if before is not None else Peaks()).with_rows(hash_ for _, hash_ in rows)
    return Seal(before.number + 1 if before is not None else 1, at, peaks.head, rows[-1][0], peaks)


def heads_in(text: str) -> tuple[Head, ...]:
    """Give every head written in the text, each once."""
    return tuple(dict.fromkeys(Head(int(size), root) for size, root in _HEAD.findall(text)))


def leaf(row_hash: str) -> bytes:
    """Hash one row into the tree; ValueError for what is no hash in hex."""
    return hashlib.sha256(b"\0" + bytes.fromhex(row_hash)).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into one."""
    return hashlib.sha256(b"\1" + left + right).digest()


def paths(rows: Sequence[str], places: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Give, for each of these places (from 0), the hashes beside its way from the leaf up to the root over all rows."""
    found: dict[int, list[str]] = {place: [] for place in places}
    level = [leaf(row) for row in rows]
    height = 0
    while len(level) > 1:
        for place, beside in found.items():
            neighbour = (place >> height) ^ 1
            if neighbour < len(level):
                beside.append(level[neighbour].hex())
        level = [_joined(level[at : at + 2]) for at in range(0, len(level), 2)]
        height += 1
    return {place: tuple(beside) for place, beside in found.items()}


def is_in(row_hash: str, place: int, path: Sequence[str], head: Head) -> bool:
    """Say whether the path leads from that row at that place to the head (RFC 9162, section 2.1.3.2)."""
    if not 0 <= place < head.size:
        return False
    here, last, found = place, head.size - 1, leaf(row_hash)
    for beside in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node(bytes.fromhex(beside), found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node(found, bytes.fromhex(beside))
        here, last = here >> 1, last >> 1
    return last == 0 and found.hex() == head.root


def _ones(number: int) -> int:
    return (~number & (number + 1)).bit_length() - 1


def _joined(pair: Sequence[bytes]) -> bytes:
    return pair[0] if len(pair) == 1 else node(pair[0], pair[1])
