"""Calls to other systems: signed, owed by the commit that moved the case, made until taken, and nowhere else."""

from __future__ import annotations

import asyncio
import sqlite3
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailflow.advance import advance
from mailflow.app import App, now, opened
from mailflow.bells import Bells
from mailflow.calling import Caller
from mailflow.core.answers import Answer
from mailflow.core.calls import CALL, type_of
from mailflow.core.case import Case, CaseState
from mailflow.core.endpoints import Endpoint
from mailflow.core.events import CommandReceived, RequestReceived
from mailflow.core.sender import Proven
from mailflow.deliver import MOST_ATTEMPTS
from mailflow.edges.calls import ForbiddenAddress, Line, allowed, call, judged, read_secret, signature
from mailflow.edges.smtp import Accepted, Deferred, Refused
from mailflow.edges.store import Repeated
from mailflow.errors import SettingsError
from tests.loopback import certificate, free_port
from tests.offices import FULL, Story
from tests.outside import SECRET, Outside, genuine, outside
from tests.site_folder import filled_site

HOOK = '[[webhooks]]\nurl = "{url}"\nsecret = {{file = "hook.secret"}}\n{more}'
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


# --- what is owed


def test_the_signature_is_that_of_the_published_example() -> None:
    signed = signature(read_secret(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("text", ["", "secret", "whsec_", "whsec_AAAA", "whsec_!!!!", f"whsec_{'A' * 120}", SECRET[6:]])
def test_a_secret_that_is_none_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_secret(text)
    assert len(text) < 12 or text not in str(refused.value)


def test_a_call_is_of_the_weightiest_kind_of_what_happened() -> None:
    story = Story()
    story.request()
    asked = story.it
    assert type_of(None, asked) == "case.started"
    story.answer("p.petrov", Answer.APPROVE)
    assert type_of(asked, story.it) == "case.decided"
    assert type_of(asked, replace(asked, passed_on=1)) == "case.changed"
    assert type_of(asked, replace(story.it, state=CaseState.REJECTED)) == "case.closed"


def test_an_endpoint_is_told_of_what_it_asked_for() -> None:
    assert Endpoint("u").wants("case.changed", "invoice")
    assert not Endpoint("u", frozenset({"case.closed"})).wants("case.changed", "invoice")
    assert not Endpoint("u", processes=frozenset({"contract"})).wants("case.closed", "invoice")


# --- where a call may lead

INNER = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1",
    "fec0::1", "::10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b:1::10.0.0.1", "200::1",
)  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_an_address_of_the_inner_network_is_not_called_unless_it_is_allowed(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        allowed([address], inner=False)
    assert allowed([address], inner=True) == address


def test_of_several_addresses_the_first_one_outside_is_called() -> None:
    assert allowed(["10.0.0.1", "93.184.216.34"], inner=False) == "93.184.216.34"
    assert allowed(["2a02:6b8::2:242"], inner=False) == "2a02:6b8::2:242"
    with pytest.raises(ForbiddenAddress):
        allowed([], inner=True)


async def test_a_name_that_leads_inside_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async with outside() as there:
        loop = asyncio.get_running_loop()
        found = [(2, 1, 6, "", ("127.0.0.1", there.port))]

        async def looked_up(*_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
            return found

        monkeypatch.setattr(loop, "getaddrinfo", looked_up)
        line = Line(f"http://hook.example:{there.port}/", b"x" * 24, False, ssl.create_default_context())
        refused = await call(line, "msg_1", b"{}", NOW, 5)
        assert isinstance(refused, Deferred)
        assert "inner network" in refused.reason
        assert there.calls == []
        assert isinstance(await call(replace(line, inner=True), "msg_1", b"{}", NOW, 5), Accepted)


# --- one call over the wire


def line_to(there: Outside, trust: ssl.SSLContext | None = None) -> Line:
    return Line(there.url, read_secret(SECRET), False, trust or ssl.create_default_context())


async def test_a_call_is_a_signed_post_of_json() -> None:
    async with outside() as there:
        assert await call(line_to(there), "msg_1", b'{"a":1}', NOW) == Accepted("204")
    [called] = there.calls
    assert genuine(called, now=NOW.timestamp())
    assert not genuine(called, "whsec_" + "A" * 32, NOW.timestamp())
    assert not genuine(called, now=NOW.timestamp() + 301)
    assert called.target == "/hook?from=mailflow"
    assert (called.headers["content-type"], called.headers["host"]) == ("application/json", f"127.0.0.1:{there.port}")


ANSWERS = {
    b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n": "redirects are not followed",
    b"HTTP/1.1 500 No\r\n\r\n": "500",
    b"HTTP/1.1 100 Continue\r\n\r\n" * 5000: "the answer has no end",
    b"HTTP/1.1 200 OK\r\nX: " + b"a" * 40_000: "",
    b"220 smtp.example ESMTP\r\n": "",
    b"\x00" * 1000: "",
}


async def test_whatever_else_is_answered_the_call_is_tried_again() -> None:
    async with outside() as there:
        for answer, why in ANSWERS.items():
            there.answers = [answer]
            outcome = await call(line_to(there), "msg_1", b"{}", NOW, 5)
            assert isinstance(outcome, Deferred), answer[:40]
            assert why in outcome.reason
        there.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n" + b"x" * 100_000]
        assert isinstance(await call(line_to(there), "msg_1", b"{}", NOW, 5), Accepted)
        there.answers = [b""]
        silent = await call(line_to(there), "msg_1", b"{}", NOW, 0.3)
        assert silent == Deferred("no answer within 0 s")
    nobody = await call(
        Line(f"http://127.0.0.1:{free_port()}/", b"x", False, ssl.create_default_context()), "m", b"", NOW
    )
    assert isinstance(nobody, Deferred)
    assert isinstance(judged(410), Refused)


async def test_a_certificate_nobody_vouches_for_gets_no_call(tmp_path: Path) -> None:
    made = certificate(tmp_path)
    async with outside(made.server_context()) as there:
        refused = await call(line_to(there), "msg_1", b"{}", NOW)
        assert isinstance(refused, Deferred)
        assert "certificate" in refused.reason.lower()
        assert there.calls == []
        trusted = ssl.create_default_context(cafile=str(made.ca))
        assert isinstance(await call(line_to(there, trusted), "msg_1", b"{}", NOW), Accepted)


# --- from the commit to the other system


@dataclass
class Office:
    """A site that calls somebody, opened."""

    app: App
    there: Outside
    moment: datetime

    def __post_init__(self) -> None:
        self.caller = Caller(self.app, Bells(asyncio.Event(), asyncio.Event()), lambda: self.moment)

    async def starts(self, key: str = "a") -> Case:
        person = next(iter(self.app.office.directory.people))
        proof = Proven(self.app.office.directory.people[person].address, "test")
        event = RequestReceived(key * 64, self.moment, "invoice", True, person, proof, FULL, (), "Счёт")
        done = await advance(event, self.app.store, self.app.office, self.moment)
        started = done.case_id if isinstance(done, Repeated) else done.case.id if done.case is not None else ""
        case = await self.app.store.load(started)
        assert case is not None
        return case

    async def rows(self) -> list[tuple[str, str]]:
        return [(row.state, row.reason) for row in await self.app.store.outbox() if row.kind == CALL]


@asynccontextmanager
async def calling(folder: Path, more: str = "") -> AsyncIterator[Office]:
    async with outside() as there:
        site = filled_site(folder / "site", more=HOOK.format(url=there.url, more=more))
        (site / "hook.secret").write_text(SECRET + "\n")
        async with opened(site) as app:
            office = Office(app, there, now())
            yield office
            office.caller.close()


async def test_each_transition_owes_a_call_in_its_own_commit_and_it_is_made_once(tmp_path: Path) -> None:
    async with calling(tmp_path) as office:
        case = await office.starts()
        assert await office.rows() == [("ready", "")]
        await office.starts()
        assert len(await office.rows()) == 1, "the same event owes one call"
        assert await office.caller.call_ready() == 1
        [called] = office.there.calls
        assert genuine(called)
        assert called.json["type"] == "case.started"
        about = called.json["data"]
        assert (about["case"], about["number"], about["state"], about["version"]) == (case.id, case.number, "open", 1)
        assert set(about) == {"case", "number", "process", "state", "stage", "round", "version"}, "no card, no names"
        assert await office.rows() == [("sent", "204")]
        assert await office.caller.call_ready() == 0
        letters = await office.app.store.claim_letters(office.moment, 100, timedelta(minutes=1), "post")
        assert CALL not in {letter.letter.kind for letter in letters}, "no mail is sent to a url"


async def test_a_call_says_how_the_case_stood_then_whenever_it_leaves(tmp_path: Path) -> None:
    async with calling(tmp_path) as office:
        case = await office.starts()
        office.moment += timedelta(seconds=1)
        person = office.app.office.directory.people[case.initiator]
        withdrawn = CommandReceived(
            "w", office.moment, case.id, case.initiator, Proven(person.address, "t"), "withdraw"
        )
        await advance(withdrawn, office.app.store, office.app.office, office.moment)
        await office.caller.call_ready()
        told = [(called.json["type"], called.json["data"]["state"]) for called in office.there.calls]
        assert told == [("case.started", "open"), ("case.closed", "withdrawn")]


async def test_a_call_that_is_not_taken_is_made_again_the_same_until_it_is(tmp_path: Path) -> None:
    async with calling(tmp_path) as office:
        await office.starts()
        office.there.answers = [b"HTTP/1.1 503 Later\r\n\r\n", b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n"]
        for minutes in (0, 4, 2, 12):
            office.moment += timedelta(minutes=minutes)
            await office.caller.call_ready()
        first, second, third = office.there.calls
        assert first.id == second.id == third.id
        assert first.body == second.body == third.body
        assert len({called.headers["webhook-timestamp"] for called in office.there.calls}) == 3
        assert all(genuine(called, now=int(called.headers["webhook-timestamp"])) for called in office.there.calls)
        assert await office.rows() == [("sent", "204")]


async def test_an_endpoint_that_takes_nothing_is_called_once_a_round_and_its_rest_waits_untried(tmp_path: Path) -> None:
    async with calling(tmp_path) as office:
        for key in "abcd":
            await office.starts(key)
        office.there.answers = [b"HTTP/1.1 500 No\r\n\r\n"] * 10
        await office.caller.call_ready()
        assert len(office.there.calls) == 1
        assert {state for state, _ in await office.rows()} == {"deferred"}


async def test_after_five_days_a_call_is_given_up_shown_and_can_be_made_again(tmp_path: Path) -> None:
    from mailflow.core.health import signs
    from mailflow.core.vitals import Machine
    from mailflow.retrying import chosen, given_up, retry

    async with calling(tmp_path) as office:
        await office.starts()
        office.there.answers = [b"HTTP/1.1 500 No\r\n\r\n"] * 200
        await office.caller.call_ready()
        # Four days of the same answers later.
        with sqlite3.connect(tmp_path / "site" / "data" / "mailflow.db") as db:
            db.execute("UPDATE outbox SET attempts = ? WHERE kind = ?", (MOST_ATTEMPTS - 1, CALL))
        office.moment += timedelta(days=5)
        await office.caller.call_ready()
        [(state, reason)] = await office.rows()
        assert state == "refused"
        assert "500" in reason
        vitals = await office.app.store.vitals(office.moment)
        found = {
            sign.cause: sign
            for sign in signs(vitals, Machine(10**12, "SQLite", 1), now(), "en", office.app.settings.zone)
        }
        assert found["webhooks"].ill
        assert not found["letters"].ill, "a call is no letter"
        office.there.answers = []
        async for well, said in retry(office.app, chosen(await given_up(office.app), ["all"]), "admin", office.moment):
            assert well, said
        await office.caller.call_ready()
        assert await office.rows() == [("sent", "204")]
        assert len({called.id for called in office.there.calls}) == 1
        assert len({called.body for called in office.there.calls}) == 1


async def test_an_endpoint_that_wants_nothing_more_or_is_gone_from_the_settings_is_left_alone(tmp_path: Path) -> None:
    async with calling(tmp_path) as office:
        await office.starts()
        office.there.answers = [b"HTTP/1.1 410 Gone\r\n\r\n"]
        await office.caller.call_ready()
        assert (await office.rows())[0][0] == "refused"
        office.app.settings.webhooks = ()
        await office.starts("b")
        await office.caller.call_ready()
        assert [state for state, _ in await office.rows()] == ["refused", "refused"]
        assert len(office.there.calls) == 1


async def test_only_what_was_asked_for_is_owed_and_a_rehearsal_calls_nobody(tmp_path: Path) -> None:
    async with calling(tmp_path / "a", 'events = ["case.closed"]') as office:
        await office.starts()
        assert await office.rows() == []
    async with calling(tmp_path / "b", 'processes = ["contract"]') as office:
        await office.starts()
        assert await office.rows() == []
    async with calling(tmp_path / "c") as office, opened(tmp_path / "c" / "site", "test@neon.example") as rehearsal:
        assert rehearsal.office.endpoints == ()


WRONG = {
    'url = "http://erp.example/"': "https",
    'url = "ftp://erp.example/"': "https",
    'url = "https://u:p@erp.example/"': "without user",
    'url = "https://erp.example/\\r\\nX: y"': "blanks",
    'url = "https://erp.example/"\nevents = ["case.lost"]': "case.started",
    'url = "https://erp.example/"\nprocesses = ["nothing"]': "no process `nothing`",
    'url = "https://erp.example/"\nretries = 5': "unknown key",
}


@pytest.mark.parametrize("said", WRONG)
async def test_settings_that_cannot_be_meant_stop_the_start(tmp_path: Path, said: str) -> None:
    more = f'[[webhooks]]\n{said}\nsecret = {{file = "hook.secret"}}\n'
    site = filled_site(tmp_path / "site", more=more)
    (site / "hook.secret").write_text(SECRET)
    with pytest.raises(SettingsError, match=WRONG[said]):
        async with opened(site):
            pass


async def test_a_secret_that_is_none_stops_the_start(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site", more=HOOK.format(url="https://erp.example/", more=""))
    (site / "hook.secret").write_text("secret")
    with pytest.raises(SettingsError, match="whsec_"):
        async with opened(site):
            pass
