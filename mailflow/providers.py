"""What mailflow knows of the mail providers: their servers, and how they mark the mail they take in.

Owns: the table. Refuses to know: how settings are written (`making`) and what the marks prove (`core.receiver`).
Sources: each provider's own page on mail programs. `own` is a server of the company's own: nothing is known of it.
May go wrong: a provider renames a server; `mailflow check` then says that it does not answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from mailflow.core.receiver import Kind
from mailflow.core.views import Language

Provider = Literal["own", "yandex", "mailru", "google", "google-oauth", "microsoft", "exchange"]
PROVIDERS: tuple[Provider, ...] = get_args(Provider)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one signs in there by a token; the example stands in the settings where a provider wants a password."""

    grant: str = "device"
    scope: str = "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
    token: str = "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"
    device: str = "https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode"
    authorize: str = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize"


@dataclass(frozen=True, slots=True)
class Preset:
    """Servers by name; '' where the company's own domain is put in."""

    imap: str = ""
    smtp: str = ""
    smtp_port: int = 465
    smtp_security: str = "tls"
    receiver: Kind = "none"
    plus_addresses: bool = True
    sign_in: SignIn | None = None
    """None: with a password."""
    advice: tuple[str, str] = ("", "")
    """What must be done at the provider first, ru and en; '' = nothing."""

    def told(self, language: Language) -> str:
        """Give the advice in the reader's language."""
        return self.advice[0 if language == "ru" else 1]


PRESETS: Mapping[Provider, Preset] = {
    "own": Preset(),
    "yandex": Preset(
        imap="imap.yandex.ru",
        smtp="smtp.yandex.ru",
        receiver="yandex",
        advice=(
            "в Яндекс 360: разрешите ящику почтовые программы (IMAP), создайте пароль приложения «Почта», "
            "включите подпись DKIM для домена — без неё ответы коллег не доказаны",
            "at Yandex 360: allow mail programs (IMAP) for the mailbox, make an application password for mail, "
            "turn DKIM signing on for the domain: without it the answers of colleagues are not proven",
        ),
    ),
    "mailru": Preset(
        imap="imap.mail.ru",
        smtp="smtp.mail.ru",
        receiver="mailru",
        plus_addresses=False,
        advice=(
            "в VK WorkSpace: создайте пароль для внешнего приложения, включите подпись DKIM для домена",
            "at VK WorkSpace: make a password for an external application, turn DKIM signing on for the domain",
        ),
    ),
    "google": Preset(
        imap="imap.gmail.com",
        smtp="smtp.gmail.com",
        receiver="google",
        advice=(
            "в Google Workspace: включите для ящика IMAP и двухэтапную аутентификацию, создайте пароль приложения",
            "at Google Workspace: turn on IMAP and 2-step verification for the mailbox, make an app password",
        ),
    ),
    # Google's device codes are not for mail (its list of scopes for limited devices): a page is opened instead.
    "google-oauth": Preset(
        imap="imap.gmail.com",
        smtp="smtp.gmail.com",
        receiver="google",
        sign_in=SignIn(
            grant="browser",
            scope="https://mail.google.com/",
            token="https://oauth2.googleapis.com/token",
            device="https://oauth2.googleapis.com/device/code",
            authorize="https://accounts.google.com/o/oauth2/v2/auth",
        ),
        advice=(
            "в Google Cloud: заведите клиент OAuth вида «Приложение для ПК», впишите его client_id в [oauth], а секрет "
            "в client.secret; в Google Workspace включите для ящика IMAP",
            "at Google Cloud: make an OAuth client of the kind “Desktop app”, write its client_id into [oauth] and its "
            "secret into client.secret; at Google Workspace turn on IMAP for the mailbox",
        ),
    ),
    "microsoft": Preset(
        imap="outlook.office365.com",
        smtp="smtp.office365.com",
        smtp_port=587,
        smtp_security="starttls",
        receiver="microsoft365",
        sign_in=SignIn(),
        advice=(
            "в Microsoft Entra: зарегистрируйте приложение, разрешите «public client flows» и права Office 365 "
            "IMAP.AccessAsUser.All и SMTP.Send, впишите его client_id в [oauth]; в Exchange Online — ящику IMAP "
            "и Authenticated SMTP",
            "at Microsoft Entra: register an application, allow it public client flows and the Office 365 permissions "
            "IMAP.AccessAsUser.All and SMTP.Send, write its client_id into [oauth]; at Exchange Online allow the "
            "mailbox IMAP and Authenticated SMTP",
        ),
    ),
    "exchange": Preset(
        smtp_port=587,
        smtp_security="starttls",
        receiver="exchange",
        plus_addresses=False,
        advice=(
            "в Exchange: запустите службы IMAP4 (они выключены), разрешите ящику IMAP и отправку на порту 587",
            "at Exchange: start the IMAP4 services (they are off), allow IMAP and submission on port 587",
        ),
    ),
}
