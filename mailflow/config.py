"""mailflow.toml: one frozen model, made of the sections that say what each key means.

Owns: settings text -> `Settings`. Refuses to know: whether a server answers (`mailflow check` asks).
An unknown key is an error with its line's section; secrets come from a file, the environment or
$CREDENTIALS_DIRECTORY, never from the settings file itself.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import ValidationError, model_validator

from mailflow.core.endpoints import Endpoint
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.tokens import KeyRing
from mailflow.edges.archive import Archive
from mailflow.edges.blobs import BucketSettings
from mailflow.edges.calls import WEBHOOKS, Line, read_secret
from mailflow.edges.imap_values import MailboxSettings, MiB
from mailflow.edges.keys import KeyFolder
from mailflow.edges.permits import token_at_hand
from mailflow.edges.signature import Signer
from mailflow.edges.smtp import PostSettings
from mailflow.edges.tls import trust
from mailflow.errors import SettingsError
from mailflow.sections import (
    AccessSection,
    ApiSection,
    ArchiveSection,
    DigestSection,
    FilesSection,
    JournalSection,
    KeysSection,
    LogSection,
    MailboxSection,
    MetricsSection,
    OauthSection,
    OfficeSection,
    OperatorSection,
    RegistersSection,
    Secret,
    Section,
    SmtpSection,
    StoreSection,
    WebhookSection,
    WebSection,
)

SETTINGS_FILE = "mailflow.toml"


class _Toml(Section):
    mailbox: MailboxSection
    smtp: SmtpSection
    oauth: OauthSection | None = None
    office: OfficeSection = OfficeSection()
    store: StoreSection = StoreSection()
    files: FilesSection | None = None
    keys: KeysSection = KeysSection()
    digest: DigestSection = DigestSection()
    journal: JournalSection = JournalSection()
    registers: RegistersSection = RegistersSection()
    access: AccessSection = AccessSection()
    web: WebSection | None = None
    api: ApiSection | None = None
    archive: ArchiveSection | None = None
    webhooks: tuple[WebhookSection, ...] = ()
    operator: OperatorSection = OperatorSection()
    log: LogSection = LogSection()
    metrics: MetricsSection | None = None

    @model_validator(mode="after")
    def _served(self) -> _Toml:
        if self.api is not None and self.web is None:
            raise ValueError("[api] is served beside the pages: add [web]")
        if len({one.url for one in self.webhooks}) != len(self.webhooks):
            raise ValueError("[[webhooks]]: one url stands twice: name its events and processes in one place")
        return self


class Settings:
    """The settings of one site, its folder included."""

    def __init__(self, site: Path, toml: _Toml) -> None:
        self.site = site
        self.mailbox = toml.mailbox
        self.smtp = toml.smtp
        self.oauth = toml.oauth
        self.office = toml.office
        self.store = toml.store
        self._files = toml.files
        self.digest = toml.digest
        self.journal = toml.journal
        self.registers = toml.registers
        self.access = toml.access
        self.web = toml.web
        self.api = toml.api
        self._archive = toml.archive
        self.webhooks = toml.webhooks
        self.operator = toml.operator
        self.log = toml.log
        self.metrics = toml.metrics
        self._keys = toml.keys

    @property
    def domain(self) -> str:
        """The domain of our own address: Message-IDs end in it."""
        return self.mailbox.address.rpartition("@")[2].lower()

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """The mailbox and its aliases, lower case."""
        return tuple(a.lower() for a in (self.mailbox.address, *self.mailbox.aliases))

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.office.timezone)

    @property
    def store_url(self) -> str:
        """The store's address with the site's folder put in."""
        kind, _, rest = self.store.url.partition("://")
        if kind != "sqlite":
            return self.store.url
        path = self.site / rest.removeprefix("/") if not rest.startswith("//") else Path(rest[1:])
        path.parent.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{path.resolve()}"

    @property
    def files(self) -> Path:
        """The folder of the file store."""
        return self.site / self.store.files

    def bucket(self) -> BucketSettings | None:
        """Give where the bucket is that holds the files, its keys read; None where a folder holds them."""
        section = self._files
        if section is None:
            return None
        return BucketSettings(
            section.store,
            section.endpoint,
            section.region,
            section.access_key.read(self.site, "[files] access_key"),
            section.secret_key.read(self.site, "[files] secret_key"),
        )

    @property
    def archive(self) -> Archive | None:
        """The archive of finished cases, or None."""
        said = self._archive
        return None if said is None else Archive(self.site / said.folder, Path(said.mount) if said.mount else None)

    @property
    def keys_folder(self) -> Path:
        """The folder the signing keys lie in."""
        return self.site / self._keys.folder

    def receiver(self) -> ReceiverProfile:
        """Give how our own server marks what it has checked."""
        section = self.mailbox.receiver
        return ReceiverProfile(section.kind, section.authserv_id, section.mx, self.domain)

    def _secret(self, password: Secret | None, what: str) -> str:
        """Give the password, or the token that stands for it; what is written beside it counts first."""
        if password is not None:
            return password.read(self.site, what)
        return token_at_hand(self.site / self.oauth.file) if self.oauth is not None else ""

    def _by(self, password: Secret | None) -> Literal["password", "token"]:
        return "token" if password is None and self.oauth is not None else "password"

    def imap(self) -> MailboxSettings:
        """Give what the mailbox edge needs, the password read."""
        box = self.mailbox
        return MailboxSettings(
            host=box.host,
            port=box.port,
            user=box.user,
            password=self._secret(box.password, "[mailbox]"),
            by=self._by(box.password),
            security=box.security,
            folder=box.folder,
            after=box.after,
            processed=box.processed,
            quarantine=box.quarantine,
            watch=box.watch,
            poll_seconds=box.poll_seconds,
            size_limit=box.size_limit_mib * MiB,
            ca_file=box.ca_file,
        )

    def post(self) -> PostSettings:
        """Give what the SMTP edge needs, the password read."""
        smtp = self.smtp
        password = self._secret(smtp.password, "[smtp]") if smtp.user else ""
        return PostSettings(
            host=smtp.host,
            port=smtp.port,
            user=smtp.user,
            password=password,
            by=self._by(smtp.password),
            security=smtp.security,
            sender_domain=self.domain,
            per_minute=smtp.per_minute,
            ca_file=smtp.ca_file,
            signer=self.signer(),
        )

    def signer(self) -> Signer | None:
        """Give who signs our letters, the key read; None where nobody does here."""
        key = self.smtp.dkim_key
        if key is None:
            return None
        return Signer.of(self.domain, self.smtp.dkim_selector, key.read(self.site, "[smtp] dkim_key"))

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Who is told of what."""
        return tuple(Endpoint(one.url, frozenset(one.events), frozenset(one.processes)) for one in self.webhooks)

    def lines(self) -> tuple[Line, ...]:
        """Give how each is called, the secrets read; SettingsError for one that is none."""
        return tuple(self._line(one) for one in self.webhooks)

    def _line(self, one: WebhookSection) -> Line:
        secret = read_secret(one.secret.read(self.site, WEBHOOKS))
        return Line(one.url, secret, one.inner_network, trust("webhooks", one.ca_file))

    def keys(self) -> KeyRing:
        """Read the signing keys; SettingsError for a missing folder or a key shorter than 32 bytes."""
        return KeyFolder(self.keys_folder)


def read_settings(site: Path) -> Settings:
    """Read mailflow.toml of the site; SettingsError naming each wrong key and what to do."""
    path = site / SETTINGS_FILE
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such file: `mailflow init {site}` makes a site") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise SettingsError(f"{path}: this is not TOML: {wrong}") from None
    try:
        toml = _Toml.model_validate(values)
    except ValidationError as wrong:
        raise SettingsError("\n".join(_complaint(path, error) for error in wrong.errors())) from None
    if toml.mailbox.password is None and toml.oauth is None:
        raise SettingsError(f"{path.name}: [mailbox] password: is missing: add it, or a section [oauth]")
    return Settings(site, toml)


def _complaint(path: Path, error: object) -> str:
    assert isinstance(error, dict)
    *sections, key = [str(part) for part in error["loc"]] or ["?"]
    where = f"{path.name}: [{'.'.join(sections)}] {key}" if sections else f"{path.name}: {key}"
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown key: remove it or check its spelling"
    if error["type"] == "missing":
        return f"{where}: is missing: add it"
    return f"{where}: {str(error['msg']).removeprefix('Value error, ')}"
