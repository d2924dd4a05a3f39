"""How an invoice moves, told as short stories against the pure engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.answers import Answer, Details
from mailflow.core.case import Ask, CaseState, Channel, Standing
from mailflow.core.effects import SendLetter
from mailflow.core.events import AbsenceNoted, LetterBounced
from mailflow.core.seeing import may_see
from mailflow.core.sender import Proven
from mailflow.core.showing import Ways, letter_view
from tests.offices import HERE, NOBODY, Story, directory, invoice_process, letters, neon, paper, timers, waits_on


def agreed(story: Story) -> Story:
    """An invoice everybody has agreed to; accounting has it."""
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.APPROVE)
    return story


def test_a_forwarded_invoice_goes_from_manager_to_finance_to_accounting_and_back_to_its_initiator() -> None:
    story = Story()
    story.request()
    assert waits_on(story.it) == ["p.petrov"]
    story.answer("p.petrov", Answer.APPROVE)
    assert waits_on(story.it) == ["o.smirnova"]
    story.answer("o.smirnova", Answer.APPROVE)
    assert waits_on(story.it) == ["buh"]
    story.pays()
    assert waits_on(story.it) == ["i.kuznetsov"]
    assert (story.it.fields["payment_number"], story.it.fields["payment_date"]) == ("345", "2026-11-13")
    story.answer("i.kuznetsov", Answer.DONE)
    assert story.it.state is CaseState.DONE
    assert waits_on(story.it) == []


def test_a_smooth_invoice_writes_its_initiator_three_letters_before_his_own_last_word() -> None:
    story = agreed(Story())
    story.pays()
    to_ivan = [kind for done in story.transitions for kind, to in letters(done) if to == "i.kuznetsov"]
    assert to_ivan == ["registered", "agreed", "ask"]


def test_what_is_missing_is_asked_for_and_nobody_is_asked_to_decide_before_it_is_there() -> None:
    story = Story()
    story.request(in_budget=None, cash_flow_item=None)
    assert waits_on(story.it) == ["i.kuznetsov"]
    story.answer("i.kuznetsov", Answer.UNCLEAR, fields={"in_budget": False})
    assert waits_on(story.it) == ["i.kuznetsov"]
    story.answer("i.kuznetsov", Answer.UNCLEAR, fields={"cash_flow_item": "Реклама"})
    assert waits_on(story.it) == ["p.petrov"]


def test_an_urgent_invoice_needs_no_date_to_pay_by() -> None:
    story = Story()
    story.request(pay_by=None, urgent=True)
    assert waits_on(story.it) == ["p.petrov"]


def test_a_trusted_sum_goes_past_the_managers_and_the_sheet_says_so() -> None:
    story = Story()
    story.request(by="s.orlov", amount="300000.00")
    assert waits_on(story.it) == ["o.smirnova"]
    skipped = next(a for a in story.it.assignments if a.stage == "managers")
    assert (skipped.standing, skipped.note) == (Standing.SKIPPED, "Не требуется: доверенная сумма")


@pytest.mark.parametrize(
    ("amount", "first"), [("500000.00", "o.smirnova"), ("500000.01", "p.petrov")], ids=["the edge is inside", "above"]
)
def test_the_edge_of_the_trusted_sum(amount: str, first: str) -> None:
    story = Story()
    story.request(by="s.orlov", amount=amount)
    assert waits_on(story.it) == [first]


def test_dollars_do_not_slip_under_a_limit_in_roubles() -> None:
    story = Story()
    story.request(by="s.orlov", amount="10000.00", currency="USD")
    assert waits_on(story.it) == ["p.petrov"]


def test_a_trusted_sum_does_not_act_for_an_unproven_sender() -> None:
    story = Story()
    story.request(by="s.orlov", amount="1.00", proof=NOBODY)
    assert waits_on(story.it) == ["p.petrov"]


def test_the_manager_does_not_decide_on_his_own_case() -> None:
    story = Story()
    story.request(by="p.petrov")
    assert waits_on(story.it) == ["director"]


def test_a_named_second_person_decides_where_the_money_is_the_finance_directors_own() -> None:
    story = Story()
    story.request(by="o.smirnova")
    story.answer("director", Answer.APPROVE)
    marks = {a.principal: a.note for a in story.it.assignments if a.stage == "finance"}
    assert marks["o.smirnova"] == "Не требуется: инициатор"
    assert waits_on(story.it) == ["director"], "another assurance is asked at this stage, so he signs again"


def test_where_nobody_but_the_initiator_could_decide_the_case_stands_still_and_the_secretary_is_told() -> None:
    people = directory()
    alone = replace(people, roles={**people.roles, "director": ("o.smirnova",)})
    story = Story(neon(alone))
    story.request(by="o.smirnova")
    done = story.answer("director", Answer.APPROVE)
    assert (story.it.state, story.it.stage, waits_on(story.it)) == (CaseState.OPEN, "finance", [])
    assert ("comment", "sekretar") in letters(done)


def test_a_return_goes_to_the_initiator_with_its_reason() -> None:
    story = Story()
    story.request()
    done = story.answer("p.petrov", Answer.REWORK, "Приложите КП")
    assert waits_on(story.it) == ["i.kuznetsov"]
    letter = next(e for e in done.effects if isinstance(e, SendLetter) and e.kind == "returned")
    assert (letter.to, letter.words["reason"]) == ("i.kuznetsov", "Приложите КП")


def test_a_corrected_file_brings_everybody_back_from_the_first_stage() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.REWORK, "Сумма не та")
    story.answer("i.kuznetsov", Answer.UNCLEAR, files=(paper("Счет 57 новый.pdf", "b"),))
    assert (story.it.round, waits_on(story.it)) == (2, ["p.petrov"])
    assert [(f.version, f.current) for f in story.it.files] == [(1, False), (2, True)]


def test_a_correction_that_is_not_material_is_not_sent_again_to_those_who_agreed() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.REWORK, "Другая статья")
    story.answer("i.kuznetsov", Answer.UNCLEAR, fields={"cash_flow_item": "Услуги"})
    assert waits_on(story.it) == ["o.smirnova"]
    skipped = story.it.at_stage("managers")
    assert [a.note for a in skipped] == ["Пропущен (согласовал в круге 1)"]


def test_an_agreement_given_two_rounds_ago_still_holds_when_nothing_material_changed_since() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    for item in ("Услуги", "Связь"):
        story.answer("o.smirnova", Answer.REWORK, "Другая статья")
        story.answer("i.kuznetsov", Answer.UNCLEAR, fields={"cash_flow_item": item})
    assert (story.it.round, waits_on(story.it)) == (3, ["o.smirnova"])


def test_a_changed_amount_brings_everybody_back() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.REWORK, "Торгуйтесь")
    story.answer("i.kuznetsov", Answer.UNCLEAR, fields={"amount": "99000.00"})
    assert waits_on(story.it) == ["p.petrov"]


def test_a_rejection_ends_the_case_and_tells_the_initiator_why() -> None:
    story = Story()
    story.request()
    done = story.answer("p.petrov", Answer.REJECT, "не в бюджете")
    assert story.it.state is CaseState.REJECTED
    assert ("rejected", "i.kuznetsov") in letters(done)


def test_a_refusal_without_a_reason_waits_for_its_reason() -> None:
    story = Story()
    story.request()
    done = story.answer("p.petrov", Answer.NEED_REASON)
    assert letters(done) == [("reason", "p.petrov")]
    assert waits_on(story.it) == ["p.petrov"]
    story.answer("p.petrov", Answer.UNCLEAR, "дорого, есть дешевле")
    assert waits_on(story.it) == ["i.kuznetsov"]
    said = next(a for a in story.it.assignments if a.principal == "p.petrov")
    assert said.decision is not None
    assert (said.decision.answer, said.decision.comment) == (Answer.REWORK, "дорого, есть дешевле")


def refuses(refusal: Answer, *reasons: tuple[Answer, Details], channel: Channel = "reply") -> Story:
    """Petrov refuses without a reason and then says more."""
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.NEED_REASON, details=Details(refusal=refusal))
    for answer, details in reasons:
        story.answer("p.petrov", answer, "дорого", details=details, channel=channel)
    return story


def decision_of(story: Story, person: str) -> Answer | None:
    decision = story.task(person).decision
    return decision.answer if decision is not None else None


@pytest.mark.parametrize("said", [Answer.UNCLEAR, Answer.DECLINE])
@pytest.mark.parametrize(
    ("refusal", "becomes", "state"),
    [
        (Answer.REJECT, Answer.REJECT, CaseState.REJECTED),
        (Answer.REWORK, Answer.REWORK, CaseState.OPEN),
        (Answer.DECLINE, Answer.REWORK, CaseState.OPEN),
    ],
)
def test_the_reason_completes_the_refusal_it_was_asked_for(
    refusal: Answer, becomes: Answer, state: CaseState, said: Answer
) -> None:
    story = refuses(refusal, (said, Details()))
    assert (decision_of(story, "p.petrov"), story.it.state) == (becomes, state)


def test_a_mere_no_after_a_rejection_leaves_it_a_rejection_and_a_plain_word_changes_it() -> None:
    again = (Answer.NEED_REASON, Details(refusal=Answer.DECLINE))
    reason = (Answer.UNCLEAR, Details())
    assert decision_of(refuses(Answer.REJECT, again, reason), "p.petrov") is Answer.REJECT
    other = (Answer.NEED_REASON, Details(refusal=Answer.REWORK))
    assert decision_of(refuses(Answer.REJECT, other, reason), "p.petrov") is Answer.REWORK
    assert decision_of(refuses(Answer.DECLINE, (Answer.REJECT, Details())), "p.petrov") is Answer.REJECT
    assert decision_of(refuses(Answer.REJECT, (Answer.REWORK, Details())), "p.petrov") is Answer.REWORK
    assert decision_of(refuses(Answer.REJECT, (Answer.APPROVE, Details())), "p.petrov") is Answer.APPROVE


@pytest.mark.parametrize("more", [(Answer.UNCLEAR, Details(no_reason=True)), (Answer.DONE, Details())])
def test_what_is_no_reason_completes_no_refusal(more: tuple[Answer, Details]) -> None:
    story = refuses(Answer.REJECT, more)
    assert letters(story.transitions[-1]) == [("unclear", "p.petrov")]
    assert decision_of(story, "p.petrov") is None
    assert decision_of(refuses(Answer.REJECT, (Answer.UNCLEAR, Details()), channel="list"), "p.petrov") is None


def test_the_question_for_the_reason_says_which_refusal_it_is() -> None:
    words = [
        next(e for e in refuses(one).transitions[-1].effects if isinstance(e, SendLetter)).words["said"]
        for one in (Answer.REJECT, Answer.REWORK, Answer.DECLINE)
    ]
    assert words == ["отклонено", "на доработку", "не согласовано"]


def test_a_remark_is_the_reason_of_the_rejection_that_follows_it() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE_WITH_REMARKS, "поправьте п. 3")
    story.answer("p.petrov", Answer.NEED_REASON, details=Details(refusal=Answer.REJECT))
    assert (decision_of(story, "p.petrov"), story.it.state) == (Answer.REJECT, CaseState.REJECTED)


def test_a_yes_with_a_remark_moves_nothing_until_he_says_whether_it_blocks() -> None:
    story = Story()
    story.request()
    done = story.answer("p.petrov", Answer.APPROVE_WITH_REMARKS, "только сумму поправьте")
    assert letters(done) == [("blocking", "p.petrov")]
    assert waits_on(story.it) == ["p.petrov"]


def test_a_remark_that_does_not_block_stands_on_the_sheet() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE_WITH_REMARKS, "поправьте п. 3")
    story.answer("p.petrov", Answer.APPROVE)
    said = next(a for a in story.it.assignments if a.principal == "p.petrov")
    assert said.decision is not None
    assert (said.decision.answer, said.decision.comment) == (Answer.APPROVE_WITH_REMARKS, "поправьте п. 3")
    assert waits_on(story.it) == ["o.smirnova"]


def test_a_remark_that_blocks_becomes_the_reason_of_the_return() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE_WITH_REMARKS, "поправьте п. 3")
    done = story.answer("p.petrov", Answer.NEED_REASON)
    letter = next(e for e in done.effects if isinstance(e, SendLetter) and e.kind == "returned")
    assert letter.words["reason"] == "поправьте п. 3"


def test_a_question_goes_to_the_initiator_and_his_answer_comes_back_while_the_task_stays_open() -> None:
    story = Story()
    story.request()
    asked = story.answer("p.petrov", Answer.QUESTION, "почему так дорого?")
    assert letters(asked) == [("question", "i.kuznetsov")]
    told = story.answer("i.kuznetsov", Answer.UNCLEAR, "это с доставкой")
    letter = next(e for e in told.effects if isinstance(e, SendLetter))
    assert (letter.kind, letter.to, letter.words["question"]) == ("answered", "p.petrov", "почему так дорого?")
    assert waits_on(story.it) == ["p.petrov"]
    story.answer("p.petrov", Answer.APPROVE)
    assert waits_on(story.it) == ["o.smirnova"]


def test_who_will_decide_later_is_reminded_next_morning_and_gets_no_letter() -> None:
    story = Story()
    story.request()
    done = story.answer("p.petrov", Answer.DEFER, "посмотрю завтра")
    assert letters(done) == []
    assert [(what, when.strftime("%d.%m %H:%M")) for what, when in timers(done)] == [("remind", "17.11 09:00")]


def test_an_unproven_reply_is_a_comment_and_the_asked_person_is_told_at_his_own_address() -> None:
    story = Story()
    story.request()
    done = story.answer("p.petrov", Answer.APPROVE, proof=NOBODY)
    assert waits_on(story.it) == ["p.petrov"]
    assert letters(done) == [("not_counted", "p.petrov")]


def test_nobody_else_decides_for_the_person_asked() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE, proof=story.proof("o.smirnova"))
    story.answer("p.petrov", Answer.APPROVE, proof=Proven("p.petrov@evil.example", "dkim"))
    assert waits_on(story.it) == ["p.petrov"]


def test_a_registered_other_address_is_the_person() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.APPROVE, proof=Proven("olga.smirnova@neon.example", "dmarc"))
    assert waits_on(story.it) == ["buh"]


def test_a_decision_on_another_card_does_not_count_and_the_present_one_is_sent() -> None:
    story = Story()
    story.request()
    done = story.answer("p.petrov", Answer.APPROVE, card="0" * 64)
    assert waits_on(story.it) == ["p.petrov"]
    assert letters(done) == [("not_counted", "p.petrov"), ("ask", "p.petrov")]


def test_a_reply_to_the_first_round_does_not_decide_in_the_second() -> None:
    story = Story()
    story.request()
    first = story.task("p.petrov")
    story.answer("p.petrov", Answer.APPROVE)
    second = story.task("o.smirnova")
    story.answer("o.smirnova", Answer.REWORK, "не та сумма")
    story.answer("i.kuznetsov", Answer.UNCLEAR, fields={"amount": "1.00"})
    story.answer("o.smirnova", Answer.APPROVE, task=second)
    story.answer("p.petrov", Answer.APPROVE, task=first)
    assert waits_on(story.it) == ["p.petrov"]


def test_the_same_decision_said_twice_is_taken_once_and_tells_nobody() -> None:
    story = Story()
    story.request()
    task = story.task("p.petrov")
    story.answer("p.petrov", Answer.APPROVE)
    before = story.it.assignments
    done = story.answer("p.petrov", Answer.APPROVE, task=task)
    assert letters(done) == []
    assert story.it.assignments == before


def test_a_decision_can_be_taken_back_until_the_next_one_has_decided() -> None:
    story = Story()
    story.request()
    done_by_petrov = story.task("p.petrov")
    story.answer("p.petrov", Answer.APPROVE)
    done = story.answer("p.petrov", Answer.WITHDRAW, "Стоп", task=done_by_petrov)
    assert waits_on(story.it) == ["p.petrov"]
    assert ("withdrawn", "o.smirnova") in letters(done)


def test_after_a_decision_is_taken_back_and_given_again_the_next_one_is_asked_again() -> None:
    story = Story()
    story.request()
    task = story.task("p.petrov")
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("p.petrov", Answer.WITHDRAW, "Стоп", task=task)
    story.answer("p.petrov", Answer.APPROVE)
    assert waits_on(story.it) == ["o.smirnova"]


def test_a_decision_cannot_be_taken_back_after_the_next_one_has_decided() -> None:
    story = Story()
    story.request()
    done_by_petrov = story.task("p.petrov")
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.APPROVE)
    done = story.answer("p.petrov", Answer.WITHDRAW, "Стоп", task=done_by_petrov)
    assert waits_on(story.it) == ["buh"]
    assert letters(done) == [("not_counted", "p.petrov")]


def test_a_payment_cannot_be_taken_back() -> None:
    story = agreed(Story())
    task = story.task("buh")
    story.pays()
    story.answer("buh", Answer.WITHDRAW, "Отзываю", task=task)
    assert waits_on(story.it) == ["i.kuznetsov"]


def test_an_approval_word_does_not_pay_an_invoice() -> None:
    story = agreed(Story())
    done = story.answer("buh", Answer.APPROVE)
    assert waits_on(story.it) == ["buh"]
    assert letters(done) == [("unclear", "buh")]


def test_accounting_returns_an_invoice_but_cannot_reject_it_for_good() -> None:
    story = agreed(Story())
    story.answer("buh", Answer.REJECT, "нет договора")
    assert story.it.state is CaseState.OPEN
    assert story.task("i.kuznetsov").ask is Ask.CORRECTION


def test_only_its_initiator_withdraws_a_case_and_those_asked_are_told() -> None:
    story = Story()
    story.request()
    story.command("o.smirnova", "withdraw")
    story.command("i.kuznetsov", "withdraw", proof=NOBODY)
    assert story.it.state is CaseState.OPEN
    done = story.command("i.kuznetsov", "withdraw")
    assert story.it.state is CaseState.WITHDRAWN
    assert letters(done) == [("withdrawn", "p.petrov"), ("withdrawn", "i.kuznetsov")]


def test_a_paid_invoice_cannot_be_withdrawn() -> None:
    story = agreed(Story())
    story.pays()
    story.command("i.kuznetsov", "withdraw")
    assert story.it.state is CaseState.OPEN


def test_the_status_is_shown_to_those_concerned_and_to_nobody_else() -> None:
    story = Story()
    story.request()
    assert letters(story.command("i.kuznetsov", "status")) == [("status", "i.kuznetsov")]
    assert letters(story.command("s.orlov", "status")) == []


def test_reminders_come_before_the_term_at_it_and_then_the_manager_is_told() -> None:
    story = Story()
    done = story.request()
    when = [(what, at.strftime("%d.%m %H:%M")) for what, at in timers(done)]
    assert when == [("remind", "17.11 14:00"), ("due", "17.11 18:00"), ("escalate", "18.11 18:00")]
    assert letters(story.timer("remind", "p.petrov")) == [("reminder", "p.petrov")]
    assert letters(story.timer("escalate", "p.petrov")) == [("escalation", "director")]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("manager", ["director"]),
        ("role finance_director", ["o.smirnova"]),
        ("person s.orlov", ["s.orlov"]),
        ("[manager, role finance_director, role director]", ["director", "o.smirnova"]),
        ("[initiator, person p.petrov]", ["i.kuznetsov"]),
        ("person p.petrov", ["sekretar"]),
    ],
)
def test_whoever_the_rules_name_hears_of_silence_and_never_the_silent_person(said: str, told: list[str]) -> None:
    text = (HERE.parent / "rules" / "invoice.yaml").read_text(encoding="utf-8")
    text = text.replace("escalate_to: manager", f"escalate_to: {said}", 1)
    story = Story(neon(None, invoice_process(text=text)))
    story.request()
    assert letters(story.timer("escalate", "p.petrov")) == [("escalation", person) for person in told]


def test_whoever_hears_of_silence_may_ask_about_the_case_while_the_task_stands_neither_before_nor_after() -> None:
    text = (HERE.parent / "rules" / "invoice.yaml").read_text(encoding="utf-8")
    text = text.replace("escalate_to: manager", "escalate_to: person s.orlov", 1)
    story = Story(neon(None, invoice_process(text=text)))
    story.request()
    silent_at = story.task("p.petrov").silent_at
    assert silent_at is not None
    assert not may_see(story.it, "s.orlov", story.office, silent_at - timedelta(minutes=1))
    assert may_see(story.it, "s.orlov", story.office, silent_at)
    assert not may_see(story.it, "j.smith", story.office, silent_at)
    story.answer("p.petrov", Answer.APPROVE)
    assert not may_see(story.it, "s.orlov", story.office, silent_at)


def test_a_timer_of_a_decided_task_rings_for_nobody() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    done = story.timer("due", "p.petrov")
    assert letters(done) == []


def test_the_substitute_gets_the_letter_and_decides_and_the_sheet_says_for_whom() -> None:
    people = directory()
    leave = {"by": "director", "since": "2026-11-01", "until": "2026-11-30"}
    away = people.people["p.petrov"].model_validate({**people.people["p.petrov"].model_dump(), "substitute": leave})
    story = Story(neon(replace(people, people={**people.people, "p.petrov": away})))
    done = story.request()
    assert ("ask", "director") in letters(done)
    story.answer("p.petrov", Answer.APPROVE, proof=story.proof("director"))
    decided = next(a for a in story.it.assignments if a.principal == "p.petrov")
    assert decided.decision is not None
    assert decided.decision.by == "director"


def test_replies_nobody_can_read_are_asked_about_twice_then_once_a_day_and_then_kept_silently() -> None:
    story = Story()
    story.request()
    asked = [letters(story.answer("p.petrov", Answer.UNCLEAR, "хм")) for _ in range(5)]
    assert asked == [[("unclear", "p.petrov")]] * 2 + [[]] * 3
    days = []
    for _ in range(4):
        story.now += timedelta(days=1)
        days.append([letters(story.answer("p.petrov", Answer.UNCLEAR, "хм")) for _ in range(2)])
    assert days == [[[("unclear", "p.petrov")], []]] * 2 + [[[], []]] * 2


def test_every_effect_has_its_own_name_taken_from_its_event() -> None:
    story = agreed(Story())
    story.pays()
    keys = [effect.key for done in story.transitions for effect in done.effects]
    assert len(keys) == len(set(keys))


def test_the_why_of_a_transition_is_a_sentence_a_clerk_can_read() -> None:
    story = Story()
    story.request()
    done = story.answer("p.petrov", Answer.APPROVE)
    assert done.why == "Петров П.П.: согласовано; следующий этап — Финансовый директор: Смирнова О.Н."


def test_a_parallel_stage_waits_for_all_and_a_stage_of_any_for_one() -> None:
    people = directory()
    text = (invoice_text()).replace("who: role finance_director\n      order: any", "who: role both\n      order: {}")
    both = replace(people, roles={**people.roles, "both": ("o.smirnova", "director")})
    for order, after_one in (("all", ["director"]), ("any", ["buh"]), ("2", ["director"]), ("in turn", ["director"])):
        story = Story(neon(both, invoice_process(both, text.replace("{}", order, 1))))
        story.request()
        story.answer("p.petrov", Answer.APPROVE)
        story.answer("o.smirnova", Answer.APPROVE)
        assert waits_on(story.it) == after_one, order


def invoice_text() -> str:
    from tests.offices import HERE

    return (HERE.parent / "rules" / "invoice.yaml").read_text(encoding="utf-8")


LIKELY = (Answer.APPROVE, Answer.PAID, Answer.DONE, Answer.WITHDRAW, Answer.REWORK)
PEOPLE = ("i.kuznetsov", "p.petrov", "o.smirnova", "buh", "director", "sekretar")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_is_said_by_whom_the_invariants_hold(data: st.DataObject) -> None:
    """Nobody decides twice or out of turn, money is paid only after finance agreed, closed is closed."""
    story = Story()
    story.request()
    for _ in range(data.draw(st.integers(1, 12))):
        task = data.draw(st.sampled_from(story.it.assignments))
        speaker = data.draw(st.sampled_from((task.principal, task.principal, *PEOPLE)))
        said = data.draw(st.sampled_from((*LIKELY, *LIKELY, *Answer)))
        comment = data.draw(st.sampled_from(("", "причина")))
        fields = data.draw(st.sampled_from(({}, {"amount": "5.00"})))
        before = story.it
        story.answer(speaker, said, comment, task=task, proof=story.proof(speaker), fields=fields, details=Details("1"))
        check(before, story, speaker)


def check(before: object, story: Story, speaker: str) -> None:
    case = story.it
    for assignment in case.assignments:
        old = before.assignment(assignment.id)  # type: ignore[attr-defined]
        newly = assignment.decision is not None and (old is None or old.decision is None)
        if newly:
            assert speaker == assignment.principal
            asked_of_initiator = assignment.stage in ("rework", "clarify", "closing")
            explains = assignment.ask is Ask.EXPLANATION
            assert asked_of_initiator or explains or speaker != case.initiator
        if old is not None and old.decision is not None and assignment.decision is not None:
            assert old.decision == assignment.decision, "a decision never turns into another one"
    paid = [a for a in case.assignments if a.decision and a.decision.answer is Answer.PAID]
    for payment in paid:
        finance = [a for a in case.assignments if a.stage == "finance" and a.round == payment.round]
        assert any(a.decision and a.decision.answer in (Answer.APPROVE, Answer.APPROVE_WITH_REMARKS) for a in finance)
    if case.state is not CaseState.OPEN:
        assert not case.open_assignments
    else:
        assert case.open_assignments


def test_who_cannot_be_reached_for_his_opinion_moves_nobodys_task() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.DELEGATE, "Спросите Орлова", details=Details(to="Орлов", opinion=True))
    assert letters(story.transitions[-1]) == [("consult", "s.orlov"), ("recorded", "p.petrov")]
    task = story.task("p.petrov")
    story.happens(LetterBounced(story.key(), story.now, story.it.id, task.id, "s@x", "550 no such user", "s.orlov"))
    assert letters(story.transitions[-1]) == [("undelivered", "sekretar")]
    story.happens(AbsenceNoted(story.key(), story.now, story.it.id, task.id, "в отпуске", person="s.orlov"))
    assert letters(story.transitions[-1]) == [("absent", "p.petrov")]
    assert (story.task("p.petrov").undelivered, story.task("p.petrov").away) == (False, False)
    assert waits_on(story.it) == ["p.petrov"]


def test_a_colleagues_one_word_is_told_in_the_language_of_whoever_reads_it() -> None:
    text = (HERE.parent / "rules" / "invoice.yaml").read_text(encoding="utf-8")
    named = "who: person j.smith\n      if_initiator: role director"
    text = text.replace("who: managers of initiator up to department head", named)
    story = Story(neon(None, invoice_process(text=text)))
    story.request()
    task = story.task("j.smith")
    story.answer("s.orlov", Answer.APPROVE, task=task)
    [told] = [e for e in story.transitions[-1].effects if isinstance(e, SendLetter)]
    assert (told.to, told.language, told.words["text"]) == ("j.smith", "en", "approved")
    [shown] = letter_view(told, story.it, story.office, Ways(), story.now).said
    assert (shown.what, shown.comment) == ("an opinion, no decision", "approved")
    assert waits_on(story.it) == ["j.smith"]
