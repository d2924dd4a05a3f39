"""`mailflow check` and the mail servers: each way they can be wrong has its own sentence."""

from __future__ import annotations

import asyncio
import itertools
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailflow.core.verdict import Bad, Good, Unsure
from mailflow.edges.dialing import Place, encryption, trouble
from mailflow.edges.imap_glance import Glance, Seen
from mailflow.mail_checks import clocks
from tests.checks import (
    NOW,
    bad_mailbox,
    bad_post,
    of_the_mailbox,
    of_the_post,
    said,
)
from tests.mailboxes import settings as imap_settings
from tests.servers import HANG_UP, Certificate, Dovecot, certificate, dovecot, fake_imap, free_port, smtp_sink
from tests.site_folder import ADDRESS, PASSWORD


@pytest.fixture(scope="module")
def our_ca(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def server(our_ca: Certificate) -> Iterator[Dovecot]:
    with dovecot({f"u{number}": PASSWORD for number in range(40)}, tls=our_ca) as server:
        yield server


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count()


@pytest.fixture
def user(numbers: Iterator[int]) -> str:
    return f"u{next(numbers)}"


# The mailbox


async def test_a_wrong_imap_password(tmp_path: Path, server: Dovecot) -> None:
    only = await bad_mailbox(tmp_path, port=server.port, user="nobody")
    assert only.what.startswith(f"127.0.0.1:{server.port}: wrong user or password for nobody")
    assert "application password" in only.cure


async def test_a_closed_imap_port(tmp_path: Path) -> None:
    port = free_port()
    only = await bad_mailbox(tmp_path, port=port)
    assert only.what == f"127.0.0.1:{port}: the connection is refused, nothing listens on port {port}"
    assert only.cure.startswith("correct [mailbox] port (993 for tls, 143 for starttls)")


async def test_a_host_that_does_not_exist(tmp_path: Path) -> None:
    only = await bad_mailbox(tmp_path, host="imap.nosuch.invalid", security="tls")
    assert "no host named imap.nosuch.invalid" in only.what or "imap.nosuch.invalid cannot be looked up" in only.what


async def test_a_host_that_is_no_name_at_all(tmp_path: Path) -> None:
    only = await bad_mailbox(tmp_path, host="imap..neon.example", security="tls")
    assert "no host named imap..neon.example" in only.what


async def test_tls_on_a_port_that_speaks_none(tmp_path: Path, server: Dovecot, user: str) -> None:
    only = await bad_mailbox(tmp_path, port=server.port, user=user, security="tls")
    assert "TLS is refused, the server does not speak it on this port" in only.what
    assert only.cure == 'write port = 993, or security = "starttls", under [mailbox]'


async def test_a_server_without_starttls(tmp_path: Path, user: str) -> None:
    with dovecot({user: PASSWORD}) as plain:
        only = await bad_mailbox(tmp_path, port=plain.port, user=user, security="starttls")
    assert only.what == f"127.0.0.1:{plain.port}: the server offers no STARTTLS"
    assert only.cure == 'write security = "tls" and port = 993 under [mailbox]'


async def test_a_certificate_of_an_unknown_authority(tmp_path: Path, server: Dovecot, user: str) -> None:
    for security, port in (("tls", server.tls_port), ("starttls", server.port)):
        only = await bad_mailbox(tmp_path / security, port=port, user=user, security=security)
        assert "signed by an authority this machine does not know" in only.what
        assert only.cure.endswith("as [mailbox] ca_file")


async def test_a_self_signed_certificate(tmp_path: Path, our_ca: Certificate, user: str) -> None:
    itself = Certificate(our_ca.ca, our_ca.ca, our_ca.ca.with_suffix(".key"))
    with dovecot({user: PASSWORD}, tls=itself) as lonely:
        only = await bad_mailbox(tmp_path, port=lonely.tls_port, user=user, security="tls")
    assert "the certificate is signed by itself" in only.what


async def test_a_certificate_for_another_name(tmp_path: Path, user: str) -> None:
    other = certificate(tmp_path / "ca", "DNS:imap.neon.example")
    with dovecot({user: PASSWORD}, tls=other) as server:
        only = await bad_mailbox(tmp_path, port=server.tls_port, user=user, security="tls", ca_file=str(other.ca))
    assert only.what.endswith("the certificate belongs to another name than 127.0.0.1")


async def test_a_certificate_that_is_trusted_is_told_with_its_last_day(
    tmp_path: Path, server: Dovecot, our_ca: Certificate, user: str
) -> None:
    found = await of_the_mailbox(tmp_path, port=server.tls_port, user=user, security="tls", ca_file=str(our_ca.ca))
    # The test's certificate lasts two days.
    assert any(isinstance(one, Unsure) and "certificate trusted until" in one.what for one in found)
    assert Good(f"IMAP log-in as {user}") in found


async def test_a_ca_file_that_is_none(tmp_path: Path, server: Dovecot, user: str) -> None:
    only = await bad_mailbox(tmp_path, port=server.tls_port, user=user, security="tls", ca_file="/nosuch.pem")
    assert "[mailbox] ca_file = /nosuch.pem" in only.what


async def test_a_missing_folder_is_told_with_those_that_are_there(tmp_path: Path, server: Dovecot, user: str) -> None:
    only = await bad_mailbox(tmp_path, port=server.port, user=user, folder="Счета", after="leave")
    assert only.what == "there is no folder Счета; the server has INBOX"


async def test_folders_that_will_be_made_are_noted_and_not_made(tmp_path: Path, server: Dovecot, user: str) -> None:
    found = await of_the_mailbox(tmp_path, port=server.port, user=user)
    assert "note  folder Processed is not there yet: mailflow makes it at its first start" in said(found)
    with server.client(user) as client:
        client.create("Processed")
    assert Good("folder Processed") in await of_the_mailbox(tmp_path / "again", port=server.port, user=user)


async def test_folders_below_a_prefix_are_found(tmp_path: Path, user: str) -> None:
    with dovecot({user: PASSWORD}, prefix="INBOX.") as server:
        with server.client(user) as client:
            client.create("INBOX.Processed")
        found = await of_the_mailbox(tmp_path, port=server.port, user=user)
    assert Good("folder Processed") in found
    assert "note  folder Quarantine is not there yet" in said(found)


async def test_a_server_that_can_little_is_noted(tmp_path: Path, user: str) -> None:
    with dovecot({user: PASSWORD}, capability="IMAP4rev1 AUTH=PLAIN") as server:
        text = said(await of_the_mailbox(tmp_path, port=server.port, user=user))
    assert "note  the server knows no IDLE: it is asked every 30 s instead" in text
    assert "note  the server knows neither MOVE nor UIDPLUS" in text


async def test_whether_plus_addresses_work_cannot_be_known(tmp_path: Path, server: Dovecot, user: str) -> None:
    text = said(await of_the_mailbox(tmp_path, port=server.port, user=user))
    assert "note  whether docs+anything@neon.example is delivered to docs@neon.example cannot be asked" in text
    text = said(await of_the_mailbox(tmp_path / "b", port=server.port, user=user, plus_addresses=False))
    assert "cannot be asked" not in text


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = Glance.open(imap_settings(silent.getsockname()[1], "docs"), seconds=0.2)
    assert isinstance(found, Bad)
    assert found.what.endswith("no answer")


async def test_a_server_that_hangs_up_at_the_log_in() -> None:
    async with fake_imap({"AUTHENTICATE": [HANG_UP]}) as fake:
        found = await asyncio.to_thread(Glance.open, imap_settings(fake.port, "docs"))
    assert isinstance(found, Bad)
    assert "hung up" in found.what


def test_a_mail_from_the_future_shows_that_the_clock_here_is_slow() -> None:
    [slow] = clocks([Seen(NOW + timedelta(days=2), b"", b""), Seen(None, b"", b"")], NOW)
    assert isinstance(slow, Bad)
    assert "which is later than now here" in slow.what
    for fine in ([], [Seen(NOW - timedelta(days=2), b"", b"")], [Seen(NOW + timedelta(minutes=1), b"", b"")]):
        assert list(clocks(fine, NOW)) == []


# The post


async def test_a_wrong_smtp_password(tmp_path: Path) -> None:
    async with smtp_sink(users={"docs": "another"}) as sink:
        only = await bad_post(tmp_path, port=sink.port)
    assert only.what.startswith(f"127.0.0.1:{sink.port}: wrong user or password for docs (535")


async def test_a_closed_smtp_port(tmp_path: Path) -> None:
    port = free_port()
    only = await bad_post(tmp_path, port=port)
    assert only.what == f"127.0.0.1:{port}: the connection is refused, nothing listens on port {port}"
    assert only.cure.startswith("correct [smtp] port (465 for tls, 587 for starttls)")


async def test_an_smtp_host_that_is_no_name_at_all(tmp_path: Path) -> None:
    only = await bad_post(tmp_path, host="smtp..neon.example", security="tls")
    assert "no host named smtp..neon.example" in only.what


async def test_a_post_without_starttls(tmp_path: Path) -> None:
    async with smtp_sink() as sink:
        only = await bad_post(tmp_path, port=sink.port, security="starttls")
    assert only.what == f"127.0.0.1:{sink.port}: the server offers no STARTTLS"


async def test_a_post_that_speaks_no_tls_on_its_port(tmp_path: Path) -> None:
    async with smtp_sink() as sink:
        only = await bad_post(tmp_path, port=sink.port, security="tls")
    assert "TLS is refused, the server does not speak it on this port" in only.what


@pytest.mark.parametrize(("implicit", "security"), [(True, "tls"), (False, "starttls")])
async def test_a_post_whose_certificate_is_not_trusted_and_one_whose_is(
    tmp_path: Path, our_ca: Certificate, implicit: bool, security: str
) -> None:
    async with smtp_sink(our_ca, implicit=implicit, users={"docs": PASSWORD}) as sink:
        only = await bad_post(tmp_path / "a", port=sink.port, security=security)
        trusted = await of_the_post(tmp_path / "b", port=sink.port, security=security, ca_file=str(our_ca.ca))
    text = said(trusted)
    assert "signed by an authority this machine does not know" in only.what
    assert only.cure.endswith("as [smtp] ca_file")
    assert "TLSv1.3, certificate trusted until" in text
    assert "SMTP log-in as docs" in text


@pytest.mark.parametrize("phase", ["mail", "rcpt"])
async def test_an_address_that_may_not_be_used_as_sender(tmp_path: Path, phase: str) -> None:
    async with smtp_sink(users={"docs": PASSWORD}) as sink:
        sink.on[phase] = "553 5.7.1 Sender address rejected: not owned by user docs"
        only = await bad_post(tmp_path, port=sink.port)
    assert only.what.startswith(f"{ADDRESS} may not be used as sender (553 5.7.1 Sender address rejected")
    assert only.cure.startswith(f"let the user docs send as {ADDRESS}")


async def test_a_small_limit_of_size_is_noted(tmp_path: Path) -> None:
    async with smtp_sink(users={"docs": PASSWORD}, size_limit=2 * 1024 * 1024) as sink:
        text = said(await of_the_post(tmp_path, port=sink.port))
    assert "note  letters of up to 2 MB are taken: a letter with a scanned document may be larger" in text


async def test_a_post_that_lets_nobody_in_now(tmp_path: Path) -> None:
    async with smtp_sink() as sink:
        sink.on["greeting"] = "554 5.7.1 your address is blocked"
        only = await bad_post(tmp_path, port=sink.port)
    assert "the server does not let us in (554 5.7.1 your address is blocked)" in only.what


async def test_a_post_that_hangs_up_half_way_is_a_verdict(tmp_path: Path) -> None:
    async with smtp_sink(users={"docs": PASSWORD}) as sink:
        sink.on["mail"] = "drop"
        only = await bad_post(tmp_path, port=sink.port)
    assert "hung up" in only.what


async def test_a_post_without_a_user_is_not_logged_in_to(tmp_path: Path) -> None:
    async with smtp_sink() as sink:
        text = said(await of_the_post(tmp_path, port=sink.port, user=""))
    assert f"ok    127.0.0.1:{sink.port}: SMTP without a log-in" in text


# Why a connection fails


PLACE = Place("[mailbox]", "imap.neon.example", 993, "tls", (993, 143))


def certificate_error(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, "as OpenSSL says"
    return error


SENTENCES = [
    (certificate_error(10), "the certificate has expired"),
    (certificate_error(9), "the certificate is not valid yet"),
    (certificate_error(18), "signed by itself"),
    (certificate_error(20), "an authority this machine does not know"),
    (certificate_error(62), "belongs to another name than imap.neon.example"),
    (certificate_error(23), "the certificate is not trusted (as OpenSSL says)"),
    (socket.gaierror(socket.EAI_NONAME, "no"), "there is no host named imap.neon.example"),
    (socket.gaierror(socket.EAI_AGAIN, "no"), "cannot be looked up now"),
    (ConnectionRefusedError(), "the connection is refused"),
    (TimeoutError(), "no answer"),
    (ConnectionResetError(), "the server hung up"),
    (OSError(113, "No route to host"), "no connection ([Errno 113] No route to host)"),
    (RuntimeError(), "no connection (RuntimeError)"),
]


@pytest.mark.parametrize(("error", "sentence"), SENTENCES)
def test_each_way_a_connection_fails_has_its_sentence(error: BaseException, sentence: str) -> None:
    found = trouble(PLACE, error)
    assert sentence in found.what
    assert found.cure


def test_no_two_ways_share_a_sentence() -> None:
    told = [trouble(PLACE, error).what for error, _ in SENTENCES]
    assert len(set(told)) == len(told)


def test_the_error_behind_a_wrapper_is_the_one_that_is_told() -> None:
    outer = OSError("could not connect")
    outer.__cause__ = certificate_error(10)
    assert "has expired" in trouble(PLACE, outer).what


def test_a_certificate_that_ends_soon_is_noted() -> None:
    now = datetime(2026, 11, 16, tzinfo=UTC)
    soon, late = ({"notAfter": f"Nov {day} 10:00:00 {year} GMT"} for day, year in ((20, 2026), (20, 2027)))
    assert isinstance(encryption(PLACE, soon, "TLSv1.3", now), Unsure)
    assert isinstance(encryption(PLACE, late, "TLSv1.3", now), Good)
