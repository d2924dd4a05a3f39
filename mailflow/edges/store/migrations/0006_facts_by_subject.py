"""Facts of one subject are found by their last day. Made by `tortoise makemigrations`; the rows are brought by hand."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0005_frames")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.AddIndex(model_name="Fact", index=Index(fields=["kind", "subject", "until"], name="fact_subject")),
        ops.RunSQL(
            "UPDATE fact SET until = '9999-12-31' WHERE until = ''",
            "UPDATE fact SET until = '' WHERE until = '9999-12-31'",
        ),
    ]
