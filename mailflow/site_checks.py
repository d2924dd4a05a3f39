"""What `mailflow check` sees without leaving the machine: files, rights, keys, stores, calendar.

Owns: a function for each thing that may be wrong with a site, giving verdicts. Refuses to know: mail servers, printing.
A check may raise a MailflowError: its text is complete, and `checking` makes a verdict of it.
Nothing is changed, save that the database is opened and brought up to date as at every start.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

from mailflow.app import DIRECTORY_FILE, read_people, read_rules, rule_folders, shipped
from mailflow.config import SETTINGS_FILE, Settings
from mailflow.core.calendar_ru import RUSSIA
from mailflow.core.directory import Directory
from mailflow.core.verdict import Bad, Good, Unsure, Verdict, bad
from mailflow.edges import permits
from mailflow.edges.blobs import file_store
from mailflow.edges.documents import Documents
from mailflow.edges.letters import Letters
from mailflow.edges.pdf import Renderer
from mailflow.edges.store import Store, migrations
from mailflow.errors import SettingsError
from mailflow.permission import renewed
from mailflow.sections import Secret

MiB = 1024 * 1024
GiB = 1024 * MiB
LEAST_SPACE = 256 * MiB
LITTLE_SPACE = 2 * GiB
OLD_KEY = timedelta(days=365)
OTHERS = stat.S_IRWXG | stat.S_IRWXO
WEASYPRINT = 70
"""Older ones open addresses a document names, whatever they are told."""
NETWORK = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs", "fuse.glusterfs", "davfs")
SAMPLE = ("ООО «Ваша компания»", "Your company")


def owner(site: Path) -> Iterator[Verdict]:
    """Say whether we are the user the site belongs to: what another one makes here the service cannot write."""
    uid = site.stat().st_uid
    if uid == os.geteuid():
        yield Good(f"the site belongs to {_user(uid)}, who runs this check")
    else:
        yield Bad(
            f"the site belongs to {_user(uid)}, this check runs as {_user(os.geteuid())}",
            f"run it as {_user(uid)}; files another user makes here stop the service",
        )


def settings(found: Settings) -> Iterator[Verdict]:
    """Say what the settings are about."""
    page = f"page {found.web.url}" if found.web is not None else "no page, answers by mail"
    yield Good(f"{SETTINGS_FILE}: {found.mailbox.address}, {page}")


def people(site: Path) -> Iterator[Verdict]:
    """Read the directory; SettingsError names each mistake."""
    directory = read_people(site / DIRECTORY_FILE)
    if directory.company.name in SAMPLE:
        yield Bad(f"{DIRECTORY_FILE} is still the sample", "write your company, people and roles into it")
        return
    counts = f"{len(directory.people)} people, {len(directory.departments)} departments, {len(directory.roles)} roles"
    yield Good(f"{DIRECTORY_FILE}: {counts}")


def known_people(site: Path) -> Directory | None:
    """Give the directory for the checks that lean on it; None where `people` has something to say."""
    try:
        return read_people(site / DIRECTORY_FILE)
    except SettingsError:
        return None


def rules(site: Path) -> Iterator[Verdict]:
    """Read every process; SettingsError names each mistake."""
    folders = rule_folders(site)
    names = ", ".join(process.name for process in read_rules(folders, known_people(site)))
    if names:
        yield Good(f"rules: {names}")
    else:
        yield Bad(f"{folders[0]}: there is no process", "copy one from the rules that came with mailflow")


def letters(site: Path) -> Iterator[Verdict]:
    """Print a sample letter of every kind; SettingsError names file and line."""
    own = site / "templates" / "mail"
    Letters([own, shipped("templates") / "mail"]).check()
    yield Good(f"templates/mail: every letter can be printed, {_count(own)} of your own")


async def papers(site: Path) -> AsyncIterator[Verdict]:
    """Print a sample of every paper, and one line as PDF; SettingsError names file and line, or what is missing."""
    version = metadata.version("weasyprint")
    if int(version.partition(".")[0]) < WEASYPRINT:
        yield Bad(f"WeasyPrint {version} is too old", f"install version {WEASYPRINT} or newer")
    own = site / "templates" / "letters"
    renderer = Renderer()
    try:
        Documents([own, shipped("templates") / "letters"], renderer).check()
        await renderer.check()
        yield Good(f"templates/letters: every paper can be printed as PDF, {_count(own)} of your own")
    finally:
        await renderer.close()


def keys(found: Settings, now: datetime) -> Iterator[Verdict]:
    """Look at length, rights and age of the signing keys; SettingsError where there is none or one is short."""
    ring, folder = found.keys(), found.keys_folder
    for number, key in ring.keys.items():
        path = folder / f"{number}.key"
        if len(set(key)) < 8:
            yield Bad(f"{path}: these are no random bytes", _NEW_KEY)
        yield from _private(path, "whoever reads it can forge links")
    path = folder / f"{ring.newest}.key"
    age = now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
    yield Good(f"keys: {len(ring.keys)}, {ring.newest}.key signs")
    if age > OLD_KEY:
        yield Unsure(f"{path} is {age.days} days old", f"a key should serve a year: {_NEW_KEY}")


_NEW_KEY = "`mailflow keys rotate` makes the next and asks by new links whoever is still asked"


def password(section: str, secret: Secret, site: Path) -> Iterator[Verdict]:
    """Look at a password without showing it; SettingsError where it cannot be read."""
    said = secret.read(site, section)
    if not said:
        place = secret.env or secret.credential or site / secret.file
        yield Bad(
            f"{section}: the password in {place} is empty", "write the mailbox's password there, and nothing else"
        )
        return
    if said != said.strip() or "\n" in said:
        yield Unsure(f"{section}: the password has blanks around it or several lines", "write it alone on one line")
    yield Good(f"{section} password can be read")


async def permission(found: Settings) -> AsyncIterator[Verdict]:
    """See that somebody has signed in, that the token can be renewed, and that nobody else can read it."""
    assert found.oauth is not None, "asked of a site that signs in by a token"
    path = found.site / found.oauth.file
    permits.load(path)
    for verdict in _private(path, "whoever reads it can read the mailbox"):
        yield verdict
    trouble = await renewed(found)
    if trouble:
        yield bad(trouble)
    else:
        yield Good(f"[oauth]: signed in, the token serves until {permits.load(path).until:%Y-%m-%d %H:%M} UTC")


def signature(found: Settings) -> Iterator[Verdict]:
    """Look at the key letters are signed with; SettingsError for one that signs nothing anybody accepts."""
    signer, key = found.signer(), found.smtp.dkim_key
    if signer is None or key is None:
        return
    if key.file and not key.env and not key.credential:
        yield from _private(found.site / key.file, "whoever reads it can sign as your domain")
    yield Good(f"letters are signed as {signer.domain} (DKIM, key {signer.selector})")


def password_rights(secret: Secret, site: Path) -> Iterator[Verdict]:
    """See that nobody else can read a password that stands in a file."""
    if secret.file and not secret.env and not secret.credential and (site / secret.file).is_file():
        yield from _private(site / secret.file, "whoever reads it can read the mailbox")


async def store(found: Settings) -> AsyncIterator[Verdict]:
    """Open the database, migrating it; StoreError says what stands in the way."""
    kind = _file_system(found.site) if found.store.url.startswith("sqlite") else ""
    if kind.startswith(NETWORK):
        yield Bad(
            f"the database lies on a network file system ({kind})", "put the site on a local disk, or use PostgreSQL"
        )
        return
    opened = await Store.open(found.store_url, found.domain)
    await opened.close()
    yield Good(f"database: {found.store.url.partition(':')[0]}, schema {_schema()}")


def archive(found: Settings) -> Iterator[Verdict]:
    """Say whether the papers of finished cases can be put where the settings say."""
    kept = found.archive
    if kept is None:
        yield Good("no archive: papers of finished cases stay in the file store alone")
        return
    wrong, _, cure = kept.wrong().rpartition(": ")
    yield Bad(f"archive: {wrong}", cure) if wrong else Good(f"archive: {kept.folder}")


def files(found: Settings) -> Iterator[Verdict]:
    """Write a file into the file store and take it away again; say how much room is left."""
    folder = found.files
    try:
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"mailflow check\n")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as wrong:
        yield Bad(f"{folder}: cannot be written ({wrong.strerror})", "mend the folder's rights or free the disk")
    else:
        yield _room(shutil.disk_usage(folder).free)


async def bucket(found: Settings) -> AsyncIterator[Verdict]:
    """Where the files lie in a bucket, put one there and read it back; it stays, the next check finds it."""
    wanted = found.bucket()
    if wanted is not None:
        kept = file_store(found.files, wanted)
        await kept.read(await kept.keep(b"mailflow check\n"))
        yield Good(f"files: {wanted.url} takes them and gives them back")


def _room(free: int) -> Verdict:
    what = f"file store: can be written, {free / GiB:.1f} GiB free"
    if free < LEAST_SPACE:
        return Bad(what, "free the disk: mail is taken only when it can be kept")
    if free < LITTLE_SPACE:
        return Unsure(what, "that is little, mails and documents are kept for ever")
    return Good(what)


def clock(found: Settings, now: datetime) -> Iterator[Verdict]:
    """Say what time it is at the office, so that a wrong clock or zone is seen."""
    if now.year < min(RUSSIA.years):
        yield Bad(f"the clock of this machine says {now:%Y-%m-%d}", "set it, and let it be kept right (NTP)")
    else:
        yield Good(f"it is {now.astimezone(found.zone):%Y-%m-%d %H:%M} at the office ({found.office.timezone})")


def calendar(found: Settings, now: datetime) -> Iterator[Verdict]:
    """Say whether the days off of this year and the next are known."""
    year = now.astimezone(found.zone).year
    if year not in RUSSIA.years:
        yield Bad(
            f"the production calendar of {year} is not known, deadlines skip weekends and fixed holidays only",
            "update mailflow, or write the other days off as [office] days_off",
        )
    elif year + 1 not in RUSSIA.years:
        yield Unsure(
            f"the production calendar of {year + 1} is not known yet",
            "the decree comes out in autumn: update mailflow then, or write the days as [office] days_off",
        )
    else:
        yield Good(f"production calendar: {year} and {year + 1}")


def _private(path: Path, risk: str) -> Iterator[Verdict]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        yield Bad(f"{path}: other users may read it (mode {mode:04o}), {risk}", f"chmod 600 {path}")


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _count(folder: Path) -> int:
    return len(list(folder.glob("*.j2")))


def _schema() -> str:
    """Name the newest migration: an opened store has it."""
    return max(path.stem for path in Path(migrations.__file__).parent.glob("[0-9]*.py"))


def _file_system(path: Path) -> str:
    """Name the kind of file system a path lies on, '' where the system does not tell (proc(5), mounts)."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return ""
    here = path.resolve()
    above = [(len(point), kind) for point, kind in mounts if here.is_relative_to(point.replace("\\040", " "))]
    return max(above, default=(0, ""))[1]
