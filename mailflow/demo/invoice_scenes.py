"""The first half of the day: an invoice from the supplier's letter to the closing papers.

Owns: its scenes and their words. Refuses to know: how a mail is made, what is printed.
"""

from __future__ import annotations

from decimal import Decimal

from mailflow.demo.scene import BUH, IVAN, OLGA, PETROV, SECRETARY, Act, Bill, Both, Scene

WITH_DISCOUNT = Bill("57", "Баннеры рекламные 3×6 м, скидка", Decimal("110000.00"))

INVOICE: tuple[Scene, ...] = (
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
        (("closed", IVAN),),
    ),
)
