"""People who cannot be reached, tasks handed over, decisions on paper: nothing stands still, nobody gains a right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailflow.core.answers import Answer, Details
from mailflow.core.effects import StartCase
from mailflow.core.entering import read_entered
from mailflow.core.events import AbsenceNoted, DecisionEntered, LetterBounced, PersonLeft, TaskHandedOver
from mailflow.core.office import Office
from mailflow.core.sender import SenderProof
from mailflow.departing import take_up
from mailflow.world import Paper
from tests.office_life import BUH, DIRECTOR, IVAN, NUMBER, OLGA, PETROV, SECRETARY, Life, living
from tests.offices import NOBODY, Story, letters, neon, paper


def begun() -> Story:
    story = Story()
    story.request()
    return story


def without(office: Office, *gone: str) -> Office:
    """The same office after these people have left."""
    people = {id_: person for id_, person in office.directory.people.items() if id_ not in gone}
    return replace(office, directory=replace(office.directory, people=people))


# One task handed over


def test_an_approver_hands_his_task_over_and_both_may_decide() -> None:
    story = begun()
    done = story.answer("p.petrov", Answer.DELEGATE, "Передайте Орлову", details=Details(to="Орлову"))
    assert ("ask", "s.orlov") in letters(done)
    assert ("recorded", "p.petrov") in letters(done)
    story.answer("p.petrov", Answer.APPROVE, proof=story.proof("s.orlov"))
    decision = story.it.assignments[0].decision
    assert decision is not None
    assert decision.by == "s.orlov"


def test_a_task_handed_over_is_not_handed_on() -> None:
    story = begun()
    story.answer("p.petrov", Answer.DELEGATE, details=Details(to="Орлову"))
    story.answer("p.petrov", Answer.DELEGATE, proof=story.proof("s.orlov"), details=Details(to="Иванову"))
    assert story.it.assignments[0].delegate == "s.orlov"


def test_the_initiator_is_never_given_his_own_case() -> None:
    story = begun()
    story.answer("p.petrov", Answer.DELEGATE, details=Details(to="Кузнецову"))
    assert story.it.assignments[0].delegate == ""


def test_what_money_hangs_on_is_handed_over_only_where_the_rules_say_so() -> None:
    story = begun()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.DELEGATE, details=Details(to="Орлову"))
    assert story.task("o.smirnova").delegate == ""


def test_a_name_that_is_nobodys_is_asked_about() -> None:
    story = begun()
    done = story.answer("p.petrov", Answer.DELEGATE, "Передайте Сидорову", details=Details(to="Сидорову"))
    assert letters(done) == [("not_counted", "p.petrov")]


def handed(story: Story, by: str, to: str, proof: SenderProof | None = None) -> list[tuple[str, str]]:
    task = next(iter(story.it.open_assignments))
    key = story.key()
    event = TaskHandedOver(key, story.now, story.it.id, task.id, by, to, proof or story.proof(by))
    return letters(story.happens(event))


def test_the_secretary_and_the_manager_may_give_a_task_to_another_and_nobody_else_may() -> None:
    assert ("ask", "s.orlov") in handed(begun(), "sekretar", "s.orlov")
    assert ("ask", "s.orlov") in handed(begun(), "director", "s.orlov")
    for by in ("i.kuznetsov", "j.smith", "buh"):
        assert handed(begun(), by, "s.orlov") == [("not_counted", by)]


def test_the_secretary_cannot_take_a_task_herself_nor_give_away_what_money_hangs_on() -> None:
    assert handed(begun(), "sekretar", "sekretar") == [("not_counted", "sekretar")]
    story = begun()
    story.answer("p.petrov", Answer.APPROVE)
    assert handed(story, "sekretar", "s.orlov") == [("not_counted", "sekretar")]


def test_an_unproven_command_hands_nothing_over() -> None:
    assert handed(begun(), "sekretar", "s.orlov", NOBODY) == [("not_counted", "sekretar")]


# Somebody away, unreachable, gone


def away(story: Story, until: str, deputy: str) -> list[StartCase]:
    key = story.key()
    task = story.task("p.petrov")
    note = AbsenceNoted(key, story.now, story.it.id, task.id, "В отпуске", until, "p.petrov", deputy)
    return [effect for effect in story.happens(note).effects if isinstance(effect, StartCase)]


def with_house() -> Story:
    from tests.offices import HERE, invoice_process, read_process

    text = (HERE.parent / "rules" / "house" / "substitution.yaml").read_text(encoding="utf-8")
    office = neon()
    story = Story(neon(office.directory, invoice_process(), read_process(text, "substitution.yaml", office.directory)))
    story.request()
    return story


def test_an_automatic_reply_with_a_deputy_offers_the_substitution_to_those_who_may_arrange_it() -> None:
    [offer] = away(with_house(), "2026-11-27", "Смирновой О.Н.")
    assert (offer.process, offer.initiator) == ("substitution", "p.petrov")
    assert offer.fields["deputy"] == ("o.smirnova",)
    assert offer.fields["confirm_by"] == ("director", "sekretar")
    assert offer.fields["confirm"] == "superiors"


@pytest.mark.parametrize(
    ("until", "deputy"),
    [
        ("", "Смирновой"),
        ("2026-11-27", ""),
        ("2026-11-27", "Сидорову"),
        ("2026-10-01", "Смирновой"),
        ("2026-11-27", "Петров"),
    ],
)
def test_an_automatic_reply_that_names_no_day_or_nobody_sure_offers_nothing(until: str, deputy: str) -> None:
    assert away(with_house(), until, deputy) == []


def test_a_deputy_named_in_an_automatic_reply_is_not_asked_to_agree_to_himself() -> None:
    [offer] = away(with_house(), "2026-11-27", "Иванову И.С.")
    assert offer.fields["confirm_by"] == ("sekretar",)


def bounce(story: Story, person: str, reason: str) -> list[tuple[str, str]]:
    key = story.key()
    task = story.task(person)
    return letters(story.happens(LetterBounced(key, story.now, story.it.id, task.id, "x@neon.example", reason)))


def test_a_bounced_letter_goes_to_the_manager_and_the_secretary_is_told() -> None:
    story = begun()
    assert bounce(story, "p.petrov", "550 5.1.1 User unknown") == [("undelivered", "sekretar"), ("ask", "director")]
    assert bounce(story, "p.petrov", "5.1.1") == [("undelivered", "sekretar")], "once is enough"


def test_a_delay_or_a_report_without_a_status_hands_nothing_over() -> None:
    for reason in ("4.2.2", "a delivery report (multipart/report)", "451 try again"):
        assert bounce(begun(), "p.petrov", reason) == [("undelivered", "sekretar")]


def test_whoever_has_left_is_replaced_by_whom_the_rules_name_now() -> None:
    story = begun()
    task = story.task("p.petrov")
    gone = without(story.office, "p.petrov")
    departments = {
        **gone.directory.departments,
        "marketing": gone.directory.departments["marketing"].model_copy(update={"head": "s.orlov"}),
    }
    story.office = replace(gone, directory=replace(gone.directory, departments=departments))
    done = story.happens(PersonLeft(story.key(), story.now, story.it.id, task.id))
    assert ("ask", "s.orlov") in letters(done)
    assert [a.principal for a in story.it.open_assignments] == ["s.orlov"]


def test_where_the_rules_name_nobody_the_secretary_is_asked_and_the_stage_is_not_passed() -> None:
    story = begun()
    story.answer("p.petrov", Answer.APPROVE)
    task = story.task("o.smirnova")
    story.office = without(story.office, "o.smirnova")
    done = story.happens(PersonLeft(story.key(), story.now, story.it.id, task.id))
    assert letters(done) == [("departed", "sekretar")]
    assert story.it.stage == "finance"
    assert ("ask", "director") in handed(story, "sekretar", "director")


# On paper


def entered(story: Story, by: str, person: str, scan: bool = True) -> list[tuple[str, str]]:
    """What follows when somebody enters a yes of that person."""
    key, files = story.key(), (paper("скан.pdf", "e"),) if scan else ()
    task = story.task(person)
    event = DecisionEntered(key, story.now, story.it.id, task.id, by, story.proof(by), Answer.APPROVE, files=files)
    return letters(story.happens(event))


def test_a_decision_on_paper_counts_as_its_owners_and_is_marked() -> None:
    story = begun()
    told = entered(story, "sekretar", "p.petrov")
    assert ("entered", "p.petrov") in told
    assert ("entered", "sekretar") in told
    decision = story.it.assignments[0].decision
    assert decision is not None
    assert (decision.by, decision.channel) == ("p.petrov", "paper")
    assert "на бумаге или устно, вносит Белова Е.В." in decision.comment
    assert story.it.stage == "finance"
    assert [f.name for f in story.it.files if not f.current] == ["скан.pdf"]


def test_its_owner_may_take_it_back() -> None:
    story = begun()
    entered(story, "sekretar", "p.petrov")
    story.answer("p.petrov", Answer.WITHDRAW, task=story.it.assignments[0])
    assert [a.principal for a in story.it.open_assignments] == ["p.petrov"]


def test_only_the_secretary_enters_and_never_for_herself_or_without_a_scan_for_money() -> None:
    assert entered(begun(), "i.kuznetsov", "p.petrov") == [("not_counted", "i.kuznetsov")]
    assert entered(begun(), "director", "p.petrov") == [("not_counted", "director")]
    own = Story()
    own.request(by="sekretar")
    assert entered(own, "sekretar", "director") == [("not_counted", "sekretar")]
    money = begun()
    money.answer("p.petrov", Answer.APPROVE)
    assert entered(money, "sekretar", "o.smirnova", scan=False) == [("not_counted", "sekretar")]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("согласовал", Answer.APPROVE),
        ("approved", Answer.APPROVE),
        ("не согласовал: дорого", Answer.REJECT),
        ("вернул на доработку: нет акта", Answer.REWORK),
        ("согласовал, но сумму поправить", None),
        ("не согласовал", None),
        ("видел", None),
    ],
)
def test_what_the_secretary_enters_is_read_strictly(text: str, answer: Answer | None) -> None:
    found = read_entered(text)
    assert (found[0] if found is not None else None) == answer


# Through the real servers


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path) as office:
        yield office


async def test_a_decision_on_paper_is_entered_by_mail_with_its_scan(life: Life) -> None:
    await life.asks()
    await life.writes(SECRETARY, f"Решение {NUMBER}: Петров П.П. согласовал", "", (Paper("скан.pdf", b"scan"),))
    assert await life.waits_on() == ["o.smirnova"]
    assert "на бумаге или устно" in (await life.last(PETROV)).text
    await life.writes(IVAN, f"Статус {NUMBER}")
    assert "вносит Белова Е.В." in (await life.last(IVAN)).text


async def test_nobody_else_enters_a_decision_by_mail(life: Life) -> None:
    await life.asks()
    await life.writes(IVAN, f"Решение {NUMBER}: Петров П.П. согласовал", "", (Paper("скан.pdf", b"scan"),))
    await life.forged(SECRETARY, f"Decision {NUMBER}: Petrov approved by phone")
    assert await life.waits_on() == ["p.petrov"]
    assert "секретарь" in (await life.last(IVAN)).text


async def test_a_task_is_handed_over_by_the_secretarys_command(life: Life) -> None:
    await life.asks()
    await life.writes(SECRETARY, f"Передать {NUMBER} от Петрова П.П. Орлову С.П.")
    await life.says("s.orlov@neon.example", "Согласовано")
    assert await life.waits_on() == ["o.smirnova"]


async def test_pass_it_on_said_in_a_reply_reaches_the_colleague(life: Life) -> None:
    await life.asks()
    await life.says(PETROV, "Передайте Орлову")
    asked = await life.last("s.orlov@neon.example")
    assert "Петров П.П. передаёт вам это задание" in asked.text
    await life.says("s.orlov@neon.example", "Согласовано")
    assert await life.waits_on() == ["o.smirnova"]


async def test_an_automatic_reply_offers_the_substitution_and_one_yes_arranges_it(life: Life) -> None:
    await life.asks()
    asked = await life.last(PETROV)
    text = f"Я в отпуске до {life.day(10)}. Замещает Смирнова О.Н."
    auto = (
        f"From: {PETROV}\r\nTo: {asked.message['Reply-To']}\r\nSubject: Out of office\r\n"
        f"In-Reply-To: {asked.message['Message-ID']}\r\nMessage-ID: <auto@neon.example>\r\n"
        "Auto-Submitted: auto-replied\r\nDate: Thu, 12 Nov 2026 16:41:07 +0300\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
    await life.world.mail.deliver("docs@neon.example", auto.encode())
    await life.works()
    await life.works()
    offered = await life.last(DIRECTOR)
    assert "Смирнова О.Н." in offered.text
    await life.says(DIRECTOR, "Согласовано", letter=offered)
    await life.works()
    told = await life.last(OLGA)
    assert "вы замещаете Петрова П.П." in told.text
    await life.says(OLGA, "1 да", letter=told)
    assert await life.waits_on() == ["o.smirnova"]


async def test_a_colleagues_answer_to_a_forwarded_letter_comes_back_as_an_opinion(life: Life) -> None:
    await life.asks()
    await life.says(DIRECTOR, "Согласовано, цена нормальная", letter=await life.last(PETROV))
    assert await life.waits_on() == ["p.petrov"]
    told = await life.last(PETROV)
    assert "Иванов И.С. отвечает на ваше письмо" in told.text
    assert "цена нормальная" in told.text
    await life.says(PETROV, "Согласовано", letter=told)
    assert await life.waits_on() == ["o.smirnova"]
    assert "Иванов И.С.: мнение, не решение" in (await life.last(OLGA)).text


@pytest.mark.parametrize("says", ["Спросите Иванова, нормальная ли цена", "Ask Ivanov about the price"])
async def test_whoever_decides_may_ask_for_an_opinion_and_the_decision_stays_his(life: Life, says: str) -> None:
    await life.asks()
    shown = await life.last(PETROV)
    await life.says(PETROV, says)
    asked = await life.last(DIRECTOR)
    assert "ваше мнение" in asked.text
    assert says in asked.text
    names = [[p.get_filename() for p in letter.message.iter_attachments()] for letter in (shown, asked)]
    assert names[0] == names[1] != []
    pages = [str(letter.message.get_body(("html",)).get_content()) for letter in (shown, asked)]
    assert ["?subject=" in page for page in pages] == [True, False]
    assert "узнать мнение — Иванов И.С." in (await life.last(PETROV)).text
    await life.says(DIRECTOR, "Согласовано, цена нормальная", letter=asked)
    assert await life.waits_on() == ["p.petrov"]
    told = await life.last(PETROV)
    assert "цена нормальная" in told.text
    await life.says(PETROV, "Согласовано", letter=told)
    assert await life.waits_on() == ["o.smirnova"]


async def test_an_opinion_of_nobody_surely_named_is_asked_of_nobody(life: Life) -> None:
    await life.asks()
    await life.says(PETROV, "Спросите Нездешнего")
    assert "Нездешн" in (await life.last(PETROV)).text
    assert await life.waits_on() == ["p.petrov"]


async def test_a_strangers_or_a_forged_opinion_is_none(life: Life) -> None:
    await life.asks()
    asked = await life.last(PETROV)
    head = f"In-Reply-To: {asked.message['Message-ID']}\r\n"
    await life.forged(DIRECTOR, "Re: invoice", "Согласовано", head)
    assert (await life.case()).opinions == ()
    assert await life.waits_on() == ["p.petrov"]


async def test_a_task_of_somebody_who_has_left_is_taken_up_once(life: Life) -> None:
    await life.asks()
    here = without(life.app.office, "p.petrov")
    desk = replace(life.app.desk, office=here)
    assert await take_up(desk, datetime.now(UTC)) == 1
    assert await take_up(desk, datetime.now(UTC)) == 0
    await life.works()
    assert "больше нет в оргструктуре" in (await life.last(SECRETARY)).text


async def test_a_smooth_invoice_costs_its_initiator_four_letters_and_an_approver_one(life: Life) -> None:
    await life.asks()
    await life.says(PETROV, "Согласовано")
    await life.says(OLGA, "Согласовано")
    await life.says(BUH, "Оплачено, п/п 62 от 13.11.2026")
    await life.says(IVAN, "Готово")
    await life.works()
    assert (await life.case()).state.value == "done"
    assert await life.count(IVAN) <= 4, await life.subjects(IVAN)
    asks = [one for one in await life.subjects(PETROV) if "нужно" in one]
    assert len(asks) == 1
