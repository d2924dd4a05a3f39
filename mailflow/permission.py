"""The permission to read and send mail, got from the provider once and kept alive: `mailflow login` and the service.

Owns: the order of the three ways to sign in (device code, browser, the application's own secret), and that a token is
renewed before it ends, by one process at a time, kept before it is used. Refuses to know: what an answer means
(`core.oauth`), files and HTTP (`edges.permits`).
What may go wrong: the provider withdraws the permission: the log and `mailflow check` say so, the service goes on
with the token it has for as long as that one lasts, and mail waits at the provider until somebody signs in.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import assert_never

from mailflow import log
from mailflow.app import now
from mailflow.config import Settings
from mailflow.core import oauth
from mailflow.core.oauth import SLOWER, Answer, DeviceCode, Failed, Granted, Pending, Withdrawn
from mailflow.edges import permits
from mailflow.errors import SettingsError
from mailflow.sections import OauthSection

LOOK_SECONDS = 60.0
REDIRECT = "http://127.0.0.1/"
"""Where the browser ends: nobody listens there, its address line is copied (RFC 8252, 7.3)."""
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


class Permission:
    """The permission of one site."""

    def __init__(self, section: OauthSection, site: Path, sleep: Callable[[float], None] = time.sleep) -> None:
        self._section = section
        self._site = site
        self._path = site / section.file
        self._sleep = sleep

    # Signing in

    def sign_in(self, tell: Callable[[str], None], asked: Callable[[str], str]) -> None:
        """Get the permission and keep it; SettingsError where the provider or the person says no."""
        match self._section.grant:
            case "device":
                answer = self._by_device(tell)
            case "browser":
                answer = self._by_browser(tell, asked)
            case "application":
                answer = self._post({"grant_type": "client_credentials", "scope": self._section.scope})
            case never:
                assert_never(never)
        granted = _granted(answer)
        if self._section.grant != "application" and not granted.refresh:
            raise SettingsError("[oauth]: the provider gives no lasting permission: add offline_access to scope")
        with permits.alone(self._path):
            permits.keep(self._path, oauth.permit(granted, "", now()))

    def _by_device(self, tell: Callable[[str], None]) -> Answer:
        section = self._section
        said = permits.ask(section.device_url, {**self._client(), "scope": section.scope}, section.ca_file)
        code = said if isinstance(said, Failed) else oauth.read_device_code(*said)
        if isinstance(code, Failed):
            return code
        tell(f"open {code.where} in any browser, sign in as the mailbox, and type the code {code.user}")
        return self._waited(code)

    def _waited(self, code: DeviceCode) -> Answer:
        """Ask until the person has said yes or no, or his time is over (RFC 8628, 3.5)."""
        pause, left = float(code.interval), float(code.seconds)
        while left > 0:
            self._sleep(pause)
            left -= pause
            answer = self._post({"grant_type": DEVICE, "device_code": code.device})
            match answer:
                case Pending(slower=slower):
                    pause += SLOWER if slower else 0
                case Failed(passes=True):
                    pause += SLOWER
                case _:
                    return answer
        return Withdrawn("nobody typed the code in time")

    def _by_browser(self, tell: Callable[[str], None], asked: Callable[[str], str]) -> Answer:
        section, state, verifier = self._section, secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        page = oauth.address_to_open(section.authorize_url, section.client_id, section.scope, REDIRECT, state, verifier)
        tell(f"open this page, sign in as the mailbox and allow it:\n{page}")
        tell(f"the browser then ends at an address that begins with {REDIRECT} and shows nothing")
        code = oauth.code_in(asked("that address, the whole line"), state)
        if isinstance(code, Withdrawn):
            return code
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": verifier}
        return self._post(form)

    # Keeping it alive

    def renew(self) -> str:
        """Get the next token where it is due; '' or what stands in the way. It waits for the provider."""
        section = self._section
        if not permits.load(self._path).due(now()):
            return ""
        with permits.alone(self._path):
            # Another process may have done it meanwhile.
            held = permits.load(self._path)
            if not held.due(now()):
                return ""
            form = {"grant_type": "refresh_token", "refresh_token": held.refresh, "scope": section.scope}
            if section.grant == "application":
                form = {"grant_type": "client_credentials", "scope": section.scope}
            answer = self._post(form)
            if isinstance(answer, Granted):
                permits.keep(self._path, oauth.permit(answer, held.refresh, now()))
                return ""
            return _reason(answer)

    def _post(self, form: Mapping[str, str]) -> Answer:
        said = permits.ask(self._section.token_url, {**self._client(secret=True), **form}, self._section.ca_file)
        return said if isinstance(said, Failed) else oauth.read_answer(*said)

    def _client(self, secret: bool = False) -> dict[str, str]:
        found = {"client_id": self._section.client_id}
        if secret and self._section.client_secret is not None:
            found["client_secret"] = self._section.client_secret.read(self._site, "[oauth] client_secret")
        return found


def _granted(answer: Answer) -> Granted:
    if isinstance(answer, Granted):
        return answer
    raise SettingsError(_reason(answer))


def _reason(answer: Answer) -> str:
    match answer:
        case Withdrawn(reason=reason):
            return f"[oauth]: {reason}: `mailflow login` signs in anew"
        case Failed(reason=reason, passes=True):
            return f"[oauth]: {reason}: it is tried again"
        case Failed(reason=reason):
            return f"[oauth]: {reason}: correct [oauth] in mailflow.toml, or the application where it is registered"
        case _:
            return "[oauth]: the provider answers out of turn"


async def renewed(settings: Settings) -> str:
    """Renew the token of a site that signs in by one, if that is due; '' or what stands in the way."""
    if settings.oauth is None:
        return ""
    try:
        return await asyncio.to_thread(Permission(settings.oauth, settings.site).renew)
    except SettingsError as wrong:
        return str(wrong)


async def keep_alive(settings: Settings) -> None:
    """Renew for ever; say what stands in the way once, and when it is over."""
    ill = ""
    while True:
        trouble = await renewed(settings)
        if trouble and trouble != ill:
            log.not_renewed(trouble)
        if ill and not trouble:
            log.back("sign-in")
        ill = trouble
        await asyncio.sleep(LOOK_SECONDS)
