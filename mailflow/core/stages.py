"""One stage of a route, as a rules file writes it.

Owns: the form of a stage, its kinds, and what each asks of people. Refuses to know: fields, cases, which
names the directory has (`rule_checks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from mailflow.core.case import Ask
from mailflow.core.routing import Who, read_who
from mailflow.core.rule_words import DueField, Entry, InWords, Span, Texts, WhoIs, read_due
from mailflow.core.worktime import Duration

Kind = Literal["approve", "fill", "perform", "acknowledge", "resolve", "collect", "produce", "spawn", "notify"]
Assurance = Literal["mail", "known_browser", "second_factor"]
Action = Literal["approve", "rework", "reject"]
Order = Literal["in turn", "all", "any", "one per department"] | int

NOBODY_ACTS = frozenset({"produce", "spawn", "notify"})
"""The kinds at which nobody has a task: the route goes on at once."""
MANAGER: Literal["manager"] = "manager"
"""Of the silent person himself, whoever asked."""
Above = Literal["manager"] | Who
"""Who is told of silence."""
_TOGETHER = frozenset({"acknowledge", "collect"})
"""The kinds whose people are asked all at once unless the file says otherwise."""
_WORDS = ("in turn", "all", "any", "one per department")


class Reminder(Entry):
    """When to remind: so long before the term, or at it."""

    before: Span | None = None
    """None = at the term."""


def _reminder(value: object) -> object:
    if value == "at due":
        return {"before": None}
    if isinstance(value, str) and value.endswith(" before"):
        return {"before": value.removesuffix(" before")}
    if isinstance(value, str):
        raise ValueError(f"`{value}` is no time to remind: write «4 hours before» or «at due»")
    return value


def _told(value: object) -> tuple[Above, ...]:
    parts = value if isinstance(value, list) else [value]
    if not parts:
        raise ValueError("`escalate_to` names nobody: write manager, role NAME, person ID, or leave the key out")
    return tuple(MANAGER if part == MANAGER else read_who(part) for part in parts)


class OnSilence(Entry):
    """What happens when nobody answers for so long after the task was given.

    Without a word more the silent person's manager is told.
    """

    after: Span
    escalate_to: Annotated[tuple[Above, ...], PlainValidator(_told)] = ()
    """Who is told: manager (of the silent person), people as in `who`, or a list of them."""
    approve: Literal[True, False, "even for money"] = False
    """Silence is agreement, of that one person, and marked so. Where money moves only if it says so."""

    @model_validator(mode="before")
    @classmethod
    def _escalates(cls, value: Any) -> Any:
        silent = isinstance(value, dict) and not {"approve", "escalate_to"} & set(value)
        return {**value, "escalate_to": "manager"} if silent else value


def _order(value: object) -> object:
    if value in _WORDS or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ValueError(
        f"`order` cannot be `{value}`: write in turn, all, any, one per department, or how many of them must agree"
    )


class Numbering(Entry):
    """A registration number taken when the stage opens: an outgoing letter gets its own at signing."""

    register_: str = Field(alias="register")
    form: str
    """{seq}, {year}, and {index} where there is one."""
    index: str = ""
    """The index of the file the paper belongs to: «01-14»."""
    field: str
    """The field of the card the number is written to."""
    date_field: str
    """The field its date is written to."""


class Spawn(Entry):
    """A case of another process that this one starts."""

    process: str
    initiator: WhoIs
    """Whose case it is; of several people the first."""
    take: Mapping[str, str] = {}
    """Fields of the new case and the fields of this one they are filled from; `number` is this case's number."""
    subject: InWords


class Stage(Entry):
    """One stage of the route."""

    kind: Kind
    """What its people do."""
    who: WhoIs | None = None
    """Who acts here; for notify and produce, who is written to."""
    title: InWords
    """Its name for people."""
    beside: str = ""
    """The stage just above that this one runs side by side with: the route goes on when both are passed."""
    fields: Texts = ()
    """What a fill stage must have before it is passed."""
    also: Texts = ()
    """What may be stated with the answer to a fill stage beside its fields, and need not be."""
    file: bool = False
    """A file has to come with the answer: a draft, a scan."""
    edits: bool = False
    """A file that comes with a return is the next version, and the next round begins with it at once."""
    needs: Texts = ()
    """Documents made when the stage opens and enclosed with its letters: the names of templates/letters."""
    text: InWords | None = None
    """What a notify stage writes, or a stage with `outside` to people outside; {field} in braces."""
    outside: str = ""
    """The field with the mailboxes outside the company that are written to. Nothing leaves without it."""
    subject: InWords | None = None
    """The subject of what is written outside; {field} in braces. Without it, the title."""
    shows: Texts = ()
    """The fields of the card that are told outside; an empty one is left out."""
    encloses: Texts = ()
    """The files that go outside: `request`, those the case began with; NAME, those that came with that stage."""
    number: Numbering | None = None
    """A registration number taken when the stage opens."""
    spawn: Spawn | None = None
    """The case of another process that a spawn stage starts."""
    done_by_linked: bool = False
    """The task is done when the case that was started from this one is."""
    order: Annotated[Order, BeforeValidator(_order)] = "in turn"
    """Of several people: one after another, all, any one, one of each department, or so many of them."""
    when: str | None = None
    """The stage exists only if this is true."""
    skip_when: str | None = None
    """If this is true the stage is skipped, and the approval sheet says so."""
    skip_note: InWords | None = None
    """How a skipped stage stands on the approval sheet: «Не требуется: доверенная сумма»."""
    if_initiator: WhoIs | None = None
    """Who decides in place of the initiator when the stage falls to himself."""
    actions: tuple[Action, ...] = ("approve", "rework", "reject")
    """What its people may say: agree, send back for rework, reject."""
    answer: Literal["done", "paid"] = "done"
    """What is answered to a perform stage: «Готово», or «Оплачено» with the payment order."""
    due: Annotated[Duration | DueField, BeforeValidator(read_due)] | None = None
    """So much working time, or «field NAME»: the end of the day the card names."""
    remind: tuple[Annotated[Reminder, BeforeValidator(_reminder)], ...] = ()
    """When to remind: «4 hours before», «at due»."""
    on_silence: OnSilence | None = None
    """What happens when nobody answers for so long."""
    assurance: Assurance = "mail"
    """What a press has to show: the letter's own code, a browser that is known, or that and his second factor."""
    second_factor_when: str | None = None
    """The second factor is asked for unless this is surely false: above an amount, to a new payee."""
    delegation: bool | None = None
    """May the person asked hand this one task over? Not said: yes, unless money moves or a known browser is asked."""
    instruction: InWords | None = None
    """What the letter tells its reader to do."""

    @model_validator(mode="before")
    @classmethod
    def _asked_together(cls, value: Any) -> Any:
        together = isinstance(value, dict) and value.get("kind") in _TOGETHER
        return {"order": "all", **value} if together else value

    @property
    def ask(self) -> Ask:
        """What its assignments ask for."""
        if self.kind == "perform":
            return Ask.PAYMENT if self.answer == "paid" else Ask.EXECUTION
        return _ASKS.get(self.kind, Ask.FIELDS)

    @property
    def returns(self) -> tuple[Action, ...]:
        """What its people may do instead of agreeing: send it back, reject it."""
        return tuple(a for a in self.actions if a != "approve") if self.kind in ("approve", "perform") else ()

    @property
    def named(self) -> tuple[tuple[tuple[str, ...], Who], ...]:
        """Whom it names, under which key: those who act, who stands in for the initiator, who is told of silence."""
        told = self.on_silence.escalate_to if self.on_silence is not None else ()
        said = [(("who",), self.who), (("if_initiator",), self.if_initiator)]
        above = tuple((("on_silence", "escalate_to"), who) for who in told if who != MANAGER)
        return (*((key, who) for key, who in said if who is not None), *above)

    @property
    def may_ask_factor(self) -> bool:
        """Some answers here count only with a second factor."""
        return self.assurance == "second_factor" or self.second_factor_when is not None

    @property
    def money_moves(self) -> bool:
        """Its done answer means that money has left."""
        return self.answer == "paid" and self.kind == "perform"


_ASKS: Mapping[str, Ask] = {
    "approve": Ask.APPROVAL,
    "resolve": Ask.RESOLUTION,
    "acknowledge": Ask.ACKNOWLEDGEMENT,
    "collect": Ask.OPINION,
}
