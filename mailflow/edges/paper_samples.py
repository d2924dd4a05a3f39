"""Invented papers: what `check` prints and what a person looks at when he changes a template.

Owns: sample views of every kind, a full one and an empty one. People, firms and requisites are invented.
Refuses to know: templates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mailflow.core.addressee import Addressee
from mailflow.core.letterhead import Executor, Letterhead, Signature
from mailflow.core.papers import OutgoingLetter
from mailflow.core.sheet import ApprovalSheet, SheetFile, SheetRow
from mailflow.core.views import Language


def views(language: Language) -> Iterator[ApprovalSheet | OutgoingLetter]:
    """Give a draft and a registered letter, a full sheet, and one of each with nothing on it."""
    yield replace(_LETTER, language=language)
    yield replace(_LETTER, language=language, draft=True, date="", number="", their_number="", doubts=("Орёлу И.И.",))
    yield replace(_SHEET, language=language)
    yield replace(
        _LETTER,
        language=language,
        letterhead=Letterhead(*[""] * 10),
        addressee=Addressee(),
        heading="",
        greeting="",
        text=(),
        attachments=(),
        signature=Signature(),
        executor=Executor(),
    )
    yield replace(_SHEET, language=language, counterparty="", amount="", position="", rows=(), files=())


_LETTER = OutgoingLetter(
    language="ru",
    letterhead=Letterhead(
        full_name="Общество с ограниченной ответственностью «НЕОН»",
        short_name="ООО «НЕОН»",
        address="ул. Примерная, д. 1, Москва, 101000",
        phone="+7 (495) 000-00-00",
        email="docs@neon.example",
        site="neon.example",
        inn="7709123453",
        kpp="770901001",
        ogrn="1157746123457",
        okpo="12345678",
    ),
    draft=False,
    date="20.11.2026",
    number="01-14/205",
    their_number="01-12/4567",
    their_date="09.11.2026",
    addressee=Addressee(
        lines=("Начальнику управления", "АО «Мосводоканал»"),
        surname="Лагунину",
        initials="В.А.",
        address=("Плетешковский пер., д. 2,", "Москва, 105005"),
    ),
    heading="О согласовании технических условий",
    greeting="Уважаемый Виктор Андреевич!",
    text=(
        "В ответ на Ваше письмо направляем согласованную схему подключения объекта «Парк Северный».",
        "Просим подтвердить срок выдачи технических условий.",
    ),
    attachments=("Схема на 2 л. в 1 экз.", "Акт на 1 л. в 1 экз."),
    closing="С уважением,",
    signature=Signature("Генеральный директор", "И.И.", "Иванов"),
    executor=Executor("Петров Пётр Петрович", "+7 (495) 000-00-01"),
    code="01-14/205 0123456789abcdef",
)

_ROW = SheetRow(
    number=1,
    stage="Финансовый директор",
    position="финансовый директор",
    name="Смирнова О.Н.",
    received="16.11.2026 10:01",
    decision="Согласовано с замечаниями",
    decided="16.11.2026 10:05",
    remark="оплатить до конца недели",
    round=1,
    files=("Ф2: № 2, 1a2b3c4d",),
    way="ссылка",
)

_SHEET = ApprovalSheet(
    language="ru",
    company="ООО «НЕОН»",
    process="Счёт на оплату",
    number="СЧ-2026-0042",
    date="16.11.2026",
    title="Счёт № 57, ООО «Ромашка», 120 000,50 ₽",
    initiator="Кузнецов И.И.",
    position="менеджер по рекламе",
    counterparty="ООО «Ромашка»",
    amount="120 000,50 ₽",
    rows=(_ROW, replace(_ROW, number=2, decision="Не требуется: доверенная сумма", decided="", remark="", way="")),
    files=(
        SheetFile("Ф1", "Счёт 57.pdf", 1, "0" * 64, "Кузнецов И.И.", "16.11.2026 10:00", current=False),
        SheetFile("Ф2", "Счёт 57.pdf", 2, "1a2b3c4d" * 8, "Кузнецов И.И.", "16.11.2026 10:00", current=True),
    ),
    result="Согласовано. Маршрут пройден полностью 16.11.2026.",
    made="16.11.2026 10:10",
    zone="Europe/Moscow",
    code="СЧ-2026-0042 0123456789abcdef",
)
