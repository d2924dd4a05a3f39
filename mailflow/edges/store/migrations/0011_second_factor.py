"""A second factor, kept sealed; a browser says when it was last used. Made by `tortoise makemigrations`."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0010_lists")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.AddField(
            model_name="Browser",
            name="seen_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.CreateModel(
            name="SecondFactor",
            fields=[
                ("person", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=255)),
                ("sealed", fields.CharField(max_length=255)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("enrolled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("step", fields.BigIntField(default=0)),
            ],
            options={"table": "second_factor", "app": "mailflow", "pk_attr": "person"},
            bases=["Model"],
        ),
    ]
