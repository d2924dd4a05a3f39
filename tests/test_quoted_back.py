"""Our own letter quoted back: a word that the letter does not have is somebody's, and no yes stands above it."""

from __future__ import annotations

import email.policy
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailflow.core.message import Message, parse
from mailflow.core.quotable import Quotable, quotable
from mailflow.core.quoted_back import typed_in
from mailflow.core.reply import Fresh, fresh
from tests.office_life import PETROV, Life, living


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path) as office:
        yield office


PLAIN = """Кто просит: Кузнецов И.И., отдел маркетинга
Сумма: 120 000,50 ₽, оплатить до 17.11.2026
Проверки: ИНН, р/с и БИК верны; этот счёт раньше не поступал; реквизиты те же, что в трёх прошлых оплатах

Согласовать: https://docs.neon.example/d/aZ09_long-token-of-a-link/1
Можно ответить на это письмо: docs+t.7f3k@neon.example
"""
PAGE = (
    "<p>Счёт ждёт вашего решения</p><table><tr><td>Кто просит</td><td>Кузнецов И.И., отдел маркетинга</td></tr>"
    "<tr><td>Сумма</td><td>120 000,50 ₽, оплатить до 17.11.2026</td></tr></table>"
    '<p><a href="https://docs.neon.example/d/1">Согласовать</a></p>'
)


def letter() -> Quotable:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["Subject"] = "docs@neon.example", "Счёт"
    mail.set_content(PLAIN)
    mail.add_alternative(PAGE, subtype="html")
    there = parse(mail.as_bytes())
    return Quotable(there.text, there.html)


def answer(quote: str, mark: str = "", kind: str = "plain") -> Fresh:
    return fresh(reply(quote, mark, kind))


def reply(quote: str, mark: str = "", kind: str = "plain") -> Message:
    name = "13.11.2026, 10:02, Документы <docs@neon.example>:" if mark else (
        "От: Документы <docs@neon.example>\nОтправлено: 13 ноября 2026 г. 10:02\nКому: Ольга\nТема: Счёт\n"
    )  # fmt: skip
    lines = "\n".join(f"{mark}{line}" for line in quote.split("\n"))
    body = f"Ок\n\n{name}\n{lines}\n" if kind == "plain" else quote
    head = f"From: o@neon.example\nSubject: Re: Счёт\nIn-Reply-To: <a@b>\nContent-Type: text/{kind}; charset=utf-8\n"
    return parse(f"{head}Content-Transfer-Encoding: 8bit\n\n{body}".encode())


WRAPPED = PLAIN.replace("раньше не поступал; ", "раньше не\nпоступал; ").replace(
    "https://docs.neon.example/d/aZ09_long-token-of-a-link/1", "<https://eu.safelinks.example/?url=https%3A%2F%2Fdocs>"
)


@pytest.mark.parametrize("mark", ["", "> "])
@pytest.mark.parametrize("quote", [PLAIN, WRAPPED, PLAIN.upper(), "Сумма: 120 000,50 ₽", "[image: НЕОН]\n" + PLAIN])
def test_a_letter_quoted_as_it_left_has_nobodys_words_in_it(quote: str, mark: str) -> None:
    assert typed_in(answer(quote, mark), letter()) == ""


@pytest.mark.parametrize("mark", ["", "> "])
@pytest.mark.parametrize("typed", ["много!", "можно 100 000", "не согласна", "нет", "ОК только без доставки", "120"])
def test_black_words_typed_into_a_quote_of_ours_are_seen(typed: str, mark: str) -> None:
    quote = PLAIN.replace("Проверки:", f"{typed}\nПроверки:")
    assert typed_in(answer(quote, mark), letter()) == typed


CODED = PLAIN.replace("Согласовать:", "Страница один раз спросит код из этого письма: 048 213\nСогласовать:")


@pytest.mark.parametrize("mark", ["", "> "])
@pytest.mark.parametrize("code", ["048 213", "048213"])
def test_the_code_of_a_letter_is_known_in_a_quote_though_it_is_kept_nowhere(code: str, mark: str) -> None:
    quote = CODED.replace("048 213", code)
    kept = quotable(quote, "", [code, "aZ09_long-token-of-a-link/1", "7f3k"])
    for secret in (code, "aZ09_long", "7f3k"):
        assert secret not in kept.text
    assert typed_in(answer(quote, mark), kept) == ""
    assert typed_in(answer(quote.replace("письма:", "письма:\n"), mark), kept) == ""


@pytest.mark.parametrize("typed", ["100 000", "048 214", "213 048 900"])
def test_digits_typed_beside_the_code_are_seen(typed: str) -> None:
    kept = quotable(CODED, "", ["048 213"])
    assert typed_in(answer(CODED.replace("Согласовать:", f"{typed}\nСогласовать:")), kept) == typed


def test_words_typed_at_the_end_of_a_line_of_ours_are_seen() -> None:
    quote = PLAIN.replace("17.11.2026", "17.11.2026 много, можно 100")
    assert "много, можно 100" in typed_in(answer(quote), letter())


def test_words_below_a_changed_footer_are_seen() -> None:
    quote = PLAIN.partition("Можно ответить")[0] + "Можно ответить\n\nно сначала пришлите договор"
    assert typed_in(answer(quote), letter()) == "но сначала пришлите договор"


def test_the_notice_of_a_gateway_above_or_below_the_quote_is_nobodys_word() -> None:
    below = "Это сообщение содержит конфиденциальную информацию и предназначено только для адресата."
    above = "Внимание! Это письмо пришло извне организации."
    assert typed_in(answer(f"{above}\n\n{PLAIN}\n{below}"), letter()) == ""


def test_the_page_of_a_letter_quoted_in_html_is_compared_with_the_page() -> None:
    page = f'<p>Ок</p><div class="gmail_quote"><blockquote class="gmail_quote">{PAGE}</blockquote></div>'
    assert typed_in(answer(page, kind="html"), letter()) == ""
    typed = page.replace("Кузнецов И.И.", "Кузнецов И.И. почему он?")
    assert "почему он?" in typed_in(answer(typed, kind="html"), letter())


BLOCK = "От: Документы <docs@neon.example>\nОтправлено: 13 ноября 2026 г. 10:02\nКому: Петров\nТема: Счёт\n"


async def test_ok_above_our_letter_with_black_words_in_it_is_asked_about(life: Life) -> None:
    await life.asks()
    shown = (await life.last(PETROV)).text
    lines = shown.split("\n")
    typed = "\n".join([*lines[:4], "много, хватит и ста тысяч", *lines[4:]])
    await life.says(PETROV, f"Ок\n\n{BLOCK}\n{typed}")
    assert await life.waits_on() == ["p.petrov"]
    assert "много, хватит и ста тысяч" in (await life.last(PETROV)).text
    await life.says(PETROV, f"Ок\n\n{BLOCK}\n{shown}", letter=(await life.world.letters(PETROV))[0])
    assert await life.waits_on() == ["o.smirnova"]
