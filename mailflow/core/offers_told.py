"""A supplier who was asked by mail, as letters and the table of offers tell of him: his sum, and what to say of it.

Owns: the words of both languages. Refuses to know: how offers are collected (`supplying`).
"""

from __future__ import annotations

from decimal import Decimal

from mailflow.core.case import Case, SupplierOffer
from mailflow.core.money import Money, format_money
from mailflow.core.office import Office
from mailflow.core.views import Language


def offer_row(offer: SupplierOffer, language: Language) -> tuple[str, str]:
    """Give who it is and what came of asking him: «ООО «Ромашка»», «120 000 ₽, 10 дней»."""
    return offer.shown, ", ".join(filter(None, (offer_sum(offer, language), offer.terms, offer_note(offer, language))))


def offer_sum(offer: SupplierOffer, language: Language) -> str:
    """Give the sum of an offer, '' where none was read."""
    return format_money(Money(Decimal(offer.amount), offer.currency), language) if offer.amount else ""


def offer_note(offer: SupplierOffer, language: Language) -> str:
    """Give what has to be said beside the sum: to be confirmed, declined, no answer, came back, late, not proven."""
    place = 0 if language == "ru" else 1
    notes = [_NOTES[offer.standing][place]] if offer.standing != "offered" else []
    notes += [_UNSURE[place]] if offer.standing == "offered" and not offer.sure else []
    notes += [_LATE[place]] if offer.late else []
    notes += [_UNPROVEN[place]] if offer.standing in ("offered", "declined") and not offer.proven else []
    return "; ".join(notes)


def offers_said(case: Case, office: Office, language: Language) -> tuple[tuple[str, str, str, str], ...]:
    """Give who has answered what and when, with his words, for letters about the case."""
    return tuple(
        (offer.shown, offer_row(offer, language)[1] or _OFFER[language], office.shown(offer.at, language), offer.text)
        for offer in case.offers
        if offer.at is not None
    )


_OFFER: dict[Language, str] = {"ru": "предложение", "en": "an offer"}
_NOTES: dict[str, tuple[str, str]] = {
    "asked": ("ответа нет", "no answer yet"),
    "declined": ("отказался", "declined"),
    "undelivered": ("письмо не дошло", "the letter did not arrive"),
}
_UNSURE = ("сумму уточнить", "the sum is to be confirmed")
_LATE = ("пришло после срока", "came after the term")
_UNPROVEN = ("отправитель не подтверждён почтовым сервером", "the mail server has not confirmed the sender")
