"""Signing in by a token: what a provider may answer, the permission that is kept alive and never lost on the way, and
real IMAP and SMTP servers that take the token or say no."""

from __future__ import annotations

import asyncio
import base64
import json
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as SmtpServer
from aiosmtpd.smtp import AuthResult, Envelope, Session
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from mailflow import permission
from mailflow.cli import main
from mailflow.config import read_settings
from mailflow.core.oauth import (
    DeviceCode,
    Failed,
    Granted,
    Pending,
    Permit,
    Withdrawn,
    challenge,
    code_in,
    first_words,
    permit,
    read_answer,
    read_device_code,
)
from mailflow.edges import permits
from mailflow.edges.imap import LoginRefused, Mailbox
from mailflow.edges.imap_glance import Glance
from mailflow.edges.imap_values import MailboxSettings
from mailflow.edges.smtp import Accepted, Deferred, Post, PostSettings
from mailflow.errors import SettingsError
from mailflow.permission import Permission, renewed
from tests.loopback import free_port
from tests.server_dovecot import Dovecot
from tests.servers import dovecot
from tests.site_folder import filled_site
from tests.token_server import KEY, TokenServer, granted, token_server, web_token

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DOCS = "docs@neon.example"


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    with token_server() as running:
        yield running


def a_site(folder: Path, provider: TokenServer, grant: str = "device", more: str = "") -> Path:
    section = (
        f'[oauth]\ngrant = "{grant}"\nclient_id = "app-1"\nscope = "mail offline_access"\n'
        f'token_url = "{provider.url}/token"\ndevice_url = "{provider.url}/device"\n'
        f'authorize_url = "{provider.url}/authorize"\n{more}'
    )
    site = filled_site(folder, more=section)
    path = site / "mailflow.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("password =")), encoding="utf-8")
    return site


def the_permission(site: Path, slept: list[float] | None = None) -> Permission:
    settings = read_settings(site)
    assert settings.oauth is not None
    waits: Callable[[float], None] = (slept if slept is not None else []).append
    return Permission(settings.oauth, site, waits)


def held(site: Path) -> Permit:
    return permits.load(site / "data" / "oauth.json")


def hold(site: Path, refresh: str, left: timedelta, access: str = "old") -> None:
    (site / "data").mkdir(exist_ok=True)
    moment = datetime.now(UTC)
    permits.keep(site / "data" / "oauth.json", Permit(access, refresh, moment - timedelta(hours=1), moment + left))


# What a server may say


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (200, {"access_token": "a", "expires_in": "3599"}, Granted),
        (400, {"error": "authorization_pending"}, Pending),
        (428, {"error": "slow_down"}, Pending),
        (403, {"error": "access_denied"}, Withdrawn),
        (400, {"error": "expired_token"}, Withdrawn),
        (400, {"error": "invalid_grant"}, Withdrawn),
        (401, {"error": "invalid_client"}, Failed),
        (503, {"error": "temporarily_unavailable"}, Failed),
        (200, {"token_type": "Bearer"}, Failed),
        (200, {"access_token": "a\r\nb"}, Failed),
        (502, "<html>", Failed),
        (200, [1], Failed),
    ],
)
def test_every_answer_of_a_token_server_is_one_of_four(status: int, said: object, kind: type) -> None:
    assert isinstance(read_answer(status, json.dumps(said).encode()), kind)


def test_what_may_mend_itself_is_told_from_what_may_not() -> None:
    assert read_answer(503, b"") == Failed("the server answers 503 and says nothing that is known", True)
    refused = read_answer(401, b'{"error": "invalid_client", "error_description": "AADSTS7000222: expired"}')
    assert refused == Failed(
        "the provider does not know the application, or its secret is wrong or has expired "
        "(invalid_client: AADSTS7000222: expired)",
        False,
    )


@given(st.integers(100, 599), st.binary(max_size=200))
def test_no_answer_of_a_server_breaks_the_reading(status: int, body: bytes) -> None:
    read_answer(status, body)
    read_device_code(status, body)


def test_the_device_endpoint_may_speak_google_s_words() -> None:
    said = {"device_code": "d", "user_code": "ABCD", "verification_url": "https://google.com/device", "expires_in": 900}
    assert read_device_code(200, json.dumps(said).encode()) == DeviceCode(
        "d", "ABCD", "https://google.com/device", 900, 5
    )


def test_a_token_is_renewed_ten_minutes_early_and_a_short_one_at_half_its_life() -> None:
    long = permit(Granted("a", "", 3600), "r0", NOW)
    assert long.refresh == "r0", "no new refresh token: the one before stands"
    assert [long.due(NOW + timedelta(minutes=m)) for m in (49, 50)] == [False, True]
    short = permit(Granted("a", "r1", 60), "r0", NOW)
    assert [short.due(NOW + timedelta(seconds=s)) for s in (29, 30)] == [False, True]


def test_the_proof_key_is_that_of_the_standard() -> None:
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_only_an_address_that_answers_our_own_question_gives_a_code() -> None:
    assert code_in("http://127.0.0.1/?code=4%2Fabc&state=s1", "s1") == "4/abc"
    for wrong in ("http://127.0.0.1/?code=4&state=s2", "4/abc", "", "http://127.0.0.1/?error=access_denied&state=s1"):
        assert isinstance(code_in(wrong, "s1"), Withdrawn), wrong


def test_a_name_cannot_break_out_of_the_first_words() -> None:
    assert first_words("OAUTHBEARER", "a,b=c@x", "t") == b"n,a=a=2Cb=3Dc@x,\x01auth=Bearer t\x01\x01"
    assert first_words("XOAUTH2", "a@x", "t") == b"user=a@x\x01auth=Bearer t\x01\x01"


# Signing in


DEVICE = {"device_code": "d1", "user_code": "WDJB-MJHT", "verification_uri": "https://login.example/device",
          "expires_in": 900, "interval": 5}  # fmt: skip


def test_a_code_is_typed_while_the_server_is_asked_at_its_own_pace(tmp_path: Path, provider: TokenServer) -> None:
    site = a_site(tmp_path / "site", provider)
    provider.device = [(200, DEVICE)]
    waits = [(400, {"error": "authorization_pending"}), (400, {"error": "slow_down"}), (503, {})]
    provider.token = [*waits, (200, granted("t1", "r1"))]
    slept: list[float] = []
    told: list[str] = []
    the_permission(site, slept).sign_in(told.append, str)
    assert "https://login.example/device" in told[0]
    assert "WDJB-MJHT" in told[0]
    assert slept == [5, 5, 10, 15]
    assert (held(site).access, held(site).refresh) == ("t1", "r1")
    path = site / "data" / "oauth.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {form["client_id"] for _, form in provider.asked} == {"app-1"}
    assert provider.asked[-1][1]["device_code"] == "d1"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((400, {"error": "access_denied"}), "the permission was refused"),
        ((400, {"error": "expired_token"}), "nobody gave the permission in time"),
        ((400, {"error": "authorization_pending"}), "nobody typed the code in time"),
        ((400, {"error": "unauthorized_client"}), "allow it where it is registered"),
        ((200, granted("t1")), "no lasting permission"),
        ((302, b""), "the server answers 302"),
    ],
)
def test_a_no_leaves_no_permission_and_says_why(
    tmp_path: Path, provider: TokenServer, answer: tuple[int, object], words: str
) -> None:
    site = a_site(tmp_path / "site", provider)
    provider.device, provider.token = [(200, DEVICE)], [answer]
    with pytest.raises(SettingsError, match=words):
        the_permission(site).sign_in(lambda _: None, str)
    assert not (site / "data" / "oauth.json").exists()
    assert not any(path == "/elsewhere" for path, _ in provider.asked), "a secret follows no redirect"


def test_a_page_is_allowed_and_its_address_copied(tmp_path: Path, provider: TokenServer) -> None:
    site = a_site(tmp_path / "site", provider, "browser", 'client_secret = {file = "client.secret"}')
    (site / "client.secret").write_text("s3cret\n", encoding="utf-8")
    provider.token = [(200, granted("t1", "r1"))]
    told: list[str] = []

    def copied(_: str) -> str:
        asked = parse_qs(urlsplit(told[0].splitlines()[1]).query)
        assert asked["code_challenge_method"] == ["S256"]
        return f"http://127.0.0.1/?state={asked['state'][0]}&code=c1"

    the_permission(site).sign_in(told.append, copied)
    [(_, form)] = provider.asked
    assert (form["grant_type"], form["code"], form["client_secret"]) == ("authorization_code", "c1", "s3cret")
    page = parse_qs(urlsplit(told[0].splitlines()[1]).query)
    assert challenge(form["code_verifier"]) == page["code_challenge"][0]
    assert held(site).refresh == "r1"


def test_an_application_signs_in_by_its_own_secret_and_does_so_again(tmp_path: Path, provider: TokenServer) -> None:
    site = a_site(tmp_path / "site", provider, "application", 'client_secret = {env = "APP_SECRET"}')
    provider.token = [(200, granted("t1", seconds=1)), (200, granted("t2"))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("APP_SECRET", "s3cret")
        the_permission(site).sign_in(lambda _: None, str)
        hold(site, "", timedelta(0))
        assert the_permission(site).renew() == ""
    assert held(site).access == "t2"
    assert {form["grant_type"] for _, form in provider.asked} == {"client_credentials"}


def test_the_command_signs_in(tmp_path: Path, provider: TokenServer, monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_site(tmp_path / "site", provider)
    monkeypatch.setattr(permission.time, "sleep", lambda _: None)
    provider.device, provider.token = [(200, DEVICE | {"interval": 1})], [(200, granted("t1", "r1"))]
    done = CliRunner().invoke(main, ["login", "-s", str(site)])
    assert done.exit_code == 0, done.output
    assert "type the code WDJB-MJHT" in done.output
    refused = CliRunner().invoke(main, ["login", "-s", str(filled_site(tmp_path / "plain"))])
    assert refused.exit_code == 1
    assert "there is no section [oauth]" in refused.output


# Keeping it alive


def test_refresh_tokens_that_are_good_once_are_used_once_by_many_at_a_time(
    tmp_path: Path, provider: TokenServer
) -> None:
    site = a_site(tmp_path / "site", provider)
    provider.rotating = DOCS
    for turn in range(3):
        hold(site, f"r{turn}", timedelta(minutes=1))
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _: the_permission(site).renew(), range(8))) == {""}
        assert held(site).refresh == f"r{turn + 1}"
    assert len(provider.asked) == 3


async def test_a_permission_that_was_withdrawn_is_said_in_plain_words(tmp_path: Path, provider: TokenServer) -> None:
    site = a_site(tmp_path / "site", provider)
    provider.rotating = DOCS
    hold(site, "stolen", timedelta(minutes=1))
    said = await renewed(read_settings(site))
    assert "the permission was withdrawn, has expired, or the password was changed" in said
    assert "`mailflow login` signs in anew" in said
    assert held(site).access == "old", "what may still serve is kept"


async def test_a_provider_that_is_away_costs_nothing(tmp_path: Path, provider: TokenServer) -> None:
    site = a_site(tmp_path / "site", provider)
    hold(site, "r0", timedelta(minutes=1))
    provider.token = [(503, b"")]
    assert "it is tried again" in await renewed(read_settings(site))
    settings = read_settings(site)
    assert settings.oauth is not None
    nowhere = settings.oauth.model_copy(update={"token_url": "http://127.0.0.1:1/token"})
    assert "no answer" in Permission(nowhere, site).renew()
    assert held(site).refresh == "r0"


def test_nobody_signed_in_yet_and_a_damaged_permission_are_told_with_the_cure(
    tmp_path: Path, provider: TokenServer
) -> None:
    site = a_site(tmp_path / "site", provider)
    with pytest.raises(SettingsError, match="nobody has signed in yet"):
        read_settings(site).imap()
    (site / "data").mkdir(exist_ok=True)
    (site / "data" / "oauth.json").write_text("{", encoding="utf-8")
    with pytest.raises(SettingsError, match="`mailflow login` signs in anew"):
        read_settings(site).imap()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('token_url = "http://login.example/token"', "begins with https://"),
        ('grant = "application"', "needs client_secret"),
        ('grant = "browser"', "needs authorize_url"),
    ],
)
def test_settings_that_cannot_sign_in_are_refused(tmp_path: Path, line: str, words: str) -> None:
    lines = {"grant": 'grant = "device"', "token_url": 'token_url = "https://x.example"'}
    lines |= {"device_url": 'device_url = "https://x.example"', "a": 'client_id = "a"\nscope = "s"'}
    lines[line.partition(" ")[0]] = line
    site = filled_site(tmp_path / "site", more="\n".join(("[oauth]", *lines.values())))
    with pytest.raises(SettingsError, match=words):
        read_settings(site)


def test_a_mailbox_without_password_and_without_sign_in_is_refused(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    path = site / "mailflow.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("password =", "# password ="), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\[mailbox\] password: is missing"):
        read_settings(site)


# Real servers


@pytest.fixture(scope="module", params=["oauthbearer", "xoauth2"])
def imap(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    with dovecot({DOCS: "not known to us"}, mechanisms=f"plain {request.param}", token_key=KEY) as running:
        yield running


def the_mailbox(server: Dovecot, token: str) -> MailboxSettings:
    return MailboxSettings("127.0.0.1", server.port, DOCS, token, "plain", by="token")


async def test_dovecot_takes_the_token_and_gives_the_mail(imap: Dovecot) -> None:
    imap.append(DOCS, b"Subject: hello\r\n\r\nyes\r\n")
    mailbox = Mailbox(the_mailbox(imap, web_token(DOCS)))
    opened = await mailbox.connect()
    assert len(await mailbox.fetch_after(opened.uidnext - 2)) == 1
    await mailbox.close()


@pytest.mark.parametrize("token", [web_token(DOCS, -60), web_token(DOCS, key=b"another"), "nonsense"])
async def test_dovecot_refuses_a_token_that_is_over_or_not_its_own(imap: Dovecot, token: str) -> None:
    mailbox = Mailbox(the_mailbox(imap, token))
    with pytest.raises(LoginRefused, match="`mailflow login` signs in anew"):
        await mailbox.connect()
    await mailbox.close()
    looked = Glance.open(the_mailbox(imap, token))
    assert not isinstance(looked, Glance)
    assert "mailflow login" in looked.cure


async def test_a_token_renewed_is_the_one_the_next_connection_uses(
    tmp_path: Path, imap: Dovecot, provider: TokenServer
) -> None:
    site = a_site(tmp_path / "site", provider)
    path = site / "mailflow.toml"
    text = path.read_text(encoding="utf-8").replace("port = 1\n", f"port = {imap.port}\n", 1)
    path.write_text(text.replace('user = "docs"', f'user = "{DOCS}"'), encoding="utf-8")
    provider.rotating = DOCS
    hold(site, "r0", timedelta(0), access=web_token(DOCS, -60))
    settings = read_settings(site)
    assert await renewed(settings) == ""
    mailbox = Mailbox(settings.imap())
    await mailbox.connect()
    await mailbox.close()


class _Takes:
    """An SMTP server that takes one token, by either mechanism."""

    def __init__(self) -> None:
        self.good = "good"
        self.letters: list[bytes] = []

    async def auth_XOAUTH2(self, server: SmtpServer, args: list[str]) -> AuthResult:
        return await self._judged(server, args, b"")

    async def auth_OAUTHBEARER(self, server: SmtpServer, args: list[str]) -> AuthResult:
        return await self._judged(server, args, b"\x01")

    async def _judged(self, server: SmtpServer, args: list[str], farewell: bytes) -> AuthResult:
        if f"auth=Bearer {self.good}\x01\x01".encode() in base64.b64decode(args[1]):
            return AuthResult(success=True, auth_data=DOCS)
        said = await server.challenge_auth('{"status":"401","schemes":"bearer"}')
        assert said == farewell, "the client ends the exchange as the standard wants"
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server: SmtpServer, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.letters.append(envelope.content)
        return "250 taken"


@pytest.mark.parametrize("left_out", ["XOAUTH2", "OAUTHBEARER"])
async def test_the_post_takes_the_token_and_says_no_to_another(left_out: str) -> None:
    takes = _Takes()
    server = Controller(
        takes,
        hostname="127.0.0.1",
        port=free_port(),
        auth_require_tls=False,
        auth_required=True,
        auth_exclude_mechanism=["PLAIN", "LOGIN", left_out],
    )
    server.start()
    port = server.port
    try:
        for token, kind in (("good", Accepted), ("revoked", Deferred), ("good", Accepted)):
            post = Post(PostSettings("127.0.0.1", port, DOCS, token, "plain", by="token"))
            outcome = await post.send(DOCS, "anna@neon.example", b"Subject: x\r\n\r\nhello\r\n")
            await post.close()
            assert isinstance(outcome, kind), outcome
            if isinstance(outcome, Deferred):
                assert outcome.halts
                assert "mailflow login" in outcome.reason
                assert post.password_refused
    finally:
        await asyncio.to_thread(server.stop)
    assert len(takes.letters) == 2
