"""Frames: the letters' own bytes. Made by `tortoise makemigrations`."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0004_facts")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.CreateModel(
            name="Frame",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=512)),
                ("content", fields.BinaryField()),
                ("gaps", fields.TextField(unique=False)),
            ],
            options={"table": "frame", "app": "mailflow", "pk_attr": "key"},
            bases=["Model"],
        ),
    ]
