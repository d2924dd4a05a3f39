"""A real Dovecot in a folder of its own, and what it holds."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import glob
import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from tests.loopback import LOOPBACK, Certificate, end, free_port, listens, wait_until


@dataclasses.dataclass
class Dovecot:
    port: int
    tls_port: int
    users: Mapping[str, str]
    process: subprocess.Popen[bytes]

    def append(self, user: str, *mails: bytes, folder: str = "INBOX", received: datetime | None = None) -> None:
        """Deliver mails as a mail server does: they appear in the folder without flags."""
        with self.client(user) as client:
            when = "" if received is None else imaplib.Time2Internaldate(received)
            for mail in mails:
                kind, answer = client.append(folder, "", when, mail)
                assert kind == "OK", answer

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]:
        return [mail for _, _, mail in self.listing(user, folder)]

    def flags(self, user: str, folder: str = "INBOX") -> list[set[str]]:
        return [flags - {"\\Recent"} for _, flags, _ in self.listing(user, folder)]

    def listing(self, user: str, folder: str = "INBOX") -> list[tuple[int, set[str], bytes]]:
        """UID, flags and bytes of every mail in the folder, in order, read without a trace."""
        with self.client(user) as client:
            kind, _ = client.select(folder, readonly=True)
            if kind != "OK":
                return []
            _, answer = client.uid("FETCH", "1:*", "(UID FLAGS BODY.PEEK[])")
            found = []
            for part in answer:
                if isinstance(part, tuple):
                    head = part[0].decode()
                    uid = int(head.partition("UID ")[2].split()[0])
                    flags = head.partition("FLAGS (")[2].partition(")")[0].split()
                    found.append((uid, set(flags), part[1]))
            return found

    def folders(self, user: str) -> set[str]:
        with self.client(user) as client:
            return {line.decode().rpartition(" ")[2].strip('"') for line in client.list()[1]}

    @contextlib.contextmanager
    def client(self, user: str) -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4(LOOPBACK, self.port)
        try:
            client.authenticate("PLAIN", lambda _: f"\0{user}\0{self.users[user]}".encode())
            yield client
        finally:
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                client.logout()


DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
default_internal_user = {internal}
default_internal_group = {internal}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {mail}
mail_gid = {mail}
mail_home = {folder}/mail/%u
mail_location = maildir:~/Maildir
mail_max_userip_connections = 50
mail_fsync = never
{capability}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
  }}
}}
service stats {{
  chroot =
}}
{tokens}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={mail} gid={mail} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
"""


@contextlib.contextmanager
def dovecot(
    users: Mapping[str, str],
    tls: Certificate | None = None,
    capability: str = "",
    prefix: str = "",
    mechanisms: str = "plain login",
    token_key: bytes = b"",
) -> Iterator[Dovecot]:
    """A Dovecot with these users (name: password); `capability` is what it says it can do.

    With `token_key` it takes JSON web tokens signed with it (HS256), as a provider's servers take theirs.
    """
    # Short: the path of a unix socket may have no more than 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="mf-dc-"))
    port, tls_port = free_port(), free_port() if tls else 0
    process = None
    try:
        _write_dovecot(folder, users, tls, port, tls_port, capability, prefix, mechanisms, token_key)
        process = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", str(folder / "dovecot.conf")])
        wait_until(lambda: listens(port), 10, "Dovecot")
        yield Dovecot(port, tls_port, users, process)
    finally:
        if process is not None:
            _end_dovecot(process)
        shutil.rmtree(folder, ignore_errors=True)


def _end_dovecot(master: subprocess.Popen[bytes]) -> None:
    children = _children(master.pid)
    # A polite stop takes a second, nine with a client in IDLE; nothing here is to be kept.
    end(master, signal.SIGKILL, 2)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _children(parent: int) -> list[int]:
    found = []
    for stat in glob.glob("/proc/[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = Path(stat).read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(stat.split("/")[2]))
    return found


def dovecot_sessions(server: Dovecot) -> list[int]:
    """The processes that serve logged-in clients."""
    return [
        child for child in _children(server.process.pid) if _command(child).startswith("dovecot/imap")
        and "login" not in _command(child)
    ]  # fmt: skip


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def _write_dovecot(
    folder: Path,
    users: Mapping[str, str],
    tls: Certificate | None,
    port: int,
    tls_port: int,
    capability: str,
    prefix: str,
    mechanisms: str,
    token_key: bytes,
) -> None:
    root = os.getuid() == 0
    me = pwd.getpwuid(os.getuid()).pw_name
    for name in ("run", "mail"):
        (folder / name).mkdir()
    folder.chmod(0o755)
    if root:
        shutil.chown(folder / "mail", "mail", "mail")
    (folder / "users").write_text("".join(f"{user}:{password}\n" for user, password in users.items()))
    text = DOVECOT.format(
        folder=folder,
        ssl="yes" if tls else "no",
        certificate=f"ssl_cert = <{tls.cert}\nssl_key = <{tls.key}" if tls else "",
        internal="dovecot" if root else me,
        login="dovenull" if root else me,
        mail="mail" if root else me,
        port=port,
        tls_port=tls_port,
        capability=f"imap_capability = {capability}" if capability else "",
        separator="." if prefix else "/",
        prefix=prefix,
        mechanisms=mechanisms,
        tokens=_token_checks(folder, token_key) if token_key else "",
    )
    (folder / "dovecot.conf").write_text(text)


def _token_checks(folder: Path, key: bytes) -> str:
    """Let Dovecot check tokens by a key of its own; give what its settings say of it."""
    place = folder / "keys" / "default" / "HS256"
    place.mkdir(parents=True)
    (place / "default").write_bytes(base64.b64encode(key))
    lines = (
        "introspection_mode = local",
        f"local_validation_key_dict = fs:posix:prefix={folder}/keys/",
        "username_attribute = sub",
    )
    (folder / "oauth2.conf").write_text("\n".join(lines) + "\n")
    return f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {folder}/oauth2.conf\n}}"
