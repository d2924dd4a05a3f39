"""What goes over the wire of the API: one pydantic model for each body and answer. The document is made from these.

Owns: names, types, limits and their meanings, as callers read them. Refuses to know: what any call does. Bodies are
read strictly and with no unknown name; days and moments are RFC 3339, sums are text with a dot and a currency.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from mailflow.core.field_forms import FieldType
from mailflow.core.pressing import LONGEST_COMMENT, LONGEST_NUMBER

MOST_FILES = 20
LONGEST_SUBJECT = 500
LONGEST_TEXT = 20_000
_State = Literal["open", "done", "rejected", "withdrawn"]
_Place = Annotated[int, Field(ge=1, le=999_999_999)]
_Plain = r"^[^\x00-\x1f\x7f]*$"


class Asked(BaseModel):
    """A body a caller sends."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Told(BaseModel):
    """An answer a caller gets."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- what is asked


class SentFile(Asked):
    """A file, its content in base64."""

    name: str = Field(min_length=1, max_length=255)
    content_type: str = Field("application/octet-stream", pattern=r"^[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}$")
    content: Base64Bytes


class StartCase(Asked):
    """A case to start."""

    process: str = Field(min_length=1, max_length=100, description="A name of GET /processes.")
    initiator: str = Field(min_length=1, max_length=254, description="Id or registered address of a person.")
    fields: dict[str, Any] = Field(
        default_factory=dict,
        max_length=100,
        description="By the names of the process: money as {amount, currency} or text, days as 2026-11-30, "
        "people as a list of ids or addresses, the rest as text, true or false.",
    )
    subject: str = Field("", max_length=LONGEST_SUBJECT, pattern=_Plain)
    text: str = Field("", max_length=LONGEST_TEXT)
    files: list[SentFile] = Field(default_factory=list, max_length=MOST_FILES)


class Comment(Asked):
    """Something to be passed on to whoever the case waits for. It never decides."""

    person: str = Field(min_length=1, max_length=254, description="Who says it: id or registered address.")
    text: str = Field(min_length=1, max_length=LONGEST_COMMENT, pattern=r"\S")


class Token(Asked):
    """A person's own link, or what it ends in."""

    token: str = Field(min_length=1, max_length=500)


class Decision(Token):
    """A person's answer at his own task."""

    choice: str = Field(max_length=16, description="One of the `choices` of POST /decisions/look.")
    comment: str = Field("", max_length=LONGEST_COMMENT)
    number: str = Field("", max_length=LONGEST_NUMBER, description="Of the payment order, with paid.")
    date: str = Field("", max_length=40, description="Of the payment order, with paid.")
    code: str = Field("", max_length=20, description="Printed in the letter, or sent by POST /decisions/code.")
    totp: str = Field("", max_length=20, description="Of the second factor, where one is asked for.")
    read: bool = Field(False, description="The document has been read; needed with acknowledge.")


class Paging(Asked):
    """Which cases, and from where on."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    state: _State | None = None
    initiator: str = Field("", max_length=254, description="Id or registered address.")
    since: date | None = Field(None, description="Opened on this day of the office or later.")
    until: date | None = Field(None, description="Opened on this day of the office or before.")
    text: str = Field("", max_length=200, description="Words that must stand on the card or in names of files.")
    cursor: str = Field("", max_length=200, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=100)


class Listing(Paging):
    """Which cases."""

    process: str = Field("", max_length=100)
    number: str = Field("", max_length=255, description="The case of this number alone.")


# --- what is told


class Person(Told):
    """Somebody of the directory."""

    id: str
    name: str


class Money(Told):
    """A sum."""

    amount: str = Field(description="Decimal, with a dot.", pattern=r"^-?[0-9]+\.[0-9]{2}$")
    currency: str = Field(description="ISO 4217.")


class Waiting(Told):
    """Somebody who has to act."""

    person: Person
    ask: str
    stage: str
    since: datetime
    due: datetime | None


class CaseLine(Told):
    """A case in a list."""

    id: str
    number: str
    process: str
    state: _State
    stage: str
    round: int
    subject: str
    initiator: Person
    amount: Money | None
    opened_at: datetime
    closed_at: datetime | None
    version: int = Field(description="Counts its transitions.")
    waits_on: list[Waiting]


class Task(Told):
    """What one person had or has to do, and what he decided."""

    round: int
    stage: str
    person: Person
    ask: str
    standing: Literal["open", "decided", "skipped", "void"]
    opened_at: datetime
    due: datetime | None
    answer: str | None
    decided_by: Person | None
    decided_at: datetime | None
    channel: str | None
    comment: str
    note: str


class FileLine(Told):
    """One version of one file."""

    place: _Place
    name: str
    version: int
    current: bool
    size: int
    content_type: str
    sha256: str
    by: Person
    at: datetime
    comment: str


class PaperLine(Told):
    """A paper mailflow made: a sheet, a letter, a payment order."""

    place: _Place
    document: str
    name: str
    size: int
    content_type: str
    sha256: str
    at: datetime


class CaseCard(CaseLine):
    """A case with everything on it."""

    fields: dict[str, str | bool | list[str] | Money]
    findings: list[str]
    tasks: list[Task]
    files: list[FileLine]
    papers: list[PaperLine]
    linked: list[str]


class CaseList(Told):
    """A page of cases, newest first."""

    items: list[CaseLine]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class StoryLine(Told):
    """One thing that happened."""

    seq: int
    at: datetime
    type: str
    why: str


class Story(Told):
    """Everything that happened to a case, in order."""

    items: list[StoryLine]


class FieldLine(Told):
    """A field of a process."""

    name: str
    type: FieldType
    label: str
    required: Literal["always", "sometimes", "no"]
    choices: list[str]


class ProcessLine(Told):
    """A kind of case."""

    name: str
    title: str
    fields: list[FieldLine]


class Processes(Told):
    """The kinds of cases this key may have to do with."""

    items: list[ProcessLine]


class Said(Told):
    """What became of a comment."""

    passed_on: bool = Field(description="False: it stands in the history alone.")


class LookedAt(Told):
    """The task behind a link."""

    case: CaseLine
    addressee: str
    ask: str
    choices: list[str]
    code: Literal["none", "letter", "ask", "sent", "spent"] = Field(
        description="letter: the digits printed in the letter; ask: POST /decisions/code first; sent: those sent; "
        "spent: the link takes none."
    )
    second_factor: Literal["none", "ask", "enrol", "spent"]


class Decided(Told):
    """What stands now."""

    case: str
    number: str
    outcome: Literal["recorded", "asked", "already"]
    said: str


class CodeOnItsWay(Told):
    """A code was sent to the registered address of the link's person."""

    sent: Literal[True]


class RegisterLine(Told):
    """A register."""

    name: str
    title: str
    columns: list[str]


class Registers(Told):
    """The registers this key may read."""

    items: list[RegisterLine]


class RegisterRow(Told):
    """A row: its case and what stands in each column; sums with a dot, days as 2026-11-30."""

    case: str
    cells: list[str]


class RegisterTotal(Told):
    """How many cases, and their sum, in one currency."""

    count: int
    sum: Money


class RegisterSheet(Told):
    """A page of a register."""

    name: str
    title: str
    columns: list[str]
    rows: list[RegisterRow]
    totals: list[RegisterTotal]
    next: str | None


class Side(Told):
    """Who pays or is paid."""

    name: str
    inn: str
    kpp: str
    account: str
    bic: str
    corr_account: str
    bank: str


class PaymentOrder(Told):
    """A payment order that can go to the bank."""

    case: str
    case_number: str
    number: str
    sum: Money
    payer: Side
    payee: Side
    purpose: str


class WithheldPayment(Told):
    """An agreed invoice no order is made of, and why."""

    case: str
    case_number: str
    reason: str


class PaymentOrders(Told):
    """Agreed and unpaid invoices."""

    items: list[PaymentOrder]
    withheld: list[WithheldPayment]


class FaultLine(Told):
    """One wrong value."""

    pointer: str = Field(description="RFC 6901.")
    detail: str


class ProblemDetails(Told):
    """Why a call did nothing (RFC 9457)."""

    type: str
    title: str
    status: int
    errors: list[FaultLine] = Field(default_factory=list)
