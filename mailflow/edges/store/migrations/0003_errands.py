"""Errands: documents to make, cases to start. Made by `tortoise makemigrations`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0002_browsers")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.CreateModel(
            name="Errand",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=512)),
                ("case", fields.CharField(max_length=512)),
                ("what", fields.CharField(max_length=16)),
                ("errand", fields.TextField(unique=False)),
                ("state", fields.CharField(max_length=16)),
                ("attempts", fields.IntField(default=0)),
                ("next_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("reason", fields.TextField(unique=False)),
            ],
            options={
                "table": "errand",
                "app": "mailflow",
                "indexes": [Index(fields=["state", "next_at"], name="errand_due")],
                "pk_attr": "key",
            },
            bases=["Model"],
        ),
    ]
