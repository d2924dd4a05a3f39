"""Invented papers: what `check` prints and what a person looks at when he changes a template.

Owns: sample views of every kind, a full one and an empty one. People, firms and requisites are invented.
Refuses to know: templates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mailflow.core.acquaintance_sheet import AcquaintanceSheet, Reader
from mailflow.core.addressee import Addressee
from mailflow.core.goals_sheet import GoalRow, GoalsSheet
from mailflow.core.letterhead import Executor, Letterhead, Signature
from mailflow.core.minutes import Minutes, MinutesPoint
from mailflow.core.offers import Offer, Offers
from mailflow.core.orders import Order
from mailflow.core.paper_views import PaperView
from mailflow.core.papers import OutgoingLetter
from mailflow.core.power_of_attorney import PowerOfAttorney
from mailflow.core.resolution_slip import ResolutionSlip
from mailflow.core.sheet import ApprovalSheet, SheetFile, SheetRow
from mailflow.core.views import Language, Line
from mailflow.core.visa_supplement import AgreedFile, VisaSupplement
from mailflow.core.visas import Visa


def views(language: Language) -> Iterator[PaperView]:
    """Give of each kind of paper a full one, a draft where there are drafts, and one with nothing on it."""
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
    yield replace(_ORDER, language=language)
    yield replace(_ORDER, language=language, draft=True, date="", number="", place="", points=(), visas=(), readers=())
    yield replace(_ATTORNEY, language=language)
    yield replace(
        _ATTORNEY, language=language, draft=True, number="", date="", powers=("принять груз", "подписать акт")
    )
    yield replace(_SUPPLEMENT, language=language)
    yield replace(_SUPPLEMENT, language=language, card=(), visas=(), files=())
    yield replace(_READ, language=language)
    yield replace(_READ, language=language, readers=(), files=(), read=0)
    yield replace(_MINUTES, language=language)
    yield replace(_MINUTES, language=language, points=(), control="", chair=Signature(), visas=())
    yield replace(_GOALS, language=language)
    yield replace(_GOALS, language=language, goals=(), position="", reckoned="", coefficient="", reason="", visas=())
    yield replace(_OFFERS, language=language)
    yield replace(_OFFERS, language=language, offers=(), kind="", supplier="", amount="")
    yield replace(_SLIP, language=language)
    yield replace(_SLIP, language=language, executors=(), due="", their_number="", correspondent="", way="", at="")


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

_VISA = Visa("Юрист", "юрист", "Лебедева М.А.", "19.11.2026 14:05", "ссылка")
_AGREED = AgreedFile("Счёт 57.pdf", 2, "1a2b3c4d" * 8)

_ORDER = Order(
    language="ru",
    letterhead=_LETTER.letterhead,
    draft=False,
    date="20.11.2026",
    number="15-ОД",
    place="г. Москва",
    heading="О графике отпусков на 2027 год",
    preamble="На основании ст. 123 ТК РФ",
    points=(
        "Утвердить график отпусков на 2027 год (приложение).",
        "Петрову П.П., начальнику отдела маркетинга, ознакомить работников до 25.12.2026.",
        "Контроль за исполнением приказа возложить на Ким Н.Л.",
    ),
    attachments=("График отпусков на 2 л. в 1 экз.",),
    signature=_LETTER.signature,
    visas=(_VISA,),
    readers=("Петров П.П.", "Ким Н.Л."),
    executor=_LETTER.executor,
    code="15-ОД 0123456789abcdef",
    doubts=("Кима Н.Л.",),
)

_ATTORNEY = PowerOfAttorney(
    language="ru",
    letterhead=_LETTER.letterhead,
    draft=False,
    number="12",
    place="г. Москва",
    date="Двадцатое ноября две тысячи двадцать шестого года",
    grantor=(
        "Общество с ограниченной ответственностью «НЕОН» (ИНН 7709123453, КПП 770901001, ОГРН 1157746123457) в лице "
        "генерального директора Иванова Ивана Ивановича, действующего на основании Устава, настоящей доверенностью "
        "уполномочивает"
    ),
    attorney=(
        "ведущего инженера Кузнецову Ольгу Николаевну, паспорт серии 45 10 № 123456, выдан 12.03.2011 ОВД «Тверской» "
        "г. Москвы, код подразделения 770-001"
    ),
    powers=("получать товары у ООО «Ромашка» и подписывать накладные",),
    term="Доверенность выдана по 31 декабря 2026 г. без права передоверия.",
    specimen="Кузнецовой О.Н.",
    signature=_LETTER.signature,
    code="12 0123456789abcdef",
    doubts=("срок истекает раньше дня выдачи",),
)

_SUPPLEMENT = VisaSupplement(
    language="ru",
    company="ООО «НЕОН»",
    number="СЧ-2026-0042",
    date="16.11.2026",
    title="Счёт № 57 · ООО «Ромашка» · 120 000,50 ₽",
    initiator="Кузнецов И.И.",
    position="менеджер по рекламе",
    card=(Line("Кому платим", "ООО «Ромашка»"), Line("Сумма", "120 000,50 ₽"), Line("Статья ДДС", "Реклама")),
    visas=(_VISA, replace(_VISA, stage="Финансовый директор", position="финансовый директор", name="Смирнова О.Н.")),
    files=(_AGREED,),
    made="16.11.2026 10:10",
    zone="Москвы",
    code="СЧ-2026-0042 0123456789abcdef",
)

_READER = Reader(1, "Орлов С.П.", "менеджер", "Отдел маркетинга", "18.11.2026 10:05", "ответ письмом", "")

_READ = AcquaintanceSheet(
    language="ru",
    company="ООО «НЕОН»",
    number="О-2026-0031",
    date="16.11.2026",
    title="Положение о командировках",
    initiator="Ким Н.Л.",
    files=(replace(_AGREED, name="Положение о командировках.pdf", version=1),),
    readers=(_READER, replace(_READER, number=2, name="Лебедева М.А.", at="", way="")),
    read=1,
    made="27.11.2026 10:10",
    zone="Москвы",
    code="О-2026-0031 0123456789abcdef",
)

_MINUTES = Minutes(
    language="ru",
    company="Общество с ограниченной ответственностью «НЕОН»",
    number="ПТ-2026-0046",
    date="16.11.2026",
    place="г. Москва",
    title="Планёрка отдела маркетинга",
    points=(
        MinutesPoint(1, "представить план продаж", ("Петров П.П., начальник отдела маркетинга",), "20.11.2026"),
        MinutesPoint(2, "сверка с ООО «Ромашка»", ("Смирнова О.Н., финансовый директор", "Орлов С.П."), ""),
    ),
    control="02.12.2026",
    controller="Белова Е.В.",
    chair=_LETTER.signature,
    secretary=Signature("Секретарь", "Е.В.", "Белова"),
    visas=(_VISA,),
    code="ПТ-2026-0046 0123456789abcdef",
)

_GOALS = GoalsSheet(
    language="ru",
    company="ООО «НЕОН»",
    number="Ц-2026-0007",
    date="01.10.2026",
    period="IV квартал 2026",
    person="Кузнецов Иван Иванович",
    position="менеджер по рекламе",
    goals=(
        GoalRow(1, "Запустить рассылку", "40", "100", "40"),
        GoalRow(2, "Снизить цену лида до 900 руб.", "35", "80", "28"),
        GoalRow(3, "Обучить стажёра", "25", "100", "25"),
    ),
    weight="100",
    reckoned="0,93",
    coefficient="0,95",
    reason="цена лида выросла на всём рынке",
    visas=(_VISA,),
    made="31.12.2026 10:10",
    code="Ц-2026-0007 0123456789abcdef",
)

_OFFERS = Offers(
    language="ru",
    company="ООО «НЕОН»",
    number="З-2026-0012",
    date="16.11.2026",
    title="Закупка: ноутбуки, 5 шт.",
    kind="Запрос цен",
    offers=(
        Offer(1, "ООО «Ромашка»", "512 000 ₽", "10 дней, предоплата 30 %", "КП Ромашка.pdf", chosen=True),
        Offer(2, "ООО «Лютик»", "498 500 ₽", "45 дней", "КП Лютик.pdf", lowest=True),
        Offer(3, "КП без строки", "", "", "КП без строки.pdf"),
    ),
    supplier="ООО «Ромашка»",
    amount="512 000 ₽",
    reason="",
    made="24.11.2026 10:10",
    code="З-2026-0012 0123456789abcdef",
)

_SLIP = ResolutionSlip(
    language="ru",
    company="ООО «НЕОН»",
    number="ВХ-2026-0311",
    date="12.11.2026",
    correspondent="АО «Мосводоканал»",
    their_number="01-12/4567",
    their_date="09.11.2026",
    title="О технических условиях",
    executors=("Петров П.П.", "Орлов С.П."),
    text="Петрову П.П., Орлову С.П.: подготовить ответ до 20.11.2026",
    due="20.11.2026",
    answer_needed=True,
    signature=_LETTER.signature,
    at="12.11.2026 15:40",
    way="ответ письмом",
    code="ВХ-2026-0311 0123456789abcdef",
)
