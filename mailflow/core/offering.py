"""A stranger's letter, registered by the secretary's one word.

Owns: knowing that word, and the incoming case that follows from it. Nothing else makes a case of a
stranger's mail, and he gets no answer.
"""

from __future__ import annotations

from mailflow.core.arrivals import Arrival
from mailflow.core.events import IncomingFile, RequestReceived
from mailflow.core.message import Message
from mailflow.core.office import Office
from mailflow.core.reply import fresh
from mailflow.core.sender import Proven
from mailflow.core.signs import fold, without_prefix

INCOMING = "incoming"
LONGEST_TEXT = 1500
_WORDS = frozenset(
    {
        "зарегистрировать",
        "зарегистрируй",
        "зарегистрируйте",
        "зарегистрируй пожалуйста",
        "зарегистрируйте пожалуйста",
        "регистрируем",
        "register",
        "register it",
        "please register",
        "register please",
    }
)


def wants_registered(message: Message) -> bool:
    """True when the mail says that, and nothing else, in its first line."""
    lines = [line for line in fresh(message).text.splitlines() if line.strip()]
    first = fold(lines[0]).replace(",", "").strip(" .!") if lines else ""
    return first in _WORDS


def registered_letter(
    stray: Message, key: str, files: tuple[IncomingFile, ...], person: str, arrival: Arrival, office: Office
) -> RequestReceived | None:
    """Give the request for an incoming case, if the person asked is proven to have said so."""
    proven = isinstance(arrival.proof, Proven) and office.directory.by_address(arrival.proof.address) == person
    if not proven or INCOMING not in office.rules:
        return None
    writer = next((a.name or a.mail for a in stray.from_), "")
    fields = {
        "correspondent": writer,
        "subject_matter": without_prefix(stray.subject),
        "their_date": stray.date.date().isoformat() if stray.date is not None else "",
        "delivery": "e-mail",
        "letter_text": stray.text.strip()[:LONGEST_TEXT],
    }
    return RequestReceived(
        key=f"{key}/registered",
        at=arrival.at,
        process=INCOMING,
        sure=True,
        by=person,
        proof=arrival.proof,
        fields={name: value for name, value in fields.items() if value},
        files=files,
        subject=stray.subject,
        message_id=stray.message_id,
    )
