"""Cases are listed, filtered and found by what they say. Made by `tortoise makemigrations`; the rows by hand."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from mailflow.core.case_query import sought
from mailflow.core.journal import read_case

AT_ONCE = 500


async def fill_sought(apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Write what each case is found by, a few hundred at a time."""
    client, after = editor.client, ""
    mark = ("$1", "$2") if client.capabilities.dialect == "postgres" else ("?", "?")
    while True:
        page = f'SELECT id, document FROM "case" WHERE id > {mark[0]} ORDER BY id LIMIT {AT_ONCE}'
        rows = await client.execute_query_dict(page, [after])
        for row in rows:
            values = [sought(read_case(str(row["document"]))), row["id"]]
            await client.execute_query(f'UPDATE "case" SET sought = {mark[0]} WHERE id = {mark[1]}', values)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1]["id"]


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0009_pulse")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.AddField(model_name="Case", name="sought", field=fields.TextField(default="", db_default="", unique=False)),
        ops.AddIndex(model_name="Case", index=Index(fields=["process", "opened_at", "id"], name="case_register")),
        ops.AddIndex(model_name="Case", index=Index(fields=["initiator", "opened_at", "id"], name="case_initiator")),
        ops.AddIndex(model_name="Assignment", index=Index(fields=["decided_by", "case"], name="assignment_decided_by")),
        ops.AddIndex(model_name="Assignment", index=Index(fields=["ask", "case"], name="assignment_ask")),
        ops.AddIndex(model_name="Inbox", index=Index(fields=["case"], name="inbox_case")),
        ops.RunPython(fill_sought, ops.RunPython.noop),
    ]
