"""Pass on a person's answer that another system brings with that person's own link.

The key of the system opens this door and no more: what counts is the link, the code that stands in its letter or was
sent to its person, and the second factor where the rules ask for one. The press is `respond.Window`'s, the transition
the engine's: the same as a press on the page. A link is looked at only if its case is of the key's processes; any other
looks dead. The system's browser is not remembered: the next answer asks for a code again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailflow.core.api_keys import ApiKey
from mailflow.core.api_problems import Problem
from mailflow.core.asked_outside import Answered, Answering, Shown
from mailflow.core.case import Case
from mailflow.core.codes import page_nonce
from mailflow.core.pages import (
    Again,
    Already,
    Closed,
    CodeLater,
    CodeSent,
    Complaint,
    Foreign,
    Forged,
    Form,
    NeedsChoice,
    NeedsCode,
    NeedsDate,
    NeedsFactor,
    NeedsReason,
    NeedsTick,
    NoFactor,
    NotYours,
    OldForm,
    Page,
    Press,
    Pressed,
    Recorded,
    Stale,
    TooManyCodes,
    TooManyFactors,
    WrongCode,
    WrongFactor,
)
from mailflow.core.tokens import TEXT_LENGTH, read_token
from mailflow.respond import Window


@dataclass(frozen=True)
class Passage:
    """The window the page has, with a second way to it."""

    window: Window

    async def look(self, key: ApiKey, token: str, now: datetime) -> Shown | Problem:
        """Give the task behind a link and what its person may answer; write nothing."""
        text, case = bare(token), await self._case(key, token, now)
        if case is None:
            return Problem("dead-link")
        looked = await self.window.look(text, "", now)
        return Shown(case, looked) if isinstance(looked, Page) else _refused(case, looked)

    async def answer(self, key: ApiKey, answering: Answering, now: datetime) -> Answered | Problem:
        """Record the answer, once, if everything the page would ask for is there."""
        case = await self._case(key, answering.token, now)
        if case is None:
            return Problem("dead-link")
        outcome = await self.window.press(self._press(key, answering, now), now)
        if isinstance(outcome, Recorded | Already) and outcome.browser is not None:
            await self.window.store.revoke_browser(outcome.browser.stored, now)
        return _told(case, outcome)

    async def send_code(self, key: ApiKey, token: str, now: datetime) -> Problem | None:
        """Send a one-time code to the registered address of the link's person; None when it is on its way."""
        case = await self._case(key, token, now)
        if case is None:
            return Problem("dead-link")
        outcome = await self.window.send_code(self._press(key, Answering(token), now), now)
        if isinstance(outcome, Again) and isinstance(outcome.why, CodeSent):
            return None
        return _refused(case, outcome)

    async def _case(self, key: ApiKey, token: str, now: datetime) -> Case | None:
        """Give the case a live link is about, if it is the key's business."""
        hash_ = read_token(bare(token), "decide", self.window.ring)
        known = await self.window.store.token(hash_) if hash_ is not None else None
        if known is None or known.purpose != "decide" or known.expires_at <= now:
            return None
        case = await self.window.store.load(known.case)
        return case if case is not None and key.covers(case.process) else None

    def _press(self, key: ApiKey, said: Answering, now: datetime) -> Press:
        """Give the press; its nonce says that the form is fresh, which a call of this moment is."""
        text = bare(said.token)
        hash_ = read_token(text, "decide", self.window.ring)
        assert hash_ is not None, "the link was read before"
        form = Form(
            nonce=page_nonce(hash_, now, self.window.ring),
            choice=said.choice,
            comment=said.comment,
            number=said.number,
            date=said.date,
            code=said.code,
            totp=said.totp,
            read="yes" if said.read else "",
        )
        return Press(text, form, "", f"API: {key.name}", through=f"through the system {key.name} (key {key.id})")


def bare(token: str) -> str:
    """Give the token of a link, or what already is one."""
    return token.strip().partition("?")[0].rstrip("/").rpartition("/")[2][: TEXT_LENGTH + 1]


def _told(case: Case, outcome: Pressed) -> Answered | Problem:
    match outcome:
        case Recorded():
            return Answered(case, outcome)
        case Already(own=True):
            return Answered(case, outcome)
        case Already():
            return Problem("already-decided", _decided(outcome))
        case Again(page=page, why=why):
            return complained(why, page)
        case Stale():
            return Problem("changed-card")
        case Closed():
            return Problem("closed-case")
        case NotYours(who=who):
            return Problem("not-his-turn", {"who": who})
        case Page():
            return Problem("needs-code")
        case Forged():
            return Problem("dead-link")


def _refused(case: Case, outcome: Pressed) -> Problem:
    """Say why there is nothing to answer; what its person decided himself is decided too."""
    told = _told(case, outcome)
    return told if isinstance(told, Problem) else Problem("already-decided", _decided(outcome))


def _decided(outcome: Pressed) -> dict[str, str]:
    return {"who": outcome.who, "said": outcome.said, "when": outcome.when} if isinstance(outcome, Already) else {}


def complained(why: Complaint, page: Page) -> Problem:
    """Say what was missing or wrong."""
    match why:
        case NeedsChoice():
            return Problem("needs-choice", {"choices": ", ".join(page.choices)})
        case NeedsReason():
            return Problem("needs-reason")
        case NeedsDate():
            return Problem("needs-date")
        case NeedsTick():
            return Problem("needs-tick")
        case WrongCode(left=left):
            return Problem("wrong-code", {"left": str(left)})
        case TooManyCodes():
            return Problem("too-many-codes")
        case CodeLater():
            return Problem("code-sent-lately")
        case NeedsFactor():
            return Problem("needs-factor")
        case WrongFactor(left=left):
            return Problem("wrong-factor", {"left": str(left)})
        case TooManyFactors() | NoFactor():
            return Problem("no-factor")
        case NeedsCode() | Foreign() | OldForm() | CodeSent():
            return Problem("needs-code")
