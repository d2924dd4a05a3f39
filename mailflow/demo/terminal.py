"""The day on a terminal: aligned lines, wrapped to its width, coloured only where that is wanted.

Owns: layout and labels. Refuses to know: mails and cases beyond their words. Colours obey NO_COLOR
(no-color.org) and are left out where the output is no terminal.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TextIO, assert_never

from mailflow.core.message import parse
from mailflow.core.views import Language, Line
from mailflow.demo.house import DOCS, Done, Written
from mailflow.demo.story import Deed, Morning
from mailflow.demo.window import Pressed

WIDEST = 110
LEAST_SUBJECT = 40
LEAST_VALUE = 20
SHOWN_OF_A_LINK = 6
_TIME, _LABEL = 10, 12
_RESET = "\x1b[0m"
_STYLES: Mapping[str, str] = {
    "bold": "\x1b[1m",
    "green": "\x1b[32m",
    "blue": "\x1b[34m",
    "cyan": "\x1b[36m",
}

_WORDS: Mapping[str, tuple[str, str]] = {
    "mail": ("пишет", "writes"),
    "taken": ("понято", "taken as"),
    "journal": ("журнал", "journal"),
    "card": ("карточка", "card"),
    "letter": ("письмо", "letter"),
    "note": ("важно", "notice"),
    "really": ("на деле", "really"),
    "press": ("нажимает", "presses"),
    "page": ("страница", "page"),
    "code": ("код письма", "the letter's code"),
    "clock": ("часы", "clock"),
    "paper": ("документ", "paper"),
}
_KINDS: Mapping[str, tuple[str, str]] = {
    "request": ("заявка", "a request"),
    "reply": ("ответ на письмо mailflow", "an answer to a letter of mailflow"),
    "command": ("команда", "a command"),
    "auto_reply": ("автоответ", "an automatic reply"),
    "bounce": ("отчёт о недоставке", "a delivery report"),
    "read_receipt": ("уведомление о прочтении", "a read receipt"),
    "calendar": ("ответ календаря", "a calendar answer"),
    "list": ("рассылка", "a mailing list"),
    "own": ("своё же письмо", "its own letter"),
    "stray": ("письмо постороннего", "a stranger's letter"),
    "quarantined": ("отложено для человека", "held for a person"),
}


@dataclass
class Terminal:
    """Where the day is told. `width` in columns; `plain` collects the same without colours."""

    language: Language
    zone: tzinfo
    width: int = 100
    colour: bool = False
    out: Callable[[str], object] = print
    plain: list[str] = field(default_factory=list)
    _stamp: str = ""

    @classmethod
    def of(cls, language: Language, zone: tzinfo, stream: TextIO | None = None) -> Terminal:
        """Look at the stream (stdout if none is given) and the environment."""
        where = stream or sys.stdout
        width = min(shutil.get_terminal_size((100, 24)).columns, WIDEST)
        colour = where.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return cls(language, zone, max(width, 60), colour, lambda line: print(line, file=where, flush=True))

    def say(self, text: str = "", style: str = "") -> None:
        """Print a paragraph from the left edge."""
        for line in textwrap.wrap(text, self.width) or [""]:
            self._line(line, style)

    def block(self, text: str) -> None:
        """Print lines as they are."""
        for line in text.splitlines():
            self._line(line)

    def act(self, number: int, at: datetime, title: str) -> None:
        """Print the heading of a step, with the time by the office's clock."""
        self._line("")
        head = f"{at.astimezone(self.zone):%H:%M:%S}".ljust(_TIME)
        for n, line in enumerate(textwrap.wrap(f"{number}. {title}", self.width - _TIME)):
            self._line((head if n == 0 else " " * _TIME) + line, "bold")

    def stamp(self, at: datetime) -> None:
        """Put the time before the next row, by the office's clock, and a blank line above it."""
        self._line("")
        self._stamp = f"{at.astimezone(self.zone):%H:%M:%S}"

    def does(self, deed: Deed) -> None:
        """Print what a person did, or that a morning came."""
        match deed:
            case Written():
                self.writes(deed)
            case Pressed(who=who, link=link, chosen=chosen, code=code, told=told):
                door, _, secret = link.partition("/d/")
                self._row("press", f"{_short(who)} → {door.partition('//')[2]}/d/{secret[:SHOWN_OF_A_LINK]}…")
                self._row("", f"│ {chosen}; {self._word(_WORDS, 'code')} {code}", "blue")
                self._row("page", told)
            case Morning(at=at):
                self._row("clock", f"{at.astimezone(self.zone):%d.%m.%Y %H:%M}")
            case _:
                assert_never(deed)

    def writes(self, written: Written) -> None:
        """Print a mail somebody wrote: its way, its subject, its papers, its first words."""
        mail = parse(written.letter.raw)
        papers = "".join(f" + {attachment.name}" for attachment in mail.attachments)
        claimed = next((_short(address.mail) for address in mail.from_), "?")
        who = _short(written.who)
        if claimed != who:
            who = f"{claimed} ({self._word(_WORDS, 'really')} {who})"
        self._one_line("mail", f"{who} → {_short(DOCS)}: ", mail.subject, papers)
        for line in _first_words(mail.text):
            for part in textwrap.wrap(line, self.width - _TIME - _LABEL - 2):
                self._row("", f"│ {part}", "blue")

    def did(self, done: Done) -> None:
        """Print what mailflow made of it: kind, journal, letters, papers."""
        for kind in done.kinds:
            self._row("taken", self._word(_KINDS, kind))
        for told in done.told:
            self._row("journal", f"{told.number}: {told.why}" if told.number else told.why, "green")
        for arrived in done.letters:
            self._one_line("letter", f"→ {_short(arrived.address)}: ", arrived.letter.subject)
        for paper in done.papers:
            self._row("paper", f"papers/{paper}")

    def card(self, lines: Iterable[Line]) -> None:
        """Print the card of a case, a field a line."""
        shown = list(lines)
        width = max((len(line.label) for line in shown), default=0)
        for n, line in enumerate(shown):
            said = textwrap.wrap(line.value, max(self.width - _TIME - _LABEL - width - 2, LEAST_VALUE)) or [""]
            self._row("card" if n == 0 else "", f"{line.label.ljust(width)}  {said[0]}")
            for more in said[1:]:
                self._row("", f"{' ' * width}  {more}")

    def note(self, text: str) -> None:
        """Print what a newcomer should notice."""
        self._row("note", text, "cyan")

    def _row(self, label: str, text: str, style: str = "") -> None:
        margin = " " * (_TIME + _LABEL)
        name = self._word(_WORDS, label) if label else ""
        for n, line in enumerate(textwrap.wrap(text, self.width - len(margin)) or [""]):
            head = self._stamp.ljust(_TIME) + name.ljust(_LABEL) if n == 0 else margin
            self._stamp = ""
            self._line(head + line, style, len(margin))

    def _one_line(self, label: str, head: str, subject: str, tail: str = "") -> None:
        """Print a row that takes one line: of a long subject the middle is left out, it says the same every time."""
        room = self.width - _TIME - _LABEL - len(head) - len(tail)
        if room >= LEAST_SUBJECT:
            self._row(label, f"{head}{_without_middle(subject, room)}{tail}")
            return
        self._row(label, head)
        self._row("", f"{_without_middle(subject, self.width - _TIME - _LABEL - len(tail))}{tail}")

    def _word(self, table: Mapping[str, tuple[str, str]], key: str) -> str:
        return table.get(key, (key, key))[0 if self.language == "ru" else 1]

    def _line(self, text: str, style: str = "", start: int = 0) -> None:
        """Print one line; what people typed cannot steer the terminal."""
        clean = "".join(c if c.isprintable() else " " for c in text).rstrip()
        self.plain.append(clean)
        if self.colour and style and len(clean) > start:
            clean = f"{clean[:start]}{_STYLES[style]}{clean[start:]}{_RESET}"
        self.out(clean)


def _without_middle(text: str, room: int) -> str:
    """Shorten to `room` characters; the end of a subject says what is wanted, so it stays whole."""
    if len(text) <= room:
        return text
    start, dash, end = text.rpartition(" — ")
    if not dash or len(end) > room - 10:
        return f"{text[: room - 1]}…"
    return f"{start[: room - len(end) - 4].rpartition(' ')[0].rstrip(',')} … — {end}"


def _first_words(text: str) -> list[str]:
    """Give what the writer said himself: everything above the quote or the forwarded letter."""
    own: list[str] = []
    for line in text.splitlines():
        if line.startswith((">", "----")):
            break
        own.append(line.strip())
    while own and (not own[-1] or own[-1].endswith(">:")):
        own.pop()
    return [line for line in own if line]


def _short(address: str) -> str:
    return address.partition("@")[0] if address.endswith("@neon.example") else address
