"""Browsers that are known, and the codes that make them so. Made by `tortoise makemigrations`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0001_initial")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.CreateModel(
            name="Browser",
            fields=[
                ("hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("person", fields.CharField(max_length=255)),
                ("label", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "browser",
                "app": "mailflow",
                "indexes": [Index(fields=["person"], name="browser_person")],
                "pk_attr": "hash",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Code",
            fields=[
                ("token", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("person", fields.CharField(max_length=255)),
                ("seed", fields.CharField(default="", max_length=64)),
                ("issued_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("since", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("sent", fields.IntField(default=0)),
                ("wrong", fields.IntField(default=0)),
                ("tried_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "code",
                "app": "mailflow",
                "indexes": [Index(fields=["person"], name="code_person")],
                "pk_attr": "token",
            },
            bases=["Model"],
        ),
    ]
