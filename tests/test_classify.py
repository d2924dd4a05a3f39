"""What a mail is: every kind with the sign that tells it, in the order that keeps us safe."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailflow.core.answers import Answer
from mailflow.core.around import Surroundings, Target
from mailflow.core.case import Ask
from mailflow.core.classify import classify
from mailflow.core.kinds import Command, Kind, Other, Reply, Request
from mailflow.core.message import parse
from mailflow.core.surroundings import surroundings
from tests.offices import neon

OWN = "docs@neon.example"
AROUND = replace(surroundings(neon().rules, (OWN,), "9f497af7b8524069"), received_on=date(2026, 11, 12))
STAFF = replace(AROUND, known_sender=True)
ASKED = replace(STAFF, target=Target("c", "c/1/finance/o.smirnova", "o.smirnova", "h", Ask.APPROVAL, "invoice"))


def mail(body: str = "Согласовано", subject: str = "Re: [СЧ-2026-0001] Счёт", to: str = OWN, **headers: str) -> bytes:
    lines = {"From": "o.smirnova@neon.example", "To": to, "Subject": subject, "Date": "Thu, 12 Nov 2026 16:41:07 +0300"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "\n".join(f"{name}: {value}" for name, value in lines.items())
    kind = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    kind = "" if "Content-Type" in lines else kind
    return f"{head}\nMessage-ID: <1@neon.example>\nMIME-Version: 1.0\n{kind}\n{body}\n".encode()


def kind_of(raw: bytes, around: Surroundings = ASKED) -> Kind:
    return classify(parse(raw), around).kind


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (mail(X_Mailflow_Instance="9f497af7b8524069"), Kind.OWN),
        (mail(From=OWN), Kind.OWN),
        (mail(Auto_Submitted="auto-replied"), Kind.AUTO_REPLY),
        (mail(X_Autoreply="yes"), Kind.AUTO_REPLY),
        (mail(Precedence="auto_reply"), Kind.AUTO_REPLY),
        (mail(Return_Path="<>"), Kind.AUTO_REPLY),
        (mail(subject="Автоматический ответ: [СЧ-2026-0001]"), Kind.AUTO_REPLY),
        (mail(subject="Out of Office: счёт"), Kind.AUTO_REPLY),
        (mail(subject="Прочтено: [СЧ-2026-0001]"), Kind.READ_RECEIPT),
        (mail(subject="Не доставлено: [СЧ-2026-0001]"), Kind.BOUNCE),
        (mail(From="MAILER-DAEMON@neon.example"), Kind.BOUNCE),
        (mail(List_Id="<news.neon.example>"), Kind.LIST),
        (mail(Precedence="bulk"), Kind.LIST),
    ],
)
def test_a_yes_in_a_mail_nobody_wrote_by_hand_is_never_a_reply(raw: bytes, kind: Kind) -> None:
    assert kind_of(raw) is kind


def test_a_header_exchange_puts_on_peoples_mail_does_not_make_it_automatic() -> None:
    assert kind_of(mail(X_Auto_Response_Suppress="All")) is Kind.REPLY
    assert kind_of(mail(Auto_Submitted="no")) is Kind.REPLY


def test_a_refusal_that_begins_like_a_meetings_answer_is_still_a_reply() -> None:
    assert kind_of(mail("дорого", subject="Отклонено: дорого")) is Kind.REPLY


def test_a_reply_carries_what_it_says() -> None:
    understood = classify(parse(mail("На доработку: приложите КП")), ASKED)
    assert isinstance(understood, Reply)
    assert (understood.reading.answer, understood.reading.comment) == (Answer.REWORK, "приложите КП")


@pytest.mark.parametrize("subject", ["Отклонить счёт?", "Re: Вернуть на доработку?", "Не согласовано", "Reject it?",
                                     "Успеем оплатить до пятницы?", "Отклонить? [СЧ-2026-0001] Счёт"])  # fmt: skip
@pytest.mark.parametrize("said", ["да", "Согласовано", "+"])
def test_a_yes_under_a_subject_that_asks_or_refuses_is_asked_about(subject: str, said: str) -> None:
    understood = classify(parse(mail(said, subject=subject)), ASKED)
    assert isinstance(understood, Reply)
    assert understood.reading.answer is Answer.UNCLEAR


@pytest.mark.parametrize(
    "subject", ["Re: [СЧ-2026-0001] Счёт: всё верно?", "Согласовано", "Согласовать?", "Re: Счёт 57"]
)
def test_a_yes_under_our_subject_or_under_a_yes_is_a_yes(subject: str) -> None:
    understood = classify(parse(mail("Согласовано", subject=subject)), ASKED)
    assert isinstance(understood, Reply)
    assert understood.reading.answer is Answer.APPROVE


@pytest.mark.parametrize(("said", "answer"), [
    ("Согласовано, Петров П.П.", Answer.UNCLEAR), ("Согласовано, Смирнова О.Н.", Answer.APPROVE),
    ("Согласовано, Ирина Петровна", Answer.APPROVE), ("Утверждаю, Кузнецов И. И.", Answer.UNCLEAR),
])  # fmt: skip
def test_a_yes_with_somebody_elses_mark_is_asked_about(said: str, answer: Answer) -> None:
    assert ASKED.target is not None
    around = replace(ASKED, target=replace(ASKED.target, name="Смирнова О.Н."))
    understood = classify(parse(mail(said)), around)
    assert isinstance(understood, Reply)
    assert understood.reading.answer is answer


def test_an_approvers_number_is_not_read_into_the_card() -> None:
    understood = classify(parse(mail("Сумма: 100 000")), ASKED)
    assert isinstance(understood, Reply)
    assert understood.fields == {}


def test_a_bare_choice_answers_the_question_for_it() -> None:
    around = replace(STAFF, target=Target("c", "c/1/clarify/i", "i", "h", Ask.FIELDS, "invoice"))
    understood = classify(parse(mail("Реклама\nв бюджете")), around)
    assert isinstance(understood, Reply)
    assert understood.fields == {"cash_flow_item": "Реклама", "in_budget": True}


@pytest.mark.parametrize(
    ("subject", "to", "sure"),
    [
        ("Fwd: что-то", "docs+schet@neon.example", True),
        ("что-то", "schet@neon.example", True),
        ("Счет на оплату № 57", OWN, True),
        ("Fwd: [счёт] баннеры", OWN, True),
        ("Пересл: СЧЁТ: баннеры", OWN, True),
    ],
)
def test_the_address_or_the_first_word_of_the_subject_names_the_process(subject: str, to: str, sure: bool) -> None:
    understood = classify(parse(mail("Прошу оплатить", subject=subject, to=to)), STAFF)
    assert isinstance(understood, Request)
    assert (understood.process, understood.sure) == ("invoice", sure)


def test_an_attachment_that_looks_like_an_invoice_is_only_a_guess() -> None:
    raw = mail(
        "--b\nContent-Type: text/plain; charset=utf-8\n\nпосмотрите\n--b\n"
        'Content-Type: application/octet-stream; name="invoice 57.bin"\n'
        'Content-Disposition: attachment; filename="invoice 57.bin"\n\nx\n--b--',
        subject="посмотрите",
        Content_Type="multipart/mixed; boundary=b",
    )
    understood = classify(parse(raw), STAFF)
    assert isinstance(understood, Request)
    assert (understood.process, understood.sure) == ("invoice", False)


def test_a_request_states_fields_and_what_is_missing() -> None:
    raw = mail("Подрядчик: ООО «Ромашка»\nСумма: 120 000,50\nСтатья: Реклама\nоплатить до пятницы", subject="Счёт")
    understood = classify(parse(raw), STAFF)
    assert isinstance(understood, Request)
    assert understood.fields["amount"] == "120000.50"
    assert understood.fields["pay_by"] == "2026-11-13"
    assert "in_budget" in understood.missing


@pytest.mark.parametrize(
    ("subject", "command", "number"),
    [
        ("Статус С-2026-0157", "status", "С-2026-0157"),
        ("status C-2026-0157", "status", "C-2026-0157"),
        ("Мои задачи", "tasks", None),
        ("Отозвать СЧ-2026-0001", "withdraw", "СЧ-2026-0001"),
        ("Помощь", "help", None),
        ("Реестр счетов за неделю", "register", None),
        ("Замещение: с 16.11 по 27.11 вместо меня Петров П.П.", "substitute", None),
    ],
)
def test_a_command_is_known_by_its_first_word(subject: str, command: str, number: str | None) -> None:
    understood = classify(parse(mail("", subject=subject)), STAFF)
    assert isinstance(understood, Command)
    assert (understood.command, understood.details.get("number")) == (command, number)


def test_a_strangers_mail_commands_nothing_and_requests_nothing() -> None:
    for subject in ("Статус С-2026-0157", "Счёт на оплату", "Помощь"):
        assert kind_of(mail("Прошу оплатить", subject=subject), AROUND) is Kind.STRAY


def test_a_mail_over_the_limits_is_held_and_nothing_is_read_from_it() -> None:
    bomb = mail("Согласовано", **{f"X_{n}": "a" for n in range(2000)})
    understood = classify(parse(bomb), ASKED)
    assert isinstance(understood, Other)
    assert understood.kind is Kind.QUARANTINED


def test_a_holiday_reply_says_when_and_who_instead() -> None:
    raw = mail("Я в отпуске до 29 ноября. Меня замещает Петров П.П., тел. 123.", subject="Автоматический ответ: счёт")
    understood = classify(parse(raw), ASKED)
    assert isinstance(understood, Other)
    assert understood.details == {"until": "2026-11-29", "substitute": "Петров П.П."}
