"""Mailboxes as people write them into a mail: «ООО «Ромашка» <kp@romashka.example>, sales@vesna.example».

Owns: reading such a list, and the plain form a card keeps it in. An address of any but the narrow form is none: a list
with one that cannot be read is not read at all, and is asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailflow.core.address_grammar import strict_address
from mailflow.core.case import FieldValue

MOST = 50
_PARTS = re.compile(r"[;,\n]")
_LISTED = re.compile(r"^(?:[-–—•*]\s*|[0-9]{1,2}[.)]\s+)")
_SIGNS = " \t<>()[]«»\"'"
_BEFORE = " \t<([—–-:"


@dataclass(frozen=True, slots=True)
class Outside:
    """Somebody outside the company: how he is called, or '', and his address in lower case."""

    name: str
    address: str

    @property
    def shown(self) -> str:
        """His name, or the address of one without."""
        return self.name or self.address

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


def read_outside(text: str) -> tuple[str, ...] | None:
    """Read a list of mailboxes, each once, as a card keeps them; None where one of its parts holds no address."""
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    found = [_mailbox(part) for part in parts[: MOST + 1]]
    known: dict[str, str] = {}
    for one in found:
        known.setdefault(one.address if one is not None else "", str(one))
    return tuple(known.values()) if known and all(found) and len(parts) <= MOST else None


def outside_of(value: FieldValue) -> tuple[Outside, ...]:
    """Give the mailboxes a card keeps."""
    lines = value if isinstance(value, tuple) else ()
    return tuple(found for line in lines if (found := _mailbox(line)) is not None)


def _mailbox(part: str) -> Outside | None:
    words = _LISTED.sub("", part).split()
    address = strict_address(words[-1].strip(_SIGNS).rstrip(".")) if words else ""
    if not address:
        return None
    return Outside(" ".join(words[:-1]).rstrip(_BEFORE).strip('"'), address)
