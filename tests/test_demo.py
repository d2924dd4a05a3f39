"""The demo's day by its outcome: what is left in the folder, what stands in the site, what a page visitor can do."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta, tzinfo
from email.message import EmailMessage
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any, TypeVar

import pytest

from mailflow import telling
from mailflow.app import App, opened
from mailflow.core.answers import Answer
from mailflow.core.case import Case
from mailflow.core.dates import format_date
from mailflow.core.message import parse
from mailflow.demo import play
from mailflow.demo.day import language_of
from mailflow.demo.folder import MARKER, Folder
from mailflow.demo.house import STRANGER, DemoError, Done, House, company
from mailflow.demo.reading import draft_of, framed
from mailflow.demo.scene import Act
from mailflow.demo.scenes import LEFT_OPEN, SCENES
from mailflow.demo.staying import serving
from mailflow.demo.story import ADVERTISER, WATER, _check, play_scene
from mailflow.demo.terminal import Terminal
from mailflow.demo.window import WindowError, press
from mailflow.edges.reading import read_attachment
from mailflow.errors import SettingsError
from mailflow.world import read_letter

T = TypeVar("T")
PETROV, OLGA, SECRETARY = "p.petrov@neon.example", "o.smirnova@neon.example", "sekretar@neon.example"


@dataclass(frozen=True)
class Day:
    """A day that was played: its folder, what was printed, the seconds it took."""

    out: Path
    story: str
    seconds: float
    russian: bool

    def asked(self, question: Callable[[App], Coroutine[Any, Any, T]]) -> T:
        """Ask the site that the day left behind."""

        async def work() -> T:
            async with opened(self.out / "site") as app:
                return await question(app)

        return asyncio.run(work())

    @property
    def case(self) -> Case:
        """The invoice."""
        return self.case_of("invoice")

    def case_of(self, process: str) -> Case:
        """The only case of that process."""

        async def load(app: App) -> Case:
            (row,) = await app.store.cases(process=process)
            case = await app.store.load(row.id)
            assert case is not None
            return case

        return self.asked(load)

    def papers(self, pattern: str) -> list[Path]:
        """The papers with such a name."""
        return sorted((self.out / "papers").glob(pattern))

    def text_of(self, pattern: str) -> str:
        """What the only paper with such a name says."""
        (paper,) = self.papers(pattern)
        return " ".join(read_attachment(paper.read_bytes(), "application/pdf", 0).text.split())

    def letters(self, pattern: str) -> list[Path]:
        """The mails with such a name, in the order of the day."""
        return sorted((self.out / "letters").glob(pattern))


@pytest.fixture(scope="module", params=["ru", "en"])
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Day:
    out = tmp_path_factory.mktemp("demo") / "out"
    started = time.monotonic()
    asyncio.run(play(out, False, request.param))
    return Day(out, (out / "story.txt").read_text(encoding="utf-8"), time.monotonic() - started, request.param == "ru")


# --- the day


def test_the_day_ends_with_the_invoice_paid_and_closed_in_its_second_round(day: Day) -> None:
    case = day.case
    assert (case.state.value, case.round, case.fields["payment_number"]) == ("done", 2, "345")
    assert day.seconds < 60


def test_the_fields_are_those_of_the_papers_and_the_corrected_paper_wins(day: Day) -> None:
    fields = day.case.fields
    assert fields["amount"] == "110000.00"
    assert fields["vat"] == "19836.07"
    assert (fields["counterparty"], fields["inn"]) == ("ООО «Ромашка»", "7709123453")
    assert (fields["account"], fields["bic"]) == ("40702810938000012345", "044525225")
    assert (fields["cash_flow_item"], fields["in_budget"]) == ("Реклама", True)
    assert date.fromisoformat(str(fields["pay_by"])).strftime("%a") == "Fri"
    assert [(f.version, f.current) for f in day.case.files] == [(1, False), (2, True)]


def test_nothing_but_the_two_plain_words_of_the_finance_director_decided_for_her(day: Day) -> None:
    hers = [a for a in day.case.assignments if a.principal == "o.smirnova"]
    said = [(a.round, a.decision.answer) for a in hers if a.decision is not None]
    assert said == [(1, Answer.REWORK), (2, Answer.APPROVE)]


def test_a_forged_yes_a_holiday_reply_and_a_yes_with_a_wish_are_in_the_journal_as_no_decision(day: Day) -> None:
    case = day.case

    async def events(app: App) -> list[tuple[str, Any]]:
        return [(row.event_type, row.event) for row in await app.store.journal(case.id)]

    journal = day.asked(events)
    assert [e for kind, e in journal if kind == "answer" and "why" in e["proof"]]
    assert "absence" in {kind for kind, _ in journal}
    assert day.letters("*-to-docs-forged.eml")
    assert day.letters("*-to-o.smirnova-not_counted.eml")
    assert day.letters("*-to-o.smirnova-blocking.eml")


def test_a_stranger_opens_no_case_and_gets_no_letter(day: Day) -> None:
    assert len(day.letters("*-docs-to-sekretar-stray.eml")) == 2
    for stranger in (ADVERTISER, WATER):
        assert not day.letters(f"*-docs-to-{stranger.partition('@')[0]}-*")
    assert [row.process for row in day.asked(lambda app: app.store.cases())] == ["outgoing", "incoming", "invoice"]
    assert day.case_of("incoming").initiator == "sekretar"


def test_the_journal_of_the_day_is_whole_and_gives_the_case_back(day: Day) -> None:
    assert day.asked(telling.journal_check)[0]
    for process in ("invoice", "incoming", "outgoing"):
        assert day.asked(partial(telling.journal_replayed, number=day.case_of(process).number))[0]


def test_every_mail_of_the_day_is_left_numbered_with_its_parts_and_papers(day: Day) -> None:
    mails = day.letters("*.eml")
    assert [int(mail.name.partition("-")[0]) for mail in mails] == list(range(1, len(mails) + 1))

    async def sent(app: App) -> int:
        return len(await app.store.outbox("sent", limit=1000))

    written = [scene for scene in SCENES if scene.act not in (Act.PRESS, Act.MORNING)]
    assert len(mails) == day.asked(sent) + len(written)
    # A register's letter may be all there is to say: the mail that asks for it has a subject and no text.
    assert all(mail.with_suffix(".txt").is_file() for mail in mails if "-sekretar-to-docs-new" not in mail.name)
    assert all(mail.with_suffix(".html").is_file() for mail in mails if "-docs-to-" in mail.name)
    assert all(paper.read_bytes().startswith(b"%PDF") for paper in day.papers("*.pdf"))


def test_a_letter_from_outside_is_registered_given_to_somebody_and_closed_by_its_answer(day: Day) -> None:
    incoming, outgoing = day.case_of("incoming"), day.case_of("outgoing")
    assert (incoming.state.value, outgoing.state.value) == ("done", "done")
    assert incoming.linked == (outgoing.number,)
    assert [file.name for file in incoming.files] == [path.name for path in day.papers("*01-12-4567.pdf")]
    assert (incoming.fields["executors"], incoming.fields["answer_needed"]) == (("p.petrov",), True)
    assert str(incoming.fields["due"]) in {path.isoformat() for path in _days_after(day)}
    assert outgoing.initiator == "p.petrov"
    assert (outgoing.fields["answers"], outgoing.fields["reg_number"]) == (incoming.number, "01-14/1")


def _days_after(day: Day) -> list[date]:
    """The days a resolution of that day may name."""
    opened = day.case_of("incoming").opened_at.date()
    return [opened + timedelta(days=n) for n in range(3, 15)]


def test_the_director_decided_the_letter_on_the_page_and_everything_else_by_reply(day: Day) -> None:
    decided = {a.stage: a.decision.channel for a in day.case_of("outgoing").assignments if a.decision is not None}
    assert decided == {"writing": "reply", "director": "link", "signing": "reply"}
    assert {a.decision.channel for a in day.case.assignments if a.decision is not None} == {"reply"}


def test_the_draft_has_no_number_and_the_letter_to_sign_has_one(day: Day) -> None:
    number, mark = "01-14/1", "ПРОЕКТ" if day.russian else "DRAFT"
    draft, letter = (
        day.text_of("*, проект.pdf" if day.russian else "*, draft.pdf"),
        day.text_of("*№ *.pdf" if day.russian else "*No. *.pdf"),
    )
    assert (number in draft, mark in draft) == (False, True)
    assert (number in letter, mark in letter) == (True, False)
    signed = date.fromisoformat(str(day.case_of("outgoing").fields["reg_date"]))
    assert format_date(signed, "ru" if day.russian else "en") in letter
    for words in RUSSIAN_LETTER if day.russian else ENGLISH_LETTER:
        assert words in draft, words
        assert words in letter, words


RUSSIAN_LETTER = ("Начальнику управления", "Лагунину В.А.", "01-12/4567", "О согласовании", "на 2 л.", "С.А. Иванов")
ENGLISH_LETTER = ("Mosvodokanal JSC", "Lagunin", "01-12/4567", "Connection plan", "2 sheets", "Yours faithfully")


def test_both_routes_end_in_an_approval_sheet_that_names_who_decided(day: Day) -> None:
    director, olga = ("Иванов С.А.", "Смирнова О.Н.") if day.russian else ("Ivanov S.A.", "Smirnova O.N.")
    start = "Лист согласования" if day.russian else "Approval sheet"
    assert director in day.text_of(f"{start} И-*.pdf")
    assert olga in day.text_of(f"{start} СЧ-*.pdf")
    (closed,) = day.letters("*-docs-to-p.petrov-closed.eml")
    assert [a.name for a in parse(closed.read_bytes()).attachments] == [p.name for p in day.papers(f"{start} И-*.pdf")]


def test_the_partners_letter_is_a_scan_whose_words_are_recognised(day: Day) -> None:
    (scan,) = day.papers("*01-12-4567.pdf")
    read = read_attachment(scan.read_bytes(), "application/pdf")
    assert read.recognised, "it has no text of its own"
    assert "01-12/4567" in read.text


def test_the_register_and_the_digest_bring_tables_that_open(day: Day) -> None:
    (register,), (digest,) = (day.letters(f"*-docs-to-sekretar-{kind}.eml") for kind in ("register", "digest"))
    assert [len(parse(mail.read_bytes()).attachments) for mail in (register, digest)] == [1, 3]
    tables = {paper.name: [row[0] for row in _rows(paper)][1:] for paper in day.papers("*.xlsx")}
    assert len(tables) == 4
    assert tables[parse(register.read_bytes()).attachments[0].name] == [day.case.number]
    year = f"{day.case.opened_at.year}.xlsx"
    numbers = [[day.case.number], [day.case_of("incoming").number], ["01-14/1"]]
    # The morning after the last day of a year brings the tables of the new one, with nothing in them yet.
    of_the_digest = [rows for name, rows in tables.items() if name.endswith(f" {year}") and "–" not in name]
    assert sorted(of_the_digest) in (sorted(numbers), [])


def _rows(paper: Path) -> Iterator[tuple[object, ...]]:
    from openpyxl import load_workbook

    yield from load_workbook(paper).active.iter_rows(values_only=True)


def test_the_digest_is_that_of_the_next_working_morning_and_tells_of_every_case(day: Day) -> None:
    (digest,) = day.letters("*-docs-to-sekretar-digest.eml")
    mail = parse(digest.read_bytes())
    assert mail.date is not None
    there = mail.date.astimezone(day.asked(_zone))
    assert (there.hour, there.minute) == (9, 0)
    assert there.date() > day.case.opened_at.date()
    for process in ("invoice", "incoming", "outgoing"):
        assert day.case_of(process).number in mail.text


async def _zone(app: App) -> tzinfo:
    return app.office.hours.zone


def test_the_story_names_every_paper_that_was_left(day: Day) -> None:
    for paper in day.papers("*"):
        assert f"  {paper.name}\n" in day.story
        assert "(3)" not in paper.name


def test_every_scene_is_told_with_its_outcome_and_no_escape_codes(day: Day) -> None:
    headings = re.findall(r"^\d\d:\d\d:\d\d +(\d+)\. ", day.story, re.MULTILINE)
    assert [int(n) for n in headings] == list(range(1, len(SCENES) + 1))
    assert "\x1b" not in day.story
    assert max(len(line) for line in day.story.splitlines() if line.startswith(" " * 10)) <= 110


def test_a_letter_that_is_missing_stops_the_day_and_is_named() -> None:
    with pytest.raises(DemoError, match=r"scene 3 .*expected ask to p\.petrov; letters sent: none"):
        _check(3, SCENES[2], Done())


# --- the folder


def test_a_folder_with_somebody_elses_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SettingsError, match="no demo wrote"):
        Folder.begin(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_second_day_removes_the_letters_of_the_first_and_nothing_else(tmp_path: Path) -> None:
    first = Folder.begin(tmp_path / "out")
    first.write("letters/01-a-to-b-new.eml", b"old")
    (first.site / "data").mkdir(parents=True)
    (first.site / "data" / "mailflow.db").write_bytes(b"old")
    mine = [first.root / "letters" / "note.txt", first.site / "own.yaml", first.root / "todo"]
    for path in mine:
        path.write_text("mine")
    Folder.begin(tmp_path / "out")
    left = sorted(path for path in first.root.rglob("*") if path.is_file() and path.name != MARKER)
    assert left == sorted(mine)


def test_neither_a_name_that_leads_out_nor_a_linked_site_is_emptied(tmp_path: Path) -> None:
    out, outside = tmp_path / "out", tmp_path / "real"
    (outside / "data").mkdir(parents=True)
    kept = [outside / "data" / "mailflow.db", tmp_path / "letter.eml"]
    for path in kept:
        path.write_text("mine")
    folder = Folder.begin(out)
    (out / MARKER).write_text("../letter.eml\n")
    folder.site.symlink_to(outside)
    Folder.begin(out)
    assert all(path.is_file() for path in kept)


def test_two_papers_of_one_name_are_both_kept(tmp_path: Path) -> None:
    folder = Folder.begin(tmp_path / "out")
    for content in (b"one", b"two", b"one"):
        folder.keep("a@x.example", "b@x.example", "new", _mail_with_paper(content))
    assert sorted(p.name for p in (folder.root / "papers").iterdir()) == ["bill (2).pdf", "bill.pdf"]


def _mail_with_paper(content: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"] = "a@x.example"
    mail.set_content("see there")
    mail.add_attachment(content, maintype="application", subtype="pdf", filename="bill.pdf")
    return mail.as_bytes()


# --- the terminal


def test_colours_are_there_only_where_they_are_wanted_and_text_cannot_bring_its_own() -> None:
    for colour in (True, False):
        lines: list[str] = []
        terminal = Terminal("en", UTC, 80, colour, lines.append)
        terminal.note("quiet \x1b[31m words")
        assert ("\x1b[36m" in lines[0]) is colour
        assert "\x1b[31m" not in lines[0]
        assert "\x1b" not in terminal.plain[0]


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
        ({"LC_ALL": "ru_RU.UTF-8", "LANG": "C"}, "ru"),
        ({"LC_ALL": "C", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "ru_RU"}, "ru"),
    ],
)
def test_the_language_is_that_of_the_environment(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


# --- the page


class Visitor:
    """A browser without scripts: it follows links and sends forms."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        status, _, body = await self.fetch(path, **headers)
        return status, body.decode()

    async def fetch(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return await asyncio.to_thread(self._ask, urllib.request.Request(f"{self.url}{path}", headers=headers))

    async def send(self, path: str, fields: dict[str, str], file: bytes = b"", **headers: str) -> tuple[int, str]:
        boundary = "----a-form"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()
        ]
        body = "".join(parts).encode()
        if file:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="Счет.pdf"\r\n\r\n'
            body += head.encode() + file + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        sent = {"Content-Type": kind, "Origin": self.url, **headers}
        request = urllib.request.Request(f"{self.url}{path}", body, {k: v for k, v in sent.items() if v})
        status, _, answer = await asyncio.to_thread(self._ask, request)
        return status, answer.decode()

    async def submit(self, path: str, fields: dict[str, str]) -> str:
        """Send a form of plain fields, as the decision page has it; give the page that answers."""
        request = urllib.request.Request(f"{self.url}{path}", urllib.parse.urlencode(fields).encode())
        return (await asyncio.to_thread(self._ask, request))[2].decode()

    def _ask(self, request: urllib.request.Request) -> tuple[int, dict[str, str], bytes]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=20) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, dict(refusal.headers), refusal.read()

    async def newest(self, address: str) -> str:
        """The path of the newest letter of a mailbox."""
        _, text = await self.get(f"/box/{address}")
        found = re.search(r'href="(/box/[^"/]+/[0-9a-f]{20})"', text)
        assert found is not None, text
        return found[1]


@dataclass(frozen=True)
class Open:
    """The company with its page open."""

    house: House
    visitor: Visitor

    async def until(self, holds: Callable[[], Coroutine[Any, Any, bool]]) -> None:
        """Wait for what mailflow is about to do."""
        for _ in range(200):
            if await holds():
                return
            await asyncio.sleep(0.1)
        raise AssertionError("mailflow did not do it within 20 s")


@pytest.fixture
async def open_company(tmp_path: Path) -> AsyncIterator[Open]:
    async with company(Folder.begin(tmp_path / "out"), "ru") as house:
        await play_scene(1, LEFT_OPEN, house, "ru")
        async with serving(house, "ru") as url:
            yield Open(house, Visitor(url))


async def test_the_page_lists_every_mailbox_and_shows_a_letter_in_a_frame_without_scripts(open_company: Open) -> None:
    visitor = open_company.visitor
    _, home = await visitor.get("/")
    for person in open_company.house.directory.people.values():
        assert person.name in home
    assert STRANGER.replace("@", "%40") in home
    status, headers, body = await visitor.fetch(await visitor.newest(PETROV))
    page = body.decode()
    frame = re.search(r'<iframe [^>]*sandbox="([^"]*)" srcdoc="([^"]*)"', page)
    assert status == 200
    assert frame is not None
    assert "scripts" not in frame[1]
    assert "same-origin" not in frame[1]
    assert "48 300" in unescape(frame[2]).replace("\u00a0", " ")
    policy = {name.lower(): value for name, value in headers.items()}["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "<script" not in page


async def test_a_reply_through_the_form_decides(open_company: Open) -> None:
    visitor, house = open_company.visitor, open_company.house
    status, page = await visitor.send(await visitor.newest(PETROV), {"body": "Согласовано"})
    assert status == 200
    assert "Письмо отправлено" in page

    async def decided() -> bool:
        return any(a.principal == "p.petrov" and a.decision is not None for a in (await house.case()).assignments)

    await open_company.until(decided)
    assert (await house.case()).stage == "finance"


async def test_a_button_of_a_letter_opens_the_form_filled_and_sending_it_decides(open_company: Open) -> None:
    visitor, house = open_company.visitor, open_company.house
    _, page = await visitor.get(await visitor.newest(PETROV))
    frame = unescape(re.findall(r'srcdoc="([^"]*)"', page)[0])
    link = next(unescape(path) for path in re.findall(r'target="_top" href="([^"]*)"', frame))
    _, form = await visitor.get(link)
    filled = {name: unescape(value) for name, value in re.findall(r'<input name="(\w+)" value="([^"]*)"', form)}
    assert filled["to"].startswith("docs+t.")
    assert f'value="{PETROV}" selected' in form
    body = unescape(re.findall(r"<textarea[^>]*>([^<]*)<", form)[0])
    status, _ = await visitor.send("/write", {"who": PETROV, **filled, "body": body})
    assert status == 200

    async def decided() -> bool:
        return (await house.case()).stage == "finance"

    await open_company.until(decided)


async def test_a_link_of_a_letter_opens_the_decision_page_and_only_its_button_decides(open_company: Open) -> None:
    visitor, house = open_company.visitor, open_company.house
    _, page = await visitor.get(await visitor.newest(PETROV))
    frame = unescape(re.findall(r'srcdoc="([^"]*)"', page)[0])
    link = next(unescape(url) for url in re.findall(r'target="_blank"[^>]* href="([^"]*)"', frame) if "approve" in url)
    door = Visitor(link.partition("/d/")[0])
    path = link.removeprefix(door.url)
    status, form = await door.get(path)
    assert (status, (await house.case()).stage) == (200, "managers")
    nonce = re.findall(r'name="nonce" value="([^"]*)"', form)[0]
    letter = await house.last(PETROV)
    code = re.findall(r": (\d{6})\s*$", letter.text, re.MULTILINE)[0]
    told = await door.submit(path, {"nonce": nonce, "choice": "approve", "comment": "", "code": code})
    assert "Записано: согласовано" in told

    async def asked() -> bool:
        return any("нужно решение" in letter.subject for letter in await house.letters(OLGA))

    await open_company.until(asked)
    (decided,) = [a.decision for a in (await house.case()).assignments if a.decision is not None]
    assert (decided.channel, decided.answer) == ("link", Answer.APPROVE)


async def test_a_letter_without_a_link_and_a_page_that_refuses_are_said(tmp_path: Path) -> None:
    async with company(Folder.begin(tmp_path / "out"), "ru") as house:
        await play_scene(1, LEFT_OPEN, house, "ru")
        told = await house.last("i.kuznetsov@neon.example")
        with pytest.raises(WindowError, match="has no link for approve"):
            await press(house.app, PETROV, told, Answer.APPROVE)
        asked = await house.last(PETROV)
        forged = EmailMessage()
        forged.set_content(re.sub(r"/d/[a-z2-7]{44}", f"/d/{'a' * 44}", asked.text))
        with pytest.raises(WindowError, match="the page answered 404"):
            await press(house.app, PETROV, read_letter(forged.as_bytes()), Answer.APPROVE)
        assert (await house.case()).stage == "managers"


async def test_a_stranger_of_the_page_may_write_and_decides_nothing(open_company: Open) -> None:
    visitor, house = open_company.visitor, open_company.house
    letter = await house.last(PETROV)
    to = str(letter.message["Reply-To"])
    fields = {"who": STRANGER, "to": to, "subject": f"Re: {letter.subject}", "body": "Согласовано"}
    status, _ = await visitor.send("/write", fields, b"%PDF-1.4 a bill")
    assert status == 200

    async def taken() -> bool:
        return len(await house.app.store.inbox()) == 2

    await open_company.until(taken)
    case = await house.case()
    assert (case.stage, len(case.files)) == ("managers", 1)


async def test_no_other_page_can_send_a_form_and_no_other_name_is_answered(open_company: Open) -> None:
    visitor, house = open_company.visitor, open_company.house
    path, before = await visitor.newest(PETROV), len(house.written)
    for origin in ("http://evil.example", "null", ""):
        status, _ = await visitor.send(path, {"body": "Согласовано"}, Origin=origin)
        assert status == 403
    status, _ = await visitor.get("/", Host="evil.example")
    assert status == 421
    status, _ = await visitor.send(path, {"body": "ок"}, Origin="http://evil.example", Host="evil.example")
    assert status == 421
    assert len(house.written) == before


async def test_what_cannot_be_sent_is_said_on_the_form_with_the_text_kept(open_company: Open) -> None:
    visitor = open_company.visitor
    for to in ("nobody@neon.example", "no address", "a@x.example, b@x.example", "кто@neon.example"):
        fields = {"who": PETROV, "to": to, "subject": "Тема", "body": "мой текст"}
        status, page = await visitor.send("/write", fields)
        assert (status, "мой текст" in page) == (400, True), to
    status, _ = await visitor.send(
        "/write", {"who": PETROV, "to": OLGA, "subject": "a\r\nBcc: x@y.example", "body": ""}
    )
    assert status == 400
    status, _ = await visitor.send("/write", {"who": "docs@neon.example", "to": OLGA, "subject": "", "body": ""})
    assert status == 403


async def test_a_file_and_the_whole_letter_come_as_downloads(open_company: Open) -> None:
    visitor = open_company.visitor
    path = await visitor.newest(PETROV)
    _, headers, paper = await visitor.fetch(f"{path}/file/0")
    assert paper.startswith(b"%PDF")
    assert {k.lower(): v for k, v in headers.items()}["content-disposition"].startswith("attachment")
    _, _, raw = await visitor.fetch(f"{path}/raw")
    assert b"Message-ID:" in raw
    for wrong in (f"{path}/file/9", "/box/nobody@x.example", f"{path[:-1]}x", "/case/СЧ-1999-0001", "/nothing"):
        status, _ = await visitor.get(urllib.parse.quote(wrong, safe="/@%"))
        assert status == 404, wrong


async def test_the_page_speaks_both_languages_and_tells_the_cases(open_company: Open) -> None:
    visitor = open_company.visitor
    _, home = await visitor.get("/?lang=en")
    assert "Mailboxes" in home
    _, home = await visitor.get("/", Cookie="lang=en")
    assert "Mailboxes" in home
    number = (await open_company.house.case()).number
    _, story = await visitor.get(f"/case/{urllib.parse.quote(number)}")
    assert "следующий этап" in story


def test_the_links_of_a_letter_leave_its_frame_and_nothing_else_is_changed() -> None:
    page = '<a href="mailto:a+b@x.example?subject=R%C3%A9&amp;body=1%2B1">m</a><a href="https://x.example/?a=1">l</a>'
    assert framed(page, OLGA) == (
        '<a target="_top" href="/write?who=o.smirnova%40neon.example'
        '&amp;mailto=a%2Bb%40x.example%3Fsubject%3DR%25C3%25A9%26body%3D1%252B1">m</a>'
        '<a target="_blank" rel="noopener noreferrer" href="https://x.example/?a=1">l</a>'
    )
    draft = draft_of("a+b@x.example?subject=R%C3%A9&body=1%2B1+1%0D%0A2")
    assert (draft.to, draft.subject, draft.body) == ("a+b@x.example", "Ré", "1+1+1\r\n2")


def test_an_interrupt_ends_the_stay_in_order_and_the_language_can_be_chosen(tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "mailflow", "demo", "--stay", "--lang", "ru", "--out", str(tmp_path / "out")]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as running:
        assert running.stdout is not None
        told = next(line for line in running.stdout if "http://127.0.0.1:" in line)
        url = next(word for word in told.split() if word.startswith("http"))
        assert urllib.request.urlopen(url, timeout=20).status == 200
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read()
        assert running.wait(20) == 0
    assert rest.strip().endswith("Контора закрыта.")
