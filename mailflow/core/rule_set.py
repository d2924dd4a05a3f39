"""All the processes of a company together: each read, and what is wrong between them.

Owns: `read_rule_set`, from the texts of rules/ to `Rules`. Refuses to know: where the files lie.
A mail belongs to one process, a number to one case: what two processes claim alike is refused, and so is a case
that starts a case without end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mailflow.core.directory import Directory
from mailflow.core.places import Lines, Path
from mailflow.core.rule_file import RuleFile
from mailflow.core.rule_lists import Lists
from mailflow.core.rules import Process, read_placed
from mailflow.core.signs import fold
from mailflow.core.soundness import unfilled
from mailflow.core.stages import Stage
from mailflow.errors import SettingsError


@dataclass(frozen=True)
class _One:
    """A process and where its keys stand."""

    process: Process
    file: RuleFile
    lines: Lines

    def stages(self) -> Iterator[tuple[Path, str, Stage]]:
        """Its stages with the place of each."""
        for n, stage in enumerate(self.process.stages):
            yield ("stages", n, stage.name), stage.name, stage.rule


def read_rule_set(texts: Mapping[str, str], directory: Directory | None, lists: Lists | None = None) -> list[Process]:
    """Read every text, by the name of its file; SettingsError gathers what is wrong in all of them and between them.

    Without a directory the people they name are not checked, without `lists` the lists.
    """
    complaints: list[str] = []
    read: list[_One] = []
    for name, text in texts.items():
        try:
            read.append(_One(*read_placed(text, name, directory, lists)))
        except SettingsError as wrong:
            complaints.append(str(wrong))
    # What is wrong between files is only told once each of them is right by itself: else it may be its echo.
    complaints = complaints or [said for check in _CHECKS for said in check(read)]
    if complaints:
        raise SettingsError("\n".join(complaints))
    return [one.process for one in read]


def _doubled_names(all_: list[_One]) -> Iterator[str]:
    first: dict[str, _One] = {}
    for one in all_:
        before = first.setdefault(one.process.name, one)
        if before is not one:
            yield f"{one.lines.at(('process',))}: {before.lines.name} is `process: {one.process.name}` too: rename one"


def _claims(one: _One) -> Iterator[tuple[str, Path, str, str]]:
    """Everything by which mails and numbers are told apart: what kind, where, compared as, as written."""
    starts = one.process.starts_with
    for tag in starts.address:
        yield "mails to the address", ("starts_with", "address"), tag.lower(), tag
    for word in starts.subject:
        yield "mails whose subject begins with", ("starts_with", "subject"), fold(word), word


def _doubled_signs(all_: list[_One]) -> Iterator[str]:
    first: dict[tuple[str, str], _One] = {}
    for one in all_:
        for what, path, folded, written in dict.fromkeys(_claims(one)):
            before = first.setdefault((what, folded), one)
            if before is not one:
                yield (
                    f"{one.lines.at(path)}: {what} `{written}` start {before.process.name} already "
                    f"({before.lines.at(path)}): keep it in one of the two"
                )


def _doubled_numbers(all_: list[_One]) -> Iterator[str]:
    """Two registers that count by themselves must not give the same number."""
    first: dict[str, _One] = {}
    for one in all_:
        form = one.process.register.number
        before = first.setdefault(form, one)
        if before.process.register.name != one.process.register.name:
            yield (
                f"{one.lines.at(('register', 'number'))}: {before.process.name} numbers its cases `{form}` too, in a "
                f"register of its own ({before.lines.at(('register', 'number'))}): change one, or let both share one"
            )


def _wrong_spawns(all_: list[_One]) -> Iterator[str]:
    known = {one.process.name: one.process for one in all_}
    for one in all_:
        for path, name, stage in one.stages():
            if stage.spawn is None:
                continue
            where, target = one.lines.at((*path, "spawn")), known.get(stage.spawn.process)
            if target is None:
                yield (
                    f"{where}: stage `{name}` starts `{stage.spawn.process}`, and there is no such process: "
                    f"there are {', '.join(known)}"
                )
                continue
            for new, old in stage.spawn.take.items():
                if new not in target.fields:
                    yield f"{where}: the process {target.name} has no field `{new}` to take anything into"
                if old != "number" and old not in one.process.fields:
                    yield f"{where}: this process has no field `{old}` to take `{new}` from"


def _unfilled(all_: list[_One]) -> Iterator[str]:
    """A field another process hands over is filled, though no mail states it."""
    for one in all_:
        starts = (s.spawn for other in all_ for _, _, s in other.stages() if s.spawn is not None)
        taken = frozenset(name for spawn in starts if spawn.process == one.process.name for name in spawn.take)
        yield from unfilled(one.file, one.lines, taken)


def _endless_spawns(all_: list[_One]) -> Iterator[str]:
    """A circle of processes each of which always starts the next."""
    always = {
        one.process.name: {
            s.spawn.process for _, _, s in one.stages() if s.spawn and s.when is None and s.skip_when is None
        }
        for one in all_
    }
    for one in all_:
        circle = _circle(one.process.name, always)
        if circle and one.process.name == min(circle):
            path = next(p for p, _, s in one.stages() if s.spawn and s.spawn.process in circle)
            around = " → ".join((*circle, circle[0]))
            where = one.lines.at((*path, "spawn"))
            yield f"{where}: cases would start each other without end ({around}): add a `when:` to one of these stages"


def _circle(start: str, starts: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Give the way by which a process comes to start itself again, or ()."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for after in sorted(starts.get(way[-1], set())):
            if after == start:
                return way
            if after not in seen:
                seen.add(after)
                ways.append((*way, after))
    return ()


_CHECKS: tuple[Callable[[list[_One]], Iterator[str]], ...] = (
    _doubled_names,
    _doubled_signs,
    _doubled_numbers,
    _wrong_spawns,
    _unfilled,
    _endless_spawns,
)
