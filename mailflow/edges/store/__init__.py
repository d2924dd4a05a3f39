"""The database: every case, mail, letter, timer and token, in SQLite or PostgreSQL."""

from mailflow.edges.store.browsers import Browser
from mailflow.edges.store.store import Store
from mailflow.edges.store.values import (
    CaseRow,
    Committed,
    DueErrand,
    DueTimer,
    InboxRow,
    InboxState,
    MailboxState,
    OpenAssignment,
    OutboxRow,
    OutboxState,
    Outcome,
    Outgoing,
    Overtaken,
    Repeated,
    SentLetter,
    Source,
    Taken,
    Token,
    TokenRow,
)

__all__ = [
    "Browser",
    "CaseRow",
    "Committed",
    "DueErrand",
    "DueTimer",
    "InboxRow",
    "InboxState",
    "MailboxState",
    "OpenAssignment",
    "OutboxRow",
    "OutboxState",
    "Outcome",
    "Outgoing",
    "Overtaken",
    "Repeated",
    "SentLetter",
    "Source",
    "Store",
    "Taken",
    "Token",
    "TokenRow",
]
