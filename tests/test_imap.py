"""The mailbox against a real Dovecot: opening it, reading from it, settling in it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mailflow.edges.imap import (
    ConnectionLost,
    Fetched,
    Mailbox,
    Oversized,
    Taken,
    backoff,
)
from mailflow.errors import MailboxError, SettingsError
from tests.mailboxes import MAILS, PASSWORD, opened, raws, settings, uids
from tests.servers import (
    HANG_UP,
    Certificate,
    Dovecot,
    certificate,
    dovecot,
    fake_imap,
    free_port,
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def our_ca(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def server(our_ca: Certificate) -> Iterator[Dovecot]:
    with dovecot({f"u{number}": PASSWORD for number in range(100)}, tls=our_ca) as server:
        yield server


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count()


@pytest.fixture
def user(numbers: Iterator[int]) -> str:
    return f"u{next(numbers)}"


# Reading


async def test_every_mail_is_read_byte_for_byte_in_ascending_order(server: Dovecot, user: str) -> None:
    server.append(user, *MAILS)
    async with opened(server.port, user) as mailbox:
        mails = await mailbox.fetch_after(0)
    assert raws(mails) == MAILS
    assert uids(mails) == sorted(uids(mails))
    assert [mail.size for mail in mails if isinstance(mail, Fetched)] == [len(mail) for mail in MAILS]


async def test_reading_leaves_no_trace(server: Dovecot, user: str) -> None:
    server.append(user, *MAILS)
    async with opened(server.port, user, size_limit=1000) as mailbox:
        await mailbox.fetch_after(0)
        await mailbox.list_since(date(2020, 1, 1))
        await mailbox.wait(0.1)
    assert server.flags(user) == [set()] * len(MAILS)


async def test_the_time_of_arrival_is_the_servers_and_knows_its_zone(server: Dovecot, user: str) -> None:
    received = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    server.append(user, MAILS[0], received=received)
    async with opened(server.port, user) as mailbox:
        [mail] = await mailbox.fetch_after(0)
    assert isinstance(mail, Fetched)
    assert mail.received == received
    assert mail.received.tzinfo is not None


async def test_nothing_above_the_last_uid_is_nothing_although_star_names_the_last_mail(
    server: Dovecot, user: str
) -> None:
    server.append(user, *MAILS)
    async with opened(server.port, user) as mailbox:
        assert await mailbox.fetch_after(len(MAILS)) == []
        assert await mailbox.fetch_after(len(MAILS) + 1000) == []
        assert await mailbox.fetch_after(len(MAILS) - 1) != []


async def test_mail_somebody_has_already_opened_or_marked_is_taken_all_the_same(server: Dovecot, user: str) -> None:
    server.append(user, *MAILS[:3])
    with server.client(user) as other:
        other.select("INBOX")
        other.uid("STORE", "1:2", "+FLAGS", "(\\Seen \\Answered \\Flagged)")
    async with opened(server.port, user) as mailbox:
        assert raws(await mailbox.fetch_after(0)) == MAILS[:3]
        assert raws(await mailbox.fetch_after(0, since=datetime(2020, 1, 1, tzinfo=UTC))) == MAILS[:3]


async def test_an_empty_mailbox_gives_nothing(server: Dovecot, user: str) -> None:
    async with opened(server.port, user) as mailbox:
        assert await mailbox.fetch_after(0) == []
        assert await mailbox.list_since(date(2020, 1, 1)) == []


async def in_batches(mailbox: Mailbox, **limits: int) -> list[list[Taken]]:
    batches: list[list[Taken]] = []
    while mails := await mailbox.fetch_after(batches[-1][-1].uid if batches else 0, **limits):
        batches.append(mails)
    return batches


async def test_a_backlog_comes_in_batches_by_count(server: Dovecot, user: str) -> None:
    server.append(user, *MAILS)
    async with opened(server.port, user) as mailbox:
        batches = await in_batches(mailbox, limit=3)
    assert [len(batch) for batch in batches] == [3, 3, 1]
    assert raws([mail for batch in batches for mail in batch]) == MAILS


async def test_a_backlog_comes_in_batches_by_bytes_and_a_big_mail_alone(server: Dovecot, user: str) -> None:
    server.append(user, *MAILS)
    async with opened(server.port, user) as mailbox:
        batches = await in_batches(mailbox, byte_budget=1000)
    assert [len(batch) for batch in batches] == [4, 1, 2]
    assert raws([mail for batch in batches for mail in batch]) == MAILS


async def test_going_back_reads_again(server: Dovecot, user: str) -> None:
    server.append(user, *MAILS)
    async with opened(server.port, user) as mailbox:
        await mailbox.fetch_after(3)
        assert raws(await mailbox.fetch_after(0)) == MAILS


async def test_mail_that_comes_while_a_backlog_is_read_is_not_missed(server: Dovecot, user: str) -> None:
    server.append(user, *MAILS[:4])
    async with opened(server.port, user) as mailbox:
        first = await mailbox.fetch_after(0, limit=2)
        server.append(user, *MAILS[4:])
        rest: list[Taken] = []
        while mails := await mailbox.fetch_after((first + rest)[-1].uid, limit=2):
            rest += mails
    assert raws(first + rest) == MAILS


async def test_mails_others_remove_in_the_middle_do_not_hide_those_behind_them(server: Dovecot, user: str) -> None:
    server.append(user, *MAILS)
    async with opened(server.port, user) as mailbox:
        await mailbox.fetch_after(0, limit=1)
        with server.client(user) as other:
            other.select("INBOX")
            other.uid("STORE", "2:5", "+FLAGS", "(\\Deleted)")
            other.expunge()
        assert raws(await mailbox.fetch_after(1, limit=2)) == MAILS[5:]


async def test_mail_received_before_the_start_is_left_out(server: Dovecot, user: str) -> None:
    start = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    for hours in (-48, -1, 0, 1, 48):
        server.append(user, b"Subject: %d\r\n\r\n" % hours, received=start + timedelta(hours=hours))
    async with opened(server.port, user) as mailbox:
        mails = await mailbox.fetch_after(0, since=start, limit=2)
        mails += await mailbox.fetch_after(mails[-1].uid, since=start, limit=2)
        assert raws(mails) == [b"Subject: %d\r\n\r\n" % hours for hours in (0, 1, 48)]
        assert await mailbox.list_since(date(2026, 3, 12)) == [5]


async def test_an_oversized_mail_gives_its_headers_only(server: Dovecot, user: str) -> None:
    big = b"Subject: big\r\nFrom: a@corp.test\r\n\r\n" + b"x" * 50_000 + b"\r\n"
    server.append(user, MAILS[0], big, MAILS[1])
    async with opened(server.port, user, size_limit=10_000) as mailbox:
        first, second, third = await mailbox.fetch_after(0)
    assert isinstance(second, Oversized)
    assert second.headers == b"Subject: big\r\nFrom: a@corp.test\r\n\r\n"
    assert second.size == len(big)
    assert raws([first, third]) == MAILS[:2]


async def test_even_the_headers_of_an_oversized_mail_have_a_limit(server: Dovecot, user: str) -> None:
    server.append(user, b"".join(b"X-%d: %s\r\n" % (n, b"y" * 900) for n in range(500)) + b"\r\n")
    async with opened(server.port, user, size_limit=10_000) as mailbox:
        [mail] = await mailbox.fetch_after(0)
    assert isinstance(mail, Oversized)
    assert len(mail.headers) == 256 * 1024


# Settling


@pytest.mark.parametrize(
    "capability",
    ["", "IMAP4rev1 UIDPLUS IDLE", "IMAP4rev1 UIDPLUS", "IMAP4rev1 MOVE AUTH=PLAIN NAMESPACE"],
    ids=["everything", "no MOVE", "neither MOVE nor IDLE", "no UIDPLUS"],
)
async def test_settled_mail_is_moved_and_settling_twice_changes_nothing(capability: str) -> None:
    with dovecot({"u": "ascii"}, capability=capability) as server:
        server.append("u", *MAILS[:4])
        async with opened(server.port, "u", password="ascii") as mailbox:
            await mailbox.fetch_after(0)
            for _ in range(2):
                await mailbox.settle([1, 3, 3], [2])
            assert uids(await mailbox.fetch_after(0)) == [4]
        assert server.messages("u", "Processed") == [MAILS[0], MAILS[2]]
        assert server.messages("u", "Quarantine") == [MAILS[1]]
        assert server.messages("u") == [MAILS[3]]


async def test_without_move_and_uidplus_nobody_elses_deleted_mail_is_removed() -> None:
    with dovecot({"u": "ascii"}, capability="IMAP4rev1 IDLE") as server:
        server.append("u", *MAILS[:3])
        with server.client("u") as other:
            other.select("INBOX")
            other.uid("STORE", "3", "+FLAGS", "(\\Deleted)")
        async with opened(server.port, "u", password="ascii") as mailbox:
            for _ in range(2):
                await mailbox.settle([1], [])
        assert server.messages("u") == MAILS[:3]
        assert server.messages("u", "Processed") == [MAILS[0]]


async def test_mail_that_is_gone_is_no_error(server: Dovecot, user: str) -> None:
    server.append(user, MAILS[0])
    async with opened(server.port, user) as mailbox:
        await mailbox.settle([7, 8, 9000], [10])
        await mailbox.settle([], [])
    assert server.messages(user) == [MAILS[0]]


async def test_many_mails_are_settled_at_once(server: Dovecot, user: str) -> None:
    server.append(user, *(b"Subject: %d\r\n\r\n" % number for number in range(350)))
    async with opened(server.port, user) as mailbox:
        await mailbox.settle(range(1, 351), [])
    assert len(server.messages(user, "Processed")) == 350
    assert server.messages(user) == []


async def test_a_folder_removed_meanwhile_is_made_again(server: Dovecot, user: str) -> None:
    server.append(user, MAILS[0])
    async with opened(server.port, user) as mailbox:
        with server.client(user) as other:
            other.delete("Processed")
        await mailbox.settle([1], [])
    assert server.messages(user, "Processed") == [MAILS[0]]


async def test_flag_mode_marks_with_keywords_and_moves_nothing(server: Dovecot, user: str) -> None:
    server.append(user, *MAILS[:3])
    async with opened(server.port, user, after="flag") as mailbox:
        for _ in range(2):
            await mailbox.settle([1], [2])
    assert server.flags(user) == [{"mailflow"}, {"mailflow-quarantine"}, set()]
    assert server.folders(user) == {"INBOX"}


async def test_leave_mode_changes_nothing_at_all(server: Dovecot, user: str) -> None:
    server.append(user, *MAILS[:3])
    async with opened(server.port, user, after="leave") as mailbox:
        assert raws(await mailbox.fetch_after(0)) == MAILS[:3]
        await mailbox.settle([1], [2])
    assert server.flags(user) == [set(), set(), set()]
    assert server.folders(user) == {"INBOX"}


async def test_folders_with_other_names_are_made_and_used(server: Dovecot, user: str) -> None:
    server.append(user, *MAILS[:2])
    async with opened(server.port, user, processed="Готово", quarantine="Архив/Брак") as mailbox:
        await mailbox.settle([1], [2])
    async with opened(server.port, user, folder="Готово") as mailbox:
        assert raws(await mailbox.fetch_after(0)) == MAILS[:1]
    async with opened(server.port, user, folder="Архив/Брак") as mailbox:
        assert raws(await mailbox.fetch_after(0)) == MAILS[1:2]


async def test_a_server_that_keeps_folders_below_inbox_gets_them_there() -> None:
    with dovecot({"u": "ascii"}, prefix="INBOX.") as server:
        server.append("u", MAILS[0])
        async with opened(server.port, "u", password="ascii") as mailbox:
            await mailbox.settle([1], [])
        assert server.messages("u", "INBOX.Processed") == [MAILS[0]]


# Opening


async def test_a_folder_made_anew_is_seen_by_its_uidvalidity(server: Dovecot, user: str) -> None:
    with server.client(user) as other:
        other.create("Docs")
    mailbox = Mailbox(settings(server.port, user, folder="Docs"))
    first = await mailbox.connect()
    same = await mailbox.connect()
    with server.client(user) as other:
        other.delete("Docs")
        other.create("Docs")
    server.append(user, MAILS[0], folder="Docs")
    anew = await mailbox.connect()
    await mailbox.close()
    assert first == same
    assert first.uidvalidity != anew.uidvalidity
    assert (first.uidnext, anew.uidnext) == (1, 2)


async def test_a_missing_folder_is_a_matter_for_a_person(server: Dovecot, user: str) -> None:
    with pytest.raises(MailboxError, match=r"(?i)doesn't exist") as trouble:
        await Mailbox(settings(server.port, user, folder="None")).connect()
    assert not isinstance(trouble.value, ConnectionLost)


@pytest.mark.parametrize("mechanisms", ["plain login", "login"])
async def test_a_wrong_password_says_what_to_do(mechanisms: str) -> None:
    with dovecot({"u": "right"}, mechanisms=mechanisms) as server:
        with pytest.raises(MailboxError, match="set \\[mailbox\\] user and password") as trouble:
            await Mailbox(settings(server.port, "u", password="wrong")).connect()
        assert not isinstance(trouble.value, ConnectionLost)
        assert "wrong" not in str(trouble.value)


async def test_a_cyrillic_password_where_it_cannot_be_sent_is_said_plainly() -> None:
    async with fake_imap({"CAPABILITY": [b"* CAPABILITY IMAP4rev1\r\n"]}) as fake:
        with pytest.raises(MailboxError, match="application password"):
            await Mailbox(settings(fake.port, "u")).connect()


async def test_a_server_that_is_busy_or_breaks_off_at_the_login_is_not_a_wrong_password() -> None:
    for answer in (b"TAG NO [UNAVAILABLE] Temporary authentication failure\r\n", HANG_UP):
        async with fake_imap({"AUTHENTICATE": [b"+ \r\n", answer]}) as fake:
            with pytest.raises(ConnectionLost):
                await Mailbox(settings(fake.port, "u")).connect()


async def test_nobody_listening_is_a_lost_connection() -> None:
    with pytest.raises(ConnectionLost):
        await Mailbox(settings(free_port(), "u")).connect()


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_tls_with_our_own_authority_reads_mail(
    server: Dovecot, user: str, our_ca: Certificate, security: str
) -> None:
    server.append(user, *MAILS)
    port = server.tls_port if security == "tls" else server.port
    async with opened(port, user, host="localhost", security=security, ca_file=str(our_ca.ca), watch="idle") as mailbox:
        assert raws(await mailbox.fetch_after(0)) == MAILS
        waiting = asyncio.create_task(mailbox.wait(10))
        await asyncio.sleep(0.2)
        server.append(user, MAILS[0])
        assert await asyncio.wait_for(waiting, 3)
        assert raws(await mailbox.fetch_after(len(MAILS))) == [MAILS[0]]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_nobody_vouches_for_is_refused_with_the_cure(
    server: Dovecot, user: str, security: str
) -> None:
    port = server.tls_port if security == "tls" else server.port
    with pytest.raises(MailboxError, match="ca_file") as trouble:
        await Mailbox(settings(port, user, security=security)).connect()
    assert not isinstance(trouble.value, ConnectionLost)


async def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    other = certificate(tmp_path, names="DNS:mail.example.org")
    with dovecot({"u": PASSWORD}, tls=other) as server:
        for security, port in (("tls", server.tls_port), ("starttls", server.port)):
            with pytest.raises(MailboxError, match="not trusted"):
                await Mailbox(settings(port, "u", security=security, ca_file=str(other.ca))).connect()


async def test_a_server_without_starttls_gets_no_password() -> None:
    async with fake_imap({}) as fake:
        with pytest.raises(MailboxError, match="STARTTLS") as trouble:
            await Mailbox(settings(fake.port, "u", security="starttls")).connect()
        assert not isinstance(trouble.value, ConnectionLost)
        assert not any("AUTH" in command or "LOGIN" in command for command in fake.commands)


def test_plain_text_to_another_machine_is_refused_with_the_cure() -> None:
    with pytest.raises(SettingsError, match='security = "tls"'):
        settings(143, "u", host="mail.example.org")


def test_the_password_is_not_shown_with_the_settings() -> None:
    assert PASSWORD not in repr(settings(143, "u"))


async def test_imaplibs_debugging_is_off(server: Dovecot, user: str) -> None:
    async with opened(server.port, user) as mailbox:
        assert mailbox._session._client._imap.debug == 0


async def test_a_mailbox_may_be_connected_again_after_it_was_closed(server: Dovecot, user: str) -> None:
    server.append(user, MAILS[0])
    mailbox = Mailbox(settings(server.port, user))
    with pytest.raises(ConnectionLost):
        await mailbox.fetch_after(0)
    for _ in range(2):
        await mailbox.connect()
        assert raws(await mailbox.fetch_after(0)) == MAILS[:1]
        await mailbox.close()
    with pytest.raises(ConnectionLost):
        await mailbox.fetch_after(0)


def test_the_pause_before_a_new_connection_doubles_up_to_five_minutes() -> None:
    assert [backoff(attempt) for attempt in range(11)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert backoff(10**9) == 300
    assert backoff(-1) == 1
