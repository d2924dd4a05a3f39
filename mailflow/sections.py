"""The sections of mailflow.toml: each key with its meaning and default beside it.

Owns: what may be written in a section and what is wrong with what is written there. Refuses to know: where the site
lies, which sections make up the file (`config`).
"""

from __future__ import annotations

import os
import re
from datetime import date, time
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from mailflow import log
from mailflow.core.receiver import Kind
from mailflow.edges.tls import Security, is_this_machine
from mailflow.errors import SettingsError


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Section):
    """Where a password stands: one of the three."""

    file: str = ""
    """A file with the password alone; relative to the site's folder."""
    env: str = ""
    """The name of an environment variable."""
    credential: str = ""
    """The name of a systemd credential in $CREDENTIALS_DIRECTORY."""

    def read(self, site: Path, what: str) -> str:
        """Give the secret; SettingsError saying what is missing and where."""
        if self.env:
            if self.env not in os.environ:
                raise SettingsError(f"{what}: the environment has no {self.env}: set it or name a file")
            return os.environ[self.env]
        path = self._path(site, what)
        try:
            return path.read_text(encoding="utf-8").strip("\r\n")
        except OSError as wrong:
            raise SettingsError(f"{what}: cannot read {path}: {wrong.strerror}: write the password there") from None

    def _path(self, site: Path, what: str) -> Path:
        if self.credential:
            folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
            if not folder:
                raise SettingsError(f"{what}: there is no $CREDENTIALS_DIRECTORY: start it by systemd or name a file")
            return Path(folder) / self.credential
        if not self.file:
            raise SettingsError(f"{what}: no password: write password = {{file = ...}}, or env, or credential")
        return site / self.file


class Receiver(Section):
    """How our own mail server marks what it has checked; without it no sender is proven."""

    kind: Kind = "none"
    """Who keeps the mailbox; authserv: a server of your own; none: nobody is proven; embedded: the demo's own."""
    authserv_id: str = ""
    """With authserv: the name it writes first in Authentication-Results."""
    mx: str = ""
    """With authserv: its name in the `by` part of Received; empty = the topmost Received."""

    @model_validator(mode="after")
    def _named(self) -> Receiver:
        if self.kind == "authserv" and not (self.authserv_id or self.mx):
            raise ValueError(
                "authserv needs authserv_id, the name your server writes first in Authentication-Results: "
                "`mailflow check` proposes it"
            )
        return self


class MailboxSection(Section):
    """The shared mailbox people write to, read by IMAP."""

    address: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    """The shared address people write to."""
    name: str = ""
    """The name letters come from; empty = the company's."""
    aliases: tuple[str, ...] = ()
    """Other addresses whose mail comes into the same mailbox."""
    host: str
    """The IMAP server."""
    port: int = 993
    """993 for tls, 143 for starttls."""
    security: Security = "tls"
    """tls, starttls, or plain (only to this machine)."""
    user: str
    """Whom to log in as; with most providers the address."""
    password: Secret | None = None
    """The mailbox's password, or an application password; not needed with [oauth]."""
    folder: str = "INBOX"
    """The folder that is watched."""
    after: Literal["move", "flag", "leave"] = "move"
    """What happens to a mail that is safe: moved, flagged, or left as it is."""
    processed: str = "Processed"
    """The folder it is moved to; made where it is missing."""
    quarantine: str = "Quarantine"
    """The folder for mail a person must look at; made where it is missing."""
    watch: Literal["idle", "poll"] = "idle"
    """idle: the server says when mail comes; poll: it is asked every so often."""
    poll_seconds: float = 30
    """How often it is asked, with poll or where the server knows no IDLE."""
    take_from: date | None = None
    """On first contact: mail received from this day on is taken; unset = only what arrives from then on."""
    size_limit_mib: int = 30
    """Of a larger mail only the headers are read; a person must look at it."""
    ca_file: str = ""
    """A file (PEM) with the certificate of an authority of your own; empty = those of the system."""
    plus_addresses: bool = True
    """docs+anything@ is delivered to docs@: letters then carry a reply address of their own."""
    receiver: Receiver = Receiver()


class SmtpSection(Section):
    """How letters leave."""

    host: str
    """The SMTP server."""
    port: int = 465
    """465 for tls, 587 for starttls."""
    security: Security = "tls"
    """tls, starttls, or plain (only to this machine)."""
    user: str = ""
    """Whom to log in as; empty = the server asks nobody."""
    password: Secret | None = None
    """The password of that user; most often the mailbox's."""
    per_minute: int = 0
    """Letters a minute at most; 0 = no limit."""
    ca_file: str = ""
    """A file (PEM) with the certificate of an authority of your own; empty = those of the system."""
    dkim_selector: str = ""
    """Under which name the key is published (NAME._domainkey of the domain) that signs our letters (DKIM)."""
    dkim_key: Secret | None = None
    """That key (PEM, RSA of 2048 bits or more); without it letters are signed by the server or not at all."""
    redirect_all_to: str = Field("", pattern=r"^([^@\s<>]+@[^@\s<>]+)?$")
    """A rehearsal: every letter goes to this address, marked with whom it was meant for; empty = none."""


class OauthSection(Section):
    """Signing in to mailbox and post by a token in place of a password: `mailflow login` (RFC 6749, RFC 8628)."""

    grant: Literal["device", "browser", "application"] = "device"
    """A code typed on a page, a page that is opened and allowed, or the application's own secret alone."""
    client_id: str = Field(min_length=1)
    """What the provider calls the application you registered there."""
    client_secret: Secret | None = None
    """The application's secret, where it has one."""
    scope: str = Field(min_length=1)
    """What is asked for, separated by blanks."""
    token_url: str
    """Where tokens are given."""
    device_url: str = ""
    """With device: where codes are given."""
    authorize_url: str = ""
    """With browser: the page that is opened."""
    file: str = "data/oauth.json"
    """Where the permission is kept, readable by its owner alone; relative to the site's folder."""
    ca_file: str = ""
    """A file (PEM) with the certificate of an authority of your own; empty = those of the system."""

    @field_validator("token_url", "device_url", "authorize_url")
    @classmethod
    def _encrypted(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(parts.hostname or "")):
            raise ValueError(f"{value!r}: write an address that begins with https://")
        return value

    @model_validator(mode="after")
    def _whole(self) -> OauthSection:
        needed = {"device": "device_url", "browser": "authorize_url", "application": "client_secret"}[self.grant]
        if not getattr(self, needed):
            raise ValueError(f'grant = "{self.grant}" needs {needed}')
        return self


class OfficeSection(Section):
    """When the office works."""

    timezone: str = "Europe/Moscow"
    """Where the office is, by its IANA name."""
    opens: time = time(9)
    """When the office opens."""
    closes: time = time(18)
    """When it closes, an hour earlier on the day before a holiday; deadlines end then."""
    days_off: tuple[date, ...] = ()
    """Days off beside the production calendar."""
    working_days: tuple[date, ...] = ()
    """Working days beside the production calendar."""

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"there is no time zone {value!r}: write one like Europe/Moscow") from None
        return value


class RegistersSection(Section):
    """Where the numbers of registers begin."""

    start: tuple[str, ...] = ()
    """First numbers, where earlier ones were given on paper: "invoices 2026 at 158"."""

    @field_validator("start")
    @classmethod
    def _readable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for line in value:
            if not _START.fullmatch(line):
                raise ValueError(
                    f'{line!r} is no beginning: write "REGISTER YEAR at NUMBER", as "invoices 2026 at 158"'
                )
        return value

    @property
    def first_numbers(self) -> dict[tuple[str, int], int]:
        """The first number of each register and year that has one."""
        found = (_START.fullmatch(line) for line in self.start)
        return {(match[1], int(match[2])): int(match[3]) for match in found if match}


_START = re.compile(r"(\w{1,60}) (20\d\d) at ([1-9]\d{0,8})")


def _only_https(value: str, rule: str) -> str:
    """Give an address without its last slash; ValueError for one that leaves this machine in the clear."""
    parts = urlsplit(value)
    loopback = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ValueError(f"{value!r}: {rule} (http is for this machine only)")
    return value.rstrip("/")


class WebSection(Section):
    """The page behind the signed links. Without it letters are answered by reply and by mailto: alone."""

    url: str
    """How people reach it: https://docs.company.ru; http only on this machine."""
    listen: str = "127.0.0.1"
    """The address the page listens on, behind the server that speaks https."""
    port: int = 8025
    """The port it listens on."""

    @field_validator("url")
    @classmethod
    def _safe(cls, value: str) -> str:
        return _only_https(value, "links must be https")


class ApiSection(Section):
    """The API for other systems, beside the pages at /api/v1; it needs [web]. Without the section there is none."""

    per_minute: int = Field(600, gt=0)
    """Calls a minute of one key; beyond, it is told when to come back."""
    body_mib: int = Field(32, gt=0, le=256)
    """The most a case may be started with, its files included, in MiB."""


class WebhookSection(Section):
    """Where another system is called when a case moves: a signed POST (Standard Webhooks), made until it is taken."""

    url: str
    """https://…; http only on this machine."""
    secret: Secret
    """What the calls are signed with: `whsec_` and 24 to 64 bytes in base64."""
    events: tuple[Literal["case.started", "case.decided", "case.changed", "case.closed"], ...] = ()
    """What it is told of; empty = everything."""
    processes: tuple[str, ...] = ()
    """Of which processes; empty = of all."""
    inner_network: bool = False
    """It may lie in the inner network: without this such an address is not called."""
    ca_file: str = ""
    """A file (PEM) with the certificate of an authority of your own; empty = those of the system."""

    @field_validator("url")
    @classmethod
    def _safe(cls, value: str) -> str:
        parts = urlsplit(value)
        here = parts.scheme == "http" and is_this_machine(parts.hostname or "")
        if not parts.hostname or not (parts.scheme == "https" or here):
            raise ValueError(f"{value!r}: write an https address (http is for this machine only)")
        if parts.username is not None or parts.fragment or not re.fullmatch(r"[!-~]{1,1000}", value):
            raise ValueError(f"{value!r}: write an address without user, fragment and blanks, in ASCII")
        return value


class AccessSection(Section):
    """Which roles of the directory see more than their own cases and their department's, by mail and in pages."""

    everything: tuple[str, ...] = ("secretary", "director")
    """They see every case."""
    payments: tuple[str, ...] = ("accountant",)
    """They see every case that has come to its payment."""
    post: tuple[str, ...] = ("secretary",)
    """They see the mail that waits for a person: strangers' letters, what was not understood, quarantine."""
    operation: tuple[str, ...] = ("administrator",)
    """They see how the service does: mailboxes, queues, refused letters, what needs a person."""


class StoreSection(Section):
    """Where everything stands."""

    url: str = "sqlite:///data/mailflow.db"
    """sqlite:///FILE (relative to the site's folder) or postgres://user@host/name."""
    files: str = "data/files"
    """The folder mails and documents lie in, by their SHA-256."""


class FilesSection(Section):
    """An S3 bucket for mails and documents, for agents on several machines. Without it `[store] files` holds them."""

    store: str = Field(pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?$")
    """s3://BUCKET or s3://BUCKET/PREFIX; [store] files then holds only the names of this machine's agents."""
    endpoint: str = ""
    """The address of the service, https://storage.yandexcloud.net; http only on this machine; empty = Amazon's own."""
    region: str = "us-east-1"
    """Its region, as ru-central1."""
    access_key: Secret
    """Where the identifier of the key stands."""
    secret_key: Secret
    """Where the key itself stands."""

    @field_validator("endpoint")
    @classmethod
    def _safe(cls, value: str) -> str:
        return value and _only_https(value, "the store is spoken to by https")


class KeysSection(Section):
    """The keys that sign links and reply addresses; `mailflow init` makes the first."""

    folder: str = "keys"
    """One file a key, named 1.key, 2.key, ...: the highest signs; `mailflow keys rotate` makes the next."""


class ArchiveSection(Section):
    """Where the papers of finished cases are put, for the processes whose rules say `archive: true`."""

    folder: str
    """The folder; below it a folder a counterparty, a year and a case. Relative to the site's folder."""
    mount: str = ""
    """Where a share is mounted, if the folder lies on one: while it is away nothing is written; it is tried again."""


class JournalSection(Section):
    """The history of every case, and who keeps its head outside."""

    auditor: str = Field(default="", pattern=r"^$|^[^@\s<>]+@[^@\s<>]+$")
    """A mailbox of somebody else the journal's head is sent to each day: without it a tail cut off is not seen."""


class DigestSection(Section):
    """The secretary's morning digest, with the registers of the year."""

    at: time | None = time(8, 30)
    """The office's hour it leaves at, on working days; "off" = none."""

    @field_validator("at", mode="before")
    @classmethod
    def _off(cls, value: object) -> object:
        return None if value == "off" else value

    @field_validator("at")
    @classmethod
    def _of_the_office(cls, value: time | None) -> time | None:
        if value is not None and value.tzinfo is not None:
            raise ValueError("the hour is the office's own: write 08:30:00 without a zone")
        return value


class OperatorSection(Section):
    """Who keeps this mailflow running."""

    address: str = Field(default="", pattern=r"^([^@\s<>]+@[^@\s<>]+)?$")
    """Written to, beside the secretary, when something needs a person; empty = the secretary alone."""
    language: Literal["ru", "en"] | None = None
    """The language of these letters; unset = the company's."""


class LogSection(Section):
    """What is written to stderr."""

    format: log.Form = "text"
    """text: a line a person reads; json: one object a line."""
    level: log.Level = "INFO"
    """From which level on: DEBUG, INFO, WARNING or ERROR."""


class MetricsSection(Section):
    """The measures for Prometheus at /metrics, and whether all is well at /healthz. Without it neither is served."""

    listen: str = "127.0.0.1"
    """The address to listen on; whoever reaches it may read how many letters and mails wait, and no more."""
    port: int = 9125
    """The port to listen on, never that of the pages."""
