"""What must hold after every step, each as a sentence and a function that looks for the contrary.

Owns: the laws, and `Inspector`, which looks at the database, the disk, the servers and the wire from outside.
It looks at what has changed since it looked last; `look_back` looks at everything once, when the month is over.
Refuses to know: how the product keeps its promises.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mailflow.core.answers import Answer
from mailflow.core.auditing import Audit, Unanchored
from mailflow.core.case import Ask, Assignment, Case, CaseState, Standing
from mailflow.core.entitlement import DECISIONS
from mailflow.core.journal import Intact, replay, verify
from mailflow.core.substitution import SUBSTITUTION
from mailflow.edges.store import cases, journal, seals
from mailflow.edges.store.session import moment
from simulation.disk import DiskPath

if TYPE_CHECKING:
    from simulation.network import Lying
    from simulation.world import World

_FILES = PurePosixPath("/files")
SET_BACK = timedelta(hours=2)
"""The clock may have been set back since the timer was found due."""
AGREED = (Answer.APPROVE, Answer.APPROVE_WITH_REMARKS)
_TOKEN = re.compile(rb"(?:/d/|\+t\.)([a-z2-7]{32,})")
_UNFORESEEN = re.compile(r"\b(?!Mailflow|Store|Mailbox)[A-Z]\w*(?:Error|Exception|Interrupt)\(")


class Breach(AssertionError):
    """A law does not hold."""

    def __init__(self, law: str, what: str) -> None:
        super().__init__(f"{law}: {what}")
        self.law = law


class Inspector:
    """Looks at one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._drive = world.drive
        self._journal_seen = 0
        self._wire_seen = 0
        self._decided: dict[str, tuple[str, str, datetime]] = {}
        self._copies: dict[str, list[tuple[float, str]]] = {}
        self._tokens: set[bytes] = set()
        self._log: list[str] = []

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Hear what the service writes in its log."""
        logger = logging.getLogger("mailflow")
        handlers, level, propagate = logger.handlers, logger.level, logger.propagate
        logger.handlers, logger.propagate = [_Ear(self._hears)], False
        logger.setLevel(logging.INFO)
        try:
            yield
        finally:
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)

    def _hears(self, line: str) -> None:
        self._log.append(line)
        self._world.tell(f"  log: {line[:200]}")
        if _UNFORESEEN.search(line):
            self._world.fails(Breach("nothing breaks unforeseen", line))

    # --- after every step

    def look(self) -> None:
        """Look at what has changed since the last time."""
        if not self._drive.connection.in_transaction:
            for row in self._drive.rows('SELECT DISTINCT "case" FROM journal WHERE id > ?', self._journal_seen):
                self._look_at_chain(row["case"])
            newest = self._drive.rows("SELECT max(id) AS id FROM journal")[0]["id"] or 0
            if newest != self._journal_seen:
                self._numbers_have_no_gap()
                self._timers_ring_once()
            self._journal_seen = newest
        for letter in self._world.wire.letters[self._wire_seen :]:
            self._letter_left_as_it_should(letter.message_id, letter.to, letter.content, letter.moment)
        self._wire_seen = len(self._world.wire.letters)

    def _look_at_chain(self, case_id: str) -> None:
        rows = self._drive.ask(lambda s: journal.listed(s, case_id or "office"))
        case = self._drive.ask(lambda s: cases.load(s, case_id)) if case_id else None
        if not isinstance(verify(rows, case.version if case else None), Intact):
            raise Breach("the journal is a chain", str(verify(rows, case.version if case else None)))
        if case is None:
            return
        if replay(rows) != case:
            raise Breach("the journal gives the case", f"{case.number}: replayed it is another")
        for task in case.assignments:
            self._at_most_one_decision(task)
            self._somebody_said_so(case, task)
        self._in_their_order(case)
        self._somebody_is_waited_for(case)
        self._files_are_kept(case)

    def _at_most_one_decision(self, task: Assignment) -> None:
        """An assignment is decided once, and what was decided stays."""
        if task.decision is None:
            if task.id in self._decided:
                raise Breach("one decision an assignment", f"{task.id}: its decision is gone")
            return
        now = (task.decision.answer.value, task.decision.by, task.decision.at)
        if self._decided.setdefault(task.id, now) != now:
            raise Breach("one decision an assignment", f"{task.id}: {self._decided[task.id]}, then {now}")

    def _somebody_said_so(self, case: Case, task: Assignment) -> None:
        """Every decision is one a person meant, who was asked, before it was written down."""
        decision = task.decision
        if decision is None or task.ask not in DECISIONS:
            return
        if decision.channel == "rule":
            return
        if decision.by not in self._who_may(case, task):
            raise Breach("nobody decides who may not", f"{case.number}: {decision.by} for {task.principal}")
        meant = [s for s in self._world.people.said if (s.person, s.assignment) == (decision.by, task.id)]
        answers = {said.answer for said in meant}
        answers |= {Answer.APPROVE_WITH_REMARKS} if Answer.APPROVE in answers else set()
        if case.process == SUBSTITUTION and Answer.REWORK in answers:
            answers.add(Answer.REJECT)  # There is nothing to rework in it: every no is one.
        if decision.answer not in answers:
            said = ", ".join(sorted(answers)) or "nothing"
            raise Breach("no answer nobody gave", f"{case.number}: {decision.by} said {said}, not {decision.answer}")

    def _who_may(self, case: Case, task: Assignment) -> set[str]:
        query = "SELECT said FROM fact WHERE kind = 'substitution' AND subject = ?"
        deputies = {json.loads(row["said"]).get("by", "") for row in self._drive.rows(query, task.principal)}
        return {task.principal} | ({task.delegate} if task.delegate else set()) | deputies

    def _in_their_order(self, case: Case) -> None:
        """What comes after an agreement comes after it: payment after everybody who had to agree."""
        if case.process != "invoice":
            return
        asked = [task for task in case.assignments if task.stage == "payment"]
        for payment in asked:
            before = [t for t in case.assignments if t.round == payment.round and t.stage in ("managers", "finance")]
            for task in before:
                agreed = task.decision is not None and task.decision.answer in AGREED
                if task.standing is Standing.DECIDED and not agreed:
                    raise Breach("approval in its order", f"{case.number}: payment after {task.decision}")
                if task.standing is Standing.OPEN:
                    raise Breach("approval in its order", f"{case.number}: payment before {task.principal}")
            if not any(t.stage == "finance" for t in before):
                raise Breach("approval in its order", f"{case.number}: payment without the finance director")
        if case.state is CaseState.DONE and not any(t.decision and t.ask is Ask.PAYMENT for t in asked):
            raise Breach("approval in its order", f"{case.number} is done and nobody has paid")

    def _somebody_is_waited_for(self, case: Case) -> None:
        """An open case waits for a person of the house, or for a paper that is being made."""
        people = self._world.office.directory.people
        waits = [task.principal for task in case.open_assignments]
        if case.state is not CaseState.OPEN:
            if waits:
                raise Breach("a closed case waits for nobody", f"{case.number}: {waits}")
            return
        making = self._drive.rows("SELECT 1 FROM errand WHERE \"case\" = ? AND state = 'waiting'", case.id)
        if not making and not any(person in people for person in waits):
            raise Breach("every open case waits for somebody", f"{case.number} at {case.stage}")

    def _files_are_kept(self, case: Case) -> None:
        """Every file a case names lies in the file store, whole."""
        for one in (*case.files, *case.papers):
            self._is_kept(one.sha256, f"{case.number}: {one.name}")

    def _is_kept(self, sha256: str, whose: str) -> None:
        path = DiskPath(self._world.disk, _FILES / sha256[:2] / sha256)
        inode = self._world.disk.platter.get(path.name)
        if inode is None or hashlib.sha256(inode.synced).hexdigest() != sha256:
            raise Breach("what a row names is on the disk", whose)

    def _numbers_have_no_gap(self) -> None:
        """The numbers of a register are 1, 2, 3 ..."""
        taken: dict[str, list[int]] = {}
        for row in self._drive.rows("SELECT register, number FROM \"case\" WHERE register <> ''"):
            taken.setdefault(row["register"], []).append(int(row["number"].rpartition("-")[2]))
        for register, numbers in taken.items():
            if sorted(numbers) != list(range(1, len(numbers) + 1)):
                raise Breach("numbers without gap or double", f"{register}: {sorted(numbers)}")

    def _timers_ring_once(self) -> None:
        """No timer rings before its time, and none twice."""
        query = (
            "SELECT t.key, t.due_at, t.state, j.at FROM journal j JOIN timer t ON t.key = j.event_key"
            " WHERE j.id > ? AND j.event_type = 'timer'"
        )
        for row in self._drive.rows(query, self._journal_seen):
            if moment(row["at"]) + SET_BACK < moment(row["due_at"]):
                raise Breach("timers ring when they are due", f"{row['key']}: due {row['due_at']}, rung {row['at']}")
            if row["state"] == "waiting":
                raise Breach("timers ring once", f"{row['key']} has rung and is still set")

    # --- mail and letters

    def may_leave(self, uidvalidity: int, uid: int, lying: Lying) -> None:
        """A mail leaves the inbox at our word only once its row is committed and its bytes are on the disk."""
        rows = self._drive.rows("SELECT * FROM inbox WHERE uidvalidity = ? AND uid = ?", uidvalidity, uid)
        if self._drive.connection.in_transaction or not rows or rows[0]["state"] == "failed":
            raise Breach("nothing is lost", f"mail {uid} is moved away and has no row")
        if rows[0]["sha256"] != lying.sha256:
            raise Breach("nothing is lost", f"mail {uid} is moved away under the row of another")
        self._is_kept(lying.sha256, f"mail {uid}")

    def _letter_left_as_it_should(self, name: str, to: str, content: bytes, at: float) -> None:
        """A letter is one row's, to that row's reader; it leaves again only where nobody could know, and the same."""
        rows = self._drive.rows("SELECT * FROM outbox WHERE message_id = ?", name)
        if len(rows) != 1:
            raise Breach("every letter on the wire is one that was owed", f"{name} to {to}")
        [row] = rows
        if to != row["address"] and self._world.office.directory.by_address(to) != row["person"]:
            raise Breach("letters go to their reader", f"{row['kind']} for {row['person']} went to {to}")
        if not to.endswith("@neon.example"):
            raise Breach("strangers get no letters", f"{row['kind']} went to {to}")
        digest = hashlib.sha256(content).hexdigest()
        copies = self._copies.setdefault(name, [])
        copies.append((at, digest))
        if len({one for _, one in copies}) > 1:
            raise Breach("a letter sent again is the same", name)
        if len(copies) > 1 and not self._excused(copies[-2][0], at):
            raise Breach("a letter leaves once", f"{row['kind']} to {to}: {name}")
        self._tokens |= set(_TOKEN.findall(content))
        self._answers_no_machine(row, content)

    def _excused(self, before: float, after: float) -> bool:
        return any(before <= mishap <= after for mishap in self._world.fate.mishaps)

    def _answers_no_machine(self, row: object, content: bytes) -> None:
        """No automatic mail is answered."""
        head = content.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").replace("\r\n ", " ")
        answered = re.search(r"(?im)^In-Reply-To: (\S+)", head)
        if answered and answered[1] in self._world.people.machines:
            raise Breach("no machine is answered", f"{answered[1]} by {head[:300]}")

    # --- when it is over

    def look_back(self) -> None:
        """Look at everything once more: nothing may be left waiting."""
        self._nothing_waits()
        self._every_mail_has_its_place()
        self._only_copies_are_copies()
        self._what_was_asked_for_was_made()
        self._every_letter_owed_left()
        self._no_secret_got_out()
        self._seals_hold()

    def _nothing_waits(self) -> None:
        now = str(self._world.now())
        waiting = {
            "timers": "SELECT key FROM timer WHERE state = 'waiting' AND due_at <= ?",
            "letters": "SELECT key FROM outbox WHERE state IN ('ready', 'claimed', 'deferred') AND created_at <= ?",
            "errands": "SELECT key FROM errand WHERE state = 'waiting' AND next_at <= ?",
            "mails": "SELECT uid FROM inbox WHERE account IS NOT NULL AND settled_at IS NULL AND received_at <= ?",
            "mails that failed": "SELECT uid FROM inbox WHERE state = 'failed' AND received_at <= ?",
        }
        for what, query in waiting.items():
            rows = self._drive.rows(query, now)
            if rows:
                raise Breach("nothing is left waiting", f"{len(rows)} {what}: {tuple(rows[0])}")

    def _every_mail_has_its_place(self) -> None:
        """Each mail that ever came lies on the server, and each has its row."""
        server = self._world.server
        if server.inbox:
            raise Breach("nothing is left waiting", f"{len(server.inbox)} mails in the inbox")
        lying = {mail.sha256 for mail in (*server.processed, *server.quarantine)}
        known = {row["sha256"] for row in self._drive.rows("SELECT sha256 FROM inbox")}
        for raw in self._world.mails:
            sha256 = hashlib.sha256(raw).hexdigest()
            if sha256 not in lying or sha256 not in known:
                raise Breach("nothing is lost", f"a mail has no row or is gone: {raw[:200]!r}")
            self._is_kept(sha256, "a mail")

    def _only_copies_are_copies(self) -> None:
        """A mail set aside as a copy is one: another with the same Message-ID and the same content was taken."""
        query = (
            "SELECT sha256 FROM inbox AS copy WHERE state = 'duplicate' AND NOT EXISTS (SELECT 1 FROM inbox AS first"
            " WHERE first.message_key = copy.message_key AND first.state IN ('processed', 'quarantined'))"
        )
        for row in self._drive.rows(query):
            raise Breach("nothing is lost", f"mail {row['sha256'][:12]} is set aside as a copy and is none")

    def _what_was_asked_for_was_made(self) -> None:
        """An errand that is over led to its event: a paper made, a case begun or told."""
        query = (
            "SELECT key, reason FROM errand WHERE state <> 'waiting'"
            " AND NOT EXISTS (SELECT 1 FROM journal WHERE event_key = key)"
        )
        for row in self._drive.rows(query):
            raise Breach("what was asked for was made", f"{row['key']}: {row['reason']}")

    def _every_letter_owed_left(self) -> None:
        """Each letter that is noted as sent has left."""
        for row in self._drive.rows("SELECT message_id, kind, address FROM outbox WHERE state = 'sent'"):
            if row["message_id"] not in self._copies:
                raise Breach("a letter noted as sent has left", f"{row['kind']} to {row['address']}")

    def _no_secret_got_out(self) -> None:
        """No token stands in the log, and none in the database once its letter has left."""
        log = "\n".join(self._log).encode()
        held = self._drive.rows("SELECT 1 FROM outbox WHERE state = 'unknown'")
        database = b"" if held else self._drive.connection.serialize()
        for token in self._tokens:
            if token in log or token in database:
                raise Breach("no secret gets out", f"a token stands in the {'log' if token in log else 'database'}")

    def _seals_hold(self) -> None:
        versions, sealed = self._drive.ask(cases.versions), self._drive.ask(seals.listed)
        audit = Audit(versions, sealed, None)
        rows = self._drive.ask(lambda s: journal.after(s, 0, 100_000))
        audit.read(row for _, row in rows)
        verdict = audit.verdict()
        if not isinstance(verdict, Unanchored):
            raise Breach("the seals hold", str(verdict))

    # --- for the world

    def next_due(self, now: datetime) -> tuple[float, Counter[str]]:
        """Give the seconds until something is due, and what waits."""
        rows = self._drive.rows(
            "SELECT 'timer' AS what, due_at AS at FROM timer WHERE state = 'waiting'"
            " UNION ALL SELECT 'letter', CASE state WHEN 'claimed' THEN lease_until ELSE next_at END FROM outbox"
            " WHERE state IN ('ready', 'deferred', 'claimed')"
            " UNION ALL SELECT 'errand', next_at FROM errand WHERE state = 'waiting'"
        )
        waits = Counter(row["what"] for row in rows)
        soonest = min((moment(row["at"]) for row in rows), default=now + timedelta(days=1))
        return (soonest - now).total_seconds(), waits


class _Ear(logging.Handler):
    def __init__(self, hears: object) -> None:
        super().__init__()
        self._hears = hears

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the line on."""
        self._hears(record.getMessage())  # type: ignore[operator]
