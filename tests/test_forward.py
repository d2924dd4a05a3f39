"""A forwarded letter is recovered from every program's form, as deep as it lies; the forwarder's line stands apart."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from mailflow.core.message import parse
from mailflow.core.reply import Original, fresh

MAILS = Path(__file__).parent / "mails" / "forward"


class Letter(NamedTuple):
    """What the header below says, what the forwarder and the letter say; how deep the deepest lies and whose it is."""

    date: str
    own: str = "Прошу оплатить до пятницы."
    from_: str = "Анна <anna@romashka.example>"
    subject: str = "Счёт № 12"
    text: str = "Добрый день! Высылаем счёт."
    files: tuple[str, ...] = ()
    depth: int = 1
    deepest: str = ""


LETTERS = {
    "gmail": Letter("пн, 9 нояб. 2026 г. в 10:00", files=("schet-12.pdf",)),
    "gmail_html_alone": Letter("пн, 9 нояб. 2026 г. в 10:00"),
    "gmail_without_a_word": Letter("пн, 9 нояб. 2026 г. в 10:00", own=""),
    "yandex": Letter("09.11.2026 10:00", from_='"Анна" <anna@romashka.example>'),
    "yandex_html": Letter(
        "09.11.2026 10:00", own="Прошу оплатить до пятницы.\n--\nОльга", from_='"Анна" <anna@romashka.example>'
    ),
    "mailru_web": Letter("Понедельник, 9 ноября 2026, 10:00 +03:00"),
    "mailru_web_as_a_quote": Letter("9 ноября 2026 10:00 +03:00"),
    "mailru_app_under_re": Letter("понедельник, 09 ноября 2026г., 10:00 +03:00"),
    "apple_mail_ru": Letter("9 ноября 2026 г. в 10:00:00 GMT+3"),
    "apple_mail_en": Letter("November 9, 2026 at 10:00:00 AM GMT+3", own="Please pay."),
    "iphone_ru": Letter("9 ноября 2026 г. в 10:00:00 GMT+3"),
    "outlook_ru": Letter("понедельник, 9 ноября 2026 г. 10:00"),
    "outlook_ru_html_alone": Letter("понедельник, 9 ноября 2026 г. 10:00"),
    "outlook_en": Letter("Monday, November 9, 2026 10:00 AM"),
    "outlook_de": Letter("Montag, 9. November 2026 10:00", own="Bitte zahlen."),
    "owa_ru": Letter("понедельник, 9 ноября 2026 г. 10:00"),
    "owa_in_an_unknown_language": Letter(
        "", from_="", text=("Avsendare Anna <anna@romashka.example>\nTid 9 november\nДобрый день! Высылаем счёт.")
    ),
    "outlook_ios": Letter("понедельник, 9 ноября 2026 г. 10:00"),
    "samsung_ru": Letter("09.11.2026 10:00 (GMT+03:00)"),
    "thunderbird_ru": Letter("Mon, 9 Nov 2026 10:00:00 +0300"),
    "thunderbird_uk": Letter("Mon, 9 Nov 2026 10:00:00 +0300"),
    "the_bat": Letter("9 ноября 2026 г., 10:00:00", own="Прошу оплатить до пятницы.\n--\nОльга"),
    "mutt": Letter("Mon, 9 Nov 2026 10:00:00 +0300", own="Прошу оплатить до пятницы.\nИван"),
    "marked_lines_without_a_header": Letter("", from_=""),
    "headers_on_one_line": Letter("9 ноября 2026 г. 10:00"),
    "gmail_within_gmail": Letter(
        "пн, 9 нояб. 2026 г. в 10:00",
        text=(
            "Перешлите заказчику.\n"
            "---------- Forwarded message ---------\n"
            "От: Борис <boris@zavod.example>\n"
            "Date: вс, 8 нояб. 2026 г. в 9:00\n"
            "Subject: Счёт № 12\n"
            "To: anna@romashka.example\n"
            "Добрый день! Высылаем счёт."
        ),
        depth=2,
        deepest="Борис <boris@zavod.example>",
    ),
    "yandex_within_yandex_and_words_below": Letter(
        "09.11.2026, 10:00",
        own="Прошу оплатить до пятницы.\nИван",
        subject="Fwd: Счёт № 12",
        text=(
            "Перешлите заказчику.\n"
            "-------- Пересылаемое сообщение --------\n"
            "От: Борис <boris@zavod.example>\n"
            "Кому: anna@romashka.example\n"
            "Тема: Счёт № 12\n"
            "Дата: 08.11.2026, 09:00\n"
            "Добрый день! Высылаем счёт.\n"
            "-------- Конец пересылаемого сообщения --------"
        ),
        depth=2,
        deepest="Борис <boris@zavod.example>",
    ),
    "outlook_three_deep": Letter(
        "понедельник, 9 ноября 2026 г. 10:00",
        subject="FW: Счёт № 12",
        text=(
            "Смотрите ниже.\n"
            "От: Борис <boris@zavod.example>\n"
            "Отправлено: 8 ноября 2026 г. 9:00\n"
            "Кому: Анна\n"
            "Тема: FW: Счёт № 12\n"
            "Ниже счёт.\n"
            "От: Вера <vera@sklad.example>\n"
            "Отправлено: 7 ноября 2026 г. 9:00\n"
            "Кому: Борис\n"
            "Тема: Счёт № 12\n"
            "Добрый день! Высылаем счёт."
        ),
        depth=3,
        deepest="Вера <vera@sklad.example>",
    ),
    "outlook_history_of_a_reply_is_one_letter": Letter(
        "понедельник, 9 ноября 2026 г. 10:00",
        subject="RE: Счёт № 12",
        text=(
            "Высылаем исправленный.\n"
            "От: Ольга <o.smirnova@neon.example>\n"
            "Отправлено: 8 ноября 2026 г. 9:00\n"
            "Кому: Анна\n"
            "Тема: Счёт № 12\n"
            "Исправьте ИНН"
        ),
    ),
    "as_an_attachment": Letter("Mon, 9 Nov 2026 11:30:00 +0300", files=("schet-12.pdf",)),
    "as_an_attachment_two_deep": Letter(
        "Mon, 9 Nov 2026 11:30:00 +0300",
        subject="Fwd: Счёт № 12",
        text="Перешлите заказчику.",
        depth=2,
        deepest="Борис <boris@zavod.example>",
    ),
    "as_an_attachment_that_forwards_in_its_text": Letter(
        "Mon, 9 Nov 2026 11:30:00 +0300",
        subject="Fwd: Счёт № 12",
        text=(
            "Перешлите заказчику.\n"
            "---------- Forwarded message ---------\n"
            "От: Борис <boris@zavod.example>\n"
            "Date: вс, 8 нояб. 2026 г. в 9:00\n"
            "Subject: Счёт № 12\n"
            "To: anna@romashka.example\n"
            "Добрый день! Высылаем счёт."
        ),
        depth=2,
        deepest="Борис <boris@zavod.example>",
    ),
    "in_the_text_of_a_letter_with_a_letter_attached": Letter(
        "пн, 9 нояб. 2026 г. в 10:00", depth=2, deepest="Анна <anna@romashka.example>"
    ),
}


@pytest.mark.parametrize("name", LETTERS)
def test_the_original_is_recovered(name: str) -> None:
    seen = fresh(parse((MAILS / f"{name}.eml").read_bytes()))
    assert seen.original is not None
    assert not seen.conflict
    first, chain = seen.original, _chain(seen.original)
    deepest = chain[-1].from_ if len(chain) > 1 else ""
    read = Letter(
        first.date,
        _folded(seen.text),
        first.from_,
        first.subject,
        _folded(first.text),
        first.files,
        len(chain),
        deepest,
    )
    assert read == LETTERS[name]


def _chain(letter: Original) -> list[Original]:
    return [letter, *(_chain(letter.original) if letter.original else ())]


def _folded(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())
