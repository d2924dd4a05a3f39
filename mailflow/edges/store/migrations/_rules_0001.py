"""What the first migration says beyond tables: append-only rows, closed words, partial indexes.

Models cannot say these on both databases, hence SQL: CHECK constraints on PostgreSQL, triggers on
SQLite, which could get a CHECK only by rebuilding the table. Frozen with its migration: change a
rule in a later one.
"""

from __future__ import annotations

from collections.abc import Iterator

WORDS = {
    ("case", "state"): ("open", "done", "rejected", "withdrawn"),
    ("assignment", "standing"): ("open", "decided", "skipped", "void"),
    ("inbox", "state"): ("processed", "quarantined", "failed", "duplicate"),
    ("outbox", "state"): ("ready", "claimed", "sent", "deferred", "refused", "unknown", "held"),
    ("timer", "state"): ("waiting", "rung", "stopped"),
    ("token", "purpose"): ("decide", "reply"),
}
"""The closed words: table and column, and what may stand there."""

DECISION = ("answer", "decided_by", "decided_at", "channel")
"""Columns of an assignment that are written once."""

INDEXES = (
    'CREATE INDEX "timer_due" ON "timer" ("due_at") WHERE "state" = \'waiting\'',
    'CREATE INDEX "timer_assignment" ON "timer" ("case", "assignment") WHERE "state" = \'waiting\'',
    'CREATE INDEX "inbox_unsettled" ON "inbox" ("account", "folder", "uidvalidity", "uid") WHERE "settled_at" IS NULL',
    'CREATE UNIQUE INDEX "inbox_without_source" ON "inbox" ("message_key") WHERE "account" IS NULL',
)

NEVER_CHANGED = "a journal row is never changed or deleted: write a new one"
TAKEN_BACK = 'NEW."answer" IS NULL AND NEW."standing" = \'open\''
"""A decision its own author takes back leaves the task open and undecided; it never turns into another at once."""
DECIDED_ONCE = "the assignment has been decided: a decision is never overwritten or deleted"


def statements(dialect: str) -> Iterator[str]:
    """Give the statements for "sqlite" or "postgres", in order."""
    yield from INDEXES
    yield from _postgres() if dialect == "postgres" else _sqlite()


def _sqlite() -> Iterator[str]:
    yield _sqlite_refusal("journal_no_update", "UPDATE", "journal", "", NEVER_CHANGED)
    yield _sqlite_refusal("journal_no_delete", "DELETE", "journal", "", NEVER_CHANGED)
    altered = " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in DECISION)
    decided = 'WHEN OLD."answer" IS NOT NULL'
    overwritten = f"{decided} AND ({altered}) AND NOT ({TAKEN_BACK})"
    yield _sqlite_refusal("assignment_decided_once", "UPDATE", "assignment", overwritten, DECIDED_ONCE)
    yield _sqlite_refusal("assignment_no_delete", "DELETE", "assignment", decided, DECIDED_ONCE)
    for (table, column), words in WORDS.items():
        name = f"{table}_{column}_word"
        strange = f'WHEN NEW."{column}" NOT IN ({_quoted(words)})'
        text = f"{table}.{column} must be one of: {', '.join(words)}"
        yield _sqlite_refusal(f"{name}_insert", "INSERT", table, strange, text)
        yield _sqlite_refusal(f"{name}_update", f'UPDATE OF "{column}"', table, strange, text)


def _sqlite_refusal(name: str, event: str, table: str, when: str, text: str) -> str:
    return f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" {when} BEGIN SELECT RAISE(ABORT, \'{text}\'); END'


def _postgres() -> Iterator[str]:
    yield (
        "CREATE FUNCTION mailflow_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];"
        " END $$"
    )
    yield _postgres_refusal("journal_no_change", "UPDATE OR DELETE", "journal", "FOR EACH ROW", NEVER_CHANGED)
    yield _postgres_refusal("journal_no_truncate", "TRUNCATE", "journal", "", NEVER_CHANGED)
    altered = " OR ".join(f'NEW."{column}" IS DISTINCT FROM OLD."{column}"' for column in DECISION)
    decided = 'OLD."answer" IS NOT NULL'
    yield _postgres_refusal(
        "assignment_decided_once",
        "UPDATE",
        "assignment",
        f"FOR EACH ROW WHEN ({decided} AND ({altered}) AND NOT ({TAKEN_BACK}))",
        DECIDED_ONCE,
    )
    yield _postgres_refusal(
        "assignment_no_delete", "DELETE", "assignment", f"FOR EACH ROW WHEN ({decided})", DECIDED_ONCE
    )
    for (table, column), words in WORDS.items():
        yield (f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_word" CHECK ("{column}" IN ({_quoted(words)}))')


def _postgres_refusal(name: str, event: str, table: str, when: str, text: str) -> str:
    return f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" {when} EXECUTE FUNCTION mailflow_refuse(\'{text}\')'


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
