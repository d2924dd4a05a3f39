"""`mailflow people`: who works here, and a list of staff held against it.

Owns: the arguments, how changes are told, and writing them into directory.yaml with its comments and order kept.
Refuses to know: what a list changes (`core.staff_list`). What is written is read again first: a directory that would
not start the service is never left behind, and the one before stays beside it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from mailflow.core.staff_list import StaffChanges, Value, staff_changes
from mailflow.errors import SettingsError
from mailflow.rules_command import SITE

WIDE = 4096
"""No line of the file is broken by us."""


@click.group()
def people() -> None:
    """Who works here: show the directory, take a list of staff into it."""


@people.command("show")
@SITE
def people_show(site: Path) -> None:
    """List the people: id, name, address, department, manager."""
    from mailflow.app import DIRECTORY_FILE, read_people

    directory = read_people(site / DIRECTORY_FILE)
    for key, person in directory.people.items():
        manager = directory.manager(key)
        told = (key, person.name, person.address, person.department or "", f"→ {manager}" if manager else "")
        click.echo("  ".join(filter(None, told)))


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@SITE
@click.option("--write", is_flag=True, help="Write the changes into directory.yaml; without it they are only shown.")
def people_import(file: Path, site: Path, write: bool) -> None:
    """Hold a list of staff (.csv or .xlsx) against the directory; nothing is changed without --write."""
    from mailflow.app import DIRECTORY_FILE, read_people
    from mailflow.reference_files import table

    path = site / DIRECTORY_FILE
    changes = staff_changes(table(file), file.name, read_people(path))
    click.echo("\n".join(_told(changes)))
    if changes.none or not write:
        return
    _replace(path, _with(path.read_text(encoding="utf-8"), changes))
    click.echo(f"written to {path}; the one before is {_before(path).name}; a running service takes it within a minute")


def _told(changes: StaffChanges) -> Iterator[str]:
    for key, title in changes.departments.items():
        yield f"+ department {key}: {title} (its head is not known: write it into the directory)"
    for added in changes.added:
        yield f"+ {added.id}: " + ", ".join(f"{key} {_plain(value)}" for key, value in added.values.items())
    for altered in changes.altered:
        for key, (was, now) in altered.values.items():
            yield f"~ {altered.id}: {key} {_plain(was) or '-'} -> {_plain(now)}"
    for missing in changes.missing:
        yield f"? {missing}: not in the list; left as it is"
    yield f"{len(changes.added)} to add, {len(changes.altered)} to change"


def _plain(value: Value) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _with(text: str, changes: StaffChanges) -> str:
    """Give directory.yaml with the changes in it, everything else as a person wrote it."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, WIDE
    file = yaml.load(text)
    for added in changes.added:
        file["people"][added.id] = _entry(added.values)
    for altered in changes.altered:
        for key, (_, now) in altered.values.items():
            file["people"][altered.id][key] = _node(now)
    for key, title in changes.departments.items():
        file.setdefault("departments", CommentedMap())[key] = _entry({"title": title})
    written = io.StringIO()
    yaml.dump(file, written)
    return written.getvalue()


def _entry(values: Mapping[str, Value]) -> CommentedMap:
    entry = CommentedMap((key, _node(value)) for key, value in values.items())
    entry.fa.set_flow_style()
    return entry


def _node(value: Value) -> str | CommentedSeq:
    if isinstance(value, str):
        return value
    many = CommentedSeq(value)
    many.fa.set_flow_style()
    return many


def _replace(path: Path, text: str) -> None:
    """Put the new directory in the place of the old one, at once and only if the service would start with it."""
    from mailflow.app import read_people

    draft = path.with_name(f"{path.stem}.new{path.suffix}")
    draft.write_text(text, encoding="utf-8")
    try:
        read_people(draft)
    except SettingsError as wrong:
        draft.unlink()
        raise SettingsError(
            f"{wrong}\nnothing was written: correct the list, or the directory, and import again"
        ) from None
    os.chmod(draft, path.stat().st_mode)
    _before(path).write_bytes(path.read_bytes())
    draft.replace(path)


def _before(path: Path) -> Path:
    return path.with_name(f"{path.name}.before")
