"""The processes as a page to read: what each is for, how a mail starts it, its stages, papers and register.

Owns: the page, in Markdown and English with the Russian words beside. Refuses to know: files, where the example
mails come from, and what the words of a stage mean (`route_words`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mailflow.core.paper_views import PAPERS
from mailflow.core.register_columns import Column, columns_of
from mailflow.core.registers import FORMS
from mailflow.core.route_words import ProcessInWords, StageInWords, in_words
from mailflow.core.rules import Process

_OPENING = """\
# Processes that come with mailflow

Made from `rules/*.yaml` by `mailflow rules book`; `mailflow rules book --site SITE` makes the page of a site.
[Rules](rules.md) says how a process is written and changed.
"""
_HEAD = ("Stage", "Who", "When", "Term", "Silence", "Answer")


@dataclass(frozen=True, slots=True)
class ExampleMail:
    """A mail that starts a process; `to` is a plus address or ''."""

    to: str
    subject: str
    text: str
    files: tuple[str, ...]


def rule_book(processes: Iterable[Process], examples: Mapping[str, ExampleMail]) -> str:
    """Give the page; `examples` by the name of the process."""
    ordered = sorted(processes, key=lambda process: process.title.en)
    contents = "\n".join(f"- [{_title(process)}](#{process.name})" for process in ordered)
    chapters = ("\n".join(_chapter(process, examples.get(process.name))) for process in ordered)
    return "\n".join([_OPENING, contents, "", *chapters]).rstrip() + "\n"


def _title(process: Process) -> str:
    return f"{process.title.en} ({process.title.ru})"


def _chapter(process: Process, example: ExampleMail | None) -> Iterator[str]:
    said = in_words(process, "en")
    yield f'<a id="{process.name}"></a>\n\n## {_title(process)}\n'
    yield from _purpose(process)
    yield from _start(process, said, example)
    yield from _stages(process, said)
    yield from _fields(process)
    papers = list(dict.fromkeys([*(n for s in process.stages for n in s.rule.needs), *process.closing_papers]))
    yield f"**Papers.** {', '.join(_paper(name) for name in papers) or 'none'}.\n"
    columns = ", ".join(f"{column.en} ({column.ru})" for column in _columns(process))
    yield f"**Register.** {columns}.\n"


def _purpose(process: Process) -> Iterator[str]:
    """The comment a rules file opens with says what the process is for."""
    opening: list[str] = []
    for line in process.text.splitlines():
        if not line.startswith("#"):
            break
        opening.append(line.lstrip("#").strip())
    purpose = " ".join(opening).split("  ")[0] if "" not in opening else " ".join(opening[: opening.index("")])
    if purpose:
        yield f"{purpose}\n"


def _start(process: Process, said: ProcessInWords, example: ExampleMail | None) -> Iterator[str]:
    yield f"**Start it.** {said.starts[:1].upper()}{said.starts[1:]}. Its number looks like {said.number}.\n"
    if example is None:
        return
    lines = [f"To: docs{example.to}@company" if example.to else "To: docs@company", f"Subject: {example.subject}"]
    lines += [f"Attachments: {', '.join(example.files)}"] if example.files else []
    yield "\n".join(["```", *lines, "", example.text.strip(), "```\n"])


def _stages(process: Process, said: ProcessInWords) -> Iterator[str]:
    yield f"| {' | '.join(('No', *_HEAD))} |\n|{'---|' * (len(_HEAD) + 1)}"
    place = 0
    for named, stage in zip(process.stages, said.stages, strict=True):
        place += not stage.beside
        title = f"{stage.title} ({named.rule.title.ru})"
        yield _row("beside" if stage.beside else str(place), title, stage)
    yield f"\n{said.rework}.\n" if said.rework else ""


def _row(place: str, title: str, stage: StageInWords) -> str:
    cells = (place, f"{title}: {stage.kind}", stage.who, stage.when, stage.due, stage.silence, stage.answers)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _fields(process: Process) -> Iterator[str]:
    shown = [
        f"{rule.label.en} ({rule.label.ru}){'*' if rule.required else ''}"
        for rule in process.fields.values()
        if rule.card and rule.read_from
    ]
    if shown:
        yield f"**Fields**, * is asked for where it is missing. {', '.join(shown)}.\n"


def _paper(name: str) -> str:
    return PAPERS[name].en.format(number="", signed="").strip().lower()


def _columns(process: Process) -> tuple[Column, ...]:
    kept = next((form.columns for form in FORMS if process.name in form.processes), None)
    return kept if kept is not None else columns_of(process)
