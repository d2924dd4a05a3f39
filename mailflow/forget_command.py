"""`mailflow forget`: personal data goes, an act of destruction and an export of the log stay.

Rules: 152-ФЗ, article 21; the order of Roskomnadzor No. 179 of 28.10.2022 (what the act and the log must say).
"""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import datetime
from pathlib import Path

import click

from mailflow.app import App
from mailflow.errors import MailflowError
from mailflow.forgetting import Forgotten
from mailflow.rules_command import SITE

ACT = """АКТ об уничтожении персональных данных

Дата уничтожения: {day}
Оператор: {company}, адрес: {address}
Субъект персональных данных (или сведения о нём): {subject}
Лицо, уничтожившее данные (Ф. И. О., должность): {by}
Категории уничтоженных данных: {what}
Информационная система: mailflow ({mailbox}), база данных и файловое хранилище
Способ уничтожения: перезапись строк базы данных, удаление файлов; строк журнала изменено {rows}, файлов удалено {files}
Причина уничтожения: {reason}
Запись журнала: {key}

Хранить три года. Материальные носители (бумага) этим актом не уничтожались.

Подпись: ______________________ / {by} /
"""
WHAT = {
    "case": "содержание заявки: карточка, письма, вложения, комментарии, составленные документы",
    "person": "фамилия, имя, отчество, адреса электронной почты, телефон, учётное имя, письма, упоминания в документах",
}
HEAD = ("субъект", "категории данных", "информационная система", "причина", "дата и время", "что", "значение")


@click.command()
@SITE
@click.argument("subject", metavar="PERSON|CASE")
@click.option("--reason", required=True, help="Why: a withdrawn consent, a term that is over. Stands in the act.")
@click.option("--by", required=True, help="Who destroys: name and position. Stands in the act.")
@click.option("--also", multiple=True, help="One more form of a person's name or number to be found.")
@click.option("--out", "-o", required=True, type=click.Path(file_okay=False, path_type=Path), help="For act and log.")
@click.confirmation_option(prompt="This cannot be undone, not from mailflow. Go on?")
def forget(site: Path, subject: str, reason: str, by: str, also: tuple[str, ...], out: Path) -> None:
    """Erase a person (by id) or a closed case (by number); write the act of destruction and the log."""
    from mailflow.app import opened

    async def work() -> str:
        async with opened(site) as app:
            return await _forgotten(app, subject, reason, by, also, out)

    click.echo(asyncio.run(work()))


async def _forgotten(app: App, subject: str, reason: str, by: str, also: tuple[str, ...], out: Path) -> str:
    from mailflow.app import now
    from mailflow.core.numbers import spellings
    from mailflow.forgetting import forget_case, forget_person

    act, log = out / "act.txt", out / "log.csv"
    if act.exists() or log.exists():
        raise MailflowError(f"{out}: an act stands there already: name another folder with -o")
    moment = now()
    person = app.office.directory.people.get(subject)
    if person is not None:
        done, kind, who = await forget_person(app, subject, also, reason, moment), "person", person.name
    else:
        found = [case for spelling in spellings(subject) if (case := await app.store.load_by_number(spelling))]
        if not found:
            raise MailflowError(f"{subject}: neither a person's id nor a case's number: `mailflow cases` lists cases")
        done, kind, who = (
            await forget_case(app, found[0], reason, moment),
            "case",
            f"участники заявки {found[0].number}",
        )
    out.mkdir(parents=True, mode=0o700, exist_ok=True)
    _write(act, _act(app, done, who, kind, reason, by, moment))
    _write(log, _log(app, done, who, kind, reason, moment))
    rest = f"\nstrike {subject} in directory.yaml now, or it comes back" if kind == "person" else ""
    return (
        f"rows of the journal changed {len(done.note.rows)}, files deleted {done.files}\n{act}\n{log}{rest}\n"
        "mails on the mail server and copies in backups are not reached: delete them there"
    )


def _act(app: App, done: Forgotten, who: str, kind: str, reason: str, by: str, moment: datetime) -> str:
    company = app.office.directory.company
    return ACT.format(
        day=f"{moment.astimezone(app.office.hours.zone):%d.%m.%Y %H:%M}",
        company=company.full_name or company.name,
        address=company.address or "_____________",
        subject=who,
        by=by,
        what=WHAT[kind],
        mailbox=app.settings.mailbox.address,
        rows=len(done.note.rows),
        files=done.files,
        reason=reason,
        key=done.note.key,
    )


def _log(app: App, done: Forgotten, who: str, kind: str, reason: str, moment: datetime) -> str:
    text = io.StringIO()
    table = csv.writer(text, delimiter=";")
    same = (who, WHAT[kind], f"mailflow ({app.settings.mailbox.address})", reason, moment.isoformat())
    table.writerow(HEAD)
    table.writerows((*same, "строка журнала", f"{place} {left}") for place, left in done.note.rows.items())
    table.writerows((*same, "файл SHA-256", sha256) for sha256 in done.note.files)
    return text.getvalue()


def _write(path: Path, text: str) -> None:
    path.touch(0o600, exist_ok=False)
    # A byte order mark, so that Excel reads the letters right.
    path.write_text(text, encoding="utf-8-sig")
