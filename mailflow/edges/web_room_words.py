"""What the pages of those who sign in say, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.views import Language

_WORDS: Mapping[str, tuple[str, str]] = {
    # key: (ru, en)
    # the way in
    "sign_in": ("Вход", "Sign in"),
    "sign_in_lead": (
        "Пароля нет: на ваш рабочий адрес придёт письмо с кодом.",
        "There is no password: a letter with a code comes to your work address.",
    ),
    "sign_in_needed": (
        "Эта страница открывается тем, кто вошёл.",
        "This page opens for those who have signed in.",
    ),
    "left": ("Вы вышли", "You have signed out"),
    "left_text": (
        "Этот браузер больше ничего не откроет без нового кода.",
        "This browser opens nothing any more without a new code.",
    ),
    "address": ("Рабочий адрес почты", "Work mail address"),
    "address_wrong": ("Напишите адрес целиком: имя@компания.", "Write the whole address: name@company."),
    "send_letter": ("Прислать письмо", "Send the letter"),
    "code_sent_title": ("Проверьте почту", "Look into your mail"),
    "code_sent_lead": (
        "Если адрес {address} есть в списке сотрудников, на него уже идёт письмо с кодом. Код действует 10 минут; "
        "новое письмо можно попросить через минуту.",
        "If {address} is in the list of staff, a letter with a code is on its way. The code is good for 10 minutes; "
        "another letter can be asked for in a minute.",
    ),
    "code_again_lead": ("Введите код из самого нового письма.", "Type the code of the newest letter."),
    "enter": ("Войти", "Sign in"),
    "other_address": ("Другой адрес или новое письмо", "Another address or another letter"),
    "code_wrong": (
        "Код не подошёл: он старый, уже использован или в нём ошибка.",
        "Not the right code: it is old, used already, or mistyped.",
    ),
    "page_old": (
        "Страница была открыта слишком долго, нажмите ещё раз.",
        "The page lay open too long: press once more.",
    ),
    "enter_title": ("Войти в этом браузере?", "Sign in with this browser?"),
    "enter_here": (
        "Вы просили об этом в этом браузере. Он останется вашим 30 дней или пока вы не выйдете.",
        "You asked for it in this browser. It stays yours for 30 days, or until you sign out.",
    ),
    "enter_elsewhere": (
        "Письмо попросили в другом браузере, поэтому введите здесь код из письма.",
        "The letter was asked for in another browser, so type its code here.",
    ),
    "is_in": ("Вы вошли: {who}", "You are signed in: {who}"),
    "is_in_text": (
        "Этот браузер запомнен на 30 дней. На чужом компьютере выйдите, когда закончите.",
        "This browser is remembered for 30 days. On somebody else's computer sign out when you are done.",
    ),
    "sign_out": ("Выйти", "Sign out"),
    "room_tasks": ("Мои задачи", "My tasks"),
    "room_search": ("Поиск", "Search"),
    "room_registers": ("Реестры", "Registers"),
    "room_reports": ("Отчёты", "Reports"),
    "room_boards": ("Доски", "Boards"),
    "room_service": ("Служба", "Service"),
    "room_post": ("Почта", "Mail"),
    # my tasks
    "no_tasks": ("Сейчас от вас ничего не ждут.", "Nothing waits for you now."),
    "decide": ("Открыть и ответить", "Open and answer"),
    "open_case": ("Открыть заявку", "Open the request"),
    "by_reply": ("Отвечают на письмо об этой заявке.", "It is answered by a reply to its letter."),
    "instead_of": ("за {who}", "for {who}"),
    "term": ("Срок", "Due"),
    # one case
    "state": ("Состояние", "State"),
    "opened": ("Начата", "Begun"),
    "route": ("Дальше по маршруту", "Ahead on the route"),
    "versions": ("Файлы и версии", "Files and versions"),
    "replaced": ("заменён", "replaced"),
    "changes": ("Что изменилось", "What changed"),
    "was": ("было", "was"),
    "now": ("стало", "now"),
    "papers": ("Документы по заявке", "Papers of the request"),
    "linked": ("Связанные заявки", "Linked requests"),
    "history": ("История", "History"),
    "mails": ("Письма", "Mail"),
    "from_us": ("мы → {who}", "we → {who}"),
    "to_us": ("{who} → нам", "{who} → us"),
    "write": ("Написать участникам", "Write to those concerned"),
    "write_hint": (
        "Придёт письмом тем, кого заявка ждёт сейчас, и останется в истории. Решением это не считается.",
        "It goes by mail to those the request waits for now, and stays in the history. It is no decision.",
    ),
    "send": ("Отправить", "Send"),
    "said_passed": ("Отправлено письмом тем, кого ждёт заявка.", "Sent by mail to those the request waits for."),
    "said_kept": (
        "Записано в историю. Письмом никому не ушло: сейчас никого не ждём, или вы не участник заявки.",
        "It stands in the history. No mail was sent: nobody is waited for now, or you have no part in the request.",
    ),
    "comment_wrong": ("Напишите текст.", "Write the text."),
    "no_subject": ("без темы", "no subject"),
    "mail_from": ("От", "From"),
    "mail_to": ("Кому", "To"),
    "mail_date": ("Пришло", "Received"),
    "as_html": ("Как письмо оформлено", "As the mail was laid out"),
    "back_to_case": ("К заявке", "To the request"),
    "no_text": ("В письме нет текста.", "There is no text in the mail."),
    # registers
    "filters": ("Отбор", "Filter"),
    "filters_on": ("Отбор: включён", "Filter: on"),
    "since_day": ("С", "From"),
    "until_day": ("По", "To"),
    "person": ("Человек", "Person"),
    "department": ("Отдел", "Department"),
    "counterparty": ("Контрагент", "Counterparty"),
    "least": ("Сумма от", "Sum from"),
    "most": ("Сумма до", "Sum to"),
    "text": ("Слова", "Words"),
    "any": ("все", "any"),
    "show": ("Показать", "Show"),
    "reset": ("Сбросить", "Reset"),
    "filter_wrong": ("Не прочитано и не учтено: {names}.", "Not understood and left out: {names}."),
    "found": ("Найдено: {count}", "Found: {count}"),
    "found_newest": (
        "Среди последних 2 000 записей найдено: {count}",
        "Found among the newest 2,000 entries: {count}",
    ),
    "nothing_yet": (
        "Среди просмотренных записей ничего нет; «Дальше» ищет в более старых.",
        "There is nothing among the entries looked through; “Next” looks in older ones.",
    ),
    "in_all": ("на сумму", "in all"),
    "nothing_found": ("Ничего не нашлось.", "Nothing was found."),
    "as_xlsx": ("Скачать Excel", "Download Excel"),
    "as_csv": ("Скачать CSV", "Download CSV"),
    "next_page": ("Дальше", "Next"),
    "first_page": ("К началу", "To the beginning"),
    # the service
    "service_well": ("Всё работает", "Everything works"),
    "service_ill": ("Нужен человек", "A person is needed"),
    "service_signs": ("Состояние", "How it does"),
    "service_queues": ("Очереди", "Queues"),
    "service_count": ("Сколько", "How many"),
    "service_oldest": ("Самое старое ждёт", "The oldest has waited"),
    "service_folders": ("Ящики", "Mailboxes"),
    "service_uid": ("прочитано до UID {uid}", "read up to UID {uid}"),
    "service_lost": ("Не доставлено за семь дней", "Not delivered within seven days"),
    "service_ok": ("в порядке", "fine"),
    "service_note": ("обратите внимание", "worth a look"),
    "service_wrong": ("исправьте", "mend it"),
    "service_what": ("Что", "What"),
    # reports
    "report_none": ("За эти дни ничего не нашлось.", "Nothing was found for these days."),
    "report_cut": (
        "Заданий больше, чем считает один отчёт: учтены 100 000 самых новых. Возьмите срок короче.",
        "There are more tasks than one report counts: the newest 100,000 are in it. Take fewer days.",
    ),
    # search
    "search_what": ("Что искать", "What to look for"),
    "search_hint": (
        "Номер, контрагент, ИНН, тема, слова из писем и файлов; в любом падеже.",
        "A number, a company, a tax number, a subject, words of mails and files; in any form.",
    ),
    "search_do": ("Найти", "Find"),
    "search_none": (
        "Ничего не нашлось среди заявок, которые вам видны. Попробуйте меньше слов.",
        "Nothing was found among the requests you may see. Try fewer words.",
    ),
    "found_in_card": ("в карточке", "on the card"),
    # boards
    "board_cut": (
        "Показаны последние 300 открытых заявок; остальные в реестре.",
        "The newest 300 open requests are shown; the others stand in the register.",
    ),
    "nobody_waits": ("никого не ждём", "nobody is waited for"),
    "empty_column": ("пусто", "empty"),
    # the mail that waits
    "no_post": ("Разбирать нечего.", "Nothing is left to look at."),
    "post_stray": ("От незнакомого отправителя", "From a stranger"),
    "post_held": ("Отложено: {why}", "Set aside: {why}"),
    "register_it": ("Зарегистрировать как входящее", "Register as an incoming letter"),
    "registered": ("Зарегистрировано.", "Registered."),
    # browsers
    "room_browsers": ("Мои браузеры", "My browsers"),
    "browsers_lead": (
        "Здесь браузеры, которым вы разрешили отвечать от вашего имени. Незнакомый? Остановите его.",
        "These browsers may answer in your name. One you do not know? Stop it.",
    ),
    "no_browsers": ("Сейчас нет ни одного.", "There is none now."),
    "no_label": ("Без названия", "Unnamed"),
    "this_browser": ("этот", "this one"),
    "browser_in": ("вход в «Мои задачи»", "signed in to “My tasks”"),
    "browser_link": ("по ссылке из письма", "by the link of a letter"),
    "known_since": ("с", "since"),
    "last_sent": ("последняя отправка", "last sent something"),
    "stop_one": ("Остановить", "Stop"),
    "stop_all": ("Остановить все", "Stop all"),
    "stopped": ("Остановлено браузеров: {count}.", "Browsers stopped: {count}."),
    "stop_more": (
        "Остановленный браузер спросит код заново. Записанные решения остаются: чужое отзовите ответом «Отзываю».",
        "A stopped browser is asked for a code again. Decisions stand: take back one that is not yours by replying "
        "“Withdraw”.",
    ),
    "sure": ("Да, остановить", "Yes, stop"),
    "sure_wrong": (
        "Поставьте галочку «Да, остановить»: она защищает от программ, которые открывают ссылки сами.",
        "Tick “Yes, stop”: it guards against programs that follow links by themselves.",
    ),
    # the second factor
    "room_factor": ("Второй фактор", "Second factor"),
    "factor_lead": (
        "Для самых важных решений спросим код из приложения на вашем телефоне. Подойдёт любое приложение для "
        "одноразовых кодов.",
        "For the weightiest decisions we ask for a code from an app on your phone. Any app for one-time codes will do.",
    ),
    "factor_begin_hint": ("QR-код будет показан один раз.", "The QR code is shown once."),
    "factor_begin": ("Показать QR-код", "Show the QR code"),
    "factor_again": (
        "QR-код второй раз не показывается; можно начать с новым.",
        "The QR code is not shown again; you may begin with a new one.",
    ),
    "factor_scan": ("Отсканируйте код приложением.", "Scan the code with the app."),
    "factor_type": ("Или введите ключ:", "Or type the key:"),
    "factor_here": ("Открыть в приложении на этом телефоне", "Open in the app on this phone"),
    "factor_first": ("Введите код, который показало приложение.", "Type the code the app shows."),
    "factor_set": ("Подключить", "Set up"),
    "factor_wrong": (
        "Код не подошёл. Дождитесь следующего, проверьте часы телефона; после пяти ошибок начните с нового QR-кода.",
        "Not the right code. Wait for the next one and check the phone's clock; after five, begin with a new QR code.",
    ),
    "factor_done": ("Второй фактор подключён.", "Your second factor is set up."),
    "factor_known": ("Второй фактор подключён.", "Your second factor is set up."),
    "factor_lost": (
        "Потеряли телефон? Попросите администратора сбросить второй фактор и подключите новый.",
        "Lost the phone? Ask the administrator to reset the second factor, and set up a new one.",
    ),
    "menu": ("Разделы", "Sections"),
    "skip": ("К содержанию", "To the content"),
}


def room_words(language: Language) -> Mapping[str, str]:
    """Give every text of these pages in one language."""
    place = 0 if language == "ru" else 1
    return {key: both[place] for key, both in _WORDS.items()}
