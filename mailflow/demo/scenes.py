"""The day as a table: who does what, in which words, and what mailflow must make of it.

Owns: the order of the day and its words in both languages. Refuses to know: how a mail is made
(`story`) and what is printed (`terminal`). A new scene is one more row; the letters of the company to
others and the evening's digest belong before the last one.

`expects` are the letters that must follow, as (kind, person id): the demo stops where one is missing,
so it cannot tell a story that did not happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from mailflow.core.views import Language

IVAN, PETROV, OLGA = "i.kuznetsov", "p.petrov", "o.smirnova"
BUH, SECRETARY = "buh", "sekretar"


class Act(StrEnum):
    """How a mail comes about."""

    STRANGE = "somebody outside writes"
    FORWARD = "the supplier's letter with his invoice is forwarded"
    REPLY = "the person replies to his newest letter"
    CORRECT = "the same, with the corrected invoice"
    AWAY = "the person's mail program answers"
    FORGE = "somebody outside answers in the person's name"


@dataclass(frozen=True, slots=True)
class Both:
    """A text in both languages; `{today}` is put in by the story."""

    ru: str
    en: str

    def in_(self, language: Language) -> str:
        """Give it in one."""
        return self.ru if language == "ru" else self.en


@dataclass(frozen=True, slots=True)
class Bill:
    """What the supplier wants paid: the number of his invoice, for what, how much."""

    number: str
    title: str
    amount: Decimal


BANNERS = Bill("57", "Баннеры рекламные 3×6 м", Decimal("120000.50"))
WITH_DISCOUNT = Bill("57", "Баннеры рекламные 3×6 м, скидка", Decimal("110000.00"))
LEAFLETS = Bill("61", "Печать листовок А5", Decimal("48300.00"))


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing somebody does. `who`: a person's id. `note`: what a newcomer should notice."""

    act: Act
    who: str
    title: Both
    says: Both
    note: Both
    expects: tuple[tuple[str, str], ...] = ()
    subject: Both = Both("", "")
    bill: Bill = BANNERS
    shows_card: bool = False


SCENES: tuple[Scene, ...] = (
    Scene(
        Act.STRANGE,
        "",
        Both("Незнакомая фирма присылает рекламу", "A firm nobody knows sends an offer"),
        Both(
            "Добрый день!\n\nСогласуйте, пожалуйста, поставку канцтоваров по нашему прайсу.",
            "Good day!\n\nPlease approve a delivery of stationery by our price list.",
        ),
        Both(
            "Чужому ничего не отвечают и заявку не заводят: письмо показали секретарю.",
            "A stranger gets no answer and no case: his letter was shown to the secretary.",
        ),
        (("stray", SECRETARY),),
        Both("Выгодное предложение", "A good offer"),
    ),
    Scene(
        Act.FORWARD,
        IVAN,
        Both(
            "Иван пересылает счёт поставщика и дописывает одну строку",
            "Ivan forwards a supplier's invoice and adds one line",
        ),
        Both(
            "Прошу оплатить до пятницы, статья Реклама.",
            "Please pay by Friday.\nCash flow item: Реклама",
        ),
        Both(
            "Получатель, ИНН, счёт, БИК, сумма и НДС прочитаны из PDF и его QR-кода, срок и статья — из строки"
            " Ивана. Не хватает одного: счёт в бюджете? Об этом и спросили.",
            "Payee, INN, account, BIC, amount and VAT were read from the PDF and its QR code, the day and the item"
            " from Ivan's line. One thing is missing, so it is asked: is it in the budget?",
        ),
        (("registered", IVAN),),
        shows_card=True,
    ),
    Scene(
        Act.REPLY,
        IVAN,
        Both("Иван отвечает двумя словами", "Ivan answers in two words"),
        Both("в бюджете", "in budget"),
        Both(
            "Заявка полна и пошла по маршруту: первым решает руководитель Ивана.",
            "The request is complete and on its way: Ivan's manager decides first.",
        ),
        (("ask", PETROV),),
    ),
    Scene(
        Act.AWAY,
        PETROV,
        Both("Петрова нет на месте: отвечает его почтовая программа", "Petrov is out: his mail program answers"),
        Both(
            "Добрый день! Я в отпуске, почту смотрю вечером. Срочное согласовано с Ивановым С.А.",
            "Hello! I am on holiday and read mail in the evening. Urgent matters are agreed with Ivanov S.A.",
        ),
        Both(
            "Автоответ ничего не решает, даже если в нём есть слово «согласовано». Ивану сообщили, что Петров"
            " в отъезде.",
            "An automatic reply decides nothing, even with the word “agreed” in it. Ivan was told that Petrov is away.",
        ),
        (("absent", IVAN),),
        Both("Автоматический ответ", "Automatic reply"),
    ),
    Scene(
        Act.REPLY,
        PETROV,
        Both("Вечером Петров соглашается одним словом", "In the evening Petrov agrees in one word"),
        Both("ок", "ok"),
        Both(
            "Ответа на письмо достаточно: ни входа, ни приложения. Теперь решает финансовый директор.",
            "A plain reply is enough: no login, no app. Now the finance director decides.",
        ),
        (("ask", OLGA), ("recorded", PETROV)),
    ),
    Scene(
        Act.FORGE,
        OLGA,
        Both(
            "Мошенник снаружи отвечает от имени Ольги «Согласовано»",
            "A swindler outside answers “Approved” in Olga's name",
        ),
        Both("Согласовано", "Approved"),
        Both(
            "Он знал даже обратный адрес письма. Но отправитель не подтверждён: голос не засчитан, Ольге сообщили.",
            "He even knew the reply address. But the sender is not proven: it does not count, and Olga was told.",
        ),
        (("not_counted", OLGA),),
    ),
    Scene(
        Act.REPLY,
        OLGA,
        Both("Ольга соглашается — и тут же просит поправить", "Olga agrees, and asks for a change in the same breath"),
        Both("ок, только сумму поправьте", "ok, just fix the amount"),
        Both(
            "«Да» с условием — не «да». Вместо догадки её спросили, мешает ли замечание.",
            "A yes with a condition is no yes. Instead of guessing, mailflow asked whether the remark blocks.",
        ),
        (("blocking", OLGA),),
    ),
    Scene(
        Act.REPLY,
        OLGA,
        Both("Ольга решает: на доработку", "Olga decides: back for rework"),
        Both(
            "На доработку: сумма в счёте не та, договаривались о скидке",
            "Rework: the amount in the invoice is wrong, we agreed on a discount",
        ),
        Both(
            "Причина ушла Ивану её словами; заявка ждёт его.",
            "The reason went to Ivan in her own words; the request waits for him.",
        ),
        (("returned", IVAN), ("recorded", OLGA)),
    ),
    Scene(
        Act.CORRECT,
        IVAN,
        Both("Иван отвечает исправленным счётом", "Ivan answers with the corrected invoice"),
        Both("Поставщик исправил, счёт во вложении.", "The supplier has corrected it, see the attachment."),
        Both(
            "Новая сумма прочитана из нового PDF. Сумма и файл изменились, поэтому прежнее «ок» Петрова больше не"
            " действует: все решают заново, круг 2.",
            "The new amount was read from the new PDF. Amount and file changed, so Petrov's ok no longer holds:"
            " everybody decides anew, round 2.",
        ),
        (("ask", PETROV),),
        bill=WITH_DISCOUNT,
        shows_card=True,
    ),
    Scene(
        Act.REPLY,
        PETROV,
        Both("Петров соглашается ещё раз", "Petrov agrees once more"),
        Both("Согласовано, спасибо", "Approved, thanks"),
        Both("Вежливость согласию не мешает.", "Good manners do not spoil a yes."),
        (("ask", OLGA),),
    ),
    Scene(
        Act.REPLY,
        OLGA,
        Both("Ольга соглашается с телефона", "Olga agrees from her phone"),
        Both("Согласовано\n\nОтправлено с iPhone", "Approved\n\nSent from my iPhone"),
        Both("Подпись телефона — не слова Ольги.", "The phone's signature is not what Olga said."),
        (("ask", BUH), ("agreed", IVAN)),
    ),
    Scene(
        Act.REPLY,
        BUH,
        Both("Бухгалтерия платит", "Accounting pays"),
        Both("Оплачено, п/п 345 от {today}", "Paid, payment order 345 of {today}"),
        Both(
            "Номер и дата платёжки записаны в карточку. Осталось сдать закрывающие документы.",
            "Number and date of the payment order are on the card. The closing papers remain.",
        ),
        (("ask", IVAN),),
    ),
    Scene(
        Act.REPLY,
        IVAN,
        Both("Иван сдал документы", "Ivan has handed the papers in"),
        Both("Готово", "Done"),
        Both("Маршрут пройден, заявка закрыта.", "The route is complete, the case is closed."),
        (("recorded", IVAN),),
    ),
)

LEFT_OPEN = Scene(
    Act.FORWARD,
    IVAN,
    Both("Иван пересылает ещё один счёт", "Ivan forwards one more invoice"),
    Both(
        "Прошу оплатить до пятницы, статья Реклама, в бюджете.",
        "Please pay by Friday, in budget.\nCash flow item: Реклама",
    ),
    Both(
        "Эта заявка ждёт вас: откройте ящик Петрова и решите за него.",
        "This one waits for you: open Petrov's mailbox and decide in his place.",
    ),
    (("ask", PETROV),),
    bill=LEAFLETS,
)
"""What a visitor of the mailboxes finds undecided."""
