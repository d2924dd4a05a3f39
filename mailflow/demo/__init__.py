"""A working day of a company, played with real mails on mail servers of its own: `mailflow demo`.

Owns: `play`. Nothing leaves this machine: the servers listen on 127.0.0.1 and live as long as the demo.
The parts are imported when they are needed, so that `mailflow.demo.papers` alone costs nothing else.
"""

from __future__ import annotations

from pathlib import Path

from mailflow.core.views import Language


async def play(out: Path, stay: bool, language: Language | None = None) -> None:
    """Play the day, leave its letters in `out`, and with `stay` serve the mailboxes until interrupted.

    `language` of the narration, the office and its people; by default that of the environment.
    Raises SettingsError where `out` holds files no demo wrote, DemoError where the day goes wrong.
    """
    from mailflow.demo.day import play_day

    await play_day(out, stay, language)
