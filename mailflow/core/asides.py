"""Whether a mail that bears one of our reply addresses or numbers is meant as an answer at all.

Owns: telling a new matter and a mail we only read along from an answer. Refuses to know: which letter is answered.
"""

from __future__ import annotations

from collections.abc import Collection

from mailflow.core.around import Surroundings
from mailflow.core.message import Message
from mailflow.core.quote_words import FORWARD_SUBJECT
from mailflow.core.reply import fresh
from mailflow.core.requesting import tagged
from mailflow.core.signs import subject_words


def is_new(message: Message, around: Surroundings) -> bool:
    """True for a forwarded letter and for a request: an old reply address was only at hand to send it to."""
    if FORWARD_SUBJECT.match(message.subject) or fresh(message).original is not None:
        return True
    said = subject_words(message.subject)
    return tagged(message, around) is not None or any(signs.opening(said) for signs in around.signs)


def in_copy(message: Message, own: Collection[str]) -> bool:
    """True where the mail is written to somebody else and we only read along."""
    to = [untagged(a.mail) for a in message.to]
    copies = {untagged(a.mail) for a in message.cc}
    return bool(to) and set(own).isdisjoint(to) and not set(own).isdisjoint(copies)


def sole_reader(message: Message) -> str:
    """Give the one address the mail is written to; '' where there are several."""
    to = {a.mail.lower() for a in message.to}
    return to.pop() if len(to) == 1 else ""


def untagged(address: str) -> str:
    """Give the address without its plus tag, folded."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
