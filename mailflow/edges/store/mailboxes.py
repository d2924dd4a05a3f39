"""How far each folder of each account has been read, as rows."""

from __future__ import annotations

from dataclasses import astuple, fields

from mailflow.core.service_view import Folder
from mailflow.edges.store.session import Session, moment_or_none
from mailflow.edges.store.values import MailboxState

COLUMNS = tuple(field.name for field in fields(MailboxState))
_KEEP = "ON CONFLICT (account, folder) DO UPDATE SET " + ", ".join(
    f'"{name}" = excluded."{name}"' for name in COLUMNS[2:]
)


async def load(session: Session, account: str, folder: str) -> MailboxState | None:
    """Give how far the folder has been read, or None if it never was."""
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    query = f"SELECT {names} FROM mailbox WHERE account = ? AND folder = ?"
    row = await session.row(query, account, folder)
    return None if row is None else MailboxState(**{**row, "taken_from": moment_or_none(row["taken_from"])})


async def keep(session: Session, state: MailboxState) -> None:
    """Write how far the folder has been read, over what was noted before."""
    await session.insert("mailbox", COLUMNS, [astuple(state)], _KEEP)


async def folders(session: Session) -> list[Folder]:
    """Give every folder that is read."""
    rows = await session.rows("SELECT account, folder, last_uid FROM mailbox ORDER BY account, folder LIMIT 100")
    return [Folder(**row) for row in rows]
