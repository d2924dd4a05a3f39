"""What a hostile sender, a careless approver and a busy office may not bring about."""

from __future__ import annotations

import asyncio
import contextlib
import email.policy
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

import aiosmtplib
import pytest

from mailflow import daemon, sending
from mailflow.app import now, opened
from mailflow.core.answers import Answer, Details
from mailflow.core.case import CaseState
from mailflow.core.directory import Directory
from mailflow.core.effects import SendLetter, StartCase
from mailflow.core.events import AnswerReceived, RequestReceived
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.rules import read_process
from mailflow.core.sender import Proven
from mailflow.core.showing import Ways, letter_view
from mailflow.errors import SettingsError
from mailflow.receive import receive
from mailflow.world import PASSWORD, Letter, Paper, World
from tests.offices import (
    FULL,
    HERE,
    Story,
    directory,
    invoice_process,
    letters,
    neon,
    paper,
    shipped_process,
    timers,
    waits_on,
)
from tests.test_office_day import (
    DIRECTOR,
    DOCS,
    IVAN,
    JOHN,
    NUMBER,
    OLGA,
    ORDER,
    PEOPLE,
    PETROV,
    SECRETARY,
    Day,
    send_from_outside,
)

PEOPLE_FILE = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
INVOICE = (HERE.parent / "rules" / "invoice.yaml").read_text(encoding="utf-8")
INCOMING = (HERE.parent / "rules" / "incoming.yaml").read_text(encoding="utf-8")
ORLOV = "s.orlov@neon.example"


def agreed_by_both(story: Story, **fields: object) -> Story:
    story.request(**fields)
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.APPROVE)
    return story


def to_the_case(story: Story, person: str, said: Answer, comment: str) -> list[tuple[str, str]]:
    """Somebody replies to a letter that asked for nothing."""
    key = story.key()
    proof = story.proof(person)
    return letters(story.happens(AnswerReceived(key, story.now, story.it.id, "", proof, said, comment)))


def ruled(change: Callable[[str], str]) -> Story:
    return Story(neon(None, invoice_process(text=change(INVOICE))))


def letter_office() -> Story:
    return Story(neon(None, shipped_process("outgoing"), shipped_process("incoming")))


# --- what was approved is what is signed and paid


def test_a_text_changed_after_the_director_agreed_goes_to_the_director_again() -> None:
    story = letter_office()
    story.opens("outgoing", "i.kuznetsov", addressee="a", subject_matter="b", text="старый")
    story.makes("letter")
    story.answer("i.kuznetsov", Answer.DONE)
    story.makes("letter")
    story.answer("director", Answer.APPROVE)
    story.makes("letter")
    story.answer("sekretar", Answer.REWORK, "опечатка")
    story.answer("i.kuznetsov", Answer.DONE, "готово")
    story.makes("letter")
    story.answer("i.kuznetsov", Answer.UNCLEAR, "текст", fields={"text": "совсем другой"})
    story.makes("letter")
    story.answer("i.kuznetsov", Answer.DONE, "верно")
    assert waits_on(story.it) == ["director"]


def test_a_sum_changed_while_a_missing_field_is_asked_for_in_a_later_round_brings_everybody_back() -> None:
    story = agreed_by_both(Story(), urgent=True, pay_by=None)
    story.answer("buh", Answer.REWORK, "точно срочно?")
    story.answer("i.kuznetsov", Answer.UNCLEAR, "не срочно", fields={"urgent": False})
    story.answer("i.kuznetsov", Answer.UNCLEAR, "вот", fields={"pay_by": "2026-11-30", "amount": "9000000.00"})
    assert waits_on(story.it) == ["p.petrov"]


def test_a_stage_that_fills_a_field_after_the_approvals_does_not_change_the_sum_unseen() -> None:
    fill = "  - coding:\n      kind: fill\n      title: Код\n      who: initiator\n      fields: [comment]\n"
    coding = f"{fill}  - payment:"
    story = agreed_by_both(ruled(lambda text: text.replace("  - payment:", coding)))
    story.answer("i.kuznetsov", Answer.UNCLEAR, "вот", fields={"comment": "x", "amount": "9000000.00"})
    assert story.it.fields["amount"] == FULL["amount"] or waits_on(story.it) == ["p.petrov"]


def test_a_changed_sum_brings_everybody_back_even_where_rework_returns_to_the_same_stage() -> None:
    story = ruled(lambda text: text.replace("returns_to: first stage", "returns_to: same stage"))
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.REWORK, "сумма")
    story.answer("i.kuznetsov", Answer.UNCLEAR, "вот", fields={"amount": "9000000.00"})
    assert waits_on(story.it) == ["p.petrov"]


def test_a_new_file_at_the_payment_brings_everybody_back_where_rework_returns_to_the_same_stage() -> None:
    story = agreed_by_both(ruled(lambda text: text.replace("returns_to: first stage", "returns_to: same stage")))
    story.answer("buh", Answer.QUESTION, "это тот счёт?")
    story.answer("i.kuznetsov", Answer.UNCLEAR, "вот", files=(paper("Счет 57.pdf", "c"),))
    assert waits_on(story.it) == ["p.petrov"]


def test_a_changed_payee_brings_everybody_back() -> None:
    story = agreed_by_both(Story())
    story.answer("buh", Answer.REWORK, "название?")
    story.answer("i.kuznetsov", Answer.UNCLEAR, "вот", fields={"counterparty": "ООО «Другая»"})
    assert waits_on(story.it) == ["p.petrov"]


def test_a_late_answer_to_a_question_does_not_ask_for_the_payment_once_more() -> None:
    story = agreed_by_both(Story())
    story.answer("buh", Answer.QUESTION, "какой договор?")
    question = story.task("i.kuznetsov")
    story.pays()
    story.answer("i.kuznetsov", Answer.UNCLEAR, "вот он", task=question, files=(paper("Договор.pdf", "c"),))
    assert (story.it.round, story.it.stage) == (1, "closing")


def test_a_warning_about_the_papers_is_not_washed_off_by_another_file() -> None:
    story = Story()
    proof = story.proof("i.kuznetsov")
    warned = ("differs:amount",)
    key = story.key()
    story.happens(
        RequestReceived(key, story.now, "invoice", True, "i.kuznetsov", proof, FULL, (paper(),), findings=warned)
    )
    story.answer("p.petrov", Answer.QUESTION, "почему?")
    story.answer("i.kuznetsov", Answer.UNCLEAR, "вот", files=(paper("note.txt", "c"),))
    assert story.it.findings == warned


# --- nobody decides on his own case, and somebody does decide


def away(person_line: str, by: str) -> Directory:
    leave = f"{person_line}, substitute: {{by: {by}, since: 2026-11-01, until: 2026-11-30}}"
    assert person_line in PEOPLE_FILE
    return directory(PEOPLE_FILE.replace(person_line, leave))


def test_an_initiator_who_stands_in_for_his_manager_does_not_approve_his_own_case() -> None:
    story = Story(neon(away("position: начальник отдела маркетинга", "i.kuznetsov")))
    story.request()
    asked = story.task("p.petrov")
    story.answer("i.kuznetsov", Answer.APPROVE, task=asked)
    decided = story.it.assignment(asked.id)
    assert decided is None or decided.decision is None


def test_a_finance_director_who_stands_in_for_the_director_does_not_approve_her_own_invoice() -> None:
    story = Story(neon(away("position: генеральный директор", "o.smirnova")))
    story.request(by="o.smirnova")
    for task in story.it.open_assignments:
        story.answer("o.smirnova", Answer.APPROVE, task=task)
    assert not any(a.decision is not None and a.decision.by == "o.smirnova" for a in story.it.assignments)


def test_a_stage_for_which_the_directory_has_nobody_is_not_passed_in_silence_where_money_moves() -> None:
    text = INVOICE.replace("who: role finance_director", "who: head of department marketing")
    headless = directory(PEOPLE_FILE.replace("head: p.petrov, ", "").replace("department: marketing, ", ""))
    with pytest.raises(SettingsError, match="would have nobody to ask: department `marketing` has no head"):
        invoice_process(headless, text)
    whole = directory(PEOPLE_FILE)
    story = Story(neon(headless, invoice_process(whole, text)))  # the head left while the service ran
    story.request()
    assert waits_on(story.it) != ["buh"]


def test_one_yes_is_not_two() -> None:
    one = "who: role finance_director\n      order: any"
    two = directory(PEOPLE_FILE.replace("finance_director: [o.smirnova]", "finance_director: [o.smirnova, j.smith]"))
    text = INVOICE.replace(one, one.replace("any", "2"))
    with pytest.raises(SettingsError, match="needs 2 to agree"):
        invoice_process(directory(PEOPLE_FILE), text)
    for people in (two, directory(PEOPLE_FILE)):  # both still there; or the second left while the service ran
        story = agreed_by_both(Story(neon(people, invoice_process(two, text))))
        assert story.it.stage != "payment"


def test_an_agreement_that_is_carried_over_can_be_taken_back() -> None:
    story = agreed_by_both(Story())
    given = story.task("p.petrov")
    story.answer("buh", Answer.REWORK, "срок")
    story.answer("i.kuznetsov", Answer.UNCLEAR, "вот", fields={"pay_by": "2026-12-01"})
    story.answer("p.petrov", Answer.WITHDRAW, "отзываю", task=given)
    assert waits_on(story.it) == ["p.petrov"]


def test_who_agreed_for_a_role_spares_its_other_holders_the_next_round() -> None:
    two = PEOPLE_FILE.replace("finance_director: [o.smirnova]", "finance_director: [o.smirnova, j.smith]")
    story = agreed_by_both(Story(neon(directory(two))))
    story.answer("buh", Answer.REWORK, "статья")
    story.answer("i.kuznetsov", Answer.UNCLEAR, "вот", fields={"cash_flow_item": "Связь"})
    assert waits_on(story.it) == ["buh"]


# --- taking back, withdrawing, and what is over


@pytest.mark.parametrize("closed", [False, True])
def test_a_paid_invoice_is_not_withdrawn_by_a_reply_either(closed: bool) -> None:
    story = agreed_by_both(Story())
    story.pays()
    if closed:
        story.answer("i.kuznetsov", Answer.DONE)
    before = story.it.state
    to_the_case(story, "i.kuznetsov", Answer.WITHDRAW, "отзываю")
    assert story.it.state is before


def test_a_paid_invoice_is_not_withdrawn_by_answering_an_old_question() -> None:
    story = agreed_by_both(Story())
    story.answer("buh", Answer.QUESTION, "какой договор?")
    question = story.task("i.kuznetsov")
    story.pays()
    story.answer("i.kuznetsov", Answer.WITHDRAW, "отзываю", task=question)
    assert story.it.state is CaseState.OPEN


def test_a_rejected_case_is_not_made_a_withdrawn_one() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.REJECT, "нет денег")
    to_the_case(story, "i.kuznetsov", Answer.WITHDRAW, "отзываю")
    assert story.it.state is CaseState.REJECTED


def test_taking_back_an_explanation_leaves_no_case_without_anybody_to_act() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.QUESTION, "почему?")
    question = story.task("i.kuznetsov")
    story.answer("i.kuznetsov", Answer.UNCLEAR, "потому", task=question)
    story.answer("i.kuznetsov", Answer.WITHDRAW, "отзываю", task=question)
    if question_again := story.it.assignment(question.id):
        story.answer("i.kuznetsov", Answer.UNCLEAR, "ну хорошо", task=question_again)
    assert story.it.state is not CaseState.OPEN or "p.petrov" in waits_on(story.it)


def test_an_initiator_who_has_given_what_was_missing_withdraws_by_a_reply_to_that_letter() -> None:
    story = Story()
    story.request(in_budget=None)
    asked = story.task("i.kuznetsov")
    story.answer("i.kuznetsov", Answer.UNCLEAR, "в бюджете", fields={"in_budget": True})
    story.answer("i.kuznetsov", Answer.WITHDRAW, "отзываю", task=asked)
    assert story.it.state is CaseState.WITHDRAWN


def test_a_decision_taken_back_is_reminded_of_like_any_other() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    assert timers(story.answer("p.petrov", Answer.WITHDRAW, "отзываю", task=story.task("p.petrov")))


def test_a_closed_case_asks_nothing_of_anybody() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.QUESTION, "почему?")
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.APPROVE)
    story.pays()
    story.answer("i.kuznetsov", Answer.DONE, task=next(a for a in story.it.open_assignments if a.stage == "closing"))
    assert (story.it.state, waits_on(story.it)) == (CaseState.DONE, [])


def test_a_resolution_given_anew_does_not_start_a_second_letter_beside_the_first() -> None:
    story = letter_office()
    story.opens("incoming", "sekretar", correspondent="x")
    first = Details(executors=("Петрову П.П.",), answer_needed=True)
    story.answer("director", Answer.RESOLUTION, "Петрову", details=first)
    story.answer("director", Answer.WITHDRAW, "отзываю", task=story.task("director"))
    again = Details(executors=("Орлову",), answer_needed=True)
    story.answer("director", Answer.RESOLUTION, "Орлову", details=again)
    assert sum(isinstance(effect, StartCase) for done in story.transitions for effect in done.effects) == 1


def test_an_answer_one_executor_wrote_does_not_do_the_other_ones_task() -> None:
    story = letter_office()
    story.opens("incoming", "sekretar", correspondent="x")
    both = Details(executors=("Петрову П.П.", "Орлову"), answer_needed=True)
    story.answer("director", Answer.RESOLUTION, "Петрову, Орлову", details=both)
    story.linked_closes("И-2026-0001")
    assert waits_on(story.it) == ["s.orlov"]


def test_a_linked_case_does_not_revive_a_rejected_one() -> None:
    text = INCOMING.replace("actions: [approve]", "actions: [approve, reject]")
    story = Story(neon(None, read_process(text, "incoming.yaml", directory()), shipped_process("outgoing")))
    story.opens("incoming", "sekretar", correspondent="x")
    told = Details(executors=("Петрову П.П.",), answer_needed=True)
    story.answer("director", Answer.RESOLUTION, "Петрову", details=told)
    story.answer("p.petrov", Answer.REJECT, "не наше")
    story.linked_closes("И-2026-0001")
    assert story.it.state is CaseState.REJECTED


def test_a_yes_where_a_resolution_is_asked_is_asked_about_and_breaks_nothing() -> None:
    story = letter_office()
    story.opens("incoming", "sekretar", correspondent="x")
    assert ("unclear", "director") in letters(story.answer("director", Answer.APPROVE, "Согласовано"))


# --- letters without end


@pytest.mark.parametrize("said", [Answer.QUESTION, Answer.NEED_REASON, Answer.APPROVE_WITH_REMARKS])
def test_a_machine_that_says_the_same_again_and_again_is_not_answered_for_ever(said: Answer) -> None:
    story = Story()
    story.request()
    assert sum(len(letters(story.answer("p.petrov", said, "ваше письмо получено, ок?"))) for _ in range(20)) <= 5


def test_a_machine_that_answers_a_notice_again_and_again_is_not_passed_on_for_ever() -> None:
    story = Story()
    story.request()
    assert sum(len(to_the_case(story, "j.smith", Answer.UNCLEAR, "меня нет")) for _ in range(20)) <= 5


def test_putting_off_twice_sets_one_reminder() -> None:
    story = Story()
    story.request()
    set_ = [what for _ in range(3) for what in timers(story.answer("p.petrov", Answer.DEFER, "завтра"))]
    assert len(set_) == 1


# --- people who left, stages that were renamed


def without(text: str, person: str) -> str:
    """The directory after somebody has left it."""
    left = re.sub(rf"^  {re.escape(person)}: .*\n", "", text, flags=re.MULTILINE)
    return left.replace(f"head: {person}, ", "").replace(f"[{person}, ", "[")


HAPPENS: dict[str, tuple[str, Callable[[Story], object]]] = {
    "a reminder": ("p.petrov", lambda s: s.timer("remind", "p.petrov")),
    "an escalation": ("p.petrov", lambda s: s.timer("escalate", "p.petrov")),
    "a colleague's reply": ("p.petrov", lambda s: s.answer("o.smirnova", Answer.APPROVE, task=s.task("p.petrov"))),
    "a withdrawal": ("p.petrov", lambda s: s.command("i.kuznetsov", "withdraw")),
    "his own reply": (
        "p.petrov",
        lambda s: s.answer("p.petrov", Answer.APPROVE, proof=Proven("p.petrov@neon.example", "dmarc=pass")),
    ),
    "a yes to his case": ("i.kuznetsov", lambda s: s.answer("p.petrov", Answer.APPROVE)),
    "a status letter": ("i.kuznetsov", lambda s: status_letter(s)),
}


def status_letter(story: Story) -> object:
    letter = SendLetter("key", "status", "o.smirnova", "o.smirnova@neon.example", "ru")
    return letter_view(letter, story.it, story.office, Ways(), story.now)


@pytest.mark.parametrize("what", HAPPENS)
def test_a_case_of_somebody_who_left_the_directory_breaks_nothing(what: str) -> None:
    person, happens = HAPPENS[what]
    story = Story()
    story.request()
    story.office = neon(directory(without(PEOPLE_FILE, person)))
    happens(story)


def test_a_decision_at_a_stage_the_rules_no_longer_have_leaves_somebody_to_act() -> None:
    story = Story()
    story.request()
    story.office = ruled(lambda text: text.replace("- managers: ", "- heads: ")).office
    story.answer("p.petrov", Answer.APPROVE)
    assert waits_on(story.it)


def test_a_case_at_a_stage_the_rules_no_longer_have_can_be_shown() -> None:
    story = Story()
    story.request()
    story.office = ruled(lambda text: text.replace("- managers: ", "- heads: ")).office
    status_letter(story)


# --- the whole service


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    world = World(tmp_path / "site", DOCS, PEOPLE, PEOPLE_FILE)
    await world.start()
    try:
        async with opened(world.site) as app:
            yield Day(world, app)
    finally:
        await world.stop()


def written(who: str, to: str, subject: str, text: str, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = who
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = make_msgid(domain="neon.example")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


async def sends(day: Day, who: str, mail: EmailMessage, to: str = DOCS) -> None:
    await aiosmtplib.send(
        mail.as_bytes(policy=email.policy.SMTP),
        sender=who,
        recipients=[to],
        hostname="127.0.0.1",
        port=day.world.mail.smtp_port,
        username=who,
        password=PASSWORD,
        start_tls=False,
    )
    await day.works()


def token_of(letter: Letter) -> str:
    return str(letter.message["Reply-To"])


async def test_an_ok_to_a_colleague_with_us_in_copy_is_not_a_decision(day: Day) -> None:
    await day.asks()
    asked = (await day.last(PETROV)).message["Message-ID"]
    thread = f"{asked} <forward@neon.example> <answer@neon.example>"
    mail = written(PETROV, IVAN, "Re: Fwd: счёт", "Ок", Cc=DOCS, In_Reply_To="<answer@neon.example>", References=thread)
    await sends(day, PETROV, mail)
    assert await day.waits_on() == ["p.petrov"]


async def test_a_reply_to_one_case_sent_to_the_address_of_another_decides_neither(day: Day) -> None:
    await day.asks()
    first = await day.last(PETROV)
    await day.world.write(IVAN, "Счёт: листовки", ORDER.replace("57", "58"))
    await day.works()
    second = await day.last(PETROV)
    answered = str(second.message["Message-ID"])
    mail = written(PETROV, token_of(first), f"Re: {second.subject}", "Согласовано", In_Reply_To=answered)
    await sends(day, PETROV, mail, token_of(first))
    assert await day.waits_on() == ["p.petrov"]


async def test_a_forwarded_invoice_sent_to_an_old_reply_address_approves_nothing(day: Day) -> None:
    await day.asks()
    address = token_of(await day.last(PETROV))
    text = (
        "Согласовано\n\n-------- Пересылаемое сообщение --------\nОт: Анна <anna@romashka.example>\n"
        "Кому: p.petrov@neon.example\nДата: 12.11.2026, 15:20\nТема: Счёт № 99\n\nВысылаем счёт.\n"
    )
    mail = written(PETROV, address, "Fwd: Счёт № 99", text)
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Счет 99.pdf")
    await sends(day, PETROV, mail, address)
    assert await day.waits_on() == ["p.petrov"]


async def test_a_new_request_sent_to_an_old_reply_address_is_a_new_case(day: Day) -> None:
    await day.asks()
    address = token_of(await day.last(PETROV))
    await sends(day, PETROV, written(PETROV, address, "Счёт: конверты", ORDER), address)
    assert len(await day.app.store.cases()) == 2


async def test_the_letter_about_a_remark_asks_what_a_yes_and_a_no_answer_rightly(day: Day) -> None:
    await day.asks()
    await day.says(PETROV, "ок, только сумму поправьте")
    asked = (await day.last(PETROV)).text
    assert "Согласовать с этим замечанием?" in asked
    assert "блокирует" not in asked
    await day.says(PETROV, "Нет")
    assert await day.waits_on() == ["i.kuznetsov"]


def with_logo(mail: EmailMessage, text: str) -> EmailMessage:
    """The mail as Outlook sends it: with the company's sign below the words."""
    mail.add_alternative(f"<p>{text}</p><img src='cid:logo'>", subtype="html")
    page = mail.get_payload()[1]  # type: ignore[index]
    assert isinstance(page, EmailMessage)
    picture = b"\x89PNG\r\n\x1a\n" + b"x" * 30_000
    page.add_related(picture, maintype="image", subtype="png", cid="<logo>", filename="image001.png")
    return mail


async def replies_with_logo(day: Day, who: str, text: str) -> None:
    letter = await day.last(who)
    answered = str(letter.message["Message-ID"])
    mail = written(who, token_of(letter), f"Re: {letter.subject}", text, In_Reply_To=answered)
    await sends(day, who, with_logo(mail, text), token_of(letter))


async def test_the_sign_below_a_correction_does_not_take_the_place_of_the_invoice(day: Day) -> None:
    await day.asks()
    await day.says(PETROV, "На доработку: статья не та")
    await replies_with_logo(day, IVAN, "Статья: Аренда")
    assert "Счет 57.pdf" in [f.name for f in (await day.case()).current_files]


async def test_the_sign_below_a_question_is_not_a_correction(day: Day) -> None:
    await day.asks()
    await day.says(PETROV, "На доработку: статья не та")
    await replies_with_logo(day, IVAN, "А какая нужна?")
    assert await day.waits_on() == ["i.kuznetsov"]


async def test_a_yes_that_comes_with_an_edited_file_is_asked_about(day: Day) -> None:
    await day.asks()
    await day.says(PETROV, "Согласовано", (Paper("Счет 57 с правками.docx", b"edited"),))
    assert await day.waits_on() == ["p.petrov"]


async def test_a_file_that_comes_with_a_return_reaches_the_initiator(day: Day) -> None:
    await day.asks()
    await day.says(PETROV, "На доработку: правки в файле", (Paper("Счет 57 правки.docx", b"edited"),))
    returned = await day.last(IVAN)
    assert "Счет 57 правки.docx" in [part.get_filename() for part in returned.message.iter_attachments()]


AUTHSERV = ReceiverProfile("authserv", "mx.neon.example")


def handed_in(author: str, sender: str, subject: str, marks: str) -> bytes:
    """A mail as our own server hands it over: marked above its Received line."""
    mail = written(author, DOCS, subject, ORDER, Sender=sender).as_bytes(policy=email.policy.SMTP)
    top = f"Authentication-Results: mx.neon.example; {marks}\r\nReceived: from a by mx.neon.example; now\r\n"
    return top.encode() + mail


OUTSIDE = ("evil@attack.example", "dkim=pass header.d=attack.example; dmarc=none header.from=neon.example")
INSIDE = ("j.smith@neon.example", "dmarc=pass header.from=neon.example")


@pytest.mark.parametrize(("sender", "marks"), [OUTSIDE, INSIDE])
async def test_who_is_proven_as_somebody_else_has_no_trusted_sum_of_the_name_in_from(
    day: Day, sender: str, marks: str
) -> None:
    desk = replace(day.app.desk, profile=AUTHSERV)
    await receive(handed_in(ORLOV, sender, "Счёт: баннеры", marks), None, now(), now(), desk)
    assert (await day.case()).stage == "managers"


@pytest.mark.parametrize(("sender", "marks"), [OUTSIDE, INSIDE])
async def test_who_is_proven_as_somebody_else_withdraws_no_case_of_the_name_in_from(
    day: Day, sender: str, marks: str
) -> None:
    await day.asks()
    desk = replace(day.app.desk, profile=AUTHSERV)
    await receive(handed_in(IVAN, sender, f"Отозвать {NUMBER}", marks), None, now(), now(), desk)
    assert (await day.case()).state is CaseState.OPEN


async def test_an_approver_is_told_that_nobody_has_proven_who_asks(day: Day) -> None:
    forged = written(DIRECTOR, DOCS, "Счёт: срочно", ORDER).as_bytes(policy=email.policy.SMTP)
    await send_from_outside(day, forged, DOCS)
    await day.works()
    asked = await day.last(OLGA)
    assert re.search(r"не подтвержд|не доказан|не проверен", asked.text), asked.text


async def test_the_question_what_it_is_may_be_answered_with_one_word_as_the_letter_says(day: Day) -> None:
    await day.world.write(IVAN, "вопрос", "Посмотрите, пожалуйста.", [Paper("20261112.pdf", b"x")])
    await day.works()
    assert "первым словом" in (await day.last(IVAN)).text
    await day.says(IVAN, "Счёт")
    assert len(await day.app.store.cases()) == 1


async def test_a_request_written_in_answer_to_our_question_is_a_request(day: Day) -> None:
    await day.world.write(IVAN, "вопрос", "Как оплатить?")
    await day.works()
    answered = str((await day.last(IVAN)).message["Message-ID"])
    await sends(day, IVAN, written(IVAN, DOCS, "Счёт: баннеры", ORDER, In_Reply_To=answered))
    assert len(await day.app.store.cases()) == 1


async def test_a_machine_of_the_staff_without_any_mark_is_not_asked_what_it_wants_for_ever(day: Day) -> None:
    for number in range(8):
        await day.world.write(IVAN, "Спасибо за письмо", f"Я не на месте, отвечу позже ({number}).")
        await day.works()
    assert await day.count(IVAN) <= 3


@pytest.mark.parametrize(
    ("subject", "headers"),
    [("Счёт: баннеры", {"Precedence": "bulk"}), ("Прочитано: счёт на оплату", {}), ("Принято: баннеры", {"ics": "x"})],
)
async def test_a_request_of_the_staff_that_looks_like_a_machines_does_not_vanish_without_a_word(
    day: Day, subject: str, headers: dict[str, str]
) -> None:
    meeting = headers.pop("ics", "")
    mail = written(IVAN, DOCS, subject, ORDER, **headers)
    if meeting:
        mail.add_attachment("BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR", subtype="calendar", filename="a.ics")
    await sends(day, IVAN, mail)
    assert await day.app.store.cases() or await day.count(IVAN) or await day.count(SECRETARY)


async def test_what_the_receipt_invites_to_do_works(day: Day) -> None:
    await day.asks()
    assert "отзовите заявку (ответьте «Отзываю»)" in (await day.last(IVAN)).text
    await day.says(IVAN, "Отзываю")
    assert (await day.case()).state is CaseState.WITHDRAWN


async def test_whoever_did_not_decide_takes_it_back_as_the_receipt_says(day: Day) -> None:
    await day.asks()
    await day.says(PETROV, "Согласовано")
    assert "Если писали не вы, ответьте «Отзываю»" in (await day.last(PETROV)).text
    await day.says(PETROV, "Отзываю")
    assert await day.waits_on() == ["p.petrov"]


# --- one broken case holds up nobody else


async def test_a_timer_of_somebody_who_left_holds_up_no_other_timer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path / "site", DOCS, PEOPLE, PEOPLE_FILE)
    await world.start()
    try:
        async with opened(world.site) as app:
            day = Day(world, app)
            await day.asks()
            await world.write(ORLOV, "Счёт: листовки", ORDER)
            await day.works()
        (world.site / "directory.yaml").write_text(without(PEOPLE_FILE, "p.petrov"), encoding="utf-8")
        later = now() + timedelta(days=20)
        monkeypatch.setattr(daemon, "now", lambda: later)
        async with opened(world.site) as app:
            bells = daemon.Bells(asyncio.Event(), asyncio.Event())
            with contextlib.suppress(KeyError):
                await daemon.Ringer(app, bells).ring_due()
            left = await app.store.due_timers(later, 100)
            assert [timer.assignment for timer in left if "o.smirnova" in timer.assignment] == []
    finally:
        await world.stop()


async def test_a_letter_about_a_case_whose_initiator_left_holds_up_no_other_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path / "site", DOCS, PEOPLE, PEOPLE_FILE)
    await world.start()
    try:
        async with opened(world.site) as app:
            await Day(world, app).asks()
        (world.site / "directory.yaml").write_text(without(PEOPLE_FILE, "i.kuznetsov"), encoding="utf-8")
        async with opened(world.site) as app:
            day = Day(world, app)
            bells = daemon.Bells(asyncio.Event(), asyncio.Event())
            await world.write(PETROV, f"Статус {NUMBER}", "")
            await world.write(JOHN, "Мои задачи", "")
            reader = daemon.Reader(app, bells)
            await reader.catch_up()
            await reader.close()
            for attempt in range(4):
                moment = now() + timedelta(minutes=20 * attempt)
                monkeypatch.setattr(sending, "now", lambda moment=moment: moment)
                sender = sending.Sender(app, bells)
                with contextlib.suppress(KeyError):
                    await sender.send_ready()
                await sender.close()
            assert await day.count(JOHN) == 1
    finally:
        await world.stop()


async def test_a_yes_to_a_case_whose_initiator_left_is_not_thrown_out(tmp_path: Path) -> None:
    world = World(tmp_path / "site", DOCS, PEOPLE, PEOPLE_FILE)
    await world.start()
    try:
        async with opened(world.site) as app:
            await Day(world, app).asks()
        (world.site / "directory.yaml").write_text(without(PEOPLE_FILE, "i.kuznetsov"), encoding="utf-8")
        async with opened(world.site) as app:
            day = Day(world, app)
            await day.says(PETROV, "Согласовано")
            assert await app.store.inbox("quarantined") == []
            assert await day.waits_on() == ["o.smirnova"]
    finally:
        await world.stop()
