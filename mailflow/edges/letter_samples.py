"""One invented case, told in both languages: what `check` prints and what a person looks at.

Owns: sample views of every kind. People, firms and requisites are invented. Refuses to know: templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailflow.core.views import Changed, Choice, FileLine, Finding, Language, LetterView, Line, Said, Waiting
from mailflow.edges import letter_samples_outside as outside
from mailflow.edges import letter_samples_people as people


def views(kind: str, language: Language) -> tuple[LetterView, LetterView, LetterView]:
    """Give three views of a kind: a lifelike one, one with every field filled, one with nothing filled."""
    whole = replace(_TOLD[language].case, kind=kind, words=_words(kind, language), rows=_rows(kind, language))
    return _lifelike(kind, whole), whole, LetterView(kind, language, reader="", company="")


def _lifelike(kind: str, whole: LetterView) -> LetterView:
    """Keep of the whole case what such a letter shows."""
    kept = _SHOWN.get(kind) or people.SHOWN.get(kind) or outside.SHOWN.get(kind, ())
    shown = replace(
        whole,
        card=whole.card if "card" in kept else (),
        findings=whole.findings if "findings" in kept else (),
        said=whole.said if "said" in kept else (),
        waiting=whole.waiting if "waiting" in kept else (),
        route=whole.route if "route" in kept else (),
        files=whole.files if "files" in kept else (),
        changes=whole.changes if "changes" in kept else (),
        choices=whole.choices if "choices" in kept else (),
        say=whole.say if "say" in kept else (),
        questions=whole.questions if "questions" in kept else (),
        code=whole.code if "choices" in kept else "",
    )
    if kind in _NO_CASE:
        shown = replace(shown, number="", title="", initiator="", due="")
    if kind in outside.OUTSIDE:
        shown = replace(shown, title="", initiator="", reader="", outside=True)
        shown = replace(shown, due=shown.due if kind == "offer_wanted" else "")
    told = _TOLD[whole.language]
    return replace(shown, say=told.say.get(kind, shown.say), rows=_rows(kind, whole.language))


_DECIDING = ("card", "findings", "said", "files", "choices", "say")
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "registered": ("card", "findings", "files", "questions", "route"),
    "ask": _DECIDING,
    "reminder": _DECIDING,
    "escalation": ("card", "said", "waiting"),
    "agreed": ("said", "waiting"),
    "returned": ("card", "said", "files"),
    "rejected": ("card", "said"),
    "closed": ("card", "said", "files"),
    "question": ("card",),
    "answered": _DECIDING,
    "blocking": ("card", "choices"),
    "reason": ("card", "choices"),
    "unclear": ("card", "choices", "say"),
    "not_counted": ("card", "choices", "say"),
    "recorded": ("card",),
    "status": ("card", "said", "waiting", "route", "files"),
    "absent": ("waiting",),
    "withdrawn": ("card",),
    "notice": ("card", "files"),
    "version": ("files", "changes"),
    "file": ("card",),
}
_NO_CASE = people.NO_CASE | {
    "tasks", "help", "stray", "unknown_request", "anchor", "code", "sign_in", "second_factor", "digest", "register",
}  # fmt: skip


def _words(kind: str, language: Language) -> Mapping[str, str]:
    said = people.WORDS[language].get(kind) or outside.WORDS[language].get(kind)
    return dict(said or _TOLD[language].words.get(kind, {}))


def _rows(kind: str, language: Language) -> tuple[tuple[str, ...], ...]:
    return people.ROWS[language].get(kind) or outside.ROWS[language].get(kind) or _TOLD[language].rows.get(kind, ())


@dataclass(frozen=True, slots=True)
class _Told:
    """The case in one language, and what only one kind of letter says of it."""

    case: LetterView
    words: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, tuple[tuple[str, ...], ...]]
    say: Mapping[str, tuple[str, ...]]


def _choices(labels: tuple[str, str, str, str], subject: str) -> tuple[Choice, ...]:
    page = "https://docs.neon.example/d/k7f3k9q2ma81c44pz5m1z7ra"
    box = "mailto:docs+t.7f3k9q2m@neon.example"
    answers = ("approve", "rework", "reject", "question")
    return tuple(
        Choice(answer, label, f"{page}?choice={answer}", f"{box}?subject={subject}&body={answer}")
        for answer, label in zip(answers, labels, strict=True)
    )


_RU = _Told(
    case=LetterView(
        kind="ask",
        language="ru",
        reader="Ольга Николаевна",
        company="ООО «Неон»",
        number="СЧ-2026-0157",
        title="Счёт № 57, ООО «Ромашка», 120 000,50 ₽",
        initiator="Кузнецов И.И.",
        card=(
            Line("Кто просит", "Кузнецов И.И., отдел маркетинга"),
            Line("За что", "баннеры для выставки, статья ДДС «Реклама», в бюджете"),
            Line("Сумма", "120 000,50 ₽ (в т. ч. НДС 22 % 21 639,43)"),
            Line("Оплатить до", "13.11.2026, пятница"),
            Line("Получатель", "ООО «Ромашка», ИНН 7709123453, р/с 40702810938000012345, БИК 044525225"),
        ),
        findings=(
            Finding(True, "ИНН, расчётный счёт и БИК верны."),
            Finding(True, "Этот счёт раньше не поступал."),
            Finding(False, "Реквизиты отличаются от трёх прошлых оплат: сменился расчётный счёт."),
        ),
        said=(Said("Петров П.П.", "согласовано", "12.11 17:05", "Нужно до выставки."),),
        waiting=(Waiting("Смирнова О.Н.", "финансовый директор", "12.11.2026", "13.11.2026", True),),
        route=("Петров П.П., руководитель отдела", "Смирнова О.Н., финансовый директор", "бухгалтерия"),
        files=(
            FileLine("Счет на оплату № 57 от 12 ноября 2026.pdf", 1, "84 КБ", "9b1c…e07a"),
            FileLine("Коммерческое_предложение_баннеры_и_стенды_окончательная_редакция.docx", 2, "1,2 МБ", "41f0…77d2"),
        ),
        changes=(
            Changed("Договор.docx", "… составляет 0,5 процента в день …", "… составляет 0,1 процента в день …"),
            Changed("Договор.docx", note="и ещё изменённых мест: 3"),
        ),
        due="13.11.2026",
        choices=_choices(("Согласовать", "На доработку", "Отклонить", "Задать вопрос"), "%D0%A1%D0%A7-2026-0157"),
        say=("Согласовано", "На доработку: причина", "Отклонить: причина"),
        questions=("Счёт в бюджете? Ответьте «в бюджете» или «не в бюджете».",),
        code="739026",
    ),
    words={
        "registered": {
            "confirm": "Мы поняли, что это счёт на оплату. Верно? Если нет, напишите, что это.",
            "trusted": "Согласование руководителя не требуется: сумма в пределах доверенной (500 000 ₽).",
        },
        "ask": {"instruction": "Проверьте, пожалуйста, статью ДДС и бюджет."},
        "reminder": {
            "instruction": "Проверьте, пожалуйста, статью ДДС и бюджет.",
            "late": "yes",
            "silence": "25.11.2026",
        },
        "escalation": {"who": "Смирнова О.Н.", "since": "12.11.2026"},
        "agreed": {"who": "Петров П.П.", "next": "решение финансового директора, Смирнова О.Н."},
        "returned": {"who": "Смирнова О.Н.", "reason": "Приложите коммерческое предложение и акт сверки."},
        "rejected": {"who": "Смирнова О.Н.", "reason": "Расход не заложен в бюджет четвёртого квартала."},
        "closed": {"result": "оплачено, п/п 345 от 13.11.2026"},
        "question": {"who": "Смирнова О.Н.", "question": "Почему дороже, чем в прошлом году?"},
        "answered": {
            "who": "Кузнецов И.И.",
            "question": "Почему дороже, чем в прошлом году?",
            "answer": "В этом году стенд вдвое больше, цена за метр прежняя.",
        },
        "blocking": {"remark": "Согласен, но исправьте п. 3 договора."},
        "reason": {"said": "Отклонить."},
        "unclear": {"text": "Хорошо, что прислали. Давайте обсудим на планёрке."},
        "not_counted": {"reason": "письмо пришло с личного адреса o.smirnova@mail.example", "text": "Согласовано."},
        "recorded": {"said": "согласовано", "comment": "Только до пятницы.", "next": "оплата, бухгалтерия"},
        "absent": {"who": "Смирнова О.Н.", "until": "29.11.2026", "text": "Я в отпуске, пишите Петрову П.П."},
        "comment": {"who": "Смирнова О.Н.", "text": "Договор на следующий год лучше заключить заранее."},
        "version": {"who": "Лагунин В.А.", "text": "п. 5.3: 0,5 % в день много, поставил 0,1 %"},
        "notice": {"text": "Счёт № 57 от ООО «Ромашка» оплачен. Товар привезут до пятницы."},
        "file": {"text": "Готово, подписали."},
        "withdrawn": {"who": "Кузнецов И.И.", "reason": "Поставщик отменил заказ."},
        "undelivered": {"address": "o.smirnova@neon.example", "reason": "550 5.1.1 User unknown"},
        "stray": {
            "from": "office@vodokanal.example (Водоканал)",
            "subject": "О начислениях за октябрь",
            "text": "Добрый день! Направляем письмо о начислениях. Просим ответить до 20.11.2026.",
        },
        "unknown_request": {"subject": "Документы от Ромашки"},
        "anchor": {"day": "20.11.2026 09:00", "rows": "1204", "head": f"mailflow.1.1204.{'5e' * 32}"},
        "code": {
            "number": "СЧ-2026-0157",
            "title": "Счёт № 57, ООО «Ромашка», 120 000,50 ₽",
            "code": "482 915",
        },
        "sign_in": {"code": "482 915"},
        "second_factor": {"reset": "yes"},
        "digest": {
            "day": "пт 20.11.2026",
            "counts": "14 новых, 2 просрочено, 1 письмо не разобрано",
            "enclosed": "Журнал входящих 2026.xlsx, Журнал исходящих 2026.xlsx, Реестр счетов 2026.xlsx",
        },
        "register": {"title": "Реестр счетов", "days": "17.11.2026–23.11.2026", "count": "12 записей", "own": "yes"},
    },
    rows={
        "digest": (
            (
                "Просрочено",
                "СЧ-2026-0149",
                "Счёт № 12, ООО «СкладПлюс», 300 000 ₽",
                "Смирнова О.Н.: срок был 16.11.2026, ждём 4 рабочих дня (нет на месте; замещающий не назначен)",
            ),
            (
                "Просрочено",
                "Вх-2026-0311",
                "АО «Мосводоканал», О технических условиях",
                "Петров П.П.: срок был 20.11.2026, ждём 2 рабочих дня",
            ),
            ("Срок сегодня", "СЧ-2026-0158", "Счёт № 61, ООО «Ромашка», 18 000 ₽", "Бухгалтерия"),
            (
                "Не разобрано",
                "от info@shop.example",
                "тема «Каталог подарков»",
                "20.11.2026 16:40",
                "писал посторонний",
            ),
            ("Новые", "СЧ-2026-0160", "Счёт № 64, ООО «Лотос», 7 200 ₽", "Кузнецов И.И."),
        ),
        "tasks": (
            ("СЧ-2026-0157", "Счёт № 57, ООО «Ромашка», 120 000,50 ₽", "до 13.11.2026"),
            ("Д-2026-0042", "Договор 42-П, ООО «ГеоПроект», 1 200 000 ₽", "до 18.11.2026"),
        ),
        "help": (
            ("Счёт на оплату", "перешлите счёт или напишите в теме «Счёт»"),
            ("Договор", "пришлите задание и карточку контрагента, в теме напишите «Договор»"),
        ),
        "stray": (("О начислениях.pdf", "112 КБ"), ("Расчёт.xlsx", "24 КБ")),
        "unknown_request": (
            ("Счёт на оплату", "ответьте «Счёт»"),
            ("Договор", "ответьте «Договор»"),
            ("Письмо входящее", "ответьте «Вх»"),
        ),
    },
    say={
        "reason": ("На доработку: причина", "Отклонить: причина"),
        "returned": ("Готово",),
        "blocking": ("Согласовано", "На доработку"),
        "recorded": ("Отзываю",),
        "stray": ("Вх", "Счёт", "Не документ"),
        "unknown_request": (),
    },
)

_EN = _Told(
    case=LetterView(
        kind="ask",
        language="en",
        reader="Olga",
        company="Neon LLC",
        number="INV-2026-0157",
        title="Invoice No. 57, Daisy Ltd, RUB 120,000.50",
        initiator="Ivan Kuznetsov",
        card=(
            Line("Requested by", "Ivan Kuznetsov, Marketing"),
            Line("What for", "banners for the fair, cash flow item “Advertising”, within budget"),
            Line("Amount", "RUB 120,000.50 (including VAT 22 % of 21,639.43)"),
            Line("Pay by", "Friday, 13 November 2026"),
            Line("Payee", "Daisy Ltd, INN 7709123453, account 40702810938000012345, BIC 044525225"),
        ),
        findings=(
            Finding(True, "INN, account and BIC are valid."),
            Finding(True, "This invoice has not come before."),
            Finding(False, "The account differs from the last three payments to this payee."),
        ),
        said=(Said("Pavel Petrov", "approved", "12 Nov 17:05", "We need it before the fair."),),
        waiting=(Waiting("Olga Smirnova", "finance director", "12 Nov 2026", "13 Nov 2026", True),),
        route=("Pavel Petrov, head of department", "Olga Smirnova, finance director", "accounting"),
        files=(
            FileLine("Invoice 57 of 12 November 2026.pdf", 1, "84 KB", "9b1c…e07a"),
            FileLine("Commercial_offer_for_banners_and_stands_final_version.docx", 2, "1.2 MB", "41f0…77d2"),
        ),
        changes=(
            Changed("Contract.docx", "… a penalty of 0.5 per cent a day …", "… a penalty of 0.1 per cent a day …"),
            Changed("Contract.docx", note="and 3 more places"),
        ),
        due="13 Nov 2026",
        choices=_choices(("Approve", "Ask for changes", "Reject", "Ask a question"), "INV-2026-0157"),
        say=("Approved", "Rework: reason", "Reject: reason"),
        questions=("Is this invoice within the budget? Reply “within budget” or “not within budget”.",),
        code="739026",
    ),
    words={
        "registered": {
            "confirm": "We took it for an invoice. Is that right? If not, reply and tell us what it is.",
            "trusted": "Your manager's approval is not needed: the amount is within your trusted sum (RUB 500,000).",
        },
        "ask": {"instruction": "Please check the cash flow item and the budget."},
        "reminder": {
            "instruction": "Please check the cash flow item and the budget.",
            "late": "yes",
            "silence": "25 Nov 2026",
        },
        "escalation": {"who": "Olga Smirnova", "since": "12 Nov 2026"},
        "agreed": {"who": "Pavel Petrov", "next": "the decision of the finance director, Olga Smirnova"},
        "returned": {"who": "Olga Smirnova", "reason": "Attach the commercial offer and the reconciliation."},
        "rejected": {"who": "Olga Smirnova", "reason": "The cost is not in the budget of this quarter."},
        "closed": {"result": "paid, payment order 345 of 13 Nov 2026"},
        "question": {"who": "Olga Smirnova", "question": "Why is it more than last year?"},
        "answered": {
            "who": "Ivan Kuznetsov",
            "question": "Why is it more than last year?",
            "answer": "The stand is twice as large this year; the price per metre is the same.",
        },
        "blocking": {"remark": "Agreed, but correct clause 3 of the contract."},
        "reason": {"said": "Reject."},
        "unclear": {"text": "Good that you sent it. Let us discuss it on Monday."},
        "not_counted": {"reason": "it came from the private address o.smirnova@mail.example", "text": "Approved."},
        "recorded": {"said": "approved", "comment": "Only until Friday.", "next": "payment, accounting"},
        "absent": {"who": "Olga Smirnova", "until": "29 Nov 2026", "text": "I am on leave, write to Pavel Petrov."},
        "comment": {"who": "Olga Smirnova", "text": "Next year's contract is better made in advance."},
        "version": {"who": "Victor Lagunin", "text": "5.3: 0.5 % a day is much, I put 0.1 %"},
        "notice": {"text": "Invoice 57 of Daisy Ltd is paid. The goods arrive by Friday."},
        "file": {"text": "Done, it is signed."},
        "withdrawn": {"who": "Ivan Kuznetsov", "reason": "The supplier has cancelled the order."},
        "undelivered": {"address": "o.smirnova@neon.example", "reason": "550 5.1.1 User unknown"},
        "stray": {
            "from": "office@water.example (Water Works)",
            "subject": "Charges for October",
            "text": "Good afternoon! We send a letter about the charges. Please answer by 20 November 2026.",
        },
        "unknown_request": {"subject": "Papers from Daisy"},
        "anchor": {"day": "20 Nov 2026 09:00", "rows": "1204", "head": f"mailflow.1.1204.{'5e' * 32}"},
        "code": {
            "number": "INV-2026-0157",
            "title": "Invoice No. 57, Daisy Ltd, RUB 120,000.50",
            "code": "482 915",
        },
        "sign_in": {"code": "482 915"},
        "second_factor": {"reset": "yes"},
        "digest": {
            "day": "Fri 20 Nov 2026",
            "counts": "14 new, 2 overdue, 1 mail not understood",
            "enclosed": "Incoming letters 2026.xlsx, Outgoing letters 2026.xlsx, Register of invoices 2026.xlsx",
        },
        "register": {
            "title": "Register of invoices",
            "days": "17 Nov 2026 – 23 Nov 2026",
            "count": "12 entries",
            "own": "yes",
        },
    },
    rows={
        "digest": (
            (
                "Overdue",
                "INV-2026-0149",
                "Invoice 12, Storage Plus Ltd, RUB 300,000.00",
                "Olga Smirnova: was due 16 Nov 2026, waiting for 4 working days (away; nobody stands in)",
            ),
            (
                "Overdue",
                "IN-2026-0311",
                "Water Works, Technical conditions",
                "Pavel Petrov: was due 20 Nov 2026, waiting for 2 working days",
            ),
            ("Due today", "INV-2026-0158", "Invoice 61, Daisy Ltd, RUB 18,000.00", "Accounting"),
            ("Not understood", "from info@shop.example", "subject “Gift catalogue”", "20 Nov 2026 16:40", "a stranger"),
            ("New", "INV-2026-0160", "Invoice 64, Lotus Ltd, RUB 7,200.00", "Ivan Kuznetsov"),
        ),
        "tasks": (
            ("INV-2026-0157", "Invoice No. 57, Daisy Ltd, RUB 120,000.50", "by 13 Nov 2026"),
            ("C-2026-0042", "Contract 42-P, GeoProject LLC, RUB 1,200,000", "by 18 Nov 2026"),
        ),
        "help": (
            ("Invoice", "forward the invoice, or write “Invoice” in the subject"),
            ("Contract", "send the assignment and the company card, write “Contract” in the subject"),
        ),
        "stray": (("Charges.pdf", "112 KB"), ("Calculation.xlsx", "24 KB")),
        "unknown_request": (
            ("Invoice", "reply “Invoice”"),
            ("Contract", "reply “Contract”"),
            ("Incoming letter", "reply “Incoming”"),
        ),
    },
    say={
        "reason": ("Rework: reason", "Reject: reason"),
        "returned": ("Done",),
        "blocking": ("Approved", "Rework"),
        "recorded": ("Withdraw",),
        "stray": ("Incoming", "Invoice", "Not a document"),
        "unknown_request": (),
    },
)

_TOLD: Mapping[Language, _Told] = {"ru": _RU, "en": _EN}
