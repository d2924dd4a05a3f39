"""Who sees which case and which page: the rule by itself, and every address that is served, for every role."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailflow.core.answers import Answer
from mailflow.core.api_keys import RIGHTS
from mailflow.core.directory import read_directory
from mailflow.core.memory import Fact
from mailflow.core.office import Access
from mailflow.core.sight import PAGES, Sight, opens, sees, sight_of
from mailflow.edges.api_operations import OPERATIONS
from mailflow.edges.web_rooms import SESSION
from tests.offices import HERE, MONDAY, Story, neon
from tests.web_site import Site, served

PEOPLE = tuple(neon().directory.people)


def seeing(story: Story) -> set[str]:
    return {one for one in PEOPLE if sees(sight_of(one, story.office, story.now), story.it)}


def test_a_request_is_seen_by_its_initiator_his_managers_those_asked_the_secretary_and_the_director() -> None:
    story = Story()
    story.request()
    assert seeing(story) == {"i.kuznetsov", "p.petrov", "director", "sekretar"}


def test_accounting_sees_an_invoice_when_it_has_come_to_its_payment_and_not_before() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    assert "buh" not in seeing(story)
    story.answer("o.smirnova", Answer.APPROVE)
    assert "buh" in seeing(story)


def test_a_manager_sees_his_department_and_those_under_it_and_no_other() -> None:
    story = Story()
    story.request(by="a.morozov")
    assert "p.petrov" not in seeing(story)
    assert "director" in seeing(story)


def test_whoever_stands_in_sees_what_the_absent_one_sees_and_only_on_those_days() -> None:
    text = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    away = text.replace(
        "department: marketing, position: начальник отдела маркетинга",
        'department: marketing, position: начальник, substitute: {by: n.kim, since: "2026-11-16", until: "2026-11-17"}',
    )
    assert away != text
    story = Story(neon(read_directory(away)))
    story.request()
    assert sees(sight_of("n.kim", story.office, MONDAY), story.it)
    assert not sees(sight_of("n.kim", story.office, MONDAY + timedelta(days=3)), story.it)


def test_whoever_was_handed_a_task_sees_its_case() -> None:
    story = Story()
    story.request()
    facts = (Fact("delegation", "n.kim", "task", {"case": story.it.id}),)
    assert not sees(sight_of("n.kim", story.office, story.now), story.it)
    assert sees(sight_of("n.kim", story.office, story.now, facts), story.it)


def test_the_settings_name_the_roles_that_see_more() -> None:
    story = Story()
    story.request()
    story.office = replace(story.office, access=Access(everything=("lawyer",), payments=(), post=("personnel",)))
    assert seeing(story) == {"i.kuznetsov", "p.petrov", "director", "a.morozov"}  # the director heads the office
    assert sight_of("n.kim", story.office, story.now).post


def test_nobody_in_particular_sees_nothing() -> None:
    story = Story()
    story.request()
    assert not sees(Sight("nobody", frozenset({"nobody"})), story.it)
    assert not opens("person", None)
    assert not opens("post", None)
    assert not opens("post", Sight("x", frozenset({"x"})))
    assert not opens("operation", Sight("x", frozenset({"x"}), everything=True, post=True))
    assert opens("operation", Sight("x", frozenset({"x"}), operation=True))


# --- every address, every role

ROLES = {
    "nobody": "", "stranger to the case": "s.orlov", "initiator": "i.kuznetsov", "approver": "p.petrov",
    "accountant": "buh", "secretary": "sekretar", "director": "director",
}  # fmt: skip
FREE = set(ROLES)
SIGNED_IN = FREE - {"nobody"}
CONCERNED = {"initiator", "approver", "secretary", "director"}
EXPECTED: dict[tuple[str, str], set[str]] = {
    ("GET", "/"): FREE,
    ("GET", "/healthz"): FREE,
    ("GET", "/sign-in"): FREE,
    ("POST", "/sign-in"): FREE,
    ("POST", "/sign-in/code"): FREE,
    ("POST", "/sign-out"): FREE - {"nobody"},
    ("GET", "/browsers"): SIGNED_IN,
    ("POST", "/browsers"): SIGNED_IN,
    ("GET", "/second-factor"): SIGNED_IN,
    ("POST", "/second-factor"): SIGNED_IN,
    ("POST", "/second-factor/code"): SIGNED_IN,
    ("GET", "/search"): SIGNED_IN,
    ("GET", "/reports"): SIGNED_IN,
    ("GET", "/reports/{kind}"): SIGNED_IN,
    ("GET", "/registers"): SIGNED_IN,
    ("GET", "/registers/{name}"): SIGNED_IN,
    ("GET", "/registers/{name}/{kind}"): SIGNED_IN,
    ("GET", "/boards"): SIGNED_IN,
    ("GET", "/boards/{name}"): SIGNED_IN,
    ("GET", "/cases/{case}"): CONCERNED,
    ("POST", "/cases/{case}/say"): CONCERNED,
    ("GET", "/cases/{case}/file/{place}"): CONCERNED,
    ("GET", "/cases/{case}/paper/{place}"): set(),  # this case has none
    ("GET", "/cases/{case}/task/{place}"): CONCERNED,
    ("POST", "/cases/{case}/task/{place}"): CONCERNED,
    ("GET", "/cases/{case}/task/{place}/file/{number}"): {"approver"},
    ("GET", "/cases/{case}/mail/{mail}"): CONCERNED,
    ("GET", "/cases/{case}/mail/{mail}/file/{place}"): CONCERNED,
    ("GET", "/service"): set(),  # nobody here is the administrator
    ("GET", "/post"): {"secretary"},
    ("GET", "/post/{mail}/file/{place}"): {"secretary"},
    ("POST", "/post/{mail}/register"): {"secretary"},
    # What a link opens hangs on the link, not on who has signed in.
    ("GET", "/d/{token}"): FREE,
    ("POST", "/d/{token}"): FREE,
    ("POST", "/d/{token}/code"): FREE,
    ("GET", "/d/{token}/file/{place}"): FREE,
    ("GET", "/stop/{link}"): set(),
    ("POST", "/stop/{link}"): set(),
    ("GET", "/enter/{link}"): set(),
    ("POST", "/enter/{link}"): set(),
}
"""Who gets an answer of the page itself, neither the way in nor «there is nothing here»."""


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with served(tmp_path) as running:
        yield running


async def test_every_address_opens_for_exactly_the_roles_of_the_table(site: Site) -> None:
    doors = {(door.method, door.path) for door in site.web._routes.doors()}
    assert doors == set(EXPECTED), "a new address needs a line in the table"
    assert {path for _, path in doors} == set(PAGES)
    case = await site.request()
    await site.mail(case.id)
    link = site.asked("p.petrov")
    stray = await site.stray()
    cookies = {role: await site.sign_in(person) if person else "" for role, person in ROLES.items()}
    mails = {"/post": str(stray), "/cases": str((await site.store.mails_of(case.id))[0].id)}
    values = {"token": link.token, "place": "1", "number": "1", "link": "0" * 96, "case": case.id, "kind": "csv"}
    for (method, path), expected in sorted(EXPECTED.items()):
        named = {"name": "payments" if path.startswith("/registers") else "invoice"}
        known = {**values, **named, "mail": mails.get(path.partition("/{")[0], "")}
        where = re.sub(r"\{(\w+)\}", lambda found, known=known: known[found[1]], path)  # type: ignore[misc]
        got = {role for role, cookie in cookies.items() if await answered(site, method, where, cookie)}
        assert got == expected, (method, path)


# --- every call of the API, every right of a key

KEYED: dict[tuple[str, str], str] = {
    ("GET", "/api/v1/openapi.json"): "nobody",
    ("GET", "/api/v1/processes"): "any key",
    ("POST", "/api/v1/cases"): "cases:start",
    ("GET", "/api/v1/cases"): "cases:read",
    ("GET", "/api/v1/cases/{case}"): "cases:read",
    ("GET", "/api/v1/cases/{case}/story"): "cases:read",
    ("GET", "/api/v1/cases/{case}/files/{place}"): "cases:read",
    ("GET", "/api/v1/cases/{case}/papers/{place}"): "cases:read",
    ("POST", "/api/v1/cases/{case}/comments"): "cases:comment",
    ("POST", "/api/v1/decisions/look"): "cases:decide",
    ("POST", "/api/v1/decisions/code"): "cases:decide",
    ("POST", "/api/v1/decisions"): "cases:decide",
    ("GET", "/api/v1/registers"): "registers:read",
    ("GET", "/api/v1/registers/{name}"): "registers:read",
    ("GET", "/api/v1/payments"): "payments:read",
    ("GET", "/api/v1/payments/bank-file"): "payments:read",
}
"""What each call asks of whoever makes it: nothing, a key, or a key with this right."""


async def test_every_call_of_the_api_opens_for_exactly_the_right_of_the_table(site: Site) -> None:
    assert {(operation.method, operation.route) for operation in OPERATIONS} == set(KEYED), "a call needs its line"
    served = {route.path for route in site.web._routes.app().routes}  # type: ignore[attr-defined]
    assert served == {path for _, path in (*EXPECTED, *KEYED)}, "nothing is served that stands in no table"
    keys = {"nobody": "", **{right: await site.key(right) for right in RIGHTS}}
    case = await site.request()
    values = {"case": case.id, "place": "1", "name": "payments"}
    session = await site.sign_in("director")
    for (method, path), needs in KEYED.items():
        where = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path).removeprefix("/api/v1")
        for right, key in keys.items():
            body = {} if method == "POST" else None
            got = await site.call(method, where, key, body, Cookie=f"{SESSION}={session}")
            assert (got.status in (401, 403)) != (needs in ("nobody", right) or (needs == "any key" and bool(key)))


async def answered(site: Site, method: str, path: str, cookie: str) -> bool:
    """True where the page itself answers; a form is sent with an old nonce, so that nothing happens."""
    kept = {"Cookie": f"{SESSION}={cookie}"} if cookie else {}
    answer = await (site.get(path, **kept) if method == "GET" else site.post_form(path, {"nonce": "1.0"}, **kept))
    assert answer.status < 500, (method, path)
    closed = answer.status == 404 or (answer.status == 403 and "открывается тем, кто вошёл" in answer.text)
    return not closed
