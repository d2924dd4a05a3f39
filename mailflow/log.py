"""What is written down while the service runs: one function for each thing that can happen.

Owns: the wording and the form of the log. A line is one event; the case's number stands first, so
`grep СЧ-2026-0042` tells its whole story in order. Control characters are escaped: a hostile subject
stays on its line. Tokens, passwords and the text of mails are never written.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

from mailflow.edges.log_lines import Lines

_log = logging.getLogger("mailflow")

Form = Literal["text", "json"]
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class _Json(logging.Formatter):
    """One object a line: when, how grave, which event, about what, and the sentence."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", record.funcName),
            "about": getattr(record, "about", "-"),
            "text": getattr(record, "text", record.getMessage()),
        }
        return json.dumps(said, ensure_ascii=False)


def start(level: Level = "INFO", form: Form = "text") -> None:
    """Write the log to stderr, one line an event; journald adds its own time stamps to the form `text`."""
    reporter = Lines(sys.stderr)
    reporter.setFormatter(_Json() if form == "json" else logging.Formatter("%(levelname)s %(message)s"))
    _log.handlers = [reporter]
    _log.setLevel(level)
    _log.propagate = False
    # mail-parser tells the world about every defect of every mail; ours stand in the inbox row.
    logging.getLogger("mailparser").setLevel(logging.CRITICAL)


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _say(level: int, subject: str, text: str) -> None:
    about, line = _line(subject or "-"), _line(text)
    # The function that calls names the event.
    _log.log(level, "%s %s", about, line, stacklevel=2, extra={"about": about, "text": line})


def started(version: str, address: str, processes: str) -> None:
    """The service has begun."""
    _say(logging.INFO, "mailflow", f"{version} started: {address}; processes {processes}")


def stopped() -> None:
    """The service has ended in order."""
    _say(logging.INFO, "mailflow", "stopped")


def mail_taken(number: str, kind: str, reason: str, sha256: str) -> None:
    """A mail was taken in and committed."""
    _say(logging.INFO, number, f"mail {sha256[:12]} taken as {kind}: {reason}")


def mail_repeated(number: str, sha256: str) -> None:
    """A mail that is known already came again; nothing was done twice."""
    _say(logging.INFO, number, f"mail {sha256[:12]} came again: nothing is done twice")


def mail_failed(sha256: str, attempt: int, error: str) -> None:
    """A mail could not be worked on; it is kept and tried again."""
    _say(logging.WARNING, "-", f"mail {sha256[:12]} failed, attempt {attempt}: {error}")


def mail_quarantined(sha256: str, reason: str) -> None:
    """A mail is held for a person."""
    _say(logging.WARNING, "-", f"mail {sha256[:12]} held for a person: {reason}")


def case_moved(number: str, why: str) -> None:
    """A case moved, with its one-sentence why."""
    _say(logging.INFO, number, why)


def letter_sent(number: str, kind: str, to: str, message_id: str) -> None:
    """The server took a letter."""
    _say(logging.INFO, number, f"letter {kind} to {to} sent {message_id}")


def letter_not_sent(number: str, kind: str, to: str, state: str, reason: str) -> None:
    """A letter waits, was refused, or may or may not have left."""
    _say(logging.WARNING, number, f"letter {kind} to {to} {state}: {reason}")


def sending_halted(reason: str) -> None:
    """No letter can leave for a reason that lies with us."""
    _say(logging.ERROR, "sending", f"halted: {reason}")


def errand_failed(number: str, key: str, attempt: int, reason: str) -> None:
    """A document could not be made, or a case not started; it is tried again."""
    _say(logging.WARNING, number, f"errand {key[-12:]} failed, attempt {attempt}: {reason}")


def waiting_for(what: str, reason: str, seconds: float) -> None:
    """A server is down; the service waits and goes on."""
    _say(logging.WARNING, what, f"{reason}; trying again in {seconds:.0f} s")


def back(what: str) -> None:
    """A server that was down answers again."""
    _say(logging.INFO, what, "is back")


def people_taken(people: int) -> None:
    """directory.yaml has changed and is taken."""
    _say(logging.INFO, "directory", f"changed and taken: {people} people")


def people_not_taken(reason: str) -> None:
    """directory.yaml has changed and is wrong."""
    _say(logging.ERROR, "directory", f"changed, not taken, the one before still counts: {reason}")


def not_renewed(reason: str) -> None:
    """The next token for mailbox and post could not be got."""
    _say(logging.ERROR, "sign-in", reason)


def on_duty(job: str, turn: int) -> None:
    """This agent does from now on what one agent at a time does."""
    _say(logging.INFO, "agent", f"{job} is ours, turn {turn}")


def off_duty(job: str) -> None:
    """Another agent has taken over; this one stands by."""
    _say(logging.WARNING, "agent", f"{job} is another agent's now")


def refused_late(why: str) -> None:
    """What this agent wanted to write came after another had taken over; the database refused it."""
    _say(logging.WARNING, "agent", why)


def broken(what: str, error: str) -> None:
    """A loop met something it does not know; it goes on."""
    _say(logging.ERROR, what, f"unexpected: {error}")


def link_pressed(number: str, token_hash: str, outcome: str) -> None:
    """Somebody submitted the form of a link; the link is named by its hash, never by its text."""
    _say(logging.INFO, number, f"link {token_hash[:12]} pressed: {outcome}")


def code_ordered(number: str, token_hash: str, to: str) -> None:
    """A one-time code is on its way to the registered address of a link's person."""
    _say(logging.INFO, number, f"link {token_hash[:12]}: a code is sent to {to}")


def sign_in_ordered(to: str) -> None:
    """A letter to sign in with is on its way."""
    _say(logging.INFO, "web", f"a letter to sign in with is sent to {to}")


def signed_in(person: str, browser: str) -> None:
    """Somebody signed in; the browser is named by its hash."""
    _say(logging.INFO, "web", f"{person} signed in, browser {browser[:12]}")


def second_factor(person: str, done: str) -> None:
    """Somebody's second factor was set up or reset; neither its secret nor its digits are told."""
    _say(logging.INFO, "web", f"second factor of {person}: {done}")


def key_refused(key: str, why: str) -> None:
    """The key of another system opened nothing; one nobody has is not told apart."""
    _say(logging.WARNING, "api", f"key {key or '-'} refused: {why}")


def browsers_ended(person: str, count: int, by: str) -> None:
    """Browsers of a person are known no more."""
    _say(logging.INFO, "web", f"{count} browsers of {person} ended, by {by}")


def page_serves(where: str) -> None:
    """The pages of the links can be reached."""
    _say(logging.INFO, "web", f"serves {where}")


def alarm_raised(cause: str, what: str) -> None:
    """Something needs a person, and people are written to."""
    _say(logging.ERROR, "alarm", f"{cause}: {what}")


def alarm_over(cause: str) -> None:
    """What people were written about is over."""
    _say(logging.INFO, "alarm", f"{cause}: is over")


def taken_again(what: str, outcome: str) -> None:
    """A person had something taken again, or marked it as settled."""
    _say(logging.WARNING, "retry", f"{what}: {outcome}")


def metrics_served(where: str) -> None:
    """The measures can be fetched."""
    _say(logging.INFO, "metrics", f"serves {where}")
