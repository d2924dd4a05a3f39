"""Of a letter that has left only its words stay. Made by `tortoise makemigrations`; the rows by hand."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

_SETTLED = "SELECT key FROM outbox WHERE state IN ('sent', 'refused', 'held')"


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0011_second_factor")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.AddField(model_name="Frame", name="words", field=fields.TextField(default="", db_default="", unique=False)),
        ops.RunSQL(f"DELETE FROM frame WHERE key IN ({_SETTLED})", ops.RunSQL.noop),
    ]
