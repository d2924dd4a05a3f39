"""Reports read tasks by the day they were asked, payments by the day they were made."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [  # noqa: RUF012 - so Tortoise declares it
        ("mailflow", "0015_leases"),
        ("mailflow", "0015_links_that_came_back"),
    ]

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.AddIndex(model_name="Assignment", index=Index(fields=["opened_at", "id"], name="assignment_opened")),
        ops.AddIndex(model_name="Assignment", index=Index(fields=["ask", "decided_at", "id"], name="assignment_paid")),
    ]
