"""The API over a real socket: a case started once, seen, answered by a person's own link, and its papers taken back."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mailflow import connector
from mailflow.core.answers import Answer
from mailflow.edges.api_operations import OPERATIONS
from tests.web_site import Site, served

FIELDS: dict[str, Any] = {
    "counterparty": "ООО «Ромашка»",
    "amount": {"amount": "120000.50", "currency": "RUB"},
    "invoice_number": "57",
    "cash_flow_item": "Реклама",
    "in_budget": True,
    "pay_by": "2026-11-20",
    "inn": "7709123453",
    "account": "40702810938000012345",
    "bic": "044525225",
}
TEXT = "Счёт № 57".encode()
FILE = {"name": "Счёт 57.txt", "content_type": "text/plain", "content": base64.b64encode(TEXT).decode()}


def start(**more: object) -> dict[str, Any]:
    known = {"process": "invoice", "initiator": "i.kuznetsov@neon.example", "fields": FIELDS, "files": [FILE]}
    return {**known, **more}


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with served(tmp_path) as running:
        yield running


async def begun(site: Site, key: str, name: str = "doc-1", **more: object) -> Any:
    answer = await site.call("POST", "/cases", key, start(**more), Idempotency_Key=name)
    assert answer.status == 201, answer.text
    return answer.json


# --- starting


async def test_a_case_is_started_with_its_fields_and_files_and_its_people_are_asked(site: Site) -> None:
    key = await site.key()
    answer = await site.call("POST", "/cases", key, start(), Idempotency_Key="doc-1")
    assert answer.status == 201
    case = answer.json
    assert answer.headers["location"] == f"/api/v1/cases/{case['id']}"
    assert case["number"] == "СЧ-2026-0001"
    assert case["initiator"] == {"id": "i.kuznetsov", "name": "Кузнецов Иван Иванович"}
    assert case["fields"]["amount"] == {"amount": "120000.50", "currency": "RUB"}
    assert case["fields"]["in_budget"] is True
    assert case["opened_at"] == "2026-11-16T09:00:00Z"
    assert [file["name"] for file in case["files"]] == ["Счёт 57.txt"]
    assert [one["person"]["id"] for one in case["waits_on"]] == ["p.petrov"]
    assert site.woken
    await site.deliver()
    assert site.asked("p.petrov").token


async def test_the_same_request_sent_again_starts_no_second_case_however_often_and_at_once(site: Site) -> None:
    key = await site.key()
    calls = [site.call("POST", "/cases", key, start(), Idempotency_Key="doc-1") for _ in range(8)]
    answers = await asyncio.gather(*calls)
    assert sorted(answer.status for answer in answers) == [200] * 7 + [201]
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len((await site.call("GET", "/cases", key)).json["items"]) == 1


async def test_another_request_under_the_same_name_is_refused(site: Site) -> None:
    key = await site.key()
    await begun(site, key)
    for more in (
        {"subject": "иначе"}, {"fields": {**FIELDS, "amount": "1.00"}}, {"files": []}, {"initiator": "p.petrov"},
    ):  # fmt: skip
        again = await site.call("POST", "/cases", key, start(**more), Idempotency_Key="doc-1")
        assert (again.status, again.problem) == (422, "other-request"), more


async def test_a_request_that_leaves_a_field_out_is_another_one_and_shows_no_case(site: Site) -> None:
    key = await site.key("cases:start")
    await begun(site, key, files=[])
    assert (await site.call("POST", "/cases", key, start(files=[]), Idempotency_Key="doc-1")).status == 200
    for fields in ({}, {name: value for name, value in FIELDS.items() if name != "amount"}):
        again = await site.call("POST", "/cases", key, start(fields=fields, files=[]), Idempotency_Key="doc-1")
        assert (again.status, again.problem) == (422, "other-request"), fields


async def test_two_systems_that_use_the_same_name_start_two_cases(site: Site) -> None:
    assert (await begun(site, await site.key()))["id"] != (await begun(site, await site.key(name="Directum")))["id"]


async def test_a_key_proves_nobody_so_no_trusted_sum_acts(site: Site) -> None:
    case = await begun(site, await site.key(), fields={**FIELDS, "amount": "10.00"})
    loaded = await site.case(case["id"])
    assert not loaded.proven
    story = (await site.call("GET", f"/cases/{case['id']}/story", await site.key())).json
    assert "1С:ДО" in story["items"][0]["why"]


async def test_what_is_missing_is_asked_of_the_initiator_as_after_a_mail(site: Site) -> None:
    case = await begun(site, await site.key(), fields={"amount": "10.00"})
    assert [(one["person"]["id"], one["ask"]) for one in case["waits_on"]] == [("i.kuznetsov", "fields")]


MISFITS: list[tuple[str, object]] = [
        ("amount", 120000.5), ("amount", "120 000,50"), ("amount", "1.005"), ("amount", {"amount": "1", "cents": 5}),
        ("amount", {"amount": "1.00", "currency": "rub"}), ("pay_by", "20.11.2026"), ("pay_by", "2026-02-30"),
        ("in_budget", "да"), ("cash_flow_item", "Полёты"), ("inn", "12"), ("counterparty", 7), ("counterparty", []),
        ("counterparty", "x" * 20_001), ("nothing", "x"), ("account", ["a", 1]),
    ]  # fmt: skip


async def test_a_value_that_does_not_surely_fit_is_named_and_nothing_is_started(site: Site) -> None:
    key = await site.key()
    for name, value in MISFITS:
        answer = await site.call("POST", "/cases", key, start(fields={**FIELDS, name: value}), Idempotency_Key="x")
        assert (answer.status, answer.problem) == (422, "wrong-values"), (name, value)
        assert [fault["pointer"] for fault in answer.json["errors"]] == [f"/fields/{name}"]
    assert (await site.call("GET", "/cases", key)).json["items"] == []


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"process": "nothing"}, "unknown-process"),
    ({"process": "substitution"}, "unknown-process"),
    ({"initiator": "mallory@evil.example"}, "unknown-person"),
    ({"extra": 1}, "wrong-values"),
    ({"files": [{**FILE, "content": "not base64!"}]}, "wrong-values"),
    ({"files": [FILE] * 21}, "wrong-values"),
    ({"files": [{**FILE, "content_type": "text/html\r\nX: y"}]}, "wrong-values"),
    ({"subject": "a\nb"}, "wrong-values"),
]


async def test_a_request_that_is_not_what_the_document_says_does_nothing(site: Site) -> None:
    key = await site.key()
    for more, problem in REFUSED:
        answer = await site.call("POST", "/cases", key, start(**more), Idempotency_Key="x")
        assert answer.problem == problem, more
    assert (await site.call("GET", "/cases", key)).json["items"] == []


async def test_the_name_of_a_file_is_made_safe(site: Site) -> None:
    case = await begun(site, await site.key(), files=[{**FILE, "name": "../../etc/pass\u202ewd.pdf"}])
    assert "/" not in case["files"][0]["name"]
    assert "\u202e" not in case["files"][0]["name"]


async def test_without_a_name_of_the_request_nothing_is_started(site: Site) -> None:
    key = await site.key()
    assert (await site.call("POST", "/cases", key, start())).problem == "no-idempotency-key"
    assert (await site.call("POST", "/cases", key, start(), Idempotency_Key="x" * 201)).status == 400


# --- what a body may be


BODIES: list[tuple[bytes, str, int]] = [
    (b"{", "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b"{}", "text/plain", 415),
    (b"{}", "application/json; charset=utf-16", 415),
    (b"a=b", "application/x-www-form-urlencoded", 415),
    (b"null", "application/json", 422),
    (b'"' + b"x" * 1_100_000 + b'"', "application/json", 413),
]


async def test_a_body_that_is_not_json_or_too_long_is_refused(site: Site) -> None:
    key = await site.key()
    for body, kind, status in BODIES:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": kind, "Idempotency-Key": "x"}
        answer = await site.send("POST", "/api/v1/cases", body, "", headers)
        assert answer.status == status, (body[:20], answer.text)
        assert answer.problem


# --- looking


async def test_a_list_is_read_page_by_page_and_each_case_stands_in_it_once(site: Site) -> None:
    key = await site.key()
    made = [(await begun(site, key, f"doc-{n}", subject=f"Счёт {n}"))["id"] for n in range(7)]
    found: list[str] = []
    cursor, pages = "", 0
    while True:
        answer = await site.call("GET", f"/cases?limit=3{f'&cursor={cursor}' if cursor else ''}", key)
        found += [item["id"] for item in answer.json["items"]]
        cursor, pages = answer.json["next"], pages + 1
        if cursor is None:
            break
    assert sorted(found) == sorted(made)
    assert pages == 3


async def test_a_list_is_filtered_by_state_initiator_words_days_and_number(site: Site) -> None:
    key = await site.key()
    one = await begun(site, key)
    other = await begun(site, key, "doc-2", initiator="n.kim", fields={**FIELDS, "counterparty": "ИП Тюльпан"})

    async def ids(query: str) -> set[str]:
        answer = await site.call("GET", f"/cases?{query}", key)
        assert answer.status == 200, answer.text
        return {item["id"] for item in answer.json["items"]}

    assert await ids("state=open") == {one["id"], other["id"]}
    assert await ids("state=done") == set()
    assert await ids("initiator=n.kim@neon.example") == {other["id"]}
    assert await ids("text=%D0%A2%D1%8E%D0%BB%D1%8C%D0%BF%D0%B0%D0%BD") == {other["id"]}
    assert await ids("since=2026-11-17") == set()
    assert await ids("process=invoice&until=2026-11-16") == {one["id"], other["id"]}
    assert await ids("number=%D0%A1%D0%A7-2026-0001") == {one["id"]}


QUERIES: list[tuple[str, str]] = [
        ("state=lost", "wrong-values"), ("limit=0", "wrong-values"), ("limit=101", "wrong-values"),
        ("since=yesterday", "wrong-values"), ("since=0001-01-01", "wrong-values"), ("cursor=abc", "wrong-cursor"),
        ("cursor=%FF", "wrong-cursor"), ("nothing=1", "wrong-values"), ("state=open&state=done", "wrong-values"),
        ("initiator=nobody", "unknown-person"),
    ]  # fmt: skip


async def test_a_filter_that_cannot_be_read_is_said_and_never_passed_over(site: Site) -> None:
    key = await site.key()
    for query, problem in QUERIES:
        answer = await site.call("GET", f"/cases?{query}", key)
        assert (answer.status, answer.problem) == (422, problem), query


async def test_files_and_papers_are_given_back_byte_for_byte_with_their_hash(site: Site) -> None:
    key = await site.key()
    case = await begun(site, key)
    file = await site.call("GET", f"/cases/{case['id']}/files/1", key)
    assert file.body == TEXT
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment")
    digest = base64.b64encode(bytes.fromhex(case["files"][0]["sha256"])).decode()
    assert file.headers["repr-digest"] == f"sha-256=:{digest}:"
    for path in ("files/2", "files/0", "files/x", "papers/1", "files/99999999999"):
        assert (await site.call("GET", f"/cases/{case['id']}/{path}", key)).status == 404


# --- keys


async def test_without_a_key_that_counts_nothing_opens(site: Site) -> None:
    from mailflow.core.events import ApiKeyEnded

    key = await site.key()
    from mailflow.advance import advance

    for shown, problem in (
        ("", "no-key"),
        ("mfk_x", "unknown-key"),
        (key[:-1] + ("a" if key[-1] != "a" else "b"), "unknown-key"),
    ):
        answer = await site.call("GET", "/cases", shown)
        assert (answer.status, answer.problem) == (401, problem)
        assert answer.headers["www-authenticate"] == "Bearer"
    ended = ApiKeyEnded("ended", site.now, key[4:12], "1С:ДО")
    await advance(ended, site.store, site.office, site.now)
    assert (await site.call("GET", "/cases", key)).status == 401
    assert (await site.send("GET", f"/api/v1/cases?key={key}", b"")).status == 401


async def test_what_is_not_the_business_of_a_key_looks_like_what_does_not_exist(site: Site) -> None:
    case = await begun(site, await site.key())
    other = await site.key(processes=("contract",))
    nothing = await site.call("GET", f"/cases/{'0' * 32}", other)
    for path in ("", "/story", "/files/1"):
        answer = await site.call("GET", f"/cases/{case['id']}{path}", other)
        assert (answer.status, answer.json) == (404, nothing.json)
    assert (await site.call("GET", "/cases", other)).json["items"] == []
    assert (await site.call("GET", "/cases?number=%D0%A1%D0%A7-2026-0001", other)).json["items"] == []
    assert (await site.call("GET", "/registers/payments", other)).status == 404
    assert (await site.call("POST", "/cases", other, start(), Idempotency_Key="x")).problem == "unknown-process"
    said = {"person": "i.kuznetsov", "text": "?"}
    answer = await site.call("POST", f"/cases/{case['id']}/comments", other, said, Idempotency_Key="x")
    assert answer.status == 404


async def test_uses_and_refusals_are_counted_and_no_key_stands_in_the_database(site: Site) -> None:
    key = await site.key("cases:read")
    before = site.dump()
    await site.call("GET", "/cases", key)
    await site.call("POST", "/cases", key, start(), Idempotency_Key="x")
    await site.call("GET", "/cases", "mfk_" + "a" * 8 + "_" + "b" * 52)
    assert site.dump() == before, "a call that reads writes nothing"
    await site.keeper.note()
    [known] = await site.store.api_keys.all()
    assert known.used_at == site.now
    refused = {(one.key, one.why): one.count for one in await site.store.api_keys.refused("2026-11-16")}
    assert refused == {(known.id, "right"): 1, ("", "unknown"): 1}
    assert key.rpartition("_")[2] not in site.dump()


async def test_a_key_that_calls_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    async with served(tmp_path) as site:
        site.keeper.per_minute = 3
        key, other = await site.key(), await site.key(name="Directum")
        answers = [await site.call("GET", "/processes", key) for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 200, 200, 429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 20
        assert (await site.call("GET", "/processes", other)).status == 200


# --- deciding


async def test_a_persons_own_link_and_the_code_of_his_letter_decide_as_on_the_page(site: Site) -> None:
    key = await site.key()
    case = await begun(site, key)
    await site.deliver()
    asked = site.asked("p.petrov")
    looked = (await site.call("POST", "/decisions/look", key, {"token": asked.token})).json
    assert looked["case"]["id"] == case["id"]
    assert "approve" in looked["choices"]
    said = {"token": asked.token, "choice": "approve"}
    if looked["code"] == "ask":
        assert (await site.call("POST", "/decisions", key, said)).problem == "needs-code"
        assert (await site.call("POST", "/decisions/code", key, {"token": asked.token})).status == 202
        await site.deliver()
        code = site.sent_code("p.petrov")
    else:
        code = asked.code
    wrong = "000000" if code != "000000" else "000001"
    refused = await site.call("POST", "/decisions", key, {**said, "code": wrong})
    assert (refused.status, refused.problem) == (403, "wrong-code")
    done = await site.call("POST", "/decisions", key, {**said, "code": code})
    assert (done.status, done.json["outcome"]) == (200, "recorded"), done.text
    loaded = await site.case(case["id"])
    decision = next(a.decision for a in loaded.assignments if a.principal == "p.petrov")
    assert decision is not None
    assert (decision.answer, decision.by, decision.channel) == (Answer.APPROVE, "p.petrov", "link")
    assert "through the system 1С:ДО" in decision.proof
    again = await site.call("POST", "/decisions", key, {**said, "code": code})
    assert (again.status, again.json["outcome"]) == (200, "already")
    for path in ("/decisions/look", "/decisions/code"):
        over = await site.call("POST", path, key, {"token": asked.token})
        assert (over.status, over.problem) == (409, "already-decided")
        assert re.search(r"Петров.*16\.11\.2026", over.json["title"]), over.json["title"]
    assert all(browser.revoked_at for browser in await site.store.browsers("p.petrov"))


async def test_a_key_alone_decides_nothing_whatever_it_sends(site: Site) -> None:
    key = await site.key()
    case = await begun(site, key)
    await site.deliver()
    before = await site.case(case["id"])
    token = site.asked("p.petrov").token
    for body in (
        {"token": token, "choice": "approve"},
        {"token": token, "choice": "approve", "code": ""},
        {"token": "a" * 44, "choice": "approve", "code": "123456"},
        {"token": case["id"], "choice": "approve"},
        {"token": key, "choice": "approve"},
    ):
        answer = await site.call("POST", "/decisions", key, body)
        assert answer.status in (403, 404), answer.text
    assert (await site.case(case["id"])).version == before.version
    for text in ("Согласовано", "Approve", "да"):
        said = {"person": "p.petrov", "text": text}
        await site.call("POST", f"/cases/{case['id']}/comments", key, said, Idempotency_Key=text.encode().hex())
    assert not [a for a in (await site.case(case["id"])).assignments if a.decision is not None]


async def test_a_link_of_another_process_or_without_the_right_is_dead(site: Site) -> None:
    await begun(site, await site.key())
    await site.deliver()
    token = site.asked("p.petrov").token
    other = await site.key("cases:decide", processes=("contract",))
    unknown = await site.call("POST", "/decisions/look", other, {"token": "b" * 44})
    found = await site.call("POST", "/decisions/look", other, {"token": token})
    assert (found.status, found.json) == (unknown.status, unknown.json) == (404, found.json)
    reader = await site.key("cases:read", "cases:comment")
    assert (await site.call("POST", "/decisions", reader, {"token": token, "choice": "approve"})).status == 403


async def test_a_comment_is_passed_on_under_the_systems_name_and_once(site: Site) -> None:
    key = await site.key()
    case = await begun(site, key)
    await site.deliver()
    said = {"person": "i.kuznetsov", "text": "Договор прилагается"}
    for _ in range(2):
        answer = await site.call("POST", f"/cases/{case['id']}/comments", key, said, Idempotency_Key="c-1")
        assert (answer.status, answer.json) == (201, {"passed_on": True})
    assert (await site.case(case["id"])).passed_on == 1
    rows = await site.store.outbox(case=case["id"])
    [letter] = [row.letter for row in rows if row.kind == "comment"]
    assert letter.words["text"] == "[1С:ДО] Договор прилагается"


async def test_another_comment_under_the_same_name_is_refused_and_never_said_to_be_passed_on(site: Site) -> None:
    key = await site.key()
    case = await begun(site, key)
    said = {"person": "i.kuznetsov", "text": "Договор прилагается"}
    for more, status in (({}, 201), ({"text": "Не платите"}, 422), ({"person": "p.petrov"}, 422), ({}, 201)):
        answer = await site.call("POST", f"/cases/{case['id']}/comments", key, said | more, Idempotency_Key="c-1")
        assert answer.status == status, answer.text
        assert status == 201 or answer.problem == "other-request"


async def test_a_comment_nobody_waits_for_is_said_to_stand_in_the_history_however_often_it_is_sent(site: Site) -> None:
    key = await site.key()
    case = await begun(site, key)
    concerned = {"i.kuznetsov", site.office.secretary, *(one["person"]["id"] for one in case["tasks"])}
    said = {"person": next(one for one in site.office.directory.people if one not in concerned), "text": "К сведению"}
    for _ in range(2):
        answer = await site.call("POST", f"/cases/{case['id']}/comments", key, said, Idempotency_Key="c-1")
        assert (answer.status, answer.json) == (201, {"passed_on": False})


# --- registers and payments


async def agreed(site: Site) -> Any:
    """Let an invoice come to its payment."""
    case = await begun(site, await site.key())
    for person in ("p.petrov", "o.smirnova"):
        await site.deliver()
        await site.reply(case["id"], person, Answer.APPROVE)
    await site.deliver()
    return case


async def test_registers_come_with_their_columns_rows_and_totals(site: Site) -> None:
    key = await site.key()
    case = await begun(site, key)
    [known] = (await site.call("GET", "/registers", key)).json["items"]
    sheet = (await site.call("GET", "/registers/payments", key)).json
    assert sheet["columns"] == known["columns"]
    [row] = sheet["rows"]
    assert row["case"] == case["id"]
    assert "120000.50" in row["cells"]
    assert sheet["totals"] == [{"count": 1, "sum": {"amount": "120000.50", "currency": "RUB"}}]


async def test_what_waits_for_its_payment_is_given_or_withheld_with_the_reason(site: Site) -> None:
    key = await site.key()
    empty = (await site.call("GET", "/payments", key)).json
    assert empty == {"items": [], "withheld": []}
    case = await agreed(site)
    found = (await site.call("GET", "/payments", key)).json
    assert [one["case"] for one in (*found["items"], *found["withheld"])] == [case["id"]]
    for one in found["items"]:
        assert one["sum"] == {"amount": "120000.50", "currency": "RUB"}
    bank = await site.call("GET", "/payments/bank-file", key)
    assert bank.body.decode("cp1251").startswith("1CClientBankExchange\r\n")
    assert bank.body.decode("cp1251").count("СекцияДокумент") == len(found["items"])


async def test_however_many_cases_are_open_no_payment_is_left_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector, "AT_ONCE", 1)
    case, key = await agreed(site), await site.key()
    await begun(site, key, "later")
    found = (await site.call("GET", "/payments", key)).json
    assert [one["case"] for one in (*found["items"], *found["withheld"])] == [case["id"]]


# --- the door itself


async def test_the_document_is_served_to_everybody_and_names_every_operation(site: Site) -> None:
    answer = await site.call("GET", "/openapi.json")
    assert answer.status == 200
    assert answer.json["openapi"] == "3.1.1"
    named = {(method.upper(), path) for path, ways in answer.json["paths"].items() for method in ways}
    assert named == {(operation.method, operation.path) for operation in OPERATIONS}


async def test_an_address_or_method_that_does_not_exist_is_a_problem_in_json(site: Site) -> None:
    nowhere = await site.call("GET", "/nothing")
    assert (nowhere.status, nowhere.problem) == (404, "not-found")
    wrong = await site.call("DELETE", "/cases")
    assert (wrong.status, wrong.problem) == (405, "wrong-method")
    assert set(wrong.headers["allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "POST"}


async def test_a_problem_is_told_in_the_language_the_caller_asks_for(site: Site) -> None:
    ru = (await site.call("GET", "/cases", Accept_Language="ru-RU")).json
    en = (await site.call("GET", "/cases", Accept_Language="en")).json
    assert ru["title"].startswith("Нужен ключ")
    assert en["title"].startswith("A key is needed")
    assert {**ru, "title": ""} == {**en, "title": ""}


async def test_a_store_that_is_away_is_503_and_says_that_nothing_was_recorded(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await site.key()

    async def gone(*_: object) -> None:
        raise OSError("no database")

    monkeypatch.setattr(site.store, "load", gone)
    answer = await site.call("POST", "/cases", key, start(), Idempotency_Key="x")
    assert (answer.status, answer.problem) == (503, "trouble")
    assert "no database" not in json.dumps(answer.json)
