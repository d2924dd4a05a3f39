"""Machines that open, prefetch and submit the links of our letters decide nothing, and the person still can.

Every route is taken from the application itself: one that is added is called here without being named here.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from mailflow.core.answers import Answer
from mailflow.core.codes import MOST_TRIES
from mailflow.core.visits import stop_link
from mailflow.edges.web_rooms import SESSION
from tests.scale import Scale
from tests.web_site import Answered, Asked, Site, served

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH")


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with served(tmp_path) as running:
        yield running


async def decided(site: Site, case: str) -> list[str]:
    return [a.decision.answer for a in (await site.case(case)).assignments if a.decision is not None]


def everything_kept(site: Site) -> str:
    """The bytes of the whole database and of every kept file, as one digest."""
    files = sorted((str(one), one.read_bytes()) for one in (site.folder / "files").rglob("*") if one.is_file())
    return hashlib.sha256(repr((site.dump(), files)).encode()).hexdigest()


# --- looking writes nothing, on any route there is


def filled(path: str, values: dict[str, Sequence[str]]) -> Iterator[str]:
    """The addresses of a route: every value in the place of every name. A name without values fails."""
    names = re.findall(r"{(\w+)(?::\w+)?}", path)
    for chosen in product(*(values[name] for name in names)):
        made = path
        for name, value in zip(names, chosen, strict=True):
            made = re.sub(rf"{{{name}(?::\w+)?}}", quote(value, safe=""), made, count=1)
        yield made


async def links_of_every_state(site: Site) -> list[str]:
    """A link alive, a used one, one of a closed case, one that needs a fresh code, forged ones."""
    await site.request()
    alive = site.asked("p.petrov")
    await site.request()
    used = site.asked("p.petrov")
    await site.press(used.path, "approve", code=used.code)
    await site.deliver()
    finance = site.asked("o.smirnova")
    await site.request()
    refused = site.asked("p.petrov")
    await site.press(refused.path, "reject", "нет", code=refused.code)
    return [alive.token, used.token, finance.token, refused.token, "a" * 44, "x", "-"]


async def values_of_every_name(site: Site) -> dict[str, Sequence[str]]:
    """What may stand in each place of an address, what is there and what is not."""
    tokens = await links_of_every_state(site)
    case = await site.request()
    mail = await site.mail(case.id)
    return {
        "token": tokens,
        "place": ["1", "x"],
        "number": ["1"],
        "link": ["0" * 96, stop_link("p.petrov", site.now, site.ring)],
        "case": [case.id, "-"],
        "mail": [str(mail), str(await site.stray())],
        "name": ["payments", "invoice", "x"],
        "kind": ["csv", "xlsx"],
    }


async def test_no_route_writes_under_a_method_that_only_reads(site: Site) -> None:
    values = await values_of_every_name(site)
    session, key = await site.sign_in("sekretar"), await site.key()
    routes = site.web._routes.app().routes
    paths = {address for route in routes for address in filled(route.path, values)}  # type: ignore[attr-defined]
    assert len(paths) > len(routes)
    before = everything_kept(site)
    for path, method in product(sorted(paths), SAFE_METHODS):
        for query in ("", "?choice=approve&code=000000&nonce=1&comment=x"):
            for kept in ({}, {"Cookie": f"{SESSION}={session}", "Authorization": f"Bearer {key}"}):
                await site.get(path + query, method=method, **kept)
    assert everything_kept(site) == before


# --- robots that follow links


@dataclass(frozen=True)
class Robot:
    """A machine before or behind somebody's mailbox: what it calls itself and what it does with a link."""

    name: str
    agent: str
    methods: tuple[str, ...] = ("GET",)
    submits: bool = False
    guesses: bool = False
    headers: dict[str, str] = field(default_factory=dict)


BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Safari/537.36"
ROBOTS = (
    Robot("a gateway that looks before it delivers", BROWSER, ("HEAD", "GET")),
    Robot("a gateway that submits what it finds", BROWSER, submits=True),
    Robot("a gateway that fills what it finds", BROWSER, submits=True, guesses=True),
    Robot("a sandbox that asks what is allowed", BROWSER, ("OPTIONS", "GET", "HEAD")),
    Robot("a messenger's preview", "TelegramBot (like TwitterBot)"),
    Robot("a chat's preview", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", ("GET", "GET")),
    Robot("a phone's preview", "WhatsApp/2.24 A", ("HEAD", "GET")),
    Robot("a mail program that loads ahead", BROWSER, headers={"Sec-Purpose": "prefetch", "Purpose": "prefetch"}),
    Robot("a crawler", "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", ("GET", "GET", "GET")),
    Robot("an antivirus of a home", "", ("GET", "HEAD"), submits=True),
    Robot("a translator", "Mozilla/5.0 GoogleTranslate", submits=True, headers={"Sec-Fetch-Site": "cross-site"}),
)
"""Eleven by the wire alone; the twelfth is a whole browser, in the tests of the pages in a browser."""


class Forms(HTMLParser):
    """Every form of a page as a machine sees it: where it goes, what it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self.actions: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        if tag in ("input", "textarea", "button", "select"):
            if self.forms and given.get("name"):
                self.forms[-1][1].setdefault(given["name"], []).append(given.get("value", ""))
            if "formaction" in given:
                self.actions.append(given["formaction"])


def forms_of(page: Answered) -> Forms:
    parser = Forms()
    if page.headers.get("content-type", "").startswith("text/html"):
        parser.feed(page.text)
    return parser


async def visits(robot: Robot, site: Site, letter: Asked, chance: random.Random) -> None:
    """Let the robot do with every link of the letter what it does."""
    headers = {"User-Agent": robot.agent, **robot.headers}
    for choice in ("approve", "reject", "rework", "question"):
        for method in robot.methods:
            page = await site.get(f"{letter.path}?choice={choice}", "", method, **headers)
        found = forms_of(page)
        for link in found.links:
            if not urlsplit(link).scheme:
                await site.get(link, "", "GET", **headers)
        if robot.submits:
            await submits(robot, site, found, letter, chance)


async def submits(robot: Robot, site: Site, found: Forms, letter: Asked, chance: random.Random) -> None:
    headers = {"User-Agent": robot.agent, **robot.headers}
    for action, fields in found.forms:
        for goal in (action or letter.path, *found.actions):
            for choice in fields.get("choice", [""]):
                form = {name: values[0] for name, values in fields.items() if name != "choice"}
                form |= {"choice": choice, "comment": "ok"}
                if robot.guesses:
                    form["code"] = f"{chance.randrange(1_000_000):06d}"
                await site.post_form(goal, form, "", **headers)


@pytest.mark.parametrize("robot", ROBOTS, ids=lambda robot: robot.name)
async def test_a_robot_decides_nothing_and_the_person_still_decides(site: Site, robot: Robot, scale: Scale) -> None:
    for number in range(scale.of(2, 90, 1000)):
        case = await site.request()
        letter = site.asked("p.petrov")
        await visits(robot, site, letter, random.Random(f"{robot.name} {number}"))
        assert await decided(site, case.id) == []
        if robot.guesses:  # the link has no tries left: the letter itself says that a reply decides
            await site.reply(case.id, "p.petrov", Answer.APPROVE)
            site.later(hours=2)
        else:
            done = await site.press(letter.path, "approve", code=letter.code)
            assert done.title == "Записано: согласовано"
        assert await decided(site, case.id) == ["approve"]


async def test_these_robots_would_decide_if_the_page_held_what_the_letter_holds(site: Site) -> None:
    case = await site.request()
    letter = site.asked("p.petrov")
    found = forms_of(await site.get(letter.path))
    [(_, fields)] = [form for form in found.forms if "choice" in form[1]]
    form = {name: values[0] for name, values in fields.items()} | {"choice": "approve", "code": letter.code}
    assert (await site.post_form(letter.path, form)).status == 200
    assert await decided(site, case.id) == ["approve"]


# --- guessing the code


async def test_ten_thousand_guesses_are_five(site: Site, scale: Scale) -> None:
    """Nothing is looked at after the fifth; a lucky fifth has one chance in 200,000."""
    case = await site.request()
    letter = site.asked("p.petrov")
    page = await site.get(letter.path)
    guesses = (f"{number:06d}" for number in range(1_000_000) if f"{number:06d}" != letter.code)
    statuses = []
    for _ in range(scale.of(300, 3_000, 10_000)):
        form = {"nonce": page.nonce, "choice": "approve", "code": next(guesses)}
        statuses.append((await site.post_form(letter.path, form)).status)
    assert statuses.count(403) == MOST_TRIES
    assert set(statuses[MOST_TRIES:]) == {429}
    assert await decided(site, case.id) == []
