"""A mail that came, as a page shows it: text first, its HTML for a sandboxed frame, its files as downloads.

Owns: which text is shown, and that nothing in it opens anything of ours: whoever quotes a letter quotes its link.
The HTML of a reply is not shown at all, because most of it is our own letter. Refuses to know: sanitising, HTML pages.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailflow.core.case_view import without_tokens
from mailflow.core.held_words import held_words
from mailflow.core.message import Message
from mailflow.core.reply import fresh
from mailflow.core.views import Language

LONGEST_SHOWN = 100_000


@dataclass(frozen=True, slots=True)
class MailView:
    """One mail. `html` is as it came: it may be shown only after cleaning, in a frame that runs and loads nothing."""

    id: int
    kind: str
    held: bool
    why: str
    who: str
    to: str
    subject: str
    when: str
    text: str
    html: str
    files: tuple[tuple[int, str, int], ...]
    """Place, name and size of each attachment."""


def mail_view(
    number: int, kind: str, state: str, reason: str, message: Message, when: str, language: Language
) -> MailView:
    """Give the mail as it is shown."""
    answers = bool(message.in_reply_to or message.references)
    text = fresh(message).text if answers else (message.text or fresh(message).text)
    return MailView(
        id=number,
        kind=kind,
        held=state in ("quarantined", "failed"),
        why=held_words(reason, language),
        who=", ".join(f"{a.name} <{a.mail}>" if a.name else a.mail for a in message.from_[:3]),
        to=", ".join(without_tokens(a.mail) for a in message.to[:5]),
        subject=without_tokens(message.subject),
        when=when,
        text=without_tokens(text[:LONGEST_SHOWN].strip()),
        html="" if answers else without_tokens(message.html[:LONGEST_SHOWN]),
        files=tuple((n, file.name, len(file.content)) for n, file in enumerate(message.attachments, start=1)),
    )
