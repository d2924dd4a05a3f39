"""What the office has come to know: substitutes, habits, payees, invoices. Made by `tortoise makemigrations`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0003_errands")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.CreateModel(
            name="Fact",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=32)),
                ("subject", fields.CharField(max_length=512)),
                ("item", fields.CharField(default="", max_length=512)),
                ("said", fields.TextField(unique=False)),
                ("until", fields.CharField(default="", max_length=10)),
                ("key", fields.CharField(max_length=512)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "fact",
                "app": "mailflow",
                "unique_together": (("kind", "subject", "item"),),
                "indexes": [Index(fields=["kind", "until"], name="fact_kind")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
