"""A link may have come back in a mail that is kept; nothing was ever written to the column this takes the place of."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0014_index_cards")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.RenameField(model_name="Token", old_name="used_at", new_name="came_back_at"),
    ]
