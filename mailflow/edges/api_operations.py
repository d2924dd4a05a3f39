"""The operations of the API as a table: address, right, what is asked and what is told.

Owns: that table; the routes are made from it and so is the document, so that neither can say what the other does not.
Refuses to know: HTTP, and how any operation is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from mailflow.core.api_keys import Right
from mailflow.core.api_problems import Name
from mailflow.edges import api_shapes as shapes

ROOT = "/api/v1"
Body = Literal["none", "small", "big"]
"""How much a call may bring: nothing, a small JSON document, one with files."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. `right` None: any key may; `free`: no key is asked for. `told` None: bytes of a file."""

    name: str
    method: Literal["GET", "POST"]
    path: str
    summary: str
    right: Right | None = None
    free: bool = False
    asked: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    told: type[BaseModel] | None = None
    status: int = 200
    again: int = 0
    """The status of a retry that found it done; 0 = the same."""
    named: bool = False
    """An Idempotency-Key names the request."""
    big: bool = False
    problems: tuple[Name, ...] = ()

    @property
    def route(self) -> str:
        """Its address from the root of the site."""
        return ROOT + self.path


_LINK: tuple[Name, ...] = ("dead-link", "already-decided", "changed-card", "closed-case", "not-his-turn")
_CODES: tuple[Name, ...] = ("needs-code", "wrong-code", "too-many-codes", "needs-factor", "wrong-factor", "no-factor")
_FORM: tuple[Name, ...] = ("needs-choice", "needs-reason", "needs-date", "needs-tick")
_LIST: tuple[Name, ...] = ("wrong-values", "wrong-cursor", "unknown-person")

OPERATIONS: tuple[Operation, ...] = (
    Operation("openapi", "GET", "/openapi.json", "This document.", free=True),
    Operation("processes", "GET", "/processes", "The processes of this key, with their fields.", told=shapes.Processes),
    Operation(
        "start", "POST", "/cases", "Start a case.", "cases:start", asked=shapes.StartCase, told=shapes.CaseCard,
        status=201, again=200, named=True, big=True,
        problems=("unknown-process", "unknown-person", "other-request"),
    ),
    Operation(
        "cases", "GET", "/cases", "Cases, newest first.", "cases:read", query=shapes.Listing, told=shapes.CaseList,
        problems=_LIST,
    ),
    Operation(
        "case", "GET", "/cases/{case}", "One case with everything on it.", "cases:read", told=shapes.CaseCard,
        problems=("not-found",),
    ),
    Operation(
        "story", "GET", "/cases/{case}/story", "What happened to a case, in order.", "cases:read", told=shapes.Story,
        problems=("not-found",),
    ),
    Operation(
        "file", "GET", "/cases/{case}/files/{place}", "One version of one file.", "cases:read",
        problems=("not-found",),
    ),
    Operation(
        "paper", "GET", "/cases/{case}/papers/{place}", "One paper mailflow made.", "cases:read",
        problems=("not-found",),
    ),
    Operation(
        "comment", "POST", "/cases/{case}/comments", "Say something to whoever the case waits for.", "cases:comment",
        asked=shapes.Comment, told=shapes.Said, status=201, named=True,
        problems=("not-found", "unknown-person", "other-request"),
    ),
    Operation(
        "look", "POST", "/decisions/look", "What the person of a link may answer.", "cases:decide",
        asked=shapes.Token, told=shapes.LookedAt, problems=_LINK,
    ),
    Operation(
        "send_code", "POST", "/decisions/code", "Send the person of a link a one-time code.", "cases:decide",
        asked=shapes.Token, told=shapes.CodeOnItsWay, status=202,
        problems=(*_LINK, "too-many-codes", "needs-code", "code-sent-lately"),
    ),
    Operation(
        "decide", "POST", "/decisions", "Pass on a person's answer, brought with his own one-use link.",
        "cases:decide", asked=shapes.Decision, told=shapes.Decided, problems=(*_LINK, *_FORM, *_CODES),
    ),
    Operation("registers", "GET", "/registers", "The registers.", "registers:read", told=shapes.Registers),
    Operation(
        "register", "GET", "/registers/{name}", "A page of a register.", "registers:read", query=shapes.Paging,
        told=shapes.RegisterSheet, problems=("not-found", *_LIST),
    ),
    Operation(
        "payments", "GET", "/payments", "Payment orders of agreed and unpaid invoices.", "payments:read",
        told=shapes.PaymentOrders,
    ),
    Operation(
        "bank_file", "GET", "/payments/bank-file", "The same for the bank: 1CClientBankExchange in windows-1251.",
        "payments:read",
    ),
)  # fmt: skip
PATHS: Mapping[str, str] = {
    "case": "^[0-9a-f]{32}$",
    "place": "^[1-9][0-9]{0,8}$",
    "name": r"^[a-z0-9_]{1,100}$",
}
"""What a part of an address looks like."""
ALWAYS: tuple[Name, ...] = ("no-key", "unknown-key", "not-allowed", "too-many", "trouble", "unreadable", "too-slow")
WITH_BODY: tuple[Name, ...] = ("wrong-type", "too-long", "not-json", "wrong-values")
