"""What is forgotten stands nowhere any more, and the journal still verifies and gives the case, with gaps."""

from __future__ import annotations

import asyncio
import csv
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailflow.app import now
from mailflow.cli import main
from mailflow.core.answers import Answer
from mailflow.core.auditing import Altered, Whole
from mailflow.core.directory import Person
from mailflow.core.forgetting import GAP, forms_of, of_case, of_person
from mailflow.core.journal import replay
from mailflow.edges.store import Erasure, Store
from mailflow.errors import MailflowError
from mailflow.evidence import evidence
from mailflow.forgetting import forget_case, forget_person
from mailflow.sealing import audit, head_now
from mailflow.verifier import Package, check
from mailflow.world import Paper
from tests import servers
from tests.office_life import NUMBER, ORDER, PETROV, Life, living
from tests.offices import HERE
from tests.web_site import Site

CANARY = "Канареечная"
FILE = b"%PDF-1.4 canary-in-a-file-7731"
REASON = "истёк срок хранения"


def _left(folder: Path, *needles: str) -> list[str]:
    """Every file of the site's data in which one of these stands, database, log of the database and file store."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes().lower()
            found += [f"{needle} in {path.name}" for needle in needles if needle.lower().encode() in content]
            found += [f"{needle} in {path.name}" for needle in needles if needle.encode() in path.read_bytes()]
    return found


async def _rejected(life: Life) -> None:
    text = ORDER.replace("ООО «Ромашка»", f"ООО «{CANARY}»").replace("57", "7731")
    await life.asks(text, (Paper(f"Счёт {CANARY}.pdf", FILE),))
    await life.says(PETROV, f"Отклонить. {CANARY} не наш поставщик")
    await life.works()


async def test_no_byte_of_a_forgotten_case_is_left_and_the_journal_holds(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _rejected(life)
        data = life.world.site / "data"
        store = life.app.store
        assert _left(data, CANARY), "the canary stands there before"
        assert [path for path in data.rglob("*") if path.is_file() and path.read_bytes() == FILE]
        head = await head_now(store, now())
        case = await life.case()
        done = await forget_case(life.app, case, REASON, now())
        assert done.files >= 3
        assert _left(data, CANARY) == []
        assert not [path for path in data.rglob("*") if path.is_file() and path.read_bytes() == FILE]
        assert isinstance(await audit(store, head), Whole)
        rows = await store.journal(case.id)
        after = await life.case()
        assert replay(rows) == after
        assert (after.state, after.version, after.number) == (case.state, case.version, NUMBER)
        assert [a.decision.answer for a in after.assignments if a.decision] == [Answer.REJECT]
        assert after.fields["counterparty"] == after.fields["amount"] == ""
        assert after.subject == GAP
        await life.works()
        assert [row.taken.state for row in await store.inbox()].count("failed") == 0


async def test_evidence_on_a_forgotten_case_still_holds_with_the_gaps_in_it(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _rejected(life)
        await evidence(life.app, await life.case(), now())
        await forget_case(life.app, await life.case(), REASON, now())
        assert _left(life.world.site / "data", CANARY) == []
        made = await evidence(life.app, await life.case(), now())
    path = tmp_path / "after.zip"
    path.write_bytes(made.content)
    from mailflow.verifier import opened

    package: Package = opened(path)
    assert check(package, str(made.head)).findings == []
    assert not any(name.endswith(".eml") for name in package.members)
    assert all(CANARY.encode() not in content for content in package.members.values())


async def test_no_byte_of_a_forgotten_person_is_left_and_the_cases_go_on(tmp_path: Path) -> None:
    people = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8").replace("Петров П", "Неповторимов П")
    async with living(tmp_path, people) as life:
        await _rejected(life)
        person = life.app.office.directory.people["p.petrov"]
        data, store = life.world.site / "data", life.app.store
        head = await head_now(store, now())
        forms = forms_of("p.petrov", person, ())
        assert _left(data, *forms)
        case = await life.case()
        done = await forget_person(life.app, "p.petrov", (), "отзыв согласия", now())
        assert _left(data, *forms) == []
        assert isinstance(await audit(store, head), Whole)
        after = await life.case()
        assert replay(await store.journal(case.id)) == after
        assert done.note.about in {task.principal for task in after.assignments}
        assert after.fields["counterparty"] == f"ООО «{CANARY}»", "what others wrote of other things stays"


async def test_an_open_case_and_a_person_who_is_waited_for_are_not_forgotten(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        with pytest.raises(MailflowError, match="still open"):
            await forget_case(life.app, await life.case(), REASON, now())
        with pytest.raises(MailflowError, match=f"{NUMBER} still wait"):
            await forget_person(life.app, "p.petrov", (), REASON, now())
        with pytest.raises(MailflowError, match="nobody in directory"):
            await forget_person(life.app, "nobody", (), REASON, now())


@pytest.mark.parametrize(
    "touch",
    [
        "UPDATE journal SET why = 'другое' WHERE id = (SELECT min(id) FROM journal WHERE content <> '')",
        "UPDATE journal SET patch = '{}' WHERE id = (SELECT min(id) FROM journal WHERE content <> '')",
        "UPDATE journal SET content = hash, salt = '' WHERE content = ''",
    ],
)
async def test_a_gap_altered_or_made_without_a_note_is_seen(tmp_path: Path, touch: str) -> None:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "neon.example")
    try:
        site = Site(store, tmp_path)
        case = await site.request()
        await site.reply(case.id, "p.petrov", Answer.REJECT, "Нет")
        await site.request(amount="77")
        await store.erase(Erasure(of_case(case.id), case.id, case.number, "erased/1", site.now, REASON, "why"))
        head = await head_now(store, site.now)
        assert isinstance(await audit(store, head), Whole)
        with sqlite3.connect(tmp_path / "mailflow.db") as db:
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f'DROP TRIGGER "{name}"')
            db.execute(touch)
        db.close()
        assert isinstance(await audit(store, head), Altered)
    finally:
        await store.close()


@pytest.fixture(scope="module")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as running:
        yield running


async def test_on_postgres_nothing_of_it_is_left_in_any_table_and_rows_are_locked_again(
    postgres: servers.Postgres, tmp_path: Path
) -> None:
    url = postgres.fresh()
    store = await Store.open(url, "neon.example")
    try:
        site = Site(store, tmp_path)
        case = await site.request(counterparty=f"ООО «{CANARY}»")
        await site.reply(case.id, "p.petrov", Answer.REJECT, f"{CANARY} не нужна")
        await site.deliver()
        head = await head_now(store, site.now)
        assert await _dumped(store, CANARY)
        await store.erase(Erasure(of_case(case.id), case.id, case.number, "erased/1", site.now, REASON, "why"))
        await store.compact()
        assert await _dumped(store, CANARY) == []
        assert isinstance(await audit(store, head), Whole)
        assert replay(await store.journal(case.id)) == await site.case(case.id)
        with pytest.raises(MailflowError, match="never changed"):
            await store._db.run(lambda s: s.rows("UPDATE journal SET why = 'x'"))
    finally:
        await store.close()
        postgres.drop(url)


async def _dumped(store: Store, needle: str) -> list[str]:
    """The tables in which the text stands in any column."""
    query = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
    found = []
    for table in await store._db.read(lambda s: s.rows(query)):
        name = table["name"]
        rows = await store._db.read(lambda s, name=name: s.rows(f'SELECT "{name}"::text AS it FROM "{name}"'))
        found += [name for row in rows if needle in row["it"]]
    return found


def test_a_name_gives_way_as_a_whole_word_only_and_in_any_size_of_letters() -> None:
    person = Person(name="Петров Пётр Петрович", address="p.petrov@neon.example", phone="+7 495 123-45-67")
    mend = of_person("p.petrov", forms_of("p.petrov", person, ("Петрову",)), "erased-1")
    assert mend.text("c1/1/managers/p.petrov") == "c1/1/managers/erased-1"
    assert mend.text("Петров П.П. и ПЕТРОВ ПЁТР ПЕТРОВИЧ, Петрову") == f"{GAP} и {GAP}, {GAP}"
    assert mend.text("p.petrova@neon.example, Петровский") == "p.petrova@neon.example, Петровский"
    assert mend.text("тел. +7 495 123-45-67") == f"тел. {GAP}"


async def _run(*said: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, list(said))


async def test_the_command_writes_the_act_and_the_log_the_order_asks_for(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _rejected(life)
        site = str(life.world.site)
    out = tmp_path / "act"
    said = ("forget", NUMBER, "-s", site, "--reason", REASON, "--by", "Иванова А. А., архивариус", "-o", str(out))
    told = await _run(*said, "--yes")
    assert told.exit_code == 0, told.output
    act = (out / "act.txt").read_text(encoding="utf-8-sig")
    assert all(word in act for word in ("АКТ", "НЕОН", REASON, "Иванова А. А.", NUMBER, "Способ уничтожения"))
    lines = list(csv.reader((out / "log.csv").open(encoding="utf-8-sig"), delimiter=";"))
    assert lines[0][0] == "субъект"
    assert {line[5] for line in lines[1:]} == {"строка журнала", "файл SHA-256"}
    assert CANARY not in act
    assert (await _run("journal", "verify", "-s", site)).exit_code == 0
    assert (await _run("journal", "replay", NUMBER, "-s", site)).exit_code == 0
    again = await _run(*said, "--yes")
    assert again.exit_code == 1
    assert "an act stands there already" in again.output


ELSEWHERE = {
    "case": "id number number_folded process register state stage currency sought",
    "assignment": "case stage ask standing answer channel",
    "journal": "case event_key event_type event why patch previous hash salt content",
    "inbox": "account folder message_key kind case state",
    "outbox": "key case kind language message_id state lease_token content card",
    "frame": "key content gaps words",
    "timer": "key case what state holder",
    "register": "name",
    "seal": "root peaks",
    "token": "hash purpose case card",
    "mailbox": "account folder",
    "browser": "hash person label",
    "code": "token person seed",
    "second_factor": "person sealed",
    "fact": "kind until",
    "errand": "key case what state holder",
    "lease": "key holder",
    "pulse": "name",
    "api_key": "id name hash rights processes",
    "api_refusal": "id day key why",
    "passage": "case source title text",
    "index_card": "case words",
    "unindexed": "case",
}
"""Text columns that name nobody and hold nothing people wrote, or are seen to by a function of their own."""


def test_every_text_column_there_is_has_been_thought_of() -> None:
    from tortoise import fields as kinds
    from tortoise.models import Model

    from mailflow.edges.store import erasing, tables

    models = [each for each in vars(tables).values() if isinstance(each, type) and issubclass(each, Model)]
    texts = (kinds.CharField, kinds.TextField, kinds.JSONField, kinds.BinaryField)
    there = {
        model.Meta.table: {name for name, field in model._meta.fields_map.items() if isinstance(field, texts)}
        for model in models
        if model is not Model
    }
    thought_of = {
        table: {*erasing.TEXTS.get(table, ()), *erasing.DOCUMENTS.get(table, ()), *ELSEWHERE.get(table, "").split()}
        for table in there
    }
    assert thought_of == there
