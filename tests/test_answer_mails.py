"""Whole mails from the clients people use, and what each of them decides: one table, one line a mail.

Each mail of tests/mails/answer is named like the behaviour it proves. Quotes below the answers hold the words of
decision on purpose.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailflow.core.answers import Answer, Expecting
from mailflow.core.case import Case
from mailflow.core.classify import Surroundings
from mailflow.core.message import parse
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.sender import Proven, prove
from mailflow.explain import Ground, explain_bare
from tests.offices import Story, waits_on

MAILS = Path(__file__).parent / "mails" / "answer"
NOWHERE = Ground(Surroundings(("docs@neon.example",), "", (), {}))
OUR_MX = ReceiverProfile("authserv", "mx.neon.example", "mx.neon.example")

# name of the mail, what was asked, what it says; the comment to keep, the details where there are any
MEANT: tuple[tuple[Any, ...], ...] = (
    ("ok_with_an_exclamation_mark", "approval", "approve"),
    ("ok_in_two_letters", "approval", "approve"),
    ("okay_in_russian", "approval", "approve"),
    ("agreed_with_a_full_stop", "approval", "approve"),
    ("agreed_by_a_man", "approval", "approve"),
    ("agreed_by_a_woman", "approval", "approve"),
    ("confirmed_by_a_head", "approval", "approve"),
    ("endorsed", "approval", "approve"),
    ("the_keyword_alone", "approval", "approve"),
    ("approve_in_english", "approval", "approve"),
    ("a_plus", "approval", "approve"),
    ("a_plus_one", "approval", "approve"),
    ("a_light_thumb", "approval", "approve"),
    ("a_dark_thumb", "approval", "approve"),
    ("yes_in_one_word", "approval", "approve"),
    ("the_captains_word", "approval", "approve"),
    ("no_objection_begins_with_not", "approval", "approve"),
    ("not_against", "approval", "approve"),
    ("objections_there_are_none", "approval", "approve"),
    ("without_remarks", "approval", "approve"),
    ("no_questions_ok", "approval", "approve"),
    ("greeting_and_thanks_around_a_yes", "approval", "approve"),
    ("a_yes_above_a_phones_tail", "approval", "approve"),
    ("a_yes_above_a_mobile_tail_and_a_quote", "approval", "approve"),
    ("a_signature_with_the_word_of_agreement", "approval", "approve"),
    ("a_disclaimer_denies_consent", "approval", "approve"),
    ("a_yes_below_the_quote", "approval", "approve"),
    ("a_latin_letter_in_a_russian_word", "approval", "approve"),
    ("ok_in_the_wrong_layout", "approval", "approve"),
    ("agreed_in_the_wrong_layout", "approval", "approve"),
    ("two_letters_swapped", "approval", "approve"),
    ("letters_set_wide", "approval", "approve"),
    ("dictated_without_marks", "approval", "approve"),
    ("supported", "approval", "approve"),
    ("a_hum", "approval", "approve"),
    ("lgtm", "approval", "approve"),
    ("fine_by_me", "approval", "approve"),
    ("go_ahead", "approval", "approve"),
    ("half_russian_half_english", "approval", "approve"),
    ("agreed_in_ukrainian", "approval", "approve"),
    ("agreed_in_koi8", "approval", "approve"),
    ("agreed_in_windows_1251", "approval", "approve"),
    ("checked_and_no_remarks", "approval", "approve"),
    ("agreed_but_mend_a_clause", "approval", "approve_with_remarks", "Утверждаю, но поправьте пункт 6"),
    ("agreed_with_remarks", "approval", "approve_with_remarks", "Согласовано с замечаниями: в п. 4.2 срок десять дней"),
    ("agreed_except_an_annex", "approval", "approve_with_remarks", "Согласовано, кроме приложения 2"),
    ("agreed_on_condition", "approval", "approve_with_remarks", "Согласовано при условии поставки до конца года"),
    ("agreed_to_a_smaller_sum", "approval", "approve_with_remarks", "Согласовано 85 000, остальное в январе"),
    ("ok_for_the_price_not_for_the_quantity", "approval", "approve_with_remarks", "Ок по цене, по объёму не ок"),
    ("agreed_by_somebody_else_named", "approval", "approve_with_remarks", "Согласовано Петровым П.П."),
    ("approved_except_in_english", "approval", "approve_with_remarks", "Approved except clause 4"),
    ("a_postscript_takes_half_back", "approval", "approve_with_remarks",
     "Согласовано С уважением, Ольга P.S. только после исправления п. 3"),
    ("a_mixed_up_yes_after_colleagues", "approval", "approve_with_remarks",
     "В целом ок. Но проверьте у бухгалтеров раздел 7"),
    ("not_agreed_with_a_reason", "approval", "decline", "Доставка дороже товара"),
    ("cannot_agree_without_an_offer", "approval", "decline", "без их предложения"),
    ("a_womans_no_with_a_reason", "approval", "decline", "нет расчёта стоимости"),
    ("against_with_a_reason_in_english", "approval", "decline", "the price is above the limit"),
    ("reject_without_a_reason", "approval", "need_reason"),
    ("no_without_a_reason", "approval", "need_reason"),
    ("against_without_a_reason", "approval", "need_reason"),
    ("not_agreed_without_a_reason", "approval", "need_reason"),
    ("a_thumb_down", "approval", "need_reason"),
    ("rejected_with_a_reason", "approval", "reject", "такой закупки нет в плане"),
    ("rejected_in_english", "approval", "reject", "over the limit"),
    ("a_refusal_with_its_story", "approval", "reject", "С этим подрядчиком мы судимся."),
    ("back_for_rework", "approval", "rework", "добавьте спецификацию и сроки"),
    ("return_it_the_act_is_missing", "approval", "rework", "нет акта"),
    ("rework_over_two_lines", "approval", "rework", "Реквизиты старые, ИНН чужой."),
    ("a_sum_to_be_lowered", "approval", "rework", "сумму снизьте"),
    ("why_so_expensive", "approval", "question", "Иван, откуда такая цена?"),
    ("agreed_with_a_question_mark", "approval", "question", "Согласовано?"),
    ("if_so_then_agreed", "approval", "question", "Это с доставкой? Если да, то согласовано"),
    ("the_attachment_does_not_open", "approval", "question", "Файл не открывается, пришлите другой"),
    ("a_question_without_its_mark", "approval", "question", "а сколько стоит доставка"),
    ("will_look_tomorrow", "approval", "defer", "Ок, прочту завтра", {"until": "2026-11-14"}),
    ("back_from_a_trip_on_the_18th", "approval", "defer", "Буду из поездки 18-го, тогда отвечу",
     {"until": "2026-11-18"}),
    ("will_approve_on_monday", "approval", "defer", "I'll approve on Monday", {"until": "2026-11-16"}),
    ("pass_it_to_petrov", "approval", "delegate", "Передайте Петрову, это его подрядчик", {"to": "Петров"}),
    ("let_sergey_ivanovich_decide", "approval", "delegate", "Пусть решит Сергей Иванович, он в курсе",
     {"to": "Сергей Иванович"}),
    ("an_imperative_to_others", "approval", "unclear", "Согласуйте, прошу"),
    ("taken_note_of", "approval", "unclear", "Принято"),
    ("ok_taken_note_of", "approval", "unclear", "Ок, принято"),
    ("yes_i_got_it", "approval", "unclear", "Да, получил"),
    ("only_thanks", "approval", "unclear", "Спасибо"),
    ("waiting_for_petrovs_agreement", "approval", "unclear", "Жду, пока согласует Петров"),
    ("would_agree_if_there_were_money", "approval", "unclear", "Согласовала бы, если бы были деньги"),
    ("irony", "approval", "unclear", "ага, конечно, согласовано!!!"),
    ("petrov_said_it_is_agreed", "approval", "approve_with_remarks", "Петров сказал, что согласовано"),
    ("nothing_but_a_quote", "approval", "unclear"),
    ("nothing_but_a_mobile_tail", "approval", "unclear"),
    ("answers_between_the_lines", "approval", "unclear", "дорого, хватит 90 ок"),
    ("take_my_agreement_back", "approval", "withdraw", "Стоп, отзываю согласование, перепутала договоры"),
    ("read_by_a_man", "acknowledgement", "acknowledge"),
    ("read_by_a_woman_the_order_named", "acknowledgement", "acknowledge"),
    ("read_in_english", "acknowledgement", "acknowledge"),
    ("ok_is_not_read", "acknowledgement", "unclear", "Ок"),
    ("read_but_does_not_agree", "acknowledgement", "unclear", "Ознакомлен, но не согласен"),
    ("somebody_else_has_read", "acknowledgement", "unclear", "Петров ознакомлен"),
    ("paid_with_order_and_day", "payment", "paid", None, {"number": "418", "date": "2026-11-13"}),
    ("paid_with_the_order_attached", "payment", "paid"),
    ("paid_and_waiting_for_the_act", "payment", "paid", "Оплачено, п/п 345. Ждём закрывающие документы",
     {"number": "345"}),
    ("paid_in_part", "payment", "unclear", "Оплачено частично"),
    ("paid_to_somebody_else", "payment", "unclear", "Оплачено не нам"),
    ("have_they_paid", "payment", "question", "оплатили ли?"),
    ("will_pay_tomorrow", "payment", "defer", "Оплатим завтра", {"until": "2026-11-14"}),
    ("accounting_returns_it", "payment", "rework", "в счёте чужой БИК"),
    ("signed_and_sent_with_a_number", "execution", "done", None, {"number": "80080012345678"}),
    ("done_with_a_link", "execution", "done", "Готово. Видео большое: https://disk.example/d/abc"),
    ("the_draft_is_attached_and_a_field_is_said", "execution", "done", "Макет во вложении. Кадры: нет."),
    ("not_done", "execution", "unclear", "не готово"),
    ("almost_done", "execution", "unclear", "почти готово"),
    ("an_agreement_received_is_no_work_done", "execution", "unclear", "Получено согласование от Петрова"),
    ("he_says_it_is_done", "execution", "unclear", "Петров говорит готово"),
    ("to_petrov_with_a_day", "resolution", "resolution", "Петрову П.П. — направить им ответ до 19.11.2026",
     {"executors": ["Петров П.П."], "due": "2026-11-19", "answer_needed": True}),
    ("to_two_people_no_answer_needed", "resolution", "resolution",
     "Лебедевой, Орлову. Изучить, ответ не нужен",
     {"executors": ["Лебедева", "Орлов"], "answer_needed": False}),
    ("into_the_file", "resolution", "resolution", "Подшить в дело", {"answer_needed": False}),
    ("for_information", "resolution", "resolution", "Для сведения", {"answer_needed": False}),
    ("an_executor_in_a_small_letter", "resolution", "resolution", "петрову подготовить ответ до 20.11",
     {"executors": ["Петров"], "due": "2026-11-20", "answer_needed": True}),
    ("not_to_petrov", "resolution", "unclear", "Только не Петрову"),
    ("to_whom", "resolution", "question", "Кому поручить?"),
    ("holiday_reply_by_its_header", "approval", "auto_reply"),
    ("holiday_reply_by_its_subject", "approval", "auto_reply"),
    ("a_yes_from_a_private_mailbox", "approval", "approve"),
    ("an_assistant_for_her_chief", "approval", "unclear", "По поручению Смирновой О.Н.: согласовано"),
    ("a_yes_to_an_earlier_round", "approval", "approve"),
    ("a_read_receipt", "acknowledgement", "read_receipt"),
    ("a_full_mailbox", "approval", "bounce"),
    ("answers_in_red_inside_an_outlook_quote", "approval", "unclear", "Ок"),
    ("answers_typed_into_an_outlook_quote", "approval", "unclear", "Согласовано"),
    ("a_quote_struck_through_in_outlook", "approval", "unclear", "Ок"),
    ("answers_typed_into_an_owa_quote", "approval", "unclear", "Ок"),
    ("words_below_our_whole_letter", "approval", "unclear", "Ок"),
    ("a_disclaimer_below_our_whole_letter", "approval", "approve"),
    ("a_letter_coloured_throughout", "approval", "approve"),
    ("a_question_mark_in_one_part_alone", "approval", "unclear", "Согласовано"),
    ("a_refusal_in_the_subject", "approval", "unclear", "Ок"),
    ("a_refusal_in_the_title_of_the_case", "approval", "approve"),
    ("a_box_nobody_ticked", "approval", "approve_with_remarks", "☐ Согласовано"),
    ("a_line_to_be_signed", "approval", "approve_with_remarks", "Согласовано ____________"),
    ("struck_by_a_style_of_the_page", "approval", "unclear"),
    ("seen_through", "approval", "unclear"),
    ("agreed_in_black", "approval", "approve"),
)  # fmt: skip
NOT_BY_A_PERSON = ("auto_reply", "read_receipt", "bounce")


def understood(name: str, expecting: str) -> dict[str, Any]:
    return explain_bare((MAILS / f"{name}.eml").read_bytes(), NOWHERE, Expecting(expecting)).said


@pytest.mark.parametrize("meant", MEANT, ids=[meant[0] for meant in MEANT])
def test_a_mail_decides_what_its_writer_meant(meant: tuple[Any, ...]) -> None:
    name, expecting, answer, comment, details = (*meant, *(None, {})[len(meant) - 3 :])
    got = understood(name, expecting)
    if answer in NOT_BY_A_PERSON:
        assert got["kind"] == answer
    else:
        assert (got["kind"], got["answer"], got["comment"], got["details"]) == ("reply", answer, comment, details)
        assert got["reason"]


def test_the_table_speaks_of_every_mail_and_every_answer() -> None:
    assert {meant[0] for meant in MEANT} == {path.stem for path in MAILS.glob("*.eml")}
    assert {meant[2] for meant in MEANT} == {*map(str, Answer), *NOT_BY_A_PERSON}


def test_a_payment_order_comes_with_the_answer() -> None:
    assert understood("paid_with_the_order_attached", "payment")["attachments"] == ["п-п_345.pdf"]


# --- read as a yes, and yet no decision: who wrote it, and to which round -------------------------


def finance() -> Story:
    """An invoice that waits for the finance director."""
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    assert waits_on(story.it) == ["o.smirnova"]
    return story


def arrives(story: Story, name: str, before: Case | None = None) -> None:
    """The mail answers the finance director's letter: the one she has now, or the one of a case as it was before."""
    raw = (MAILS / f"{name}.eml").read_bytes()
    said = Answer(understood(name, "approval")["answer"])
    asked = next(a for a in (before or story.it).assignments if a.principal == "o.smirnova")
    story.answer("o.smirnova", said, task=asked, proof=prove(parse(raw), raw, OUR_MX))


def test_a_yes_from_a_private_mailbox_decides_nothing_even_where_it_is_genuine() -> None:
    story = finance()
    raw = (MAILS / "a_yes_from_a_private_mailbox.eml").read_bytes()
    assert isinstance(prove(parse(raw), raw, OUR_MX), Proven)
    arrives(story, "a_yes_from_a_private_mailbox")
    assert waits_on(story.it) == ["o.smirnova"]


def test_an_assistant_does_not_decide_for_her_chief() -> None:
    story = finance()
    arrives(story, "an_assistant_for_her_chief")
    assert waits_on(story.it) == ["o.smirnova"]


def test_a_yes_to_an_earlier_round_does_not_decide_in_this_one() -> None:
    story = finance()
    before = story.it
    story.answer("o.smirnova", Answer.REWORK, "сумма не та")
    story.answer("i.kuznetsov", Answer.DONE, fields={"amount": "90000.00"})
    story.answer("p.petrov", Answer.APPROVE)
    assert (story.it.round, waits_on(story.it)) == (2, ["o.smirnova"])
    arrives(story, "a_yes_to_an_earlier_round", before)
    assert waits_on(story.it) == ["o.smirnova"]


def test_the_same_yes_from_her_own_address_to_this_round_does_decide() -> None:
    story = finance()
    arrives(story, "a_yes_to_an_earlier_round")
    assert waits_on(story.it) == ["buh"]
