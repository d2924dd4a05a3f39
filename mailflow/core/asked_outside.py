"""What another system asks for and is told, as values: the vocabulary between the API and the conductor behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mailflow.core.bank_file import Payment
from mailflow.core.case import Case
from mailflow.core.case_query import Total
from mailflow.core.pages import Already, Page, Recorded
from mailflow.core.register_view import Row
from mailflow.core.registers import Form


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent; its name may be anything."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Start:
    """A case to start. `idempotency`: the name the caller gave this request, so that a retry is known."""

    idempotency: str
    process: str
    initiator: str
    fields: Mapping[str, object]
    subject: str = ""
    text: str = ""
    files: tuple[SentFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """The case; `fresh` is False where an earlier request had started it."""

    case: Case
    fresh: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of a list: filters, and where it goes on ('' = from the newest)."""

    process: str = ""
    state: str = ""
    initiator: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CasePage:
    """Cases, newest first, and the place where the next page begins ('' = nothing follows)."""

    cases: tuple[Case, ...]
    next: str


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Rows of a register, its totals over all pages, and where the next page begins."""

    form: Form
    rows: tuple[Row, ...]
    totals: tuple[Total, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Payments:
    """Agreed and unpaid invoices: those that can be paid, and those that cannot with every reason."""

    ready: tuple[tuple[Case, Payment], ...]
    withheld: tuple[tuple[Case, str], ...]


@dataclass(frozen=True, slots=True)
class Answering:
    """A person's answer as another system passes it on; `token` is the person's own link, or what it ends in."""

    token: str
    choice: str = ""
    comment: str = ""
    number: str = ""
    date: str = ""
    code: str = ""
    totp: str = ""
    read: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """The task behind a link: its case and the page its person would see."""

    case: Case
    page: Page


@dataclass(frozen=True, slots=True)
class Answered:
    """What stands now; `outcome` says whether this answer made it stand."""

    case: Case
    outcome: Recorded | Already
