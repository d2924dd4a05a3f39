"""`mailflow people`: who works here, and a list of staff held against it.

Owns: the arguments, how changes are told, and writing them into directory.yaml with its comments and order kept.
Refuses to know: what a list changes (`core.staff_list`). What is written is read again first: a directory that would
not start the service is never left behind, and the one before stays beside it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from mailflow.core.ldap_rows import Leaver, leavers, staff_rows
from mailflow.core.staff_list import StaffChanges, Value, staff_changes
from mailflow.edges.ldap_staff import read_accounts, read_place
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
@click.argument("source", metavar="FILE|LDAP-URL")
@SITE
@click.option("--write", is_flag=True, help="Write the changes into directory.yaml; without it they are only shown.")
@click.option("--user", default="", help="LDAP: who asks, as mailflow@company.ru; without it nobody in particular.")
@click.option(
    "--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="LDAP: his password."
)
@click.option("--ca-file", default="", help="LDAP: the certificate (PEM) of an authority of your own.")
def people_import(source: str, site: Path, write: bool, user: str, password_file: Path | None, ca_file: str) -> None:
    """Hold a list of staff (.csv, .xlsx, ldaps://HOST/BASE) against the directory; nothing changes without --write."""
    from mailflow.app import DIRECTORY_FILE, read_people

    path = site / DIRECTORY_FILE
    directory = read_people(path)
    if source.lower().startswith(("ldap:", "ldaps:")):
        password = password_file.read_text(encoding="utf-8").strip("\r\n") if password_file is not None else ""
        accounts = read_accounts(read_place(source, user, password, ca_file))
        changes, gone = staff_changes(staff_rows(accounts), "ldap", directory), leavers(accounts, directory)
    else:
        changes, gone = staff_changes(_table(Path(source)), Path(source).name, directory), []
    click.echo("\n".join((*_told_leavers(gone), *_told(changes))))
    leaving = [one.id for one in gone if not one.holds]
    if (changes.none and not leaving) or not write:
        return
    _replace(path, _with(path.read_text(encoding="utf-8"), changes, leaving))
    click.echo(f"written to {path}; the one before is {_before(path).name}; a running service takes it within a minute")


def _table(path: Path) -> list[tuple[int, Sequence[str]]]:
    from mailflow.reference_files import table

    if not path.is_file():
        raise SettingsError(f"{path}: there is no such file: name a .csv, an .xlsx or ldaps://HOST/BASE")
    return table(path)


def _told_leavers(gone: Sequence[Leaver]) -> Iterator[str]:
    for one in gone:
        if one.holds:
            yield f"! {one.id}: the account is closed, but he is {one.holds}: name somebody else there; left as he is"
        else:
            yield f"- {one.id}: the account is closed"


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


def _with(text: str, changes: StaffChanges, leaving: Sequence[str] = ()) -> str:
    """Give directory.yaml with the changes in it, everything else as a person wrote it."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, WIDE
    file = yaml.load(text)
    for left in leaving:
        del file["people"][left]
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
