"""The tables as they were first made. Made by `tortoise makemigrations`; the rules are added by hand."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from mailflow.edges.store.migrations._rules_0001 import statements


async def add_rules(apps: StateApps, editor: BaseSchemaEditor) -> None:
    for statement in statements(editor.client.capabilities.dialect):
        await editor.client.execute_query(statement)


class Migration(migrations.Migration):
    initial = True

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.CreateModel(
            name="Assignment",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=512)),
                ("case", fields.CharField(max_length=512)),
                ("round", fields.IntField()),
                ("stage", fields.CharField(max_length=255)),
                ("principal", fields.CharField(max_length=255)),
                ("ask", fields.CharField(max_length=32)),
                ("standing", fields.CharField(max_length=16)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("answer", fields.CharField(null=True, max_length=32)),
                ("decided_by", fields.CharField(null=True, max_length=255)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("channel", fields.CharField(null=True, max_length=16)),
            ],
            options={
                "table": "assignment",
                "app": "mailflow",
                "unique_together": (("case", "round", "stage", "principal"),),
                "indexes": [Index(fields=["principal", "standing"], name="assignment_principal")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Case",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=512)),
                ("number", fields.CharField(null=True, unique=True, max_length=255)),
                ("number_folded", fields.CharField(default="", max_length=255)),
                ("process", fields.CharField(max_length=255)),
                ("register", fields.CharField(default="", max_length=255)),
                ("state", fields.CharField(max_length=16)),
                ("stage", fields.CharField(default="", max_length=255)),
                ("round", fields.IntField()),
                ("initiator", fields.CharField(max_length=255)),
                ("subject", fields.TextField(unique=False)),
                ("amount_minor", fields.BigIntField(null=True)),
                ("currency", fields.CharField(default="", max_length=8)),
                ("counterparty", fields.TextField(unique=False)),
                ("waits_on", fields.TextField(unique=False)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("version", fields.IntField()),
                ("document", fields.JSONField()),
            ],
            options={
                "table": "case",
                "app": "mailflow",
                "indexes": [
                    Index(fields=["number_folded"], name="case_number_folded"),
                    Index(fields=["opened_at", "id"], name="case_opened"),
                    Index(fields=["state", "opened_at", "id"], name="case_state"),
                    Index(fields=["process", "state", "opened_at", "id"], name="case_process"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Inbox",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("account", fields.CharField(null=True, max_length=255)),
                ("folder", fields.CharField(null=True, max_length=255)),
                ("uidvalidity", fields.BigIntField(null=True)),
                ("uid", fields.BigIntField(null=True)),
                ("message_key", fields.CharField(max_length=64)),
                ("message_id", fields.TextField(unique=False)),
                ("sha256", fields.CharField(max_length=64)),
                ("size", fields.BigIntField()),
                ("received_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("sender", fields.TextField(unique=False)),
                ("subject", fields.TextField(unique=False)),
                ("kind", fields.CharField(max_length=64)),
                ("reason", fields.TextField(unique=False)),
                ("case", fields.CharField(default="", max_length=512)),
                ("state", fields.CharField(max_length=16)),
                ("attempts", fields.IntField(default=1)),
                ("error", fields.TextField(unique=False)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "inbox",
                "app": "mailflow",
                "unique_together": (("account", "folder", "uidvalidity", "uid"),),
                "indexes": [
                    Index(fields=["message_key"], name="inbox_message_key"),
                    Index(fields=["state", "id"], name="inbox_state"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Journal",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("case", fields.CharField(default="", max_length=512)),
                ("seq", fields.IntField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("event_key", fields.CharField(unique=True, max_length=512)),
                ("event_type", fields.CharField(max_length=32)),
                ("event", fields.JSONField()),
                ("why", fields.TextField(unique=False)),
                ("patch", fields.JSONField()),
                ("previous", fields.CharField(default="", max_length=64)),
                ("hash", fields.CharField(max_length=64)),
            ],
            options={
                "table": "journal",
                "app": "mailflow",
                "unique_together": (("case", "seq"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Mailbox",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("account", fields.CharField(max_length=255)),
                ("folder", fields.CharField(max_length=255)),
                ("uidvalidity", fields.BigIntField()),
                ("last_uid", fields.BigIntField()),
                ("taken_from", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "mailbox",
                "app": "mailflow",
                "unique_together": (("account", "folder"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Outbox",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=512)),
                ("case", fields.CharField(default="", max_length=512)),
                ("assignment", fields.CharField(default="", max_length=512)),
                ("kind", fields.CharField(max_length=64)),
                ("person", fields.CharField(max_length=255)),
                ("address", fields.TextField(unique=False)),
                ("language", fields.CharField(max_length=8)),
                ("letter", fields.JSONField()),
                ("message_id", fields.CharField(unique=True, max_length=512)),
                ("state", fields.CharField(max_length=16)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("next_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("lease_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lease_token", fields.CharField(null=True, max_length=255)),
                ("attempts", fields.IntField(default=0)),
                ("reason", fields.TextField(unique=False)),
                ("content", fields.CharField(default="", max_length=64)),
                ("card", fields.CharField(default="", max_length=64)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "outbox",
                "app": "mailflow",
                "indexes": [
                    Index(fields=["state", "next_at"], name="outbox_state"),
                    Index(fields=["case"], name="outbox_case"),
                ],
                "pk_attr": "key",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Register",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=255)),
                ("year", fields.IntField()),
                ("taken", fields.BigIntField(source_field="last")),
            ],
            options={
                "table": "register",
                "app": "mailflow",
                "unique_together": (("name", "year"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Timer",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=512)),
                ("case", fields.CharField(max_length=512)),
                ("assignment", fields.CharField(max_length=512)),
                ("what", fields.CharField(max_length=16)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("state", fields.CharField(max_length=16)),
            ],
            options={"table": "timer", "app": "mailflow", "pk_attr": "key"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Token",
            fields=[
                ("hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("purpose", fields.CharField(max_length=16)),
                ("case", fields.CharField(max_length=512)),
                ("assignment", fields.CharField(max_length=512)),
                ("person", fields.CharField(max_length=255)),
                ("card", fields.CharField(max_length=64)),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "token", "app": "mailflow", "pk_attr": "hash"},
            bases=["Model"],
        ),
        ops.RunPython(add_rules, ops.RunPython.noop),
    ]
