"""The demo from an empty folder to a day told, checked and kept.

Owns: `play_day` and the order of its parts. Refuses to know: how each of them does its work.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from mailflow import telling
from mailflow.core.card_texts import card
from mailflow.core.views import Language, language_of
from mailflow.demo.folder import Folder
from mailflow.demo.house import DOCS, DemoError, House, company
from mailflow.demo.scenes import LEFT_OPEN, SCENES
from mailflow.demo.story import Played, play_scene, played
from mailflow.demo.terminal import Terminal

_OPENING: Mapping[Language, str] = {
    "ru": "Рабочий день в {company}. Все пишут на один адрес, {docs}; mailflow читает его и отвечает."
    " Письма настоящие: свой почтовый сервер и свои ящики на 127.0.0.1.",
    "en": "A working day at {company}. Everybody writes to one address, {docs}; mailflow reads it and answers."
    " The mails are real: a mail server and mailboxes of the demo's own on 127.0.0.1.",
}
_ENDING: Mapping[Language, str] = {
    "ru": "Письма лежат в {out}/letters ({count}: .eml, текст и HTML), журнал службы — в {out}/mailflow.log."
    " День занял {seconds:.0f} с.",
    "en": "Letters are in {out}/letters ({count}: .eml, text and HTML), the service's log in {out}/mailflow.log."
    " The day took {seconds:.0f} s.",
}

_PAPERS: Mapping[Language, str] = {"ru": "Документы дня, {out}/papers:", "en": "The papers of the day, {out}/papers:"}


async def play_day(out: Path, stay: bool, language: Language | None = None) -> None:
    """Do what `mailflow.demo.play` promises."""
    told_in = language or language_of(os.environ)
    folder = Folder.begin(out)
    with _logged(folder.write("mailflow.log", b"")):
        async with company(folder, told_in) as house:
            terminal = Terminal.of(told_in, house.app.office.hours.zone)
            await _day(house, terminal, told_in)
            folder.write("story.txt", ("\n".join(terminal.plain) + "\n").encode())
            if stay:
                await _stay(house, terminal, told_in)


async def _day(house: House, terminal: Terminal, language: Language) -> None:
    started = time.monotonic()
    opening = _OPENING[language].format(company=house.directory.company.name, docs=DOCS)
    terminal.say(opening)
    async for scene in played(house, language):
        _tell(scene, house, terminal, language)
    await _close(house, terminal)
    terminal.say()
    terminal.say(_PAPERS[language].format(out=house.folder.root), "bold")
    terminal.block("\n".join(f"  {name}" for name in house.folder.papers))
    count = len(list((house.folder.root / "letters").glob("*.eml")))
    seconds = time.monotonic() - started
    terminal.say()
    terminal.say(_ENDING[language].format(out=house.folder.root, count=count, seconds=seconds))


async def _stay(house: House, terminal: Terminal, language: Language) -> None:
    from mailflow.demo.staying import remain

    _tell(await play_scene(len(SCENES) + 1, LEFT_OPEN, house, language), house, terminal, language)
    await remain(house, terminal)


def _tell(played: Played, house: House, terminal: Terminal, language: Language) -> None:
    terminal.act(played.number, played.at, played.scene.title.in_(language))
    terminal.does(played.deed)
    terminal.did(played.done)
    if played.scene.shows_card and played.case is not None:
        terminal.card(card(played.case, house.app.office, language))
    terminal.note(played.scene.note.in_(language))


async def _close(house: House, terminal: Terminal) -> None:
    """Show the cases and check the journal, by the commands an operator has; DemoError if it is not whole."""
    app = house.app
    numbers = [row.number for row in reversed(await app.store.cases())]
    for command, text in (
        ("cases", await telling.case_list(app, None, None, len(numbers))),
        (f"show {numbers[0]}", await telling.case_story(app, numbers[0])),
    ):
        terminal.say()
        terminal.say(f"$ mailflow {command}", "bold")
        terminal.block(text)
    terminal.say()
    _checked(terminal, "journal verify", *await telling.journal_check(app))
    for number in numbers:
        _checked(terminal, f"journal replay {number}", *await telling.journal_replayed(app, number))


def _checked(terminal: Terminal, command: str, good: bool, text: str) -> None:
    terminal.say(f"$ mailflow {command}", "bold")
    terminal.block(text)
    if not good:
        raise DemoError(text)


@contextlib.contextmanager
def _logged(path: Path) -> Iterator[None]:
    """Write the service's log into the folder while the demo lives: the terminal belongs to the story."""
    service, noisy = logging.getLogger("mailflow"), logging.getLogger("mailparser")
    before = service.level, service.propagate, noisy.level
    writer = logging.FileHandler(path, encoding="utf-8")
    writer.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    service.addHandler(writer)
    service.setLevel(logging.INFO)
    service.propagate = False
    noisy.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        service.removeHandler(writer)
        writer.close()
        service.setLevel(before[0])
        service.propagate = before[1]
        noisy.setLevel(before[2])
