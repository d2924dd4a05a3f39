"""Places where a kill may fall, by name: the tests end a process there and look at what the next start finds.

Owns: the names, and ending. Every commit, rename, send and settle has such a place before or behind it
(docs/kill-points.md). Refuses to know: what is lost or kept there.

`MAILFLOW_KILL_AT=commit.after` ends the process the first time it gets there, `commit.after:3` the third time,
with nothing closed and nothing written out: what a power cut or an out-of-memory kill leaves.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import Final

VARIABLE: Final = "MAILFLOW_KILL_AT"
KILLED: Final = 137
"""The exit status of a process ended by SIGKILL, as a shell reports it."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place: its name, and where it stands in one sentence."""

    name: str
    stands: str


POINTS: Final = (
    Point("schema.inside", "The schema is made, its transaction is still open."),
    Point("mailbox.placed", "Where to read from is noted, no mail has been fetched."),
    Point("mail.fetched", "Mails are fetched, nothing else has happened to them."),
    Point("blob.written", "All bytes are in a temporary file, no name leads to them."),
    Point("blob.renamed", "The bytes have their name, the folder is not yet synced."),
    Point("mail.kept", "The mail's bytes are in the file store, no row names them."),
    Point("mail.understood", "It is known what the mail means, nothing is decided."),
    Point("event.decided", "The engine has decided, nothing is written."),
    Point("event.committed", "What the engine decided is written."),
    Point("mail.taken", "The mail's row is written, with the event it led to if there was one."),
    Point("mail.repeated", "A mail that is known is noted at its second place."),
    Point("mail.failed", "A mail that broke the work has one attempt more on its row."),
    Point("mail.held", "A mail is noted as one a person must look at."),
    Point("mail.settling", "All mails of the batch have their rows, the mail server has been told nothing."),
    Point("mail.moved", "The mail server has moved the mails, nothing notes that."),
    Point("mail.settled", "It is noted that the mails are moved, the position stands where it stood."),
    Point("mailbox.noted", "The position is past the batch."),
    Point("mailbox.pulse", "It is noted how the mailbox does."),
    Point("commit.before", "A transaction is about to begin."),
    Point("commit.inside", "All statements have run, the transaction is still open."),
    Point("commit.after", "The transaction is committed, its caller does not know."),
    Point("timer.claimed", "Timers are claimed, none has rung."),
    Point("timer.due", "A timer is found due, nothing has come of it."),
    Point("timer.rung", "What a timer led to is committed."),
    Point("errand.claimed", "Errands are claimed, none is done."),
    Point("errand.due", "An errand is found due, nothing is made."),
    Point("errand.made", "What an errand asked for is made, the case has not heard of it."),
    Point("errand.done", "What an errand led to is committed."),
    Point("errand.put_off", "An errand failed and is noted as one to be tried again."),
    Point("errand.given_up", "An errand is noted as one a person must look at."),
    Point("card.written", "A case is indexed and waits for it no more."),
    Point("claims.given_back", "Timers and errands that broke or were left are free again, none is claimed."),
    Point("lease.taken", "What one agent at a time does is ours, nothing of it is done."),
    Point("lease.renewed", "Our turn goes on, whatever is being done meanwhile."),
    Point("lease.given_back", "What one agent at a time does is given back, we have not yet ended."),
    Point("letter.given_back", "What an agent that is gone had claimed is free again, nobody has claimed it."),
    Point("letter.claimed", "Letters are claimed under a lease, no byte of them is made."),
    Point("letter.rendered", "The bytes of the claimed letters are made, none of them is written down."),
    Point("letter.noted_rendered", "The bytes are kept and the tokens are issued, nothing has left."),
    Point("letter.connected", "The SMTP server has let us in, no letter was named."),
    Point("letter.before_data", "The server has taken the envelope and waits for the letter."),
    Point("letter.poured", "The final dot has left, the server's answer has not been read."),
    Point("letter.after_data", "The server's answer to the letter is read."),
    Point("letter.answered", "What became of the letter is known as a value, and nowhere noted."),
    Point("letter.noted", "What became of the letter is noted."),
    Point("letter.released", "Letters whose turn did not come are given back untried."),
)

_times: Counter[str] = Counter()


def reached(name: str) -> None:
    """End the process if `MAILFLOW_KILL_AT` names this place; else do nothing at all."""
    if VARIABLE not in os.environ:
        return
    wanted, _, time = os.environ[VARIABLE].partition(":")
    if wanted != name:
        return
    _times[name] += 1
    if _times[name] == int(time or 1):
        os._exit(KILLED)
