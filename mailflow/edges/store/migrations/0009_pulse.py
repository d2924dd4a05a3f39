"""How each part of the service does. Made by `tortoise makemigrations`."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0008_signed_in")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.CreateModel(
            name="Pulse",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("well_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ill_since", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("reason", fields.TextField(unique=False)),
            ],
            options={"table": "pulse", "app": "mailflow", "pk_attr": "name"},
            bases=["Model"],
        ),
    ]
