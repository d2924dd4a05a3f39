"""The lists a site keeps as files in its folder `lists`: payees with their requisites.

Owns: reading lists/counterparties.csv, as a spreadsheet saves it: comma or semicolon, UTF-8 with or without its mark,
or Windows-1251; the head names the columns in Russian or English. A line that is wrong stops the start, with its
number and the cure: an account that is silently left out would raise an alarm on the wrong day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from mailflow.core.mailboxes_named import read_outside
from mailflow.core.memory import Fact
from mailflow.core.payee_names import name_key
from mailflow.core.payees import REMEMBERED
from mailflow.core.requisites import Invalid, Valid, check_account, check_inn
from mailflow.errors import SettingsError
from mailflow.reference_files import csv_rows, text_of

PAYEES = "counterparties.csv"
_HEADS: Mapping[str, str] = {
    **{name: name for name in REMEMBERED},
    **dict.fromkeys(("контрагент", "наименование", "название", "name"), "counterparty"),
    **{"инн": "inn", "кпп": "kpp", "бик": "bic", "р/с": "account", "расчетный счет": "account", "счет": "account"},
    **dict.fromkeys(("mail", "e-mail", "email", "почта", "эл. почта", "электронная почта"), "mail"),
    **{"к/с": "corr_account", "корр. счет": "corr_account", "корр счет": "corr_account"},
}


def imported_payees(site: Path) -> tuple[Fact, ...]:
    """Read the payees a site already knows; none where it has no such list. SettingsError with the line."""
    path = site / "lists" / PAYEES
    if not path.is_file():
        return ()
    rows = csv_rows(text_of(path))
    first = next(rows, None)
    if first is None:
        return ()
    head = [_HEADS.get(" ".join(cell.lower().replace("ё", "е").split()), "") for cell in first[1]]
    missing = {"counterparty", "inn", "account", "bic"} - set(head)
    if missing:
        raise SettingsError(
            f"lists/{PAYEES}:1: there is no column for {', '.join(sorted(missing))}: add it to the head"
        )
    numbered = ((number, dict(zip(head, row, strict=False))) for number, row in rows)
    return tuple(fact for number, row in numbered for fact in _facts(row, number))


def _facts(row: Mapping[str, str], number: int) -> Iterator[Fact]:
    said = {name: "".join(row.get(name, "").split()) for name in REMEMBERED if name != "counterparty"}
    said = {name: value for name, value in said.items() if value}
    name = " ".join(row.get("counterparty", "").split())
    if not said and not name:
        return
    _check(said, name, number)
    mail = _mail(row.get("mail", ""), number)
    known = {**said, "counterparty": name, **({"mail": mail} if mail else {})}
    item = f"{said['account']} / {said['bic']}"
    yield from (Fact("payee", subject, item, known) for subject in (said["inn"], name_key(name)) if subject)


def _mail(text: str, number: int) -> str:
    """Give the mailbox a payee is told at, '' where the list has none."""
    found = read_outside(text) if text.strip() else ()
    if found is None or len(found) > 1:
        raise SettingsError(f"lists/{PAYEES}:{number}: {text.strip()!r} is no one address: write one as buh@firm.ru")
    return found[0] if found else ""


def _check(said: Mapping[str, str], name: str, number: int) -> None:
    where = f"lists/{PAYEES}:{number}"
    if not name:
        raise SettingsError(f"{where}: the payee has no name: write it")
    if check_inn(said.get("inn", "")) != Valid():
        raise SettingsError(f"{where}: {said.get('inn', '')!r} is no INN: correct it")
    if isinstance(check_account(said.get("account", ""), said.get("bic", "")), Invalid):
        raise SettingsError(
            f"{where}: the account {said.get('account', '')!r} does not fit its BIC: correct one of them"
        )
