"""Checks of Russian payment requisites: ИНН, КПП, ОГРН, БИК, account keys, account currency.

Owns: the check sums and forms. Refuses to know: whether the firm exists, whether it is ours, what it was
paid. Rules: ИНН and ОГРН sums of the tax service; account keys: Bank of Russia order № 515 of
08.09.1997.

What may go wrong: a right sum proves that nothing was mistyped, not that the payee is the one meant; a
treasury account (it begins with 0) follows no published key rule and stays `Unchecked`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a requisite is wrong, or why nothing can be said; the sentences are in `SENTENCES`."""

    LENGTH = "length"
    FORM = "form"
    ZEROS = "zeros"
    CHECK_SUM = "check_sum"
    NOT_FOR_PERSON = "not_for_person"
    BANK = "bank"
    CURRENCY = "currency"
    TREASURY = "treasury"
    NO_BIC = "no_bic"
    CLEARING = "clearing"
    UNKNOWN_CODE = "unknown_code"


SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.LENGTH: ("неверное число цифр", "wrong number of digits"),
    Reason.FORM: ("недопустимые знаки или вид", "characters or form not allowed"),
    Reason.ZEROS: ("одни нули", "nothing but zeros"),
    Reason.CHECK_SUM: ("не сходится контрольное число", "the check digit does not fit"),
    Reason.NOT_FOR_PERSON: ("у физического лица и ИП КПП не бывает", "a person has no KPP"),
    Reason.BANK: ("последние три цифры не те, что у БИК", "the last three digits differ from the BIC"),
    Reason.CURRENCY: ("валюта счёта другая", "the account is kept in another currency"),
    Reason.TREASURY: ("казначейский счёт: ключ не проверяется", "treasury account: the key is not checked"),
    Reason.NO_BIC: ("без верного БИК проверить нельзя", "cannot be checked without a right BIC"),
    Reason.CLEARING: ("клиринговая валюта: код не проверяется", "clearing currency: the code is not checked"),
    Reason.UNKNOWN_CODE: ("код валюты в таблице не найден", "the currency code is not in the table"),
}
"""Reason -> (ru, en)."""


@dataclass(frozen=True, slots=True)
class Valid:
    """The form and the check digit fit."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """Surely mistyped or misplaced."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Nothing can be said, for this reason; not a fault by itself."""

    reason: Reason


Verdict = Valid | Invalid | Unchecked

CLEARING_LETTERS = "АВСЕНКМРТХ"
"""Position in the row = the digit that replaces the letter in position 6 of an account."""
ACCOUNT_CURRENCIES: dict[str, str] = {
    "810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY", "826": "GBP", "756": "CHF",
    "392": "JPY", "398": "KZT", "933": "BYN", "949": "TRY", "784": "AED", "356": "INR", "051": "AMD",
    "860": "UZS", "417": "KGS", "344": "HKD",
}  # fmt: skip
"""Digits 6-8 of an account -> ISO letters."""
AT_CENTRAL_BANK = ("30101", "30103", "40102")
"""Accounts of banks, of settlement houses and of the treasury, all kept at the Bank of Russia."""
CENTRAL_BANK_ENDINGS = ("000", "001", "002")
"""A БИК that ends so belongs to a branch of the Bank of Russia."""

_LATIN_LETTERS = str.maketrans("ABCEHKMPTX", CLEARING_LETTERS)
_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, *_INN_10)
_INN_12 = (3, *_INN_11)
_ACCOUNT_WEIGHTS = (7, 1, 3) * 8


def check_inn(inn: str) -> Verdict:
    """Check an ИНН: 10 digits for an organisation, 12 for a person."""
    if not re.fullmatch(r"[0-9]*", inn):
        return Invalid(Reason.FORM)
    if len(inn) not in (10, 12):
        return Invalid(Reason.LENGTH)
    if not inn.strip("0"):
        return Invalid(Reason.ZEROS)
    rows = (_INN_10,) if len(inn) == 10 else (_INN_11, _INN_12)
    fits = all(_inn_digit(inn, row) == int(inn[len(row)]) for row in rows)
    return Valid() if fits else Invalid(Reason.CHECK_SUM)


def check_kpp(kpp: str, inn: str = "") -> Verdict:
    """Check a КПП by form (it has no sum); beside a 12-digit ИНН only an empty one or 0 is right."""
    if len(inn) == 12:
        return Valid() if not kpp.strip("0") else Invalid(Reason.NOT_FOR_PERSON)
    if len(kpp) != 9:
        return Invalid(Reason.LENGTH)
    return Valid() if re.fullmatch(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}", kpp) else Invalid(Reason.FORM)


def check_ogrn(ogrn: str) -> Verdict:
    """Check an ОГРН (13 digits) or an ОГРНИП (15 digits)."""
    if not re.fullmatch(r"[0-9]*", ogrn):
        return Invalid(Reason.FORM)
    if len(ogrn) not in (13, 15):
        return Invalid(Reason.LENGTH)
    if not ogrn.strip("0"):
        return Invalid(Reason.ZEROS)
    fits = int(ogrn[:-1]) % (len(ogrn) - 2) % 10 == int(ogrn[-1])
    return Valid() if fits else Invalid(Reason.CHECK_SUM)


def check_bic(bic: str) -> Verdict:
    """Check a БИК by form: 9 digits, 04 for banks, 00 or 01 for the treasury."""
    if not re.fullmatch(r"[0-9]*", bic):
        return Invalid(Reason.FORM)
    if len(bic) != 9:
        return Invalid(Reason.LENGTH)
    return Valid() if bic.startswith(("04", "00", "01")) else Invalid(Reason.FORM)


def check_account(account: str, bic: str) -> Verdict:
    """Check the key (position 9) of any account against the БИК of the bank that keeps it."""
    digits = _account_digits(account)
    if len(account) != 20:
        return Invalid(Reason.LENGTH)
    if digits is None:
        return Invalid(Reason.FORM)
    if account.startswith("0"):
        return Unchecked(Reason.TREASURY)
    if check_bic(bic) != Valid():
        return Unchecked(Reason.NO_BIC)
    return Valid() if _key_sum(digits, account, bic) % 10 == 0 else Invalid(Reason.CHECK_SUM)


def check_corr_account(account: str, bic: str) -> Verdict:
    """Check a correspondent account: the key and, for 301…, the last three digits against the БИК."""
    verdict = check_account(account, bic)
    if verdict != Valid() or not account.startswith("301"):
        return verdict
    return Valid() if account.endswith(bic[6:]) else Invalid(Reason.BANK)


def check_account_currency(account: str, currency: str) -> Verdict:
    """Check that the account (its digits 6-8) is kept in the currency (ISO letters) of the payment."""
    if len(account) != 20:
        return Invalid(Reason.LENGTH)
    if not account[5].isdigit():
        return Unchecked(Reason.CLEARING)
    if account.startswith("0"):
        return Unchecked(Reason.TREASURY)
    kept_in = ACCOUNT_CURRENCIES.get(account[5:8])
    if kept_in is None:
        return Unchecked(Reason.UNKNOWN_CODE)
    return Valid() if kept_in == currency else Invalid(Reason.CURRENCY)


def account_key(account: str, bic: str) -> int | None:
    """Compute the key digit (position 9) an account must have at this bank; None where there is none."""
    digits = _account_digits(account)
    if digits is None or len(account) != 20 or check_bic(bic) != Valid() or account.startswith("0"):
        return None
    return _key_sum(digits[:8] + "0" + digits[9:], account, bic) * 3 % 10


def _inn_digit(inn: str, row: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(row, inn, strict=False)) % 11 % 10


def _account_digits(account: str) -> str | None:
    """Replace the clearing letter in position 6 (Cyrillic or its Latin twin) by its digit."""
    letter = account[5:6].translate(_LATIN_LETTERS)
    digit = str(CLEARING_LETTERS.index(letter)) if letter and letter in CLEARING_LETTERS else letter
    digits = account[:5] + digit + account[6:]
    return digits if re.fullmatch(r"[0-9]*", digits) else None


def _key_sum(digits: str, account: str, bic: str) -> int:
    """Add the last digits of the products by 7, 1, 3 over the 3-digit prefix and the account."""
    row = _prefix(account, bic) + digits
    return sum(weight * int(digit) % 10 for weight, digit in zip(_ACCOUNT_WEIGHTS, row, strict=False))


def _prefix(account: str, bic: str) -> str:
    """Give «0» and БИК digits 5-6 for accounts kept at the Bank of Russia, else БИК digits 7-9."""
    at_central_bank = account.startswith(AT_CENTRAL_BANK) or bic.endswith(CENTRAL_BANK_ENDINGS)
    return "0" + bic[4:6] if at_central_bank or not bic.startswith("04") else bic[6:]
