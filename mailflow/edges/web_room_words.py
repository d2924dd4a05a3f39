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
    "menu": ("Разделы", "Sections"),
    "skip": ("К содержанию", "To the content"),
}


def room_words(language: Language) -> Mapping[str, str]:
    """Give every text of these pages in one language."""
    place = 0 if language == "ru" else 1
    return {key: both[place] for key, both in _WORDS.items()}
