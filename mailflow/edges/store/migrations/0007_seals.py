"""Seals over the journal, and salt in its rows. Made by `tortoise makemigrations`; the rules are written by hand."""

from collections.abc import Iterator

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

NEVER_CHANGED = "a seal is never changed or deleted"


def _rules(dialect: str) -> Iterator[str]:
    if dialect == "postgres":
        for event, each in (("UPDATE OR DELETE", "FOR EACH ROW"), ("TRUNCATE", "")):
            name = "seal_no_truncate" if not each else "seal_no_change"
            yield (
                f'CREATE TRIGGER "{name}" BEFORE {event} ON "seal" {each}'
                f" EXECUTE FUNCTION mailflow_refuse('{NEVER_CHANGED}')"
            )
        return
    for event in ("UPDATE", "DELETE"):
        yield (
            f'CREATE TRIGGER "seal_no_{event.lower()}" BEFORE {event} ON "seal"'
            f" BEGIN SELECT RAISE(ABORT, '{NEVER_CHANGED}'); END"
        )


async def add_rules(apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Write the rules, in the words of the database at hand."""
    client = editor.client
    for sql in _rules(client.capabilities.dialect):
        await client.execute_query(sql)


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0006_facts_by_subject")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.AddField(
            model_name="Journal", name="salt", field=fields.CharField(default="", db_default="", max_length=64)
        ),
        ops.AddField(
            model_name="Journal", name="content", field=fields.CharField(default="", db_default="", max_length=64)
        ),
        ops.CreateModel(
            name="Seal",
            fields=[
                ("number", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("size", fields.BigIntField()),
                ("root", fields.CharField(max_length=64)),
                ("taken", fields.BigIntField(source_field="last")),
                ("peaks", fields.TextField(unique=False)),
            ],
            options={"table": "seal", "app": "mailflow", "pk_attr": "number"},
            bases=["Model"],
        ),
        ops.RunPython(add_rules, ops.RunPython.noop),
    ]
