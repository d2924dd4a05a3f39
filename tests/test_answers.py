"""What replies decide: ordinary office phrases, traps, and the law that a yes is a closed world."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.answers import Answer, Expecting, read
from mailflow.core.phrase_search import expand
from mailflow.core.phrases import PHRASES
from mailflow.core.says import Says
from tests.said import said
from tests.scale import Scale

FRIDAY = date(2026, 11, 13)

APPROVALS: dict[Answer, tuple[str, ...]] = {
    Answer.APPROVE: (
        "Согласовано!", "СОГЛАСОВАНО", "согласована", "Согласован.", "Ок.", "ок :)", "Окей, спасибо!", "Оk",
        "Да, согласовано", "Да, согласна.", "Коллеги, согласовано", "Иван, согласовано, спасибо!",
        "Ольга Николаевна, добрый день! Согласовано.", "Согласовано, Смирнова", "Счёт согласован",
        "Договор согласован", "Оплату согласовываю", "Согласовано к оплате", "Согласовываю", "Я согласен",
        "Полностью согласна", "С моей стороны возражений нет", "Замечаний нет, согласовано", "Без замечаний.",
        "Не возражаю.", "Мы не возражаем", "Я не против", "Нет возражений", "Претензий нет, согласовано", "Утверждаю",
        "Утверждён", "Одобрено, спасибо", "Нет вопросов, согласна", "Вопросов нет, согласовано", "Да.", "да!", "Добро",
        "даю добро", "Подтверждаю", "👍", "👍👍", "✅", "👍🏻", "Ок 👍", "+", "++", "+1", "Согласовано))", "Ок))))",
        "*Согласовано*", "«Согласовано»", "- Согласовано", "Согласен — спасибо", "Понял, согласовано",
        "Проверила, согласовано", "Спасибо. Согласовано", "Всё ок", "Согласованo", "cогласовaно", "Соглaсовaно",
        "Соглассовано", "Сгласовано", "Согласвано", "Утверждено!!", "ytn djghjcjd? jr", "lf", "jr", "ghbdtn? jr",
        "щл", "фззкщмув", "c j u k f c j d f y j", "Да конечно", "Да, конечно", "Визирую", "виза есть", "approved",
        "Approved.", "APPROVED!", "I approve", "I approve this", "ok", "OK", "Okay, thanks", "Yes", "yes, approved",
        "lgtm", "LGTM!", "Looks good", "Looks good to me", "looks good, thanks", "Fine with me", "fine by me",
        "Go ahead", "Please proceed", "No objections", "No comments, approved", "Agreed", "I agree", "Sounds good",
        "Works for me", "All good", "Sure", "Sure, go ahead", "Hi John, approved. Thanks",
        "Dear colleagues, approved", "Approved as is", "I'm fine with this", "Confirmed", "good to go",
        "Hi team! Approved. Best regards",
    ),
    Answer.UNCLEAR: (
        "Согласовано / отклонено", "Спасибо", "Принято", "Получил", "Понятно", "Согласуйте", "Согласуйте, пожалуйста",
        "Прошу согласовать", "Согласование у Петрова", "Согласовал бы", "Я бы согласовал",
        "Если согласовано, то оплатите", "ага", "ага, щас", "угу, щас", "да ну", "Да ну нет", "да нет", "нет, ок",
        "Ну да, конечно", "щас", "100%", "5", "-", "...", "+7 (495) 000-00-00", "Утверждаю, что это дорого",
        "Согласен, что дорого", "по телефону говорили", "Смотрите письмо выше", "Нужно согласовать с юристами",
        "Не отклоняю", "👍👎", "👍 👎", "+-", "+/-", "От имени Петрова: согласовано",
        "По поручению Смирновой согласовано", "Кажется, согласовано", "Наверное, да", "Вроде ок", "probably ok",
        "I would approve", "maybe", "Thanks", "Noted", "received", "please approve", "waiting for approval",
        "for your approval", "yeah right", "Да/нет", "Согласовано ли это с юристами", "Нет акта", "no budget",
        "Нет денег", "Доброе утро", "Ок или нет", "approve or reject", "Да как же так", "Да что это такое",
        "Мне без разницы", "На ваше усмотрение", "Не знаю", "не уверен", "Хорошо", "Ладно", "Хорошо бы согласовать",
        "asap", "Ответьте: Согласовано / На доработку: причина / Отклонить: причина", "Не согласен, но ладно, ок",
        "да, но нет",
    ),
    Answer.APPROVE_WITH_REMARKS: (
        "ок, но", "Согласовано, но дорого", "Согласовано с Петровым", "Согласовано Петровым",
        "Согласовано в части оплаты", "Согласовано, кроме пункта 2", "Согласовано: Петров П.П.",
        "Согласовано Петров П.П.", "Согласовано до 100 тысяч", "Согласовано 50%", "Согласовано, оплата частями",
        "Согласовано. Проверьте НДС", "ок, жду исправленный", "Да, но снизьте цену", "Ок, если доставка бесплатная",
        "Согласовано при наличии акта", "Согласен частично", "Согласовано со скидкой 5%", "в целом согласовано",
        "в принципе ок", "Согласовано условно", "Согласовано, только поменяйте дату", "Согласовано после исправления",
        "Да, это дорого", "1. Согласовано", "yes but", "ok, but change the date", "Approved, but fix the date",
        "approve this if the price holds", "Approved with remarks: see p. 3", "Approved subject to legal review",
        "Looks good except p. 4", "approved up to 100 000", "Approved by Petrov", "go ahead and fix it",
        "ok for the amount, not ok for the term", "Согласовано\nно только п. 1", "Согласовано\nСумму снизьте",
        "Согласовано\nP.S. после правок", "Счёт 57 согласован", "Согласовано вчера", "Ок по сумме",
        "Согласовано, отправьте на подпись Иванову", "Сумму уменьшите до 100 000, остальное согласовано",
        "Согласовано\n\nС уважением,\nСмирнова\nP.S. только после исправления п. 3", "Согласовано\n--\nно без п. 3",
        "Согласовано\nДорого", "Согласовано\nУсловно", "Согласовано. А когда поставка?",
        "Должно быть согласовано с Петровым", "Согласовано, не согласовано",
    ),
    Answer.DEFER: (
        "Ок, но не сейчас", "Посмотрю завтра", "Завтра", "Позже", "Пока нет", "пока не готов", "Ещё не смотрел",
        "Решу в понедельник", "Вернусь 29 ноября", "Отвечу после 20.11", "Буду в офисе в среду, тогда согласую",
        "Согласую завтра", "Согласую после отпуска", "Я в отпуске до 29 ноября", "Не успеваю, давайте завтра",
        "Надо подумать", "I will check tomorrow", "I'll look at it next week", "tomorrow", "not now", "Not yet",
        "later", "Out of office until 20.11.2026", "Let me think", "ok, will check tomorrow", "Нет, посмотрю завтра",
        "Подождите до пятницы", "Утвержу в четверг",
    ),
    Answer.QUESTION: (
        "Согласовано?", "ок?", "ok?", "approved?", "Да?", "Почему так дорого?", "Это с доставкой? Если да, ок",
        "Когда оплата?", "Не пойму, за что платим?", "Why so expensive?", "Is it in the budget?",
        "Can you explain the amount?", "What is this?", "Вложение не открывается", "Пришлите договор",
        "Уточните сумму", "Прошу пояснить сумму", "Нет вложения", "Вопрос: кто поставщик", "Please send the contract",
        "Please clarify the amount", "Can't open the file", "А Петров согласовал?", "Отклонить?",
        "Нужно согласовать или отклонить?", "Согласовать? Или подождать?", "question: who pays",
        "У меня вопрос по п. 3", "Непонятно, за что платим", "Нужны пояснения по смете", "Согласовано?!",
    ),
    Answer.NEED_REASON: (
        "согласовано не буду", "нет", "Нет.", "Нет!", "Против", "против.", "Я против", "Не согласовано",
        "не согласован", "Не согласна", "НЕ СОГЛАСОВАНО", "Не утверждаю", "Не одобрено", "Не ок", "не ок.",
        "Отклонить", "Отклоняю.", "Отклонено", "Отказ", "Отказать", "На доработку", "На доработку.", "Вернуть",
        "Верните на доработку", "Доработать", "Возвращаю", "no", "No.", "Not approved", "rejected", "Reject",
        "declined", "I disagree", "rework", "Return", "needs rework", "not ok", "Do not approve", "👎", "Нет, спасибо",
        "Добрый день! Отклонить. Спасибо", "Не согласовано.\n\nС уважением,\nПетров", "Отклонить:", "На доработку:",
        "HE согласовано", "yt cjukfcjdfyj", "ytn", "ghjnbd", "несогласен", "Отказано", "Возражаю", "I object",
        "-\nнет", "Не буду согласовывать этот счёт", "Отклоняю счёт",
    ),
    Answer.DECLINE: (
        "Не согласовано, дорого", "Не согласен: цена завышена", "Нет, слишком дорого", "Нет. Бюджет исчерпан",
        "Против: нет бюджета", "Против, поставщик ненадёжный", "Не могу согласовать без договора",
        "Не готова согласовать, нет сметы", "Не утверждаю, превышен лимит", "Не буду согласовывать этот счёт, он чужой",
        "Не согласен с п. 4", "не ок по срокам", "not approved: too expensive", "Not approved, no budget",
        "I can't approve without the contract", "don't approve, it is a duplicate", "no, too expensive",
        "I disagree with clause 4", "Дорого, не согласовано", "Не подходит, ищите другого",
    ),
    Answer.REJECT: (
        "Отклонить: дубль", "Отклоняю, дубль счёта", "Отказ: нет бюджета", "Отклонить - дубль", "Отклонено. Дубль.",
        "Reject: duplicate", "rejected, wrong payee", "Rejected - no budget", "declined: too expensive",
        "Отказать, договор расторгнут", "Добрый день! Отклонить: не наш счёт",
    ),
    Answer.REWORK: (
        "На доработку: нет акта", "На доработку, нет подписи", "на доработку - реквизиты", "Верните, нет акта",
        "Прошу вернуть на доработку: нет КП", "Доработать: сроки", "Возвращаю на доработку, исправьте дату",
        "Исправьте реквизиты", "Прошу исправить дату договора", "Замените приложение 2",
        "Нет акта, верните на доработку", "На доработку: почему так дорого?", "rework: add the act",
        "Return: no attachment", "Please fix the date", "send back for rework, wrong account",
        "Не согласовано. На доработку. Нет акта", "Переделайте п. 3", "needs changes: clause 5",
        "на переделку: старая форма", "revise and resubmit: no KP",
    ),
    Answer.DELEGATE: (
        "Передать: Сидоровой", "Пусть решает Иванов", "Пусть согласует Ольга Николаевна",
        "Перешлите Сергею Ивановичу", "Это к Петрову", "Согласуйте с Петровым", "Вопрос к Сидоровой",
        "Обратитесь к Иванову И.И.", "Петров решает", "Forward to Smith", "please forward to Petrov",
        "delegate to Ivanov", "Ask Petrov",
    ),
    Answer.WITHDRAW: (
        "Отзываю согласование", "Стоп, отзываю согласование", "Прошу отменить моё согласование", "Отзываю, ошиблась",
        "I withdraw my approval", "Please cancel my approval", "Снимаю визу",
    ),
}  # fmt: skip

PAYMENTS: dict[Answer, tuple[str, ...]] = {
    Answer.PAID: (
        "Оплачено", "Оплачено.", "Оплатили", "Оплачено п/п № 345 от 13.11.26",
        "Добрый день! Счёт оплачен, п/п №12 от 12.11. С уважением, Лебедева",
        "Оплачено платёжным поручением № 77 от 13 ноября 2026 г.", "платёжка 345", "Оплатила вчера",
        "Оплачено сегодня, пп 18", "paid", "Paid, order 345 of 13.11.2026", "Paid today", "Payment sent, ref 99",
        "Платёж проведён 2026-11-12, п/п 8", "Оплачено, п/п 345. Ждём закрывающие документы", "345 от 13.11.2026",
        "Оплачено полностью, 120 000,50 руб.", "Деньги ушли", "Перечислено, платёжка во вложении", "Оплачено 28.12",
        "Оплата прошла", "invoice has been paid",
    ),
    Answer.UNCLEAR: (
        "— Счет на оплату № 57 от 12 ноября 2026.pdf (версия 1)", "Счёт № 57 от 12.11.2026",
        "ок", "Ок", "Готово", "Принято", "не оплачено", "Не оплачено.", "Оплачено частично", "Оплатили половину",
        "Оплачено 50%", "Оплачено 60 000 из 120 000", "Оплачено 60 000 руб.", "Оплачено, но не тот счёт",
        "Оплатили по ошибке", "Оплачено не полностью", "Оплатили аванс", "Частично оплачено, п/п 345",
        "Оплачено. Не всё", "Платёж вернулся", "not paid", "paid half", "partially paid", "Paid 50%",
        "оплачено бы уже", "не оплатили, нет денег", "Согласовано", "to be paid", "Оплата частями",
        "Оплачено.\nТолько первая часть", "Оплачено якобы", "п/п 345 отклонено банком", "платёжка не прошла",
        "Счёт не оплачен",
    ),
    Answer.QUESTION: (
        "Если оплачено, пришлите акт", "Оплачено?", "На какой счёт платить?", "Уточните реквизиты", "Пришлите счёт",
        "paid?", "Оплачивать?",
    ),
    Answer.DEFER: (
        "Оплачу завтра", "Оплатим в пятницу", "Оплатим 20.11", "будет оплачено завтра", "Will pay tomorrow", "завтра",
        "Оплачу после 20.11", "I'll pay on Monday",
    ),
    Answer.REWORK: (
        "Верните, неверный БИК", "Возвращаю на доработку, нет ИНН", "rework: wrong account",
    ),
    Answer.REJECT: (
        "Отклонить: дубль", "Отказ, нет бюджета",
    ),
    Answer.NEED_REASON: (
        "Отклонить", "на доработку",
    ),
}  # fmt: skip

WORK: dict[Answer, tuple[str, ...]] = {
    Answer.DONE: (
        "Готово", "готово.", "Сделано", "Сделала", "Выполнено, спасибо", "подписан",
        "подписан, отправлен, РПО 80080012345678", "Отправлен, РПО 8008 0012 3456 78", "Подписала",
        "Передано ответственным", "Договор подписан", "Скан во вложении", "Макет во вложении. Кадры: нет",
        "Готово. Видео большое: https://disk.example/d/1", "Прикладываю скан", "done", "Done, thanks",
        "signed and sent", "completed", "Получено", "оригинал сдан в архив", "верно",
        "Документы переданы в бухгалтерию", "Отправлено почтой, трек AB123456789RU",
    ),
    Answer.UNCLEAR: (
        "ок", "не готово", "Не сделано", "Почти готово", "готово частично", "не подписал, нет директора",
        "Подписан, но не отправлен", "Не могу отправить, нет адреса", "not done", "almost done", "Сделано наполовину",
        "Если готово, отправьте", "спасибо", "Готово к отправке, но без печати",
    ),
    Answer.DEFER: (
        "ещё не подписан", "сделаю завтра",
    ),
    Answer.QUESTION: (
        "п/п 345?", "готово?",
    ),
}  # fmt: skip

ACQUAINTANCE: dict[Answer, tuple[str, ...]] = {
    Answer.ACKNOWLEDGE: (
        "Ознакомлен", "ознакомлена", "Ознакомлен.", "ОЗНАКОМЛЕН", "С приказом ознакомлена", "Ознакомлен, Орлов С.",
        "С положением о командировках ознакомлен", "Ознакомился", "Добрый день! Ознакомлена. Спасибо", "acknowledged",
        "Acknowledged, thanks", "I have read", "I have read the document", "read and understood", "Прочитал",
        "С приказом № 12 ознакомлен", "Ознакомлен\n\nС уважением,\nОрлов Сергей\nменеджер", "jpyfrjvkty",
        "Oзнакомлен",
    ),
    Answer.UNCLEAR: (
        "ок", "Ок", "ok", "+", "👍", "да", "принято", "согласовано", "Не ознакомлен", "ознакомлен, но не согласен",
        "не читал", "спасибо", "получил", "yes", "not acknowledged", "Ознакомлен частично", "Ознакомлен не полностью",
        "Ознакомлю сотрудников", "Петров ознакомлен", "Прошу ознакомить", "Если ознакомлен",
        "Ознакомлен, кроме раздела 3", "ознакомлен бы",
    ),
    Answer.DEFER: (
        "прочту", "Ознакомлюсь завтра",
    ),
    Answer.QUESTION: (
        "С чем ознакомлен?", "Где документ?",
    ),
}  # fmt: skip

RESOLUTIONS: dict[Answer, tuple[str, ...]] = {
    Answer.RESOLUTION: (
        "Петрову — ответить до 20.11", "В дело", "в архив", "К сведению",
        "Иванову И.И., Петровой А.А. для исполнения до 25 ноября", "Исполнитель: Петров П.П.",
        "Ответственный: Орлов С., срок 30.11.2026", "Сергею Ивановичу рассмотреть",
        "Петрову: подготовить проект ответа, срок до пятницы", "To Petrov: prepare a reply by 20.11.2026",
        "П.П. Петрову подготовить ответ", "Шевчуку рассмотреть", "Поручаю Петрову подготовить ответ",
        "Коваленко рассмотреть до 1.12", "file", "Бухгалтерии оплатить",
        "Добрый день! Петрову П.П. подготовить ответ до 20.11", "Орлову и Киму разобраться",
    ),
    Answer.UNCLEAR: (
        "Ок", "Согласовано", "Спасибо", "Хорошо", "не знаю", "подготовить ответ",
    ),
    Answer.QUESTION: (
        "Кому поручить?", "Кто это прислал?", "Петрову?",
    ),
    Answer.DEFER: (
        "Посмотрю завтра", "позже",
    ),
}  # fmt: skip


TABLES = (
    (Expecting.APPROVAL, APPROVALS),
    (Expecting.PAYMENT, PAYMENTS),
    (Expecting.EXECUTION, WORK),
    (Expecting.ACKNOWLEDGEMENT, ACQUAINTANCE),
    (Expecting.RESOLUTION, RESOLUTIONS),
)
SAID = [
    pytest.param(text, expecting, answer, id=f"{expecting} {answer} {text!r}")
    for expecting, table in TABLES
    for answer, texts in table.items()
    for text in texts
]


def answer_to(text: str, expecting: Expecting = Expecting.APPROVAL) -> Answer:
    return read(text, expecting, FRIDAY).answer


@pytest.mark.parametrize(("text", "expecting", "answer"), SAID)
def test_a_reply_is_read_as_its_writer_meant_it(text: str, expecting: Expecting, answer: Answer) -> None:
    assert answer_to(text, expecting) is answer


YES_OF = {
    Expecting.APPROVAL: Answer.APPROVE,
    Expecting.PAYMENT: Answer.PAID,
    Expecting.EXECUTION: Answer.DONE,
    Expecting.ACKNOWLEDGEMENT: Answer.ACKNOWLEDGE,
    Expecting.RESOLUTION: Answer.RESOLUTION,
}


@pytest.mark.parametrize("expecting", Expecting)
def test_what_people_send_is_read_as_they_meant_it(expecting: Expecting) -> None:
    read_as = {one.text: (answer_to(one.text, expecting), one.meant) for one in said(expecting)}
    assert {text: answer for text, (answer, meant) in read_as.items() if answer not in meant} == {}


@pytest.mark.parametrize("expecting", Expecting)
def test_no_yes_is_read_where_there_was_none(expecting: Expecting) -> None:
    yes = YES_OF[expecting]
    others = [one.text for one in said(expecting) if yes not in one.meant]
    assert len(others) > 20
    assert [text for text in others if answer_to(text, expecting) is yes] == []


REASONS = (
    ("Не согласовано: цена выше рынка.\n\nС уважением,\nОльга", Answer.DECLINE, "цена выше рынка."),
    ("Отказ. Этот поставщик нас подвёл.", Answer.REJECT, "Этот поставщик нас подвёл."),
    ("Отклонить, спасибо", Answer.NEED_REASON, None),
    ("Добрый день! Верните, подпись не та. Спасибо!", Answer.REWORK, "подпись не та."),
    ("На доработку. Причина: нет сметы", Answer.REWORK, "нет сметы"),
    ("Нет сметы, верните на доработку", Answer.REWORK, "Нет сметы"),
    ("Не согласовано. На доработку. Приложите\nтри предложения", Answer.REWORK, "Приложите три предложения"),
    ("Исправьте п. 3 и сумму", Answer.REWORK, "Исправьте п. 3 и сумму"),
    ("Не готов согласовать без юристов", Answer.DECLINE, "без юристов"),
    ("Rejected - wrong payee. Thanks", Answer.REJECT, "wrong payee."),
    ("Вопрос: кто платит за доставку", Answer.QUESTION, "кто платит за доставку"),
    ("Добрый день!\nПочему две доставки?\n\nС уважением, Ольга", Answer.QUESTION, "Почему две доставки?"),
    ("Согласовано,   но\nбез доставки", Answer.APPROVE_WITH_REMARKS, "Согласовано, но без доставки"),
    ("Спасибо! Согласовано.", Answer.APPROVE, None),
)


@pytest.mark.parametrize(("text", "answer", "comment"), REASONS)
def test_the_comment_is_the_reason_in_its_writers_own_letters(text: str, answer: Answer, comment: str | None) -> None:
    reading = read(text, Expecting.APPROVAL, FRIDAY)
    assert (reading.answer, reading.comment) == (answer, comment)


SIGNATURES = (
    "С уважением,\nСмирнова Ольга\nначальник отдела согласования\n+7 (495) 000-00-00\nwww.neon.example",
    "--\nСмирнова О.Н.\nООО «НЕОН»\nтел. 8 800 000 00 00, доб. 12",
    "С уважением, Ольга Смирнова, финансовый директор",
    "Смирнова Ольга Николаевна\nглавный бухгалтер\nbuh@neon.example",
    "Best regards,\nOlga Smirnova\nFinance Director\nNEON Ltd\nTel.: +7 495 000-00-00",
    "С наилучшими пожеланиями,\nОльга\n\nНастоящее сообщение конфиденциально и не является офертой.",
    "Это сообщение конфиденциально. Если вы получили его по ошибке, уведомите отправителя.",
    "Прежде чем печатать это письмо, подумайте об экологии.",
    "Ольга",
    "Спасибо,\nОльга",
)


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_neither_makes_nor_prevents_a_yes(signature: str) -> None:
    assert answer_to(f"Согласовано\n\n{signature}") is Answer.APPROVE
    assert answer_to(f"Не согласовано\n\n{signature}") is Answer.NEED_REASON
    assert answer_to(signature) is Answer.UNCLEAR


NO_SIGNATURES = (
    "С уважением, Ольга\nP.S. только после правок",
    "С уважением, Ольга\nP.S. Сумма другая",
    "--\nно сначала акт",
    "С уважением, но без доставки",
    "С уважением,\nОльга\nсумма не более 100 000",
    "Директор против",
    "Это сообщение конфиденциально. Сумму снизьте.",
    "В письме по ошибке указана другая сумма.",
    "Письмо предназначено Петрову, не мне.",
    "Адресат письма указан неверно.",
)


@pytest.mark.parametrize("tail", NO_SIGNATURES)
def test_what_only_looks_like_a_signature_prevents_a_yes(tail: str) -> None:
    assert answer_to(f"Согласовано\n\n{tail}") is not Answer.APPROVE


def test_payment_order_and_date_are_read_in_every_form() -> None:
    forms = {
        "Оплачено, п/п 17 от 12.11.2026": ("17", date(2026, 11, 12)),
        "Оплатили п/п №17 от 12.11.26": ("17", date(2026, 11, 12)),
        "Оплачено платёжным поручением № 17 от 12 ноября": ("17", date(2026, 11, 12)),
        "Оплачено 2026-11-12, платёжка 17": ("17", date(2026, 11, 12)),
        "paid, order 17 of 12.11.2026": ("17", date(2026, 11, 12)),
        "Оплатили вчера, пп 17": ("17", date(2026, 11, 12)),
        "17 от 12.11.2026": ("17", date(2026, 11, 12)),
        "Оплачено 28.12": ("", date(2025, 12, 28)),
        "Оплачено": ("", None),
    }
    for text, (number, day) in forms.items():
        reading = read(text, Expecting.PAYMENT, FRIDAY)
        assert (reading.answer, reading.details.number, reading.details.date) == (Answer.PAID, number, day), text
        assert reading.comment is None, text


def test_what_the_payer_adds_is_kept_as_a_comment() -> None:
    reading = read("Оплачено, п/п 17. Ждём акт", Expecting.PAYMENT, FRIDAY)
    assert (reading.answer, reading.comment) == (Answer.PAID, "Оплачено, п/п 17. Ждём акт")


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Решу завтра", date(2026, 11, 14)),
        ("Вернусь 29 ноября", date(2026, 11, 29)),
        ("Посмотрю после 20.11", date(2026, 11, 20)),
        ("Буду 18-го, тогда решим", date(2026, 11, 18)),
        ("I will look at it on Monday", date(2026, 11, 16)),
        ("Позже", None),
    ],
)
def test_a_deferred_answer_says_until_when(text: str, until: date | None) -> None:
    reading = read(text, Expecting.APPROVAL, FRIDAY)
    assert (reading.answer, reading.details.until) == (Answer.DEFER, until)


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("Передайте Сидоровой, это её бюджет", "Сидорова"),
        ("Перешлите Сергею Ивановичу", "Сергей Иванович"),
        ("Пусть решает Ольга Смирнова", "Ольга Смирнова"),
        ("Согласуйте с Петровым", "Петров"),
        ("Петров решает", "Петров"),
        ("Передать: Бондарю", "Бондарь"),
        ("please forward to Petrov", "Petrov"),
        ("передайте в бухгалтерию", "бухгалтерию"),
    ],
)
def test_a_delegate_is_named_in_the_nominative(text: str, to: str) -> None:
    reading = read(text, Expecting.APPROVAL, FRIDAY)
    assert (reading.answer, reading.details.to) == (Answer.DELEGATE, to)


RESOLVED = (
    ("Сидоровой А.А. подготовить ответ до 25 ноября", ("Сидорова А.А.",), date(2026, 11, 25), True),
    ("Орлову, Шевчуку — рассмотреть, ответ не требуется", ("Орлов", "Шевчук"), None, False),
    ("П.П. Петрову: разобраться до пятницы", ("Петров П.П.",), date(2026, 11, 20), None),
    ("Исполнитель: Орлов С., срок 30.11.2026", ("Орлов С.",), date(2026, 11, 30), None),
    ("Поручаю Сергею Ивановичу ответить", ("Сергей Иванович",), None, True),
    ("Петрову — составить проект ответа до 27.11.2026", ("Петров",), date(2026, 11, 27), True),
    ("Белову дать ответ по существу", ("Белов",), None, True),
    ("Орлову. Отправьте заявителю ответ", ("Орлов",), None, True),
    ("To Petrov: prepare a reply by 20.11.2026", ("Petrov",), date(2026, 11, 20), True),
    ("Добрый день! В дело", (), None, False),
)


@pytest.mark.parametrize(("text", "executors", "due", "answer_needed"), RESOLVED)
def test_a_resolution_names_executors_and_the_day(
    text: str, executors: tuple[str, ...], due: date | None, answer_needed: bool | None
) -> None:
    reading = read(text, Expecting.RESOLUTION, FRIDAY)
    assert reading.answer is Answer.RESOLUTION
    assert (reading.details.executors, reading.details.due) == (executors, due)
    assert reading.details.answer_needed is answer_needed


def test_the_number_of_a_postal_item_is_kept() -> None:
    assert read("отправлено, РПО 8008 0012 3456 78", Expecting.EXECUTION, FRIDAY).details.number == "80080012345678"
    english = read("Signed and sent, registered mail No. 80080012345678", Expecting.EXECUTION, FRIDAY)
    assert (english.answer, english.details.number) == (Answer.DONE, "80080012345678")


YESES = sorted({line.strip() for line in PHRASES[Says.YES].replace("\n", ";").split(";") if line.strip()})
PLAIN_YESES = [yes for yes in YESES if not set("/?,") & set(yes)]
UNSAID = st.text(alphabet="бвгджзклмнпрстфхцчшщ", min_size=4, max_size=12)


def test_every_phrase_of_the_table_is_a_yes() -> None:
    assert len(PLAIN_YESES) > 40
    assert {yes: answer_to(yes) for yes in PLAIN_YESES} == dict.fromkeys(PLAIN_YESES, Answer.APPROVE)


@given(yes=st.sampled_from(PLAIN_YESES), word=UNSAID, glue=st.sampled_from([" ", ", ", ". ", "\n", "\n\n", " - "]))
def test_one_unknown_word_beside_a_yes_and_it_is_no_yes(yes: str, word: str, glue: str) -> None:
    assert answer_to(f"{yes}{glue}{word}") is not Answer.APPROVE
    assert answer_to(f"{word}{glue}{yes}") is not Answer.APPROVE


HARMLESS = {
    Says.YES, Says.WEAK, Says.SOLE, Says.POLITE, Says.TAKEN, Says.LOOKED, Says.LABEL, Says.OBJECT,
    Says.ACK, Says.DONE, Says.GOT, Says.THING, Says.FACT, Says.BANK,
}  # fmt: skip
CONTRARY = sorted(
    {
        line.strip()
        for says in set(Says) - HARMLESS
        for line in PHRASES[says].replace("\n", ";").split(";")
        if line.strip() and not set("/?,*") & set(line)
    }
)


@pytest.mark.parametrize("glue", [" ", ", ", ". ", "\n"])
@pytest.mark.parametrize("yes", ["Согласовано", "Ок", "Approved", "👍"])
def test_a_yes_beside_any_other_phrase_of_the_tables_is_no_yes(yes: str, glue: str) -> None:
    assert len(CONTRARY) > 300
    beside = [text for phrase in CONTRARY for text in (yes + glue + phrase, phrase.capitalize() + glue + yes)]
    assert [text for text in beside if answer_to(text) is Answer.APPROVE] == []


@given(yes=st.sampled_from(PLAIN_YESES), number=st.integers(0, 10**9))
def test_a_number_beside_a_yes_and_it_is_no_yes(yes: str, number: int) -> None:
    assert answer_to(f"{yes} {number}") is not Answer.APPROVE


@given(yes=st.sampled_from(PLAIN_YESES))
def test_a_question_mark_after_a_yes_and_it_is_no_yes(yes: str) -> None:
    assert answer_to(f"{yes}?") is Answer.QUESTION


@given(yes=st.sampled_from(PLAIN_YESES))
def test_a_yes_answers_nothing_but_an_approval(yes: str) -> None:
    others = (Expecting.ACKNOWLEDGEMENT, Expecting.PAYMENT, Expecting.EXECUTION, Expecting.RESOLUTION)
    assert Answer.APPROVE not in {answer_to(yes, other) for other in others}


@given(text=st.text(max_size=300), expecting=st.sampled_from(Expecting))
def test_any_text_is_read_without_an_error(text: str, expecting: Expecting) -> None:
    assert read(text, expecting, FRIDAY).reason


SPOILERS = (
    "не", "ни", "нет", "not", "no", "never", "если", "если ", "при условии", "когда", "как только", "if", "unless",
    "once", "but", "но", "однако", "хотя", "кроме", "только", "?", "ли", "бы", "почти", "якобы", "завтра", "потом",
    "5", "100 000", "50%", "п. 3", "до 20.11", "двадцать", "Петрову", "Петровым", "у Петрова", "Петров сказал",
    "говорят", "because", "instead", "вместо", "без", "частично", "наполовину", "шучу", "ошибочно",
)  # fmt: skip
EVERY_YES = sorted(
    {
        " ".join(words)
        for says in (Says.YES, Says.WEAK, Says.SOLE)
        for line in PHRASES[says].replace("\n", ";").split(";")
        for words in expand(line)
        if line.strip() and "," not in words
    }
)


def test_the_yeses_are_many() -> None:
    assert len(EVERY_YES) > 400
    assert [yes for yes in EVERY_YES if answer_to(yes) is not Answer.APPROVE] == []


def spoilt(yes: str) -> Iterator[str]:
    """Give the yes with each word of doubt at each of its places, with a comma behind it and without."""
    words = yes.split()
    for at, spoiler in product(range(len(words) + 1), SPOILERS):
        for joint in (spoiler, f"{spoiler},") if at < len(words) else (spoiler,):
            yield " ".join([*words[:at], joint, *words[at:]])


def test_one_word_of_doubt_anywhere_in_a_yes_and_it_is_no_yes(scale: Scale) -> None:
    texts = [text for yes in EVERY_YES for text in spoilt(yes)]
    tried = random.Random(len(texts)).sample(texts, scale.of(15_000, len(texts), len(texts)))
    doubtful = [text for text in tried if " ".join(text.replace(",", " ").lower().split()) not in EVERY_YES]
    assert [text for text in doubtful if answer_to(text) is Answer.APPROVE] == []


@pytest.mark.parametrize(
    "text", ["Не возражаю не против оплаты", "не возражаем не против договора", "Нет возражений не против"]
)
def test_two_denials_that_may_undo_each_other_are_no_yes(text: str) -> None:
    assert answer_to(text) is not Answer.APPROVE


GREETINGS = (
    "", "Добрый день!\n", "Здравствуйте, ", "Коллеги, добрый день.\n\n", "Иван, ", "Иван Иванович, добрый вечер! ",
    "Hi John,\n\n", "Hello! ", "Спасибо. ",
)  # fmt: skip
THANKS = ("", ", спасибо", ". Спасибо!", "!", ".", " 👍", ")))", "\n\nХорошего дня!", ". Thanks", ", Иван")
CLOSINGS = (
    "", "\n\nС уважением,\nОльга Смирнова", "\n\n--\nСмирнова О.Н.\nфинансовый директор\n+7 495 000-00-00",
    "\n\nBest regards,\nOlga", "\nОльга", ". С уважением, Смирнова", "\n\nСпасибо,\nОльга Николаевна",
)  # fmt: skip
FULL_YESES = ("Согласовано", "согласен", "Утверждаю", "Не возражаю", "Замечаний нет", "Ок", "Да", "Approved", "lgtm")


@settings(max_examples=400)
@given(
    greeting=st.sampled_from(GREETINGS),
    yes=st.sampled_from(FULL_YESES),
    thanks=st.sampled_from(THANKS),
    closing=st.sampled_from(CLOSINGS),
)
def test_a_yes_survives_every_courtesy_around_it(greeting: str, yes: str, thanks: str, closing: str) -> None:
    text = f"{greeting}{yes}{thanks}{closing}"
    assert answer_to(text) is Answer.APPROVE, text


@settings(max_examples=400)
@given(
    greeting=st.sampled_from(GREETINGS),
    no=st.sampled_from(["Не согласовано", "Отклонить", "На доработку", "Не утверждаю", "Против", "Rejected"]),
    thanks=st.sampled_from(sorted({*THANKS} - {" 👍"})),
    closing=st.sampled_from(CLOSINGS),
)
def test_a_bare_refusal_is_asked_for_its_reason_in_every_courtesy(
    greeting: str, no: str, thanks: str, closing: str
) -> None:
    text = f"{greeting}{no}{thanks}{closing}"
    assert answer_to(text) is Answer.NEED_REASON, text


REPORTS = {Expecting.PAYMENT: "Оплачено", Expecting.EXECUTION: "Сделано", Expecting.ACKNOWLEDGEMENT: "Ознакомлен"}
SPOILERS_OF_REPORTS = tuple({*SPOILERS, "Петров сказал"} - {"5", "двадцать", "до 20.11"})


@settings(max_examples=400)
@given(expecting=st.sampled_from(sorted(REPORTS)), spoiler=st.sampled_from(SPOILERS_OF_REPORTS), before=st.booleans())
def test_one_word_of_doubt_and_a_report_is_no_report(expecting: Expecting, spoiler: str, before: bool) -> None:
    report = REPORTS[expecting]
    text = f"{spoiler} {report}" if before else f"{report} {spoiler}"
    assert answer_to(text, expecting) is not YES_OF[expecting], text


@given(expecting=st.sampled_from(sorted(REPORTS)), word=UNSAID, glue=st.sampled_from([" ", ", ", ". ", "\n"]))
def test_one_unknown_word_beside_a_report_and_it_is_no_report(expecting: Expecting, word: str, glue: str) -> None:
    assert answer_to(f"{REPORTS[expecting]}{glue}{word}", expecting) is not YES_OF[expecting]
    assert answer_to(f"{word}{glue}{REPORTS[expecting]}", expecting) is not YES_OF[expecting]


@pytest.mark.parametrize("expecting", Expecting)
@pytest.mark.parametrize(
    "piece",
    ["да, ", "ок\n", "ок? ", "не согласовано, ", "если да, ", "п/п ", "--\nИван\n", "а", " ", "\n", ".", "1", "№", "1.",
     "«", "👍", "Петрову ", "исполнитель ", "http://", "a.b", "с уважением ", "не ", "оплачено ", "12.11 ", "рпо ",
     "о н "],
)  # fmt: skip
def test_a_megabyte_of_anything_is_read_within_a_second(piece: str, expecting: Expecting) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    named = (piece, expecting) == ("Петрову ", Expecting.RESOLUTION)  # a name alone is whom it goes to
    assert (answer_to(text, expecting) is YES_OF[expecting]) is named
    assert time.process_time() - started < 1


# --- a refusal and its reason in two mails


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("Отклонить", Answer.REJECT), ("Отказ", Answer.REJECT), ("Reject", Answer.REJECT),
        ("Отклонить:", Answer.REJECT),
        ("На доработку", Answer.REWORK), ("Верните", Answer.REWORK), ("rework please", Answer.REWORK),
        ("Не согласовано. На доработку.", Answer.REWORK), ("нет", Answer.DECLINE), ("Против", Answer.DECLINE),
        ("Не согласовано", Answer.DECLINE), ("Not approved", Answer.DECLINE), ("👎", Answer.DECLINE),
    ],
)  # fmt: skip
def test_a_refusal_without_its_reason_says_which_refusal_it_is(text: str, refusal: Answer) -> None:
    for expecting in (Expecting.APPROVAL, Expecting.PAYMENT, Expecting.EXECUTION):
        assert read(text, expecting, FRIDAY).details.refusal is refusal


REASONS = (
    "слишком дорого", "нет бюджета", "не в бюджете", "это дубль счёта 45", "Причина: дубль", "не тот поставщик",
    "Слишком дорого, да и не нужно", "ошибка в сумме", "Too expensive", "we have no budget", "There is a cheaper offer",
    "There is a mistake in the amount", "issued by mistake",
)  # fmt: skip
NO_REASONS = (
    "Ошибся, не отклоняю", "хотя нет, передумал, всё в порядке", "не надо отклонять", "ignore my previous mail",
    "my mistake", "Согласовал бы", "ну ок", "ага", "всё в порядке", "?", "!!!", "спасибо", "Хорошо, спасибо", "Принято",
    "whatever", "никакого отказа, не обращайте внимания",
)  # fmt: skip


@pytest.mark.parametrize("text", REASONS)
def test_words_about_the_matter_may_be_a_reason(text: str) -> None:
    for expecting in (Expecting.APPROVAL, Expecting.PAYMENT, Expecting.EXECUTION):
        reading = read(text, expecting, FRIDAY)
        assert (reading.answer, reading.details.no_reason) == (Answer.UNCLEAR, False)


@pytest.mark.parametrize("text", NO_REASONS)
def test_words_that_say_nothing_half_agree_or_take_back_are_no_reason(text: str) -> None:
    for expecting in (Expecting.APPROVAL, Expecting.PAYMENT, Expecting.EXECUTION):
        reading = read(text, expecting, FRIDAY)
        assert (reading.answer, reading.details.no_reason) == (Answer.UNCLEAR, True)


@pytest.mark.parametrize(
    ("text", "opinion"),
    [
        ("Спросите Петрова", True), ("Спросите у Петрова", True), ("спроси у Петрова", True), ("Ask Peter", True),
        ("Передайте Петрову", False), ("Пусть решает Петров", False), ("Ask Olga, not me", False),
        ("Let Peter decide", False), ("Вопрос к Петрову", False),
    ],
)  # fmt: skip
def test_to_ask_a_colleague_is_not_to_leave_him_the_decision(text: str, opinion: bool) -> None:
    reading = read(text, Expecting.APPROVAL, FRIDAY)
    assert (reading.answer, reading.details.opinion) == (Answer.DELEGATE, opinion)
