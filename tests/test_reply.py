"""The fresh part of a mail: quotes go, own words stay, forwarded letters are content, tricks are noticed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.message import parse
from mailflow.core.reply import Fresh, Original, fresh

MAILS = Path(__file__).parent / "mails" / "reply"


def mail(name: str) -> Fresh:
    return fresh(parse((MAILS / f"{name}.eml").read_bytes()))


def typed(text: str, subject: str = "Re: Счёт") -> Fresh:
    return fresh(parse(_raw(text, "plain", subject)))


def page(html: str) -> Fresh:
    return fresh(parse(_raw(html, "html", "Re: Счёт")))


def _raw(body: str, kind: str, subject: str) -> bytes:
    head = f"From: o@neon.example\nSubject: {subject}\nContent-Type: text/{kind}; charset=utf-8\n"
    return f"{head}Content-Transfer-Encoding: 8bit\n\n{body}".encode()


@pytest.mark.parametrize("name", sorted(path.stem for path in MAILS.glob("yes_*.eml")))
def test_only_the_writers_own_words_are_left(name: str) -> None:
    assert mail(name) == Fresh("Согласовано")


def test_words_between_quotes_are_kept() -> None:
    assert mail("answers_between_quotes").text == "много\nхорошо"


def test_a_tail_of_the_phone_is_no_text() -> None:
    assert mail("only_a_mobile_tail").text == ""


def test_a_line_that_only_looks_like_a_header_is_text() -> None:
    said = mail("text_that_looks_like_headers").text
    assert said == "От: нас ничего не требуется\nСогласовано 12.11 Петров писал: исправьте"


def test_an_indented_block_of_ones_own_is_text() -> None:
    assert "но без доставки" in mail("own_words_in_an_indented_block").text


@pytest.mark.parametrize(
    "name",
    [
        "a_refusal_hidden_in_html",
        "a_refusal_in_white_letters",
        "a_refusal_hidden_by_a_style_sheet",
        "parts_that_disagree",
    ],
)
def test_hidden_words_and_parts_that_disagree_are_a_conflict(name: str) -> None:
    assert mail(name) == Fresh("Согласовано", conflict=True)


def test_a_yes_that_was_struck_out_is_not_read() -> None:
    assert mail("a_yes_struck_out") == Fresh("На доработку: нет акта", conflict=True)


@pytest.mark.parametrize("style", [
    "display:none", "DISPLAY : NONE !important", "visibility:hidden", "font-size:0", "font-size:1px", "opacity:0",
    "color:#fff",
    "color: rgb(255, 255, 255)", "color:transparent", "max-height:0;overflow:hidden", "position:absolute;left:-9999px",
    "text-indent:-9999px", "mso-hide:all", "text-decoration: line-through", "color:#111;background-color:#111111",
])  # fmt: skip
def test_every_way_to_hide_a_word_is_noticed(style: str) -> None:
    assert page(f'<p>Ок</p><p style="{style}">но нет</p>') == Fresh("Ок", conflict=True)


@pytest.mark.parametrize("rule", [
    "[class]{display:none}", "p[title=x]{display:none}", 'p[title="x"]{opacity:0}', "[title^='x']{display:none}",
    "p[style*='margin: 0 1px']{display:none}", ".a.b{display:none}", "p:nth-child(2){display:none}",
    "div .a:not(.z){display:none}", "*[title~=x]{display:none}", "p.a[title]{display:none}",
])  # fmt: skip
def test_a_style_sheet_hides_by_attributes_too(rule: str) -> None:
    seen = page(f'<style>{rule}</style><div>Ок<p class="a b" title="x" style="margin:0 1px">но нет</p></div>')
    assert seen == Fresh("Ок", conflict=True)


@pytest.mark.parametrize("rule", [
    "a[x-apple-data-detectors]{display:none}", "p:hover{opacity:0}", "p::before{display:none}", "p[title]{color:red}",
    "p[title=y]{display:none}", ".z.a{color:white}",
])  # fmt: skip
def test_a_style_sheet_that_speaks_of_others_hides_nothing(rule: str) -> None:
    assert page(f'<style>{rule}</style><p class="a" title="x">Ок</p>') == Fresh("Ок")


def test_what_is_folded_away_is_hidden_and_its_heading_is_not() -> None:
    assert page("<p>Ок</p><details><summary>P.S.</summary>но нет</details>") == Fresh("Ок\n\nP.S.", conflict=True)
    assert page("<details open><summary>Ок</summary></details>") == Fresh("Ок")


@pytest.mark.parametrize("style", ["color:#333", "font-size:0.9em", "display:block", "opacity:0.8", "color:red", ""])
def test_an_ordinary_style_hides_nothing(style: str) -> None:
    assert page(f'<p style="{style}">Согласовано</p>') == Fresh("Согласовано")


@pytest.mark.parametrize("name", ["parts_that_differ_only_in_layout", "white_letters_on_a_dark_ground"])
def test_harmless_differences_are_no_conflict(name: str) -> None:
    seen = mail(name)
    assert (seen.text.split("\n")[0], seen.conflict) == ("Согласовано", False)


def test_a_sign_sent_as_a_picture_is_read() -> None:
    assert mail("a_thumb_sent_as_a_picture").text == "👍"


LETTER = "Добрый день! Высылаем счёт.\n\nС уважением, Анна"


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("forwarded_by_mailru", "Четверг, 12 ноября 2026, 15:20 +03:00"),
        ("forwarded_by_gmail", "чт, 12 нояб. 2026 г. в 15:20"),
        ("forwarded_by_apple_mail", "12 ноября 2026 г. в 15:20:00 GMT+3"),
        ("forwarded_by_outlook_under_a_bare_block", "12 ноября 2026 г. 15:20"),
        ("forwarded_as_an_attachment", "Thu, 12 Nov 2026 15:20:00 +0300"),
    ],
)
def test_a_forwarded_letter_is_content(name: str, day: str) -> None:
    original = Original("Анна <anna@romashka.example>", "Счёт № 12", day, LETTER)
    assert mail(name) == Fresh("Прошу оплатить до пятницы.", original)


def test_words_below_a_forwarded_letter_are_the_writers() -> None:
    seen = mail("forwarded_and_signed_below")
    assert seen.text.split() == ["Прошу", "оплатить", "до", "пятницы.", "Иван"]
    assert seen.original is not None
    assert seen.original.text == LETTER


def test_a_forward_inside_a_quote_is_a_quote() -> None:
    assert mail("a_forward_inside_a_quote") == Fresh("Согласовано")


@pytest.mark.parametrize("line", [
    "пн, 9 нояб. 2026 г. в 10:00, Иван <ivan@neon.example>:",
    "9 нояб. 2026 г., в 10:00, Иван <ivan@neon.example> написал(а):",
    "09.11.2026 20:11, ivan@neon.example пишет:",
    "Понедельник, 9 ноября 2026, 09:54 +10:00 от ivan@neon.example:",
    '09.11.2026, 03:56, "Иван Кузнецов" <ivan@neon.example>:',
    "понедельник, 9 ноября 2026 г. 10:00 пользователь Иван написал:",
    "9 лист. 2026 р. о 10:00 Іван <ivan@neon.example> пише:",
    "On Mon, Nov 9, 2026 at 10:00 AM Ivan <ivan@neon.example> wrote:",
    "On 9 Nov 2026, at 10:00, Ivan <ivan@neon.example> wrote:",
    "Am 09.11.2026 um 10:00 schrieb Ivan <ivan@neon.example>:",
    "Le lun. 9 nov. 2026 à 10:00, Ivan <ivan@neon.example> a écrit :",
    "El lun, 9 nov 2026 a las 10:00, Ivan (<ivan@neon.example>) escribió:",
    "Il giorno lun 9 nov 2026 alle ore 10:00 Ivan <ivan@neon.example> ha scritto:",
    "Em seg., 9 de nov. de 2026 às 10:00, Ivan <ivan@neon.example> escreveu:",
    "Op ma 9 nov 2026 om 10:00 schreef Ivan <ivan@neon.example>:",
    "W dniu 2026-11-09 o 10:00 użytkownik Ivan <ivan@neon.example> napisał:",
    "Den mån 9 nov. 2026 kl 10:00 skrev Ivan <ivan@neon.example>:",
    "Ivan <ivan@neon.example> kirjoitti 9.11.2026 10.00:",
    "-----Original Message-----", "-------- Исходное сообщение --------", "-----Ursprüngliche Nachricht-----",
    "From: Ivan <ivan@neon.example>\nSent: Monday, November 9, 2026 10:00 AM\nTo: Olga\nSubject: Re: 12",
    "Від: Іван <ivan@neon.example>\nНадіслано: 9 листопада 2026 р. 10:00\nКому: Ольга\nТема: Re: 12",
    "Von: Ivan <ivan@neon.example>\nGesendet: Montag, 9. November 2026 10:00\nAn: Olga\nBetreff: Re: 12",
    "*De :* Ivan <ivan@neon.example>\n*Envoyé :* lundi 9 novembre 2026 10:00\n*À :* Olga\n*Objet :* Re: 12",
    "________________________________\nОт: Иван <ivan@neon.example>\nДата: 9 ноября 2026 г. в 10:00\nКому: Ольга",
])  # fmt: skip
def test_a_quote_is_known_by_its_form_in_every_language(line: str) -> None:
    assert typed(f"Да\n\n{line}\n\nНет, ни в коем случае\n").text == "Да"
    assert typed(f"Да\n\n{line}\n> Нет, ни в коем случае\n").text == "Да"


@pytest.mark.parametrize("line", [
    "К 13.11.2026 15:00 пришлите на buh@neon.example:", "Но 12.11.2026 в 10:00 Петров писал:",
    "Но, 12.11.2026 10:05 Петров <p@neon.example> написал:", "13.11.2026 15:00 Оплатить счёт на buh@neon.example:",
    "Кому: директору", "Тема: аренда", "Тема: аренда\nКому: директору", "----- важно -----", "--------",
    "On the other hand:",
])  # fmt: skip
def test_own_words_are_not_taken_for_a_quote(line: str) -> None:
    assert typed(f"Да\n{line}\nно только завтра\n").text == f"Да\n{line}\nно только завтра"


@pytest.mark.parametrize("tail", [
    "Отправлено с iPhone", "Отправлено с моего iPhone", "Отправлено с устройства Samsung",
    "Отправлено из Outlook для Android",
    "Отправлено из мобильной Почты Mail.ru", "Отправлено из мобильного приложения Яндекс Почты", "Sent from my iPhone",
    "Отправлено из Почты Mail (Почта Mail.ru)", "Get Outlook for iOS<https://aka.ms/x>", "Sent from Mail for Windows",
    "Надіслано з iPhone", "Отправлено с телефона, извините за опечатки", "Von meinem iPhone gesendet",
])  # fmt: skip
def test_tails_of_phones_are_taken_off(tail: str) -> None:
    assert typed(f"Да\n\n{tail}\n").text == "Да"


@pytest.mark.parametrize("line", ["Отправлено курьером", "Отправлено, РПО 8008", "Отправлено с курьером в среду"])
def test_what_a_person_sent_is_no_tail(line: str) -> None:
    assert typed(line).text == line


def test_a_header_block_in_a_mail_that_is_no_reply_is_a_forwarded_letter() -> None:
    text = "Прошу оплатить\n\nОт: Анна <a@romashka.example>\nДата: 12.11.2026 15:20\nТема: Счёт\n\nВысылаем счёт"
    assert typed(text, subject="Счёт").original == Original(
        "Анна <a@romashka.example>", "Счёт", "12.11.2026 15:20", "Высылаем счёт"
    )
    assert typed(text, subject="Re: Счёт") == Fresh("Прошу оплатить")


@given(text=st.text(max_size=400), html=st.text(alphabet="<>/=\"' abpdivstyle:;#&\n", max_size=200))
def test_any_body_is_read_without_an_error(text: str, html: str) -> None:
    head = "From: o@neon.example\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
    parts = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\nContent-Type: text/html\n\n{html}\n--b--\n"
    assert isinstance(fresh(parse((head + parts).encode("utf-8", "replace"))), Fresh)


@given(
    quote=st.text(
        alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"),
        max_size=60,
    )
)
def test_nothing_of_a_marked_quote_gets_into_the_text(quote: str) -> None:
    assert typed(f"Да\n> {quote}\n>> {quote}\n").text == "Да"


def test_a_misread_quote_does_not_take_the_words_above_it() -> None:
    assert typed("Да\n> ÈÈ\n>> ÈÈ\n").text == "Да"


@pytest.mark.parametrize("piece", [
    "ок\n", "> a\n", "From: a\n", "From: a@b\nx\n", "On 12.11.2026 10:00 a@b.ru\n", "<mailto:", "-- x ", "Кому:\n",
    "a@",
    "---- Forwarded message ----\n---- End of forwarded message ----\n",
])  # fmt: skip
def test_a_megabyte_of_hostile_text_is_parted_in_time(piece: str) -> None:
    body = parse(_raw(piece * (1_000_000 // len(piece)), "plain", "Re: x"))
    started = time.process_time()
    fresh(body)
    assert time.process_time() - started < 3


@pytest.mark.parametrize("piece", [
    "<div>", "<a '\"", "<!--", "<style>.a{", "<p style=\"display:none\">x", "<blockquote>x", "<td>", "&#", "<pre>x\n",
    "</p>",
])  # fmt: skip
def test_a_megabyte_of_hostile_html_is_parted_in_time(piece: str) -> None:
    body = parse(_raw(piece * (1_000_000 // len(piece)), "html", "Re: x"))
    started = time.process_time()
    fresh(body)
    assert time.process_time() - started < 3
