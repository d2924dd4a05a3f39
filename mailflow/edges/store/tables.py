"""The tables, as Tortoise models: what the migrations are made from.

Owns: names, types and plain indexes. Triggers, checks and partial indexes stand in the migration
(with its reasons), because a model cannot say them on both databases.

The database is written to be read with psql or sqlite3: names are singular words of the office,
times are UTC, amounts are whole minor units, a state is its word. There are no foreign keys: one
function writes the rows that belong together, in one transaction, and `case` is '' where a row
concerns no case. `case` is a word of SQL: write it in double quotes.

Text from outside is TEXT, never VARCHAR: a mail with a subject of a megabyte is still taken in.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

KEY = 512
"""Longest key: a timer's key is an effect's key, and that is an event's key and a counter."""


class Case(Model):
    id = fields.CharField(KEY, primary_key=True)
    number = fields.CharField(255, null=True, unique=True)
    number_folded = fields.CharField(255, default="")
    process = fields.CharField(255)
    register = fields.CharField(255, default="")
    state = fields.CharField(16)
    stage = fields.CharField(255, default="")
    round = fields.IntField()
    initiator = fields.CharField(255)
    subject = fields.TextField()
    amount_minor = fields.BigIntField(null=True)
    currency = fields.CharField(8, default="")
    counterparty = fields.TextField()
    waits_on = fields.TextField()
    opened_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    version = fields.IntField()
    document: fields.JSONField[object] = fields.JSONField()
    sought = fields.TextField(default="", db_default="")

    class Meta:
        table = "case"
        indexes = (
            Index(fields=("number_folded",), name="case_number_folded"),
            Index(fields=("opened_at", "id"), name="case_opened"),
            Index(fields=("state", "opened_at", "id"), name="case_state"),
            Index(fields=("process", "state", "opened_at", "id"), name="case_process"),
            Index(fields=("process", "opened_at", "id"), name="case_register"),
            Index(fields=("initiator", "opened_at", "id"), name="case_initiator"),
        )


class Assignment(Model):
    id = fields.CharField(KEY, primary_key=True)
    case = fields.CharField(KEY)
    round = fields.IntField()
    stage = fields.CharField(255)
    principal = fields.CharField(255)
    ask = fields.CharField(32)
    standing = fields.CharField(16)
    opened_at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    answer = fields.CharField(32, null=True)
    decided_by = fields.CharField(255, null=True)
    decided_at = fields.DatetimeField(null=True)
    channel = fields.CharField(16, null=True)

    class Meta:
        table = "assignment"
        unique_together = (("case", "round", "stage", "principal"),)
        indexes = (
            Index(fields=("principal", "standing"), name="assignment_principal"),
            Index(fields=("decided_by", "case"), name="assignment_decided_by"),
            Index(fields=("ask", "case"), name="assignment_ask"),
            Index(fields=("opened_at", "id"), name="assignment_opened"),
            Index(fields=("ask", "decided_at", "id"), name="assignment_paid"),
        )


class Journal(Model):
    id = fields.BigIntField(primary_key=True)
    case = fields.CharField(KEY, default="")
    seq = fields.IntField()
    at = fields.DatetimeField()
    event_key = fields.CharField(KEY, unique=True)
    event_type = fields.CharField(32)
    event: fields.JSONField[object] = fields.JSONField()
    why = fields.TextField()
    patch: fields.JSONField[object] = fields.JSONField()
    previous = fields.CharField(64, default="")
    hash = fields.CharField(64)
    salt = fields.CharField(64, default="", db_default="")
    content = fields.CharField(64, default="", db_default="")

    class Meta:
        table = "journal"
        unique_together = (("case", "seq"),)


class Seal(Model):
    number = fields.IntField(primary_key=True)
    at = fields.DatetimeField()
    size = fields.BigIntField()
    root = fields.CharField(64)
    taken = fields.BigIntField(source_field="last")
    peaks = fields.TextField()

    class Meta:
        table = "seal"


class Inbox(Model):
    id = fields.BigIntField(primary_key=True)
    account = fields.CharField(255, null=True)
    folder = fields.CharField(255, null=True)
    uidvalidity = fields.BigIntField(null=True)
    uid = fields.BigIntField(null=True)
    message_key = fields.CharField(64)
    message_id = fields.TextField()
    sha256 = fields.CharField(64)
    size = fields.BigIntField()
    received_at = fields.DatetimeField()
    sender = fields.TextField()
    subject = fields.TextField()
    kind = fields.CharField(64)
    reason = fields.TextField()
    case = fields.CharField(KEY, default="")
    state = fields.CharField(16)
    attempts = fields.IntField(default=1)
    error = fields.TextField()
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "inbox"
        unique_together = (("account", "folder", "uidvalidity", "uid"),)
        indexes = (
            Index(fields=("message_key",), name="inbox_message_key"),
            Index(fields=("case",), name="inbox_case"),
            Index(fields=("state", "id"), name="inbox_state"),
        )


class Outbox(Model):
    key = fields.CharField(KEY, primary_key=True)
    case = fields.CharField(KEY, default="")
    assignment = fields.CharField(KEY, default="")
    kind = fields.CharField(64)
    person = fields.CharField(255)
    address = fields.TextField()
    language = fields.CharField(8)
    letter: fields.JSONField[object] = fields.JSONField()
    message_id = fields.CharField(512, unique=True)
    state = fields.CharField(16)
    created_at = fields.DatetimeField()
    next_at = fields.DatetimeField()
    lease_until = fields.DatetimeField(null=True)
    lease_token = fields.CharField(255, null=True)
    attempts = fields.IntField(default=0)
    reason = fields.TextField()
    content = fields.CharField(64, default="")
    card = fields.CharField(64, default="")
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "outbox"
        indexes = (
            Index(fields=("state", "next_at"), name="outbox_state"),
            Index(fields=("case",), name="outbox_case"),
        )


class Frame(Model):
    key = fields.CharField(KEY, primary_key=True)
    content = fields.BinaryField()
    gaps = fields.TextField()
    words = fields.TextField(default="", db_default="")

    class Meta:
        table = "frame"


class Timer(Model):
    key = fields.CharField(KEY, primary_key=True)
    case = fields.CharField(KEY)
    assignment = fields.CharField(KEY)
    what = fields.CharField(16)
    due_at = fields.DatetimeField()
    state = fields.CharField(16)
    holder = fields.CharField(255, null=True)
    lease_until = fields.DatetimeField(null=True)
    fence = fields.BigIntField(default=0, db_default=0)

    class Meta:
        table = "timer"


class Register(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(255)
    year = fields.IntField()
    taken = fields.BigIntField(source_field="last")

    class Meta:
        table = "register"
        unique_together = (("name", "year"),)


class Token(Model):
    hash = fields.CharField(64, primary_key=True)
    purpose = fields.CharField(16)
    case = fields.CharField(KEY)
    assignment = fields.CharField(KEY)
    person = fields.CharField(255)
    card = fields.CharField(64)
    issued_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    came_back_at = fields.DatetimeField(null=True)

    class Meta:
        table = "token"


class Mailbox(Model):
    id = fields.BigIntField(primary_key=True)
    account = fields.CharField(255)
    folder = fields.CharField(255)
    uidvalidity = fields.BigIntField()
    last_uid = fields.BigIntField()
    taken_from = fields.DatetimeField(null=True)

    class Meta:
        table = "mailbox"
        unique_together = (("account", "folder"),)


class Browser(Model):
    hash = fields.CharField(64, primary_key=True)
    person = fields.CharField(255)
    label = fields.CharField(64)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    signed_in_at = fields.DatetimeField(null=True)
    seen_at = fields.DatetimeField(null=True)

    class Meta:
        table = "browser"
        indexes = (Index(fields=("person",), name="browser_person"),)


class Code(Model):
    token = fields.CharField(64, primary_key=True)
    person = fields.CharField(255)
    seed = fields.CharField(64, default="")
    issued_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)
    since = fields.DatetimeField(null=True)
    sent = fields.IntField(default=0)
    wrong = fields.IntField(default=0)
    tried_at = fields.DatetimeField(null=True)

    class Meta:
        table = "code"
        indexes = (Index(fields=("person",), name="code_person"),)


class SecondFactor(Model):
    person = fields.CharField(255, primary_key=True)
    sealed = fields.CharField(255)
    made_at = fields.DatetimeField()
    enrolled_at = fields.DatetimeField(null=True)
    step = fields.BigIntField(default=0)

    class Meta:
        table = "second_factor"


class Fact(Model):
    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(32)
    subject = fields.CharField(KEY)
    item = fields.CharField(KEY, default="")
    said = fields.TextField()
    until = fields.CharField(10, default="")
    key = fields.CharField(KEY)
    at = fields.DatetimeField()

    class Meta:
        table = "fact"
        unique_together = (("kind", "subject", "item"),)
        indexes = (
            Index(fields=("kind", "until"), name="fact_kind"),
            Index(fields=("kind", "subject", "until"), name="fact_subject"),
        )


class Errand(Model):
    key = fields.CharField(KEY, primary_key=True)
    case = fields.CharField(KEY)
    what = fields.CharField(16)
    errand = fields.TextField()
    state = fields.CharField(16)
    attempts = fields.IntField(default=0)
    next_at = fields.DatetimeField()
    reason = fields.TextField()
    holder = fields.CharField(255, null=True)
    lease_until = fields.DatetimeField(null=True)
    fence = fields.BigIntField(default=0, db_default=0)

    class Meta:
        table = "errand"
        indexes = (Index(fields=("state", "next_at"), name="errand_due"),)


class Lease(Model):
    key = fields.CharField(KEY, primary_key=True)
    holder = fields.CharField(255)
    fence = fields.BigIntField()
    until = fields.DatetimeField()

    class Meta:
        table = "lease"


class Pulse(Model):
    name = fields.CharField(64, primary_key=True)
    well_at = fields.DatetimeField(null=True)
    ill_since = fields.DatetimeField(null=True)
    reason = fields.TextField()

    class Meta:
        table = "pulse"


class ApiKey(Model):
    id = fields.CharField(16, primary_key=True)
    name = fields.CharField(255)
    hash = fields.CharField(64)
    rights = fields.TextField()
    processes = fields.TextField()
    made_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_key"


class ApiRefusal(Model):
    id = fields.CharField(64, primary_key=True)
    day = fields.CharField(10)
    key = fields.CharField(16)
    why = fields.CharField(16)
    count = fields.BigIntField()

    class Meta:
        table = "api_refusal"
        indexes = (Index(fields=("day",), name="api_refusal_day"),)


class Passage(Model):
    id = fields.BigIntField(primary_key=True)
    case = fields.CharField(KEY)
    source = fields.CharField(255)
    title = fields.TextField()
    text = fields.TextField()

    class Meta:
        table = "passage"
        unique_together = (("case", "source"),)


class IndexCard(Model):
    id = fields.BigIntField(primary_key=True)
    case = fields.CharField(KEY, unique=True)
    words = fields.TextField()

    class Meta:
        table = "index_card"


class Unindexed(Model):
    case = fields.CharField(KEY, primary_key=True)
    mark = fields.BigIntField()

    class Meta:
        table = "unindexed"
