"""Accounts of Active Directory held against our directory: shown first, closed ones named, nothing guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from ldap3 import MOCK_SYNC, NONE, Connection, Server

from mailflow import people_command
from mailflow.app import read_people
from mailflow.cli import main
from mailflow.core.directory import read_directory
from mailflow.core.ldap_rows import Account, Leaver, leavers, staff_rows
from mailflow.core.staff_list import staff_changes
from mailflow.edges import ldap_staff
from mailflow.edges.ldap_staff import Place, read_accounts, read_place
from mailflow.errors import SettingsError
from tests.loopback import free_port
from tests.site_folder import filled_site

BASE = "OU=Staff,DC=neon,DC=example"
PLACE = Place("dc.neon.example", 636, True, BASE)
COMPANY = """
company: {name: НЕОН}
people:
  boss: {name: Петров Пётр Петрович, address: p.petrov@neon.example}
  old: {name: Ушёл Иван Иванович, address: u.old@neon.example}
  fin: {name: Ольга Смирнова, address: o.smirnova@neon.example}
roles: {secretary: [boss], finance_director: [fin]}
"""


def account(name: str, mail: str, manager: str = "", control: int = 512, **more: str) -> dict[str, object]:
    found: dict[str, object] = {"objectClass": ["top", "person", "user"], "displayName": name, "cn": name, "mail": mail}
    found |= {"userAccountControl": control, "sn": name.split()[0], **more}
    return found | ({"manager": manager} if manager else {})


def dn(name: str) -> str:
    return f"CN={name},{BASE}"


@pytest.fixture
def directory_server() -> Connection:
    """What ldap3 itself takes for an Active Directory; searches run as they do on the wire."""
    connection = Connection(Server("fake", get_info=NONE), client_strategy=MOCK_SYNC)
    add = connection.strategy.add_entry
    add(dn("Петров"), account("Петров Пётр Петрович", "p.petrov@neon.example", title="директор"))
    new = account("Новикова Нина Олеговна", "n.novikova@neon.example", dn("Петров").upper(), department="Отдел продаж")
    add(dn("Новикова"), {**new, "proxyAddresses": ["SMTP:n.novikova@neon.example", "smtp:nina@neon.example"]})
    add(dn("Ушёл"), account("Ушёл Иван Иванович", "u.old@neon.example", control=514))
    add(dn("Смирнова"), account("Ольга Смирнова", "o.smirnova@neon.example", control=66050))
    add(dn("Никто"), {"objectClass": ["top", "person", "user"], "cn": "Никто", "sn": "Никто"})
    connection.bind()
    return connection


def test_accounts_with_a_mailbox_become_the_rows_of_a_list(directory_server: Connection) -> None:
    accounts = read_accounts(PLACE, directory_server)
    assert len(accounts) == 4, "who has no mailbox is not asked for"
    _, *rows = staff_rows(accounts)
    told = {cells[1]: cells for _, cells in rows}
    assert set(told) == {"p.petrov@neon.example", "n.novikova@neon.example"}
    assert told["n.novikova@neon.example"][3:] == ("Отдел продаж", "p.petrov@neon.example", "", "nina@neon.example")


def test_a_closed_account_is_taken_out_and_one_that_holds_something_is_named(directory_server: Connection) -> None:
    directory = read_directory(COMPANY, "directory.yaml")
    found = leavers(read_accounts(PLACE, directory_server), directory)
    assert sorted(found, key=lambda one: one.id) == [Leaver("fin", "role finance_director"), Leaver("old", "")]


def test_a_thousand_accounts_come_in_pages_and_managers_are_found_among_them() -> None:
    connection = Connection(Server("fake", get_info=NONE), client_strategy=MOCK_SYNC)
    for number in range(1200):
        boss = dn(f"Сотрудник{number // 10}") if number else ""
        connection.strategy.add_entry(
            dn(f"Сотрудник{number}"), account(f"Сотрудник Иван {number}", f"s{number}@neon.example", boss)
        )
    connection.bind()
    changes = staff_changes(staff_rows(read_accounts(PLACE, connection)), "ldap", read_directory(COMPANY, "d.yaml"))
    assert len(changes.added) == 1200
    assert {one.id: one.values.get("manager") for one in changes.added}["s57"] == "s5"


@pytest.mark.parametrize("lock", [{"nsaccountlock": ["TRUE"]}, {"useraccountcontrol": ["514"]}])
def test_every_way_of_closing_an_account_is_known(lock: dict[str, list[str]]) -> None:
    assert Account("cn=x", {"mail": ["a@b"], **lock}).closed
    assert not Account("cn=x", {"mail": ["a@b"], "useraccountcontrol": ["512"]}).closed
    assert not Account("cn=x", {"useraccountcontrol": ["nonsense"]}).closed


def test_an_address_says_where_and_how_safely() -> None:
    place = read_place("ldaps://dc.neon.example/OU=Staff%20A,DC=neon?mail?sub?(title=*)", "me", "pw")
    assert (place.host, place.port, place.base, place.filter) == (
        "dc.neon.example",
        636,
        "OU=Staff A,DC=neon",
        "(title=*)",
    )
    assert not place.start_tls
    assert "pw" not in repr(place)
    assert read_place("ldap://dc.neon.example/DC=neon").start_tls, "no password over a plain line"
    for wrong in ("ldaps://dc.neon.example", "ldaps:///DC=x", "http://x/DC=x"):
        with pytest.raises(SettingsError, match="write ldaps://"):
            read_place(wrong)


def test_a_server_that_is_away_is_told_with_what_to_look_at() -> None:
    with pytest.raises(SettingsError, match="check address, user, password and base"):
        read_accounts(read_place(f"ldap://127.0.0.1:{free_port()}/DC=neon"))


def test_the_command_shows_first_and_writes_when_told(
    tmp_path: Path, directory_server: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = filled_site(tmp_path / "site")
    (site / "directory.yaml").write_text(COMPANY, encoding="utf-8")
    monkeypatch.setattr(people_command, "read_accounts", lambda at: ldap_staff.read_accounts(at, directory_server))
    command = ["people", "import", f"ldaps://dc.neon.example/{BASE}", "-s", str(site)]
    shown = CliRunner().invoke(main, command)
    assert shown.exit_code == 0, shown.output
    assert "- old: the account is closed" in shown.output
    assert "! fin: the account is closed, but he is role finance_director" in shown.output
    assert "+ n.novikova: name Новикова Нина Олеговна" in shown.output
    assert (site / "directory.yaml").read_text(encoding="utf-8") == COMPANY
    directory_server.bind()
    assert CliRunner().invoke(main, [*command, "--write"]).exit_code == 0
    after = read_people(site / "directory.yaml")
    assert set(after.people) == {"boss", "fin", "n.novikova"}
    assert after.people["n.novikova"].manager == "boss"
    assert after.people["n.novikova"].also == ("nina@neon.example",)
