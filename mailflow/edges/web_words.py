"""What the pages say, in both languages: one table, so that a page is laid out once.

Owns: titles, hints, buttons, and what to do next on every page that is not the form.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.views import Language

_WORDS: Mapping[str, tuple[str, str]] = {
    # key: (ru, en)
    "case": ("Заявка", "Request"),
    "from": ("Инициатор", "Requested by"),
    "due": ("Ответить до", "Answer by"),
    "todo": ("Что нужно сделать", "What to do"),
    "card": ("Карточка", "Card"),
    "findings": ("Проверки", "Checks"),
    "fault": ("Внимание!", "Please check:"),
    "files": ("Файлы", "Files"),
    "version": ("версия", "version"),
    "said": ("Кто уже решил", "Who has decided"),
    "waiting": ("Кого ждём", "Waiting for"),
    "since": ("с", "since"),
    "until": ("до", "due"),
    "late": ("срок прошёл", "overdue"),
    "comment_said": ("комментарий", "comment"),
    # the form
    "answer": ("Ваш ответ", "Your answer"),
    "jump": ("Перейти к ответу", "Go to the answer"),
    "approve": ("Согласовать", "Approve"),
    "rework": ("Вернуть на доработку", "Return for rework"),
    "reject": ("Отклонить", "Reject"),
    "paid": ("Оплачено", "Paid"),
    "done": ("Готово", "Done"),
    "acknowledge": ("Ознакомлен", "I have read it"),
    "read": ("Документ прочитан", "I have read the document"),
    "question": ("Задать вопрос инициатору", "Ask the initiator a question"),
    "number": ("Номер платёжного поручения", "Payment order number"),
    "date": ("Дата платёжного поручения", "Payment order date"),
    "comment": ("Комментарий", "Comment"),
    "comment_hint": (
        "Для возврата, отказа и вопроса напишите здесь, в чём дело.",
        "To return, reject or ask, write here what it is about.",
    ),
    "comment_free": ("По желанию.", "Optional."),
    "submit": ("Записать ответ", "Record the answer"),
    "code": ("Код: шесть цифр", "Code: six digits"),
    "code_letter": (
        "Он напечатан в письме рядом с кнопками. В этом браузере мы спросим его один раз в 30 дней.",
        "It is printed in the letter, near the buttons. This browser is asked once in 30 days.",
    ),
    "code_sent": (
        "Мы отправили его на {to}; он действует 10 минут. В этом браузере мы спросим код один раз в 30 дней.",
        "We sent it to {to}; it is good for 10 minutes. This browser is asked once in 30 days.",
    ),
    "code_ask": (
        "Этот браузер нам пока не знаком. Пришлём шесть цифр на {to}: введите их, и 30 дней код не понадобится.",
        "We do not know this browser yet. We will send six digits to {to}: type them once in 30 days.",
    ),
    "code_send": ("Прислать код", "Send the code"),
    "code_again": ("Прислать новый код письмом", "Send a new code by mail"),
    "code_foreign": (
        "Этот браузер запомнен за другим человеком.",
        "This browser is remembered as somebody else's.",
    ),
    "by_mail": (
        "Можно и не нажимать: просто ответьте на письмо.",
        "You need not press anything: simply reply to the letter.",
    ),
    # notices above the form
    "OldForm": ("Нажмите ещё раз", "Please press once more"),
    "OldForm_text": (
        "Страница была открыта слишком долго, или заявка за это время изменилась. Всё, что вы ввели, на месте; ничего "
        "пока не записано.",
        "The page lay open too long, or the request has changed since. What you typed is kept; nothing has been "
        "recorded yet.",
    ),
    "NeedsChoice": ("Выберите ответ", "Choose an answer"),
    "NeedsChoice_text": ("Ничего пока не записано.", "Nothing has been recorded yet."),
    "NeedsReason": ("Напишите причину", "Write the reason"),
    "NeedsReason_text": (
        "Без неё нельзя понять, что исправить. Ничего пока не записано.",
        "Without it nobody knows what to mend. Nothing has been recorded yet.",
    ),
    "NeedsReason_field": ("Напишите, в чём дело.", "Write what it is about."),
    "NeedsQuestion": ("Напишите вопрос", "Write your question"),
    "NeedsQuestion_text": ("Мы передадим его инициатору.", "We will pass it on to the initiator."),
    "NeedsDate": ("Проверьте дату", "Check the date"),
    "NeedsDate_text": (
        "Напишите её так: 20.11.2026. Ничего пока не записано.",
        "Write it like this: 20 Nov 2026. Nothing has been recorded yet.",
    ),
    "NeedsDate_field": ("Это не дата.", "This is not a date."),
    "NeedsTick": ("Поставьте галочку", "Tick the box"),
    "NeedsTick_text": (
        "Галочка «Документ прочитан» защищает от случайного нажатия. Ничего пока не записано.",
        "The tick “I have read the document” guards against a slip. Nothing has been recorded yet.",
    ),
    "NeedsTick_field": ("Поставьте её, когда прочитаете.", "Tick it once you have read it."),
    "NeedsCode": ("Нужен код", "The code is needed"),
    "NeedsCode_text": (
        "Этот браузер нам пока не знаком. Ничего пока не записано; то, что вы ввели, на месте.",
        "We do not know this browser yet. Nothing has been recorded; what you typed is kept.",
    ),
    "NeedsCode_field": ("Введите шесть цифр.", "Type the six digits."),
    "WrongCode": ("Код не подошёл", "Not the right code"),
    "WrongCode_text": (
        "Осталось попыток: {left}. Проверьте, что цифры из письма об этой заявке и из самого нового.",
        "Tries left: {left}. Check that the digits are of the newest letter about this request.",
    ),
    "WrongCode_last": (
        "Это была последняя попытка. Ответьте на письмо, и решение запишется без кода.",
        "That was the last try. Reply to the letter, and your answer is recorded without a code.",
    ),
    "TooManyCodes": ("Код больше не принимается", "No more codes are taken"),
    "TooManyCodes_text": (
        "По этой ссылке слишком много раз ввели неверный код. Ответьте на письмо, и решение запишется без "
        "кода, или напишите в ответ, что нужна новая ссылка.",
        "Too many wrong codes were typed for this link. Reply to the letter, and your answer is recorded "
        "without a code, or reply that you need a new link.",
    ),
    "totp": ("Код из приложения: шесть цифр", "Code of the app: six digits"),
    "totp_hint": (
        "Второй фактор. Каждый код годится один раз; вопрос инициатору его не требует.",
        "Your second factor. Each code counts once; a question to the initiator needs none.",
    ),
    "by_page": (
        "Решение здесь записывается только на этой странице; ответом на письмо можно задать вопрос.",
        "Here a decision is recorded on this page alone; a question can be asked by a reply.",
    ),
    "NeedsFactor": ("Нужен второй фактор", "The second factor is needed"),
    "NeedsFactor_text": (
        "Введите код из приложения. Ничего пока не записано; то, что вы ввели, на месте.",
        "Type the code of your app. Nothing has been recorded; what you typed is kept.",
    ),
    "NeedsFactor_field": ("Введите шесть цифр из приложения.", "Type the six digits of the app."),
    "WrongFactor": ("Код второго фактора не подошёл", "Not the right code of the second factor"),
    "WrongFactor_text": (
        "Осталось попыток: {left}. Дождитесь следующего кода: каждый годится один раз.",
        "Tries left: {left}. Wait for the next code: each counts once.",
    ),
    "WrongFactor_last": (
        "Это была последняя попытка. Нужна новая ссылка или новый вход: ответьте на письмо, и мы пришлём ссылку.",
        "That was the last try. A new link or a new sign-in is needed: reply to the letter, and we will send a link.",
    ),
    "TooManyFactors": ("Второй фактор здесь больше не принимается", "No more codes of a second factor are taken here"),
    "TooManyFactors_text": (
        "Слишком много неверных кодов. Нужна новая ссылка или новый вход: ответьте на письмо, и мы пришлём ссылку.",
        "Too many wrong codes. A new link or a new sign-in is needed: reply to the letter, and we will send a link.",
    ),
    "NoFactor": ("Сначала подключите второй фактор", "Set up your second factor first"),
    "NoFactor_text": (
        "Это решение записывается с кодом из приложения на телефоне. Войдите и подключите его, потом вернитесь сюда:",
        "This decision is recorded with a code of an app on your phone. Sign in, set it up, then come back here:",
    ),
    "Foreign": ("Это письмо для {to}", "This is for {to}"),
    "Foreign_text": (
        "Если письмо вам переслали, попросите адресата решить самому или передать вам решение на время "
        "отсутствия. Если адресат вы, введите код. Ничего не записано.",
        "If the letter was passed on to you, ask its addressee to decide, or ask for a delegation. "
        "If it is yours, type the code. Nothing has been recorded.",
    ),
    "CodeSent": ("Код отправлен на {to}", "The code is on its way to {to}"),
    "CodeSent_text": (
        "Введите шесть цифр и запишите ответ. Письмо приходит за минуту; если его нет, посмотрите в спаме.",
        "Type the six digits and record your answer. It takes a minute; look among the spam as well.",
    ),
    "CodeLater": ("Код уже отправлен", "A code has been sent already"),
    "CodeLater_text": (
        "Письмо с ним в почте {to}. Новый можно прислать через минуту.",
        "It is in the mailbox {to}. Another one can be sent in a minute.",
    ),
    "CodeLater_often": (
        "За последний час мы отправили на {to} уже пять. Ответьте на письмо: решение запишется без кода.",
        "We sent five to {to} within an hour. Reply to the letter: the answer is recorded without a code.",
    ),
    # pages without a form
    "Recorded": ("Записано: {said}", "Recorded: {said}"),
    "Recorded_question": ("Вопрос передан", "Your question is passed on"),
    "Recorded_question_text": (
        "Ответ инициатора придёт вам письмом. Заявка ждёт вашего решения.",
        "The answer will come to you by mail. The request still waits for your decision.",
    ),
    "Recorded_text": (
        "Больше ничего делать не нужно, страницу можно закрыть.",
        "There is nothing more to do; you may close this page.",
    ),
    "Recorded_undo": (
        "Передумали? Ответьте на письмо «Отзываю», пока не решил следующий.",
        "Changed your mind? Reply “Withdraw” to the letter before the next person decides.",
    ),
    "remembered": (
        "Этот браузер запомнен на 30 дней: в следующий раз код не понадобится.",
        "This browser is remembered for 30 days: the next time no code is needed.",
    ),
    "next": ("Дальше", "Next"),
    "Already_own": ("Ваш ответ уже записан: {said}", "Your answer is recorded already: {said}"),
    "Already": ("Решение уже записано: {said}", "A decision is recorded already: {said}"),
    "Already_text": (
        "{who}, {when}. Повторное нажатие ничего не меняет.",
        "{who}, {when}. Pressing again changes nothing.",
    ),
    "Already_undo": (
        "Передумали? Ответьте на письмо «Отзываю»: если следующий ещё не решил, мы остановим решение.",
        "Changed your mind? Reply “Withdraw” to the letter: we stop it unless the next person has decided.",
    ),
    "Already_other": (
        "Если с решением что-то не так, ответьте на письмо: ответ увидят участники заявки.",
        "If something is wrong with it, reply to the letter: those concerned will see it.",
    ),
    "Stale": ("Это прежняя версия заявки", "This is an earlier version"),
    "Stale_task": (
        "С тех пор изменились сумма, реквизиты или файлы, и решение по старой версии не записать. Откройте "
        "ссылку из самого нового письма по этой заявке. Если его нет, ответьте на письмо: пришлём ещё раз.",
        "The amount, the details or the files have changed since, so the old version cannot be decided on. "
        "Open the link in the newest letter about this request. If there is none, reply: we will send it again.",
    ),
    "Stale_over": (
        "Этот круг согласования закончен, ваше решение по этой ссылке больше не нужно. Если вас спросят снова, "
        "придёт новое письмо. Что-то важное? Ответьте на письмо.",
        "That round is over and this link is no longer needed. If you are asked again, a new letter will come. "
        "Something important? Reply to the letter.",
    ),
    "Stale_now": ("Заявка сейчас", "The request as it is now"),
    "Closed": ("Заявка закрыта", "The request is closed"),
    "Closed_done": ("Она выполнена, решать больше нечего.", "It is done; there is nothing left to decide."),
    "Closed_rejected": ("Её отклонили, решать больше нечего.", "It was rejected; there is nothing left to decide."),
    "Closed_withdrawn": (
        "Инициатор её отозвал, решать больше нечего.",
        "Its initiator has withdrawn it; there is nothing left to decide.",
    ),
    "Closed_next": (
        "Есть что сказать? Ответьте на письмо: ответ попадёт в историю заявки.",
        "Something to say? Reply to the letter: your reply goes into the history of the request.",
    ),
    "NotYours": ("Теперь решает {who}", "{who} decides now"),
    "NotYours_text": (
        "Эта ссылка была выдана, пока решение было за вами. Если решать всё ещё вам, ответьте на письмо.",
        "This link was given while the decision was yours. If it still is, reply to the letter.",
    ),
    "Forged": ("Ссылка не открывается", "This link does not open"),
    "Forged_text": (
        "Она неполная, старая или чужая. Откройте её прямо из письма; если не поможет, ответьте на письмо: "
        "решение запишется и без ссылки.",
        "It is incomplete, old or not ours. Open it straight from the letter; if that does not help, reply to "
        "the letter: your answer is recorded without the link.",
    ),
    "Refused": ("Форма не принята", "The form was not accepted"),
    "Refused_text": (
        "Откройте ссылку из письма ещё раз и отправьте форму с самой страницы. Ничего не записано.",
        "Open the link in the letter once more and send the form from the page itself. Nothing was recorded.",
    ),
    "Trouble": ("Сейчас не получается записать", "It cannot be recorded now"),
    "Trouble_text": (
        "Неполадка у нас, не у вас. Ничего не записано: попробуйте через несколько минут или ответьте на письмо.",
        "The fault is ours. Nothing was recorded: try again in a few minutes, or reply to the letter.",
    ),
}


def words(language: Language) -> Mapping[str, str]:
    """Give every text of the pages in one language."""
    place = 0 if language == "ru" else 1
    return {key: both[place] for key, both in _WORDS.items()}
