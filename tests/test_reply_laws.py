"""Laws of the fresh part: what is quoted never changes what stands above, any megabyte is read within a second."""

from __future__ import annotations

import time
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.message import Message, parse
from mailflow.core.reply import fresh

ABOVE = "Утверждаю, но поправьте пункт 6"
NAMED = {
    "gmail": "пн, 9 нояб. 2026 г. в 10:00, Документы <docs@neon.example>:",
    "gmail_en": "On Mon, Nov 9, 2026 at 10:00 AM NEON <docs@neon.example> wrote:",
    "apple": "9 нояб. 2026 г., в 10:00, Документы <docs@neon.example> написал(а):",
    "thunderbird": "09.11.2026 10:00, Документы пишет:",
    "mailru": "Понедельник, 9 ноября 2026, 10:00 +03:00 от Документы <docs@neon.example>:",
    "yandex": '09.11.2026, 10:00, "Документы" <docs@neon.example>:',
    "the_bat": "Вы писали 9 ноября 2026 г., 10:00:00:",
    "mutt": "On Mon, Nov 09, 2026 at 10:00:00AM +0300, Документы wrote:",
    "roundcube": "Документы писал 2026-11-09 10:00:",
    "horde": "Цитирую Документы <docs@neon.example>:",
}
UNMARKED = {
    "outlook": "От: Документы <docs@neon.example>\nОтправлено: 9 ноября 2026 г. 10:00\nКому: Ольга\nТема: Счёт",
    "outlook_en": "From: NEON <docs@neon.example>\nSent: Monday, November 9, 2026 10:00 AM\nTo: Olga\nSubject: 57",
    "owa": "________________________________\nОт: Документы <docs@neon.example>\nДата: 9 ноября 2026 г. в 10:00",
    "old_outlook": "-----Исходное сообщение-----",
    "samsung": "-------- Исходное сообщение --------\nОт: a@neon.example\nДата: 09.11.2026 10:00\nКому: b",
    "proton": "------- Original Message -------\nOn Monday, November 9th, 2026 at 10:00, N <docs@neon.example> wrote:",
    "zoho": "---- On Mon, 09 Nov 2026 10:00:00 +0300 NEON <docs@neon.example> wrote ----",
}
PAGES = {
    "gmail": '<div class="gmail_quote"><div class="gmail_attr">' + escape(NAMED["gmail"]) + "</div>"
    '<blockquote class="gmail_quote">{}</blockquote></div>',
    "apple": '<blockquote type="cite"><div>' + escape(NAMED["apple"]) + "</div><div>{}</div></blockquote>",
    "thunderbird": '<div class="moz-cite-prefix">unreadable</div><blockquote type="cite" cite="mid:x">{}</blockquote>',
    "mailru": '<div class="mail-quote-collapse"><blockquote>{}</blockquote></div>',
    "mailru_app": '<blockquote id="mail-app-auto-quote">{}</blockquote>',
    "yandex": "<div>" + escape(NAMED["yandex"]) + "</div><blockquote><div>{}</div></blockquote>",
    "owa": '<hr><div id="divRplyFwdMsg"><b>X:</b> unreadable</div><div>{}</div>',
    "outlook": '<div style="border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal">'
    + escape(UNMARKED["outlook"]).replace("\n", "<br>")
    + "</p></div><p>{}</p>",
    "proton": '<div class="protonmail_quote">{}</div>',
    "yahoo": '<div class="yahoo_quoted">{}</div>',
}
LINES = [
    "Да", "Согласовано", "Не согласовано", "> Да", ">> нет", "", "--", "-- ", *NAMED.values(), *UNMARKED.values(),
    "---------- Forwarded message ---------", "-------- Конец пересылаемого сообщения --------", "<b>да</b>", "+",
    "Отправлено с iPhone", "С уважением, Иванов", "ВНЕШНЕЕ ПИСЬМО", "*От:* a@b.example", "ИК> да", "\u2028нет",
]  # fmt: skip
QUOTES = st.lists(
    st.one_of(st.sampled_from(LINES), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"))),
    max_size=12,
).map("\n".join)


def reply(body: str, kind: str = "plain") -> Message:
    head = f"From: o@neon.example\nSubject: Re: Счёт\nContent-Type: text/{kind}; charset=utf-8\n"
    return parse(f"{head}Content-Transfer-Encoding: 8bit\n\n{body}".encode())


def marked(quote: str) -> str:
    lines = quote.replace("\v", "\n").replace("\f", "\n").replace("\x85", "\n").splitlines() or [""]
    return "\n".join(f"> {line}" for line in lines)


@pytest.mark.parametrize("client", NAMED)
@given(quote=QUOTES)
@settings(max_examples=25, deadline=None)
def test_what_is_quoted_with_marks_never_changes_what_stands_above(client: str, quote: str) -> None:
    assert fresh(reply(f"{ABOVE}\n\n{NAMED[client]}\n{marked(quote)}\n")).text == ABOVE


@pytest.mark.parametrize("client", NAMED)
@given(quote=QUOTES)
@settings(max_examples=25, deadline=None)
def test_what_is_quoted_with_marks_never_changes_what_stands_below(client: str, quote: str) -> None:
    assert fresh(reply(f"{NAMED[client]}\n{marked(quote)}\n\n{ABOVE}\n")).text == ABOVE


@pytest.mark.parametrize("client", UNMARKED)
@given(quote=QUOTES)
@settings(max_examples=25, deadline=None)
def test_what_is_quoted_without_marks_never_changes_what_stands_above(client: str, quote: str) -> None:
    assert fresh(reply(f"{ABOVE}\n\n{UNMARKED[client]}\n\n{quote}\n")).text == ABOVE


@pytest.mark.parametrize("client", PAGES)
@given(quote=QUOTES)
@settings(max_examples=25, deadline=None)
def test_what_a_page_quotes_never_changes_what_stands_above(client: str, quote: str) -> None:
    said = escape(quote).replace("\n", "<br>")
    assert fresh(reply(f"<div>{ABOVE}</div>{PAGES[client].replace('{}', said)}", "html")).text == ABOVE


def test_nobody_can_tell_whose_words_stand_below_marks_under_a_header_block() -> None:
    seen = fresh(reply(f"Да\n\n{UNMARKED['outlook']}\n\n> вопрос\n\nно не раньше марта\n"))
    assert (seen.text, seen.conflict) == ("Да", True)


def seconds(message: Message) -> float:
    """Give the processor time of the better of two readings: a busy machine disturbs a single one."""
    spent = []
    for _ in range(2):
        started = time.process_time()
        fresh(message)
        spent.append(time.process_time() - started)
        if spent[0] < 0.8:
            break
    return min(spent)


PIECES = [
    ">", "> ", "> a\n", ">\n", ">>>>>>>>>>\n", "-", "--\n", "_", "=", "*", " ", "\n", "\t", "a", "а ", "@",
    "a@b.ru ", "<", ":", "От:", "От: ", "От: a@b.ru\n", "12.11.2026 ", "12.11.2026 10:00 a@b.ru:\n", "On ",
    "wrote:\n", "пишет:\n", "8<", "---- Пересылаемое сообщение ----\n", "---- Конец пересылаемого сообщения ----\n",
    "Sent from my ", "Отправлено с ", "ВНЕШНЕЕ ПИСЬМО. ", "внешнее\n", "[EXTERNAL]\n", "С уважением,\n", "-- \n",
    "Иван\n", "\"", "«", "(", "ИК>", "Re: ", "\ufeff", "[a](http://b.ru)", "http://a.ru/ ", "a.",
    "Кому: a\nТема: b\n", "пн, ", "пн, 9 ", ".", "!", "я\u0301", "\u200b",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_any_text_is_read_within_a_second(piece: str) -> None:
    assert seconds(reply(piece * (1_000_000 // len(piece.encode())))) < 1


TAGS = [
    "<div>", "<blockquote>", "<blockquote type=cite>", "<div class=gmail_quote>", "<div id=divRplyFwdMsg>x", "<p>",
    "</p>", "<span>", "</div>", "<div>x</div>", "<table><tr><td>", "<br>", "<pre>\n", "<pre>x\n", "<a b",
    "<div class=gmail_signature>x", "<blockquote style=\"a:b\">x", "<s>x", "&nbsp;", "&lt;", "&#", "<!--",
    "<style>", "<hr>x", "<b>x</b>", "<p style=color:red>",
]  # fmt: skip


@pytest.mark.parametrize("piece", TAGS)
def test_a_megabyte_of_any_page_is_read_within_a_second(piece: str) -> None:
    assert seconds(reply(piece * (1_000_000 // len(piece)), "html")) < 1
