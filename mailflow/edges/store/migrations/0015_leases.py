"""What one agent at a time may do, and which timers and errands it works on. Made by `tortoise makemigrations`."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0014_index_cards")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.CreateModel(
            name="Lease",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=512)),
                ("holder", fields.CharField(max_length=255)),
                ("fence", fields.BigIntField()),
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "lease", "app": "mailflow", "pk_attr": "key"},
            bases=["Model"],
        ),
        *(
            ops.AddField(model_name=model, name=name, field=field)
            for model in ("Timer", "Errand")
            for name, field in (
                ("holder", fields.CharField(null=True, max_length=255)),
                ("lease_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("fence", fields.BigIntField(default=0, db_default=0)),
            )
        ),
    ]
