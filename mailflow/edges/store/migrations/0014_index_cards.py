"""Cases are found by their words. Made by `tortoise makemigrations`; the index by words is written by hand.

SQLite finds through a virtual table of FTS5 that triggers keep to `index_card`, PostgreSQL through a GIN index; both
compare whole words made by mailflow and know nothing of languages. Cases that are there already are noted as not
indexed yet: the service sees to them in the background.
"""

from collections.abc import Iterator

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

TOLD = "INSERT INTO index_card_words (index_card_words, rowid, words) VALUES ('delete', OLD.id, OLD.words);"
KEPT = "INSERT INTO index_card_words (rowid, words) VALUES (NEW.id, NEW.words);"


def _statements(dialect: str) -> Iterator[str]:
    yield 'INSERT INTO unindexed ("case", mark) SELECT id, 1 FROM "case"'
    if dialect == "postgres":
        yield (
            "CREATE INDEX index_card_words ON index_card USING gin (array_to_tsvector(string_to_array(words, ' ')))"
            " WITH (fastupdate = off)"
        )
        return
    yield (
        "CREATE VIRTUAL TABLE index_card_words USING fts5(words, content = 'index_card', content_rowid = 'id',"
        " detail = none, columnsize = 0, tokenize = \"unicode61 remove_diacritics 0 tokenchars '_@'\")"
    )
    yield f"CREATE TRIGGER index_card_insert AFTER INSERT ON index_card BEGIN {KEPT} END"
    yield f"CREATE TRIGGER index_card_delete AFTER DELETE ON index_card BEGIN {TOLD} END"
    yield f"CREATE TRIGGER index_card_update AFTER UPDATE ON index_card BEGIN {TOLD} {KEPT} END"


async def add_index(apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Write the index, in the words of the database at hand."""
    client = editor.client
    for sql in _statements(client.capabilities.dialect):
        await client.execute_query(sql)


class Migration(migrations.Migration):
    dependencies = [("mailflow", "0013_api_keys")]  # noqa: RUF012 - so Tortoise declares it

    operations = [  # noqa: RUF012 - so Tortoise declares it
        ops.CreateModel(
            name="Passage",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("case", fields.CharField(max_length=512)),
                ("source", fields.CharField(max_length=255)),
                ("title", fields.TextField(unique=False)),
                ("text", fields.TextField(unique=False)),
            ],
            options={
                "table": "passage",
                "app": "mailflow",
                "unique_together": (("case", "source"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="IndexCard",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("case", fields.CharField(unique=True, max_length=512)),
                ("words", fields.TextField(unique=False)),
            ],
            options={"table": "index_card", "app": "mailflow", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Unindexed",
            fields=[
                ("case", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=512)),
                ("mark", fields.BigIntField()),
            ],
            options={"table": "unindexed", "app": "mailflow", "pk_attr": "case"},
            bases=["Model"],
        ),
        ops.RunPython(add_index, ops.RunPython.noop),
    ]
