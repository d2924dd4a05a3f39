"""The keys of other systems, and how often one was refused. Made by `tortoise makemigrations`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0012_words_that_stay")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.CreateModel(
            name="ApiKey",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=16)),
                ("name", fields.CharField(max_length=255)),
                ("hash", fields.CharField(max_length=64)),
                ("rights", fields.TextField(unique=False)),
                ("processes", fields.TextField(unique=False)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "api_key", "app": "mailflow", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ApiRefusal",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("day", fields.CharField(max_length=10)),
                ("key", fields.CharField(max_length=16)),
                ("why", fields.CharField(max_length=16)),
                ("count", fields.BigIntField()),
            ],
            options={
                "table": "api_refusal",
                "app": "mailflow",
                "indexes": [Index(fields=["day"], name="api_refusal_day")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
