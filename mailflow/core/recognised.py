"""What may be taken from words recognised in a picture, where any digit may be another.

Owns: which value is borne out by the paper itself (a check digit, the sum in words) and which only by eyes. Refuses to
know: how pictures are read (`edges.recognising`), how a paper lays its values out (`invoices`).

A number with a check digit is taken when it passes, a sum when figures and words agree; anything else that money hangs
on is left out and asked for. A БИК is never taken: the keys of accounts hold its last three digits and no other. The
rest is taken and named on the card as what somebody has to compare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mailflow.core.invoices import InvoiceRead
from mailflow.core.requisites import Valid, check_account, check_corr_account, check_inn

__all__ = ["PREFIX", "borne_out"]

PREFIX = "recognised"
"""Of the finding that names a field taken from a picture: «recognised:amount»."""
_Values = Mapping[str, str]


def borne_out(read: InvoiceRead) -> dict[str, str]:
    """Give the values of a recognised paper that may be taken; never one that fails its check."""
    agreed = {finding.code for finding in read.findings if finding.ok}
    values = dict(read.values)
    taken = {name: value for name, value in values.items() if name not in _PROOFS or _PROOFS[name](values)}
    return taken if "amount_words" in agreed else {n: v for n, v in taken.items() if n not in _SUMS}


def _account(values: _Values) -> bool:
    return check_account(values.get("account", ""), values.get("bic", "")) == Valid()


def _corr_account(values: _Values) -> bool:
    return check_corr_account(values.get("corr_account", ""), values.get("bic", "")) == Valid()


def _inn(values: _Values) -> bool:
    return check_inn(values.get("inn", "")) == Valid()


def _kpp(values: _Values) -> bool:
    """It has no check digit; most begin with the tax office their ИНН begins with."""
    return _inn(values) and values["kpp"][:4] == values["inn"][:4]


_PROOFS: Mapping[str, Callable[[_Values], bool]] = {
    "inn": _inn,
    "kpp": _kpp,
    "account": _account,
    "corr_account": _corr_account,
    "bic": lambda _: False,
}
_SUMS = frozenset(("amount", "vat", "vat_rate", "currency"))
