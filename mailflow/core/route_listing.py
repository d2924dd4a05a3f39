"""A process as a table for a terminal.

Owns: `listing`. Refuses to know: what the words mean (`route_words`).
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.route_words import ProcessInWords
from mailflow.core.text_table import text_table
from mailflow.core.views import Language

_HEAD: Mapping[Language, tuple[str, ...]] = {
    "ru": ("№", "Этап", "Вид", "Кто", "Когда", "Срок", "Молчание", "Ответ"),
    "en": ("No", "Stage", "Kind", "Who", "When", "Due", "Silence", "Answer"),
}
_STARTS: Mapping[Language, str] = {"ru": "Начинается", "en": "Starts"}


def listing(process: ProcessInWords, language: Language, width: int) -> str:
    """Give the table with its heading and its end."""
    rows = []
    place = 0
    for stage in process.stages:
        place += not stage.beside
        said = (stage.title, stage.kind, stage.who, stage.when, stage.due, stage.silence, stage.answers)
        rows.append((f"{place}" if not stage.beside else "∥", *said))
    parts = [
        f"{process.title}, {process.number}",
        f"{_STARTS[language]}: {process.starts}",
        "",
        text_table(_HEAD[language], rows, width),
        "",
        *([process.rework] if process.rework else []),
        process.ends,
    ]
    return "\n".join(parts)
