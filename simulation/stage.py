"""Where the product meets the world: the few names that are exchanged while a world is played, and the site it serves.

Owns: `seams`, the list of them, and `Site`, which is read once for all worlds. Everything exchanged is an edge, the
clock, chance, or a pause; nothing that decides. Refuses to know: what happens in a world.
"""

from __future__ import annotations

import contextlib
import functools
import random
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mailflow import agent, app, daemon, indexing, killpoints, reader, sending, status, watching
from mailflow.app import read_office, shipped
from mailflow.config import Settings, read_settings
from mailflow.core import health
from mailflow.core.office import Office
from mailflow.core.vitals import Machine
from mailflow.edges import blobs
from mailflow.edges.documents import Documents
from mailflow.edges.letters import Letters
from mailflow.edges.pdf import Failed, Made, Renderer
from mailflow.edges.store import database, sqlite
from mailflow.stories.postbag import SERVER
from mailflow.tries import Tries
from mailflow.watching import Watcher
from simulation.machine import reached

ADDRESS = "docs@neon.example"
WEB = "https://office.example"
SLOWER = 7200
"""So much longer are the pauses of loops that only look, and the leases renewed in them."""
KEY = b"a key for simulations: 32 bytes."
SETTINGS = f"""
[mailbox]
address = "{ADDRESS}"
host = "127.0.0.1"
port = 1
security = "plain"
user = "{ADDRESS}"
password = {{file = "mailbox.password"}}
take_from = 2020-01-01
[mailbox.receiver]
kind = "embedded"
authserv_id = "{SERVER}"
[smtp]
host = "127.0.0.1"
port = 1
security = "plain"
user = "{ADDRESS}"
password = {{file = "mailbox.password"}}
[store]
url = "sqlite:////simulated/mailflow.db"
[journal]
auditor = "auditor@neon.example"
"""
PEOPLE = """
company: {name: ООО «НЕОН», language: ru}
people:
  i.kuznetsov: {name: Кузнецов Иван Иванович, address: i.kuznetsov@neon.example, department: marketing}
  p.petrov: {name: Петров Пётр Петрович, address: p.petrov@neon.example, department: marketing}
  o.smirnova: {name: Смирнова Ольга Николаевна, address: o.smirnova@neon.example, department: office}
  director: {name: Иванов Иван Сергеевич, address: director@neon.example, department: office}
  buh: {name: Бухгалтерия, address: buh@neon.example, department: office}
  sekretar: {name: Белова Елена Викторовна, address: sekretar@neon.example, department: office}
  s.orlov: {name: Орлов Сергей Павлович, address: s.orlov@neon.example, department: marketing, trusted_sum: 500 000 RUB}
  a.morozov: {name: Морозов Алексей Викторович, address: a.morozov@neon.example, department: office}
  j.smith: {name: John Smith, address: j.smith@neon.example, department: marketing, language: en}
departments:
  office: {title: Дирекция, head: director}
  marketing: {title: Отдел маркетинга, head: p.petrov, parent: office}
roles: {secretary: [sekretar], director: [director], finance_director: [o.smirnova], accountant: [buh]}
"""


class _Unprinted(Renderer):
    """Leaves a paper as the HTML its PDF would be made of."""

    async def pdf(self, html: str) -> Made | Failed:
        """Give the HTML."""
        return Made(html.encode())


@dataclass(frozen=True)
class Site:
    """What all worlds share: settings, people, rules, templates."""

    settings: Settings
    office: Office
    letters: Letters
    documents: Documents


@functools.cache
def site() -> Site:
    """Make the site and read it, once."""
    folder = Path(tempfile.mkdtemp(prefix="mailflow-simulation-"))
    (folder / "rules").mkdir()
    (folder / "keys").mkdir(mode=0o700)
    (folder / "files").mkdir()
    for process in ("invoice", "memo"):
        source = shipped("rules") / f"{process}.yaml"
        (folder / "rules" / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "mailflow.toml").write_text(f'{SETTINGS}\n[web]\nurl = "{WEB}"\n', encoding="utf-8")
    (folder / "directory.yaml").write_text(PEOPLE, encoding="utf-8")
    password = folder / "mailbox.password"
    password.write_text("x", encoding="utf-8")
    password.chmod(0o600)
    key = folder / "keys" / "1.key"
    key.write_bytes(KEY)
    key.chmod(0o600)
    settings = read_settings(folder)
    templates = shipped("templates")
    return Site(
        settings,
        read_office(settings),
        Letters([templates / "mail"]),
        Documents([templates / "letters"], _Unprinted()),
    )


@dataclass(frozen=True)
class Seams:
    """What a world puts in place of the machine."""

    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    chance: random.Random
    mailbox: type
    post: type
    engine: type
    disk: Any
    waker: Callable[[Any], Any]
    window: Callable[[Any, Any], Any]
    holders: Any


@contextlib.contextmanager
def seams(world: Seams) -> Iterator[None]:
    """Exchange the names for as long as the block lasts."""
    clock = SimpleNamespace(now=lambda zone=None: world.clock().astimezone(zone))
    exchanged: list[tuple[Any, str, Any]] = [
        (app, "datetime", clock),
        (secrets, "token_bytes", world.chance.randbytes),
        (secrets, "token_hex", lambda size: world.chance.randbytes(size).hex()),
        (database, "random", world.chance),
        (sqlite, "client_class", world.engine),
        (blobs, "os", world.disk.calls),
        (blobs, "open", world.disk.create),
        (reader, "Mailbox", world.mailbox),
        (daemon, "_waker", world.waker),
        (daemon, "pages_of", world.window),
        (reader, "Tries", functools.partial(Tries, clock=world.monotonic)),
        (daemon, "Watcher", functools.partial(Watcher, clock=world.monotonic)),
        (status, "probed", lambda *_: Machine(free=10**12, database="simulated", key_days=1)),
        (health, "STILL", timedelta(hours=9)),
        (watching, "EVERY", timedelta(hours=7).total_seconds()),
        (sending, "Post", world.post),
        (sending, "Tries", functools.partial(Tries, clock=world.monotonic)),
        (agent, "Holder", world.holders.Holder),
        (agent, "gone", world.holders.gone),
        (agent, "time", SimpleNamespace(monotonic=world.monotonic)),
        # Renewing every three seconds, and looking for new texts every two, would be most of a month's work.
        (agent, "LEASE_SECONDS", agent.LEASE_SECONDS * SLOWER),
        (agent, "RENEW_SECONDS", agent.RENEW_SECONDS * SLOWER),
        (indexing, "PAUSE", indexing.PAUSE * SLOWER),
    ]
    points = [module for name, module in sys.modules.items() if name.startswith("mailflow.")]
    real = killpoints.reached
    exchanged += [(m, "reached", reached) for m in points if getattr(m, "reached", None) is real]
    before = [(place, name, place.__dict__.get(name)) for place, name, _ in exchanged]
    for place, name, new in exchanged:
        setattr(place, name, new)
    # Whoever draws from the common stream, as the boundaries of a mail's parts are, draws from the seed too.
    state = random.getstate()
    random.seed(world.chance.getrandbits(64))
    try:
        yield
    finally:
        random.setstate(state)
        for place, name, old in before:
            delattr(place, name) if old is None else setattr(place, name, old)
