"""Accounts of an LDAP directory as the rows of a list of staff, so that they are held against ours as any list is.

Owns: which attributes say what (Active Directory's and inetOrgPerson's, RFC 2798), and which accounts are closed.
Refuses to know: how a directory is asked, what the rows change (`core.staff_list`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailflow.core.directory import Directory

ATTRIBUTES = (
    "displayName",
    "cn",
    "mail",
    "proxyAddresses",
    "title",
    "department",
    "departmentNumber",
    "manager",
    "telephoneNumber",
    "userAccountControl",
    "nsAccountLock",
)
HEAD = ("name", "address", "position", "department", "manager", "phone", "also")
ACCOUNT_DISABLED = 0x2
"""ADS_UF_ACCOUNTDISABLE of userAccountControl."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its name in the directory, and its attributes, names in small letters."""

    dn: str
    values: Mapping[str, Sequence[str]]

    def first(self, *names: str) -> str:
        """Give the first value there is of these attributes, or ''."""
        found = (value for name in names for value in self.values.get(name.lower(), ()) if value.strip())
        return " ".join(next(found, "").split())

    @property
    def closed(self) -> bool:
        """True where nobody may sign in with it any more."""
        control = self.first("userAccountControl")
        return bool(control.isdecimal() and int(control) & ACCOUNT_DISABLED) or (
            self.first("nsAccountLock").lower() == "true"
        )

    @property
    def also(self) -> tuple[str, ...]:
        """The other addresses mail reaches it by: `smtp:` of proxyAddresses."""
        mails = (value.partition(":") for value in self.values.get("proxyaddresses", ()))
        others = (address.strip() for kind, _, address in mails if kind.lower() == "smtp")
        return tuple(one for one in others if one.lower() != self.first("mail").lower())


def staff_rows(accounts: Sequence[Account]) -> list[tuple[int, Sequence[str]]]:
    """Give the accounts that are open and have a mailbox as a list of staff; a manager is told by his address."""
    by_dn = {_folded(one.dn): one for one in accounts}
    there = [one for one in accounts if one.first("mail") and not one.closed]
    return [(0, HEAD), *((number, _row(one, by_dn)) for number, one in enumerate(there, start=1))]


def _row(account: Account, by_dn: Mapping[str, Account]) -> tuple[str, ...]:
    manager = by_dn.get(_folded(account.first("manager")))
    return (
        account.first("displayName", "cn"),
        account.first("mail"),
        account.first("title"),
        account.first("department", "departmentNumber"),
        "" if manager is None or manager.closed else manager.first("mail"),
        account.first("telephoneNumber"),
        " ".join(account.also),
    )


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody of ours whose account is closed; `holds` is what somebody else must be given first, '' for nothing."""

    id: str
    holds: str


def leavers(accounts: Sequence[Account], directory: Directory) -> list[Leaver]:
    """Give those of our people whose account is closed."""
    closed = (one for one in accounts if one.closed)
    ids = dict.fromkeys(directory.by_address(address) for one in closed for address in (one.first("mail"), *one.also))
    return [Leaver(one, _held(one, directory)) for one in ids if one is not None]


def _held(person: str, directory: Directory) -> str:
    roles = [f"role {name}" for name in directory.roles if person in directory.holders(name)]
    heads = [f"head of {key}" for key, one in directory.departments.items() if one.head == person]
    managed = [f"manager of {key}" for key, one in directory.people.items() if one.manager == person]
    stands_in = [
        f"substitute of {key}"
        for key, one in directory.people.items()
        if one.substitute is not None and one.substitute.by == person
    ]
    return ", ".join((*roles, *heads, *managed, *stands_in))


def _folded(dn: str) -> str:
    """Spell a name as it is compared: RFC 4517 ignores case, and blanks around its parts."""
    return ",".join(part.strip() for part in dn.casefold().split(","))
