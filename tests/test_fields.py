"""Fields as requests state them: form lines, free words, and what must stay a question."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.fields import DEFAULT_SYNONYMS, FieldForm, FieldsRead, FieldType, read_fields

THURSDAY = date(2026, 11, 12)
TYPES: dict[str, FieldType] = {
    "amount": "money", "vat": "money", "pay_by": "date", "due": "date", "invoice_date": "date", "their_date": "date",
    "cash_flow_item": "choice", "in_budget": "bool", "urgent": "bool", "inn": "inn", "kpp": "kpp", "bic": "bic",
    "account": "account", "corr_account": "account", "approvers": "people", "recipients": "people",
    "executors": "people",
}  # fmt: skip
ITEMS = ("Реклама", "Аренда", "Связь и интернет", "Advertising")


def forms(*names: str) -> tuple[FieldForm, ...]:
    """Give the forms of common fields with their usual types."""
    return tuple(
        FieldForm(name, TYPES.get(name, "text"), choices=ITEMS if name == "cash_flow_item" else ()) for name in names
    )


INVOICE = forms(
    "amount", "currency", "pay_by", "cash_flow_item", "in_budget", "urgent", "counterparty", "inn", "kpp", "bic",
    "account", "corr_account", "purpose", "invoice_number", "invoice_date", "vat", "subject_matter",
)  # fmt: skip
CONTRACT = forms("counterparty", "inn", "subject_matter", "amount", "currency", "due", "object")


def read(text: str, asked: tuple[FieldForm, ...] = INVOICE) -> FieldsRead:
    """Read a text written on a Thursday."""
    return read_fields(text, THURSDAY, asked)


def values(text: str, asked: tuple[FieldForm, ...] = INVOICE) -> dict[str, object]:
    """Read a text that leaves nothing to ask."""
    result = read(text, asked)
    assert result.ambiguous == ()
    return dict(result.values)


def test_one_line_beside_a_forwarded_invoice_says_when_and_what_for() -> None:
    assert values("Прошу оплатить до вторника, статья Аренда.") == {
        "pay_by": "2026-11-17", "cash_flow_item": "Аренда",
    }  # fmt: skip


def test_a_payment_form_is_read_line_by_line() -> None:
    text = """За что платим: ремонт кровли
Подрядчик: ООО «Кровля-Мастер»
Сумма: 85 300,40
Валюта: рубли
Оплатить до: 27.11.2026
ИНН: 5027123440
КПП: 502701001
БИК: 044525974
Р/с: 40702810238000012345
К/с: 30101810145250000974
Назначение: Ремонт кровли по договору № 7 от 03.10.2026. В т.ч. НДС 22%
"""
    result = read(text)
    assert dict(result.values) == {
        "amount": "85300.40", "currency": "RUB", "pay_by": "2026-11-27", "counterparty": "ООО «Кровля-Мастер»",
        "inn": "5027123440", "kpp": "502701001", "bic": "044525974", "account": "40702810238000012345",
        "corr_account": "30101810145250000974", "subject_matter": "ремонт кровли",
        "purpose": "Ремонт кровли по договору № 7 от 03.10.2026. В т.ч. НДС 22%",
    }  # fmt: skip
    assert result.ambiguous == ()
    assert result.rest == ""


def test_requisites_behind_a_partys_name_are_its_own_fields() -> None:
    text = "Контрагент: ООО «Вектор», ИНН 7709123453, КПП 770901001\nПредмет: изыскания\nСрок: до 31.03.2027"
    assert values(text, (*CONTRACT, *forms("kpp"))) == {
        "counterparty": "ООО «Вектор»", "inn": "7709123453", "kpp": "770901001", "subject_matter": "изыскания",
        "due": "2027-03-31",
    }  # fmt: skip


def test_a_subject_in_free_words_names_the_party_and_the_object() -> None:
    assert values("Договор поставки с АО «Вектор», объект «Мост Южный»", CONTRACT) == {
        "counterparty": "АО «Вектор»", "object": "Мост Южный",
    }  # fmt: skip


def test_an_incoming_letter_in_one_line_gives_its_marks() -> None:
    asked = forms("correspondent", "their_number", "their_date", "subject_matter")
    text = "Горгаз, № 12-Б/345 от 02.11.2026. О переносе газопровода, Мост Южный. Поступило 12.11, 2 листа."
    assert values(text, asked) == {
        "correspondent": "Горгаз", "their_number": "12-Б/345", "their_date": "2026-11-02",
        "subject_matter": "О переносе газопровода, Мост Южный",
    }  # fmt: skip


def test_the_text_of_a_letter_runs_to_the_end_with_its_lines() -> None:
    text = "Адресат: Петрову\nО чём: О сроках\n\nТекст:\nПервый абзац.\n\nПросим: подтвердить.\nСрок: скоро"
    result = read(text, forms("addressee", "subject_matter", "body", "due"))
    assert dict(result.values) == {
        "addressee": "Петрову", "subject_matter": "О сроках",
        "body": "Первый абзац.\n\nПросим: подтвердить.\nСрок: скоро",
    }  # fmt: skip


def test_two_keys_may_share_a_line() -> None:
    asked = (FieldForm("what", "text", ("что",)), *forms("due", "executors"))
    assert values("Ответственный: Ким Н.\nЧто: фото и короткое видео. Срок: 30.11.2026", asked) == {
        "executors": ("Ким Н.",), "what": "фото и короткое видео", "due": "2026-11-30",
    }  # fmt: skip


def test_keys_parted_by_semicolons_are_read_one_by_one() -> None:
    assert values("Сумма: $500; срок: 30.11; статья: реклама; бюджет: да") == {
        "amount": "500.00", "currency": "USD", "pay_by": "2026-11-30", "cash_flow_item": "Реклама", "in_budget": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "СУММА: 5 000", "сумма : 5 000", "*Сумма*: 5 000", "- Сумма: 5 000", "1. Сумма: 5 000", "Сумма = 5 000",
        "Сумма — 5 000", "Сумма\t5 000", "Сумма (с НДС): 5 000", "Сумма, руб.: 5 000", "Сумма\u00a0: 5\u00a0000",
        "К оплате: 5 000", "Итого: 5 тыс.", "Amount: 5 000", "сумма 5 000", "Сумма *: 5 000",
    ],
)  # fmt: skip
def test_a_key_is_known_however_it_is_typed(line: str) -> None:
    assert read(line).values["amount"] == "5000.00"


def test_a_note_in_the_key_may_name_the_currency() -> None:
    assert values("Сумма (USD): 500") == {"amount": "500.00", "currency": "USD"}


def test_a_key_with_a_note_that_changes_its_meaning_is_not_the_key() -> None:
    assert values("Сумма (аванс за прошлый год): 500") == {}


def test_a_list_may_stand_under_its_key() -> None:
    text = "Согласующие:\n- Петров П.П.\n- Смирнова О.Н.\n\nСпасибо!"
    result = read(text, forms("approvers"))
    assert result.values["approvers"] == ("Петров П.П.", "Смирнова О.Н.")
    assert result.rest.strip() == "Спасибо!"


def test_people_are_parted_by_commas_and_by_and_between_names() -> None:
    text = "Кого: отдел снабжения и логистики, Орлов С. и Ким Н.; бухгалтерия"
    assert values(text, forms("recipients")) == {
        "recipients": ("отдел снабжения и логистики", "Орлов С.", "Ким Н.", "бухгалтерия")
    }


def test_a_value_broken_by_the_mail_program_is_joined() -> None:
    text = "Назначение: Оплата по договору поставки оборудования для склада\n№ 18 от 01.02.2026\n\nСпасибо"
    assert read(text).values["purpose"] == "Оплата по договору поставки оборудования для склада № 18 от 01.02.2026"


def test_a_short_line_is_not_swallowed_by_the_value_above() -> None:
    result = read("Назначение: аренда\nСпасибо, Иван")
    assert result.values["purpose"] == "аренда"
    assert result.rest == "Спасибо, Иван"


def test_a_process_may_add_its_own_words_and_they_win() -> None:
    asked = (FieldForm("deadline", "date", ("срок",)), *forms("pay_by"))
    assert values("Срок: 20.11\nОплатить до: 27.11", asked) == {"deadline": "2026-11-20", "pay_by": "2026-11-27"}


def test_only_the_fields_asked_for_are_read() -> None:
    assert values("Сумма: 100\nИНН: 7709123453\nсрочно", forms("urgent")) == {"urgent": True}


def test_a_number_and_its_date_may_stand_in_one_value() -> None:
    assert values("Счёт: № 57/А от 3 ноября 2026 г.") == {"invoice_number": "57/А", "invoice_date": "2026-11-03"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("прошу оплатить 45 тыс. руб.", {"amount": "45000.00", "currency": "RUB"}),
        ("Оплатите счёт № 57 от 12.11.2026 на сумму 120 000,50 руб.",
         {"amount": "120000.50", "currency": "RUB", "invoice_number": "57", "invoice_date": "2026-11-12"}),
        ("Please pay USD 1,200.50 by Friday", {"amount": "1200.50", "currency": "USD", "pay_by": "2026-11-13"}),
        ("оплатить 120 000 руб. без НДС", {"amount": "120000.00", "currency": "RUB", "vat": "0.00"}),
        ("на сумму 1000 руб., в т.ч. НДС 22% 180,33", {"amount": "1000.00", "currency": "RUB", "vat": "180.33"}),
        ("оплатить 2 счета", {}),
        ("срочно", {"urgent": True}),
        ("Очень срочно!", {"urgent": True}),
        ("не срочно", {"urgent": False}),
        ("несрочно", {"urgent": False}),
        ("погасить кредит досрочно", {}),
        ("urgent, please", {"urgent": True}),
        ("в бюджете", {"in_budget": True}),
        ("В бюджете.", {"in_budget": True}),
        ("не в бюджете", {"in_budget": False}),
        ("вне бюджета", {"in_budget": False}),
        ("в бюджете не заложено", {"in_budget": False}),
        ("в бюджете заложено", {"in_budget": True}),
        ("Not in budget", {"in_budget": False}),
        ("статья Реклама", {"cash_flow_item": "Реклама"}),
        ("Статья ДДС «реклама», в бюджете", {"cash_flow_item": "Реклама", "in_budget": True}),
        ("статья Связь и интернет до 20.11", {"cash_flow_item": "Связь и интернет", "pay_by": "2026-11-20"}),
        ("budget item Advertising", {"cash_flow_item": "Advertising"}),
        ("до 20.11", {"pay_by": "2026-11-20"}),
        ("нужно до конца месяца", {"pay_by": "2026-11-30"}),
        ("Оплатить завтра!", {"pay_by": "2026-11-13"}),
        ("Договор действует до 31.12.2026. Оплатить до 20.11", {"pay_by": "2026-11-20"}),
        ("Счёт действителен до 20.11.2026", {}),
        ("скидка до 5.3 %", {}),
        ("ИНН/КПП: 7812345675/781201001", {"inn": "7812345675", "kpp": "781201001"}),
        ("ИНН 7812345675, р/с 40702810438000012345 БИК 044030653",
         {"inn": "7812345675", "account": "40702810438000012345", "bic": "044030653"}),
        ("Согласно статье 15 договора", {}),
    ],
)  # fmt: skip
def test_free_words_state_fields(text: str, expected: dict[str, object]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Сумма: 120.000", "amount"),
        ("Сумма: около 100 000", "amount"),
        ("прошу оплатить 120.000 руб.", "amount"),
        ("Сумма: 100\nСумма: 200", "amount"),
        ("Оплатить до 20.11 или до 25.11", "pay_by"),
        ("Срок: на днях", "pay_by"),
        ("статья Рекламы", "cash_flow_item"),
        ("статья Реклама и связь", "cash_flow_item"),
        ("Статья: Маркетинг", "cash_flow_item"),
        ("Срочно: наверное", "urgent"),
        ("если срочно, скажите", "urgent"),
        ("в бюджете не нашёл", "in_budget"),
        ("не знаю, в бюджете или нет", "in_budget"),
        ("в бюджете. Нет, не в бюджете", "in_budget"),
        ("ИНН: 77091234", "inn"),
        ("ИНН 7812345675, ИНН 7709123453", "inn"),
        ("Р/с: 4070281", "account"),
        ("Сумма: 100 руб.\nВалюта: USD", "currency"),
    ],
)
def test_what_is_stated_but_not_surely_readable_is_asked_about(text: str, field: str) -> None:
    result = read(text)
    assert field in result.ambiguous
    assert field not in result.values


def test_a_question_states_nothing() -> None:
    assert values("Иван, это в бюджете?\nСтатья Реклама?\nОплатить до пятницы?") == {}


def test_a_form_line_wins_over_free_words() -> None:
    assert values("Оплатить до: 20.11.2026\nНадеюсь успеть до 25.11")["pay_by"] == "2026-11-20"


def test_an_unreadable_form_line_is_not_filled_from_free_words() -> None:
    result = read("Сумма: 120.000\nпрошу оплатить 120 000 руб.")
    assert "amount" in result.ambiguous
    assert "amount" not in result.values


def test_an_amount_in_a_foreign_currency_is_asked_about_where_no_field_can_hold_the_currency() -> None:
    assert read("Сумма: 500 USD", forms("amount")).ambiguous == ("amount",)
    assert values("Сумма: 500 руб.", forms("amount")) == {"amount": "500.00"}


@pytest.mark.parametrize("empty", ["", "-", "—", "нет", "n/a"])
def test_a_line_left_empty_states_nothing(empty: str) -> None:
    assert values(f"Объект: {empty}\nКПП: {empty}", forms("object", "kpp")) == {}


def test_no_as_a_processes_own_value_is_kept() -> None:
    assert values("Передоверие: нет", (FieldForm("substitution", "text", ("передоверие",)),)) == {"substitution": "нет"}


def test_words_that_were_no_form_lines_are_kept_as_written() -> None:
    text = "Добрый день!\nСумма: 100\nПрошу оплатить до пятницы."
    assert read(text).rest == "Добрый день!\nПрошу оплатить до пятницы."


def test_a_term_may_be_a_span_or_a_day() -> None:
    asked = (FieldForm("each_has", "term", ("срок",)),)
    assert values("Срок: 2 рабочих дня на каждого", asked) == {"each_has": "2 working days"}


def test_every_field_name_has_words_in_both_languages() -> None:
    for name, words in DEFAULT_SYNONYMS.items():
        assert any(word.isascii() for word in words), name
        assert any(not word.isascii() for word in words), name


@pytest.mark.parametrize(
    "piece",
    ["a: ", "сумма: ", "сумма: 1\n", "до 20.11 ", "оплатить ", ". :", "(", "1", "1 ", "\n", "ООО «", "a, № ",
     "договор ", "статья реклама ", "Текст: ", "сумма (", "- ", "\t", "инн ", "в бюджете "],
)  # fmt: skip
def test_a_hostile_megabyte_is_read_in_time(piece: str) -> None:
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    start = time.process_time()
    read_fields(text, THURSDAY, (*INVOICE, *forms("object", "correspondent", "their_number", "approvers")))
    assert time.process_time() - start < 2


@given(st.text(alphabet="сумма:до 20.1№«»,\nстья Рек-(руб)=\t?", max_size=200))
def test_no_text_whatever_breaks_the_reading(text: str) -> None:
    result = read(text)
    assert not set(result.ambiguous) & set(result.values)


def test_what_stands_behind_fifty_pages_is_kept_and_not_read() -> None:
    found = read("Сумма: 100\n" + "ряд слов\n" * 20_000 + "Срочно: да\n")
    assert {name: str(value) for name, value in found.values.items()} == {"amount": "100.00"}
    assert found.rest.endswith("Срочно: да")
