"""Every kind of stage, every way people act together, every way to say who: short stories on the pure engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailflow.core.answers import Answer
from mailflow.core.case import Ask, CaseState, Standing
from mailflow.core.directory import read_directory
from mailflow.core.effects import MakeDocument, SendLetter
from mailflow.core.views import Language
from mailflow.errors import SettingsError
from tests.offices import Story, letters, paper, waits_on
from tests.processes import STAFF, process, story

TITLE = "title: {ru: Этап, en: Stage}"


def notes(told: Story) -> dict[str, str]:
    """What stands on the sheet beside those who were not asked."""
    return {a.principal: a.note for a in told.it.assignments if a.standing is Standing.SKIPPED}


# --- what is filled in after the agreement


def test_a_file_nobody_asked_for_after_the_agreement_lies_beside_the_case_and_one_asked_for_is_its_own() -> None:
    for file, current in (("", []), (", file: true", ["Скан.pdf"])):
        told = story(
            f"""
            - law: {{kind: approve, {TITLE}, who: role lawyer}}
            - place: {{kind: fill, {TITLE}, who: initiator, fields: [object]{file}}}
            """
        )
        told.answer("morozov", Answer.APPROVE)
        told.answer("ivan", Answer.UNCLEAR, fields={"object": "Сад"}, files=(paper("Скан.pdf", "b"),))
        assert told.it.state is CaseState.DONE
        assert [f.name for f in told.it.current_files] == current
        assert [f.name for f in told.it.files] == ["Скан.pdf"]


def test_a_stage_beside_one_that_has_agreed_adds_no_file_to_what_was_agreed() -> None:
    told = story(
        f"""
        - place: {{kind: fill, {TITLE}, who: initiator, fields: [object]}}
        - law: {{kind: approve, {TITLE}, who: role lawyer, beside: place}}
        """
    )
    told.answer("morozov", Answer.APPROVE)
    told.answer("ivan", Answer.UNCLEAR, fields={"object": "Сад"}, files=(paper("Скан.pdf", "b"),))
    assert (told.it.state, told.it.current_files) == (CaseState.DONE, ())


# --- ways to act together


def test_stages_side_by_side_are_asked_at_once_and_the_route_waits_for_both() -> None:
    told = story(
        f"""
        - law: {{kind: approve, {TITLE}, who: role lawyer}}
        - money: {{kind: approve, {TITLE}, who: role finance, beside: law}}
        - last: {{kind: approve, {TITLE}, who: role director}}
        """
    )
    assert waits_on(told.it) == ["morozov", "olga"]
    told.answer("olga", Answer.APPROVE)
    assert waits_on(told.it) == ["morozov"]
    told.answer("morozov", Answer.APPROVE)
    assert waits_on(told.it) == ["boss"]


def test_a_return_at_one_of_two_stages_side_by_side_ends_the_other_and_the_next_round_asks_both() -> None:
    told = story(
        f"""
        - law: {{kind: approve, {TITLE}, who: role lawyer}}
        - money: {{kind: approve, {TITLE}, who: role finance, beside: law}}
        """
    )
    told.answer("morozov", Answer.REWORK, "нет акта")
    assert waits_on(told.it) == ["ivan"]
    told.answer("ivan", Answer.DONE, fields={"counterparty": "ООО «Ромашка»"})
    assert waits_on(told.it) == ["morozov", "olga"]


def test_a_decision_is_taken_back_though_the_stage_beside_it_was_answered_later() -> None:
    told = story(
        f"""
        - law: {{kind: approve, {TITLE}, who: role lawyer}}
        - money: {{kind: approve, {TITLE}, who: role finance, beside: law}}
        - last: {{kind: approve, {TITLE}, who: role director}}
        """
    )
    task = told.task("olga")
    told.answer("olga", Answer.APPROVE)
    told.answer("morozov", Answer.APPROVE)
    told.answer("olga", Answer.WITHDRAW, "Стоп", task=task)
    assert waits_on(told.it) == ["olga"]
    told.answer("olga", Answer.APPROVE)
    assert waits_on(told.it) == ["boss"]


def test_two_of_three_are_enough_and_the_third_need_not_answer() -> None:
    told = story(f"- board: {{kind: approve, {TITLE}, who: role group, order: 2}}")
    assert waits_on(told.it) == ["zuev", "kim", "olga"]
    told.answer("kim", Answer.APPROVE)
    told.answer("olga", Answer.APPROVE)
    assert told.it.state is CaseState.DONE
    assert told.it.assignment(told.task("zuev").id).note == "Не требуется: решили другие"


def test_one_of_each_department_is_enough_and_frees_his_colleagues() -> None:
    told = story(
        f"""
        - heads: {{kind: approve, {TITLE}, who: [department build, department design], order: one per department}}
        """
    )
    assert waits_on(told.it) == ["zuev", "kim", "lagunin"]
    told.answer("lagunin", Answer.APPROVE)
    assert waits_on(told.it) == ["zuev"]
    told.answer("zuev", Answer.APPROVE)
    assert told.it.state is CaseState.DONE


# --- who


def test_a_list_of_people_and_departments_names_nobody_twice() -> None:
    told = story(
        f"- read: {{kind: acknowledge, {TITLE}, who: [department design, person kim, role group, person buh]}}"
    )
    assert waits_on(told.it) == ["kim", "lagunin", "zuev", "olga", "buh"]


def test_the_approvers_follow_from_the_kind_of_paper() -> None:
    stages = f"""
        - check:
            kind: approve
            {TITLE}
            who: {{by: kind, of: {{Договор: [role lawyer, role finance], ТЗ: person kim}}, else: role director}}
            order: all
        """
    assert waits_on(story(stages, kind="Договор").it) == ["morozov", "olga"]
    assert waits_on(story(stages, kind="ТЗ").it) == ["kim"]
    assert waits_on(story(stages, kind="Прайс-лист").it) == ["boss"]


CHOSEN = f"- chosen: {{kind: approve, {TITLE}, who: field approvers}}"


def test_the_initiator_chooses_who_agrees_and_they_are_asked_in_his_order() -> None:
    told = story(CHOSEN, approvers=("olga", "petr"))
    assert waits_on(told.it) == ["olga"]
    told.answer("olga", Answer.APPROVE)
    assert waits_on(told.it) == ["petr"]


def test_a_fourth_approver_is_left_out_only_when_the_initiator_says_so() -> None:
    told = story(CHOSEN, approvers=("olga", "petr", "boss", "kim"))
    assert (waits_on(told.it), told.task("ivan").ask) == (["ivan"], Ask.FIELDS)
    told.answer("ivan", Answer.APPROVE)
    assert told.it.fields["approvers"] == ("olga", "petr", "boss")
    assert waits_on(told.it) == ["olga"]


def test_the_initiator_chosen_among_the_approvers_does_not_decide_his_own() -> None:
    told = story(CHOSEN, approvers=("ivan", "olga"))
    assert waits_on(told.it) == ["olga"]
    assert notes(told) == {"ivan": "Не требуется: инициатор"}


def test_the_same_person_at_the_next_stage_signs_once_and_the_sheet_says_so() -> None:
    told = story(
        f"""
        - heads: {{kind: approve, {TITLE}, who: [role finance, role lawyer], order: all}}
        - skipped: {{kind: approve, {TITLE}, who: role director, when: object != ""}}
        - money: {{kind: approve, {TITLE}, who: role finance}}
        - last: {{kind: approve, {TITLE}, who: role director}}
        """
    )
    told.answer("olga", Answer.APPROVE)
    told.answer("morozov", Answer.APPROVE)
    assert waits_on(told.it) == ["boss"]
    assert notes(told) == {"olga": "Согласовано на предыдущем этапе"}


# --- conditions


def test_the_lawyers_word_decides_whether_personnel_is_asked() -> None:
    stages = f"""
        - draft: {{kind: fill, {TITLE}, who: role lawyer, fields: [hr], file: true}}
        - personnel: {{kind: approve, {TITLE}, who: person kim, when: hr}}
        - money: {{kind: approve, {TITLE}, who: role finance}}
        """
    for needed, next_ in ((True, "kim"), (False, "olga")):
        told = story(stages)
        told.answer("morozov", Answer.UNCLEAR, fields={"hr": needed})
        assert waits_on(told.it) == ["morozov"], "the draft itself is still missing"
        told.answer("morozov", Answer.UNCLEAR, files=(paper("Договор.docx", "e"),))
        assert waits_on(told.it) == [next_]
        assert [(f.name, f.version, f.by) for f in told.it.current_files] == [("Договор.docx", 1, "morozov")]


def test_a_stage_may_depend_on_how_an_earlier_one_agreed() -> None:
    stages = f"""
        - law: {{kind: approve, {TITLE}, who: role lawyer}}
        - boss: {{kind: approve, {TITLE}, who: role director, when: answers.law == "approve_with_remarks"}}
        - money: {{kind: approve, {TITLE}, who: role finance}}
        """
    plain = story(stages)
    plain.answer("morozov", Answer.APPROVE)
    assert waits_on(plain.it) == ["olga"]
    remarked = story(stages)
    remarked.answer("morozov", Answer.APPROVE_WITH_REMARKS, "поправьте п. 3")
    remarked.answer("morozov", Answer.APPROVE)
    assert waits_on(remarked.it) == ["boss"]


def test_a_limit_in_roubles_is_not_slipped_past_in_dollars_or_without_a_sum() -> None:
    stages = f"""
        - boss: {{kind: approve, {TITLE}, who: role director, when: 'amount.over(money("100 000 RUB"))'}}
        - money: {{kind: approve, {TITLE}, who: role finance}}
        """
    assert waits_on(story(stages, amount="99999.00").it) == ["olga"]
    assert waits_on(story(stages, amount="100000.01").it) == ["boss"]
    assert waits_on(story(stages, amount="5.00", currency="USD").it) == ["boss"]
    assert waits_on(story(stages).it) == ["boss"]


# --- kinds


READ = f"- read: {{kind: acknowledge, {TITLE}, who: [department design, role director], due: 2 working days}}"


def test_everybody_reads_for_himself_and_only_the_whole_word_counts() -> None:
    told = story(READ)
    done = told.answer("kim", Answer.UNCLEAR, "ок")
    assert letters(done) == [("unclear", "kim")]
    for person in ("boss", "kim", "lagunin"):
        assert told.it.state is CaseState.OPEN
        told.answer(person, Answer.ACKNOWLEDGE)
    assert told.it.state is CaseState.DONE


def test_a_yes_is_no_acquaintance_and_an_acquaintance_no_yes() -> None:
    told = story(READ)
    told.answer("kim", Answer.APPROVE)
    assert "kim" in waits_on(told.it)
    agreed = story(f"- law: {{kind: approve, {TITLE}, who: role lawyer}}")
    agreed.answer("morozov", Answer.ACKNOWLEDGE)
    assert waits_on(agreed.it) == ["morozov"]


def test_opinions_are_gathered_side_by_side_with_their_files() -> None:
    told = story(
        f"""
        - offers: {{kind: collect, {TITLE}, who: role group, order: 2}}
        - choice: {{kind: approve, {TITLE}, who: role director}}
        """
    )
    assert waits_on(told.it) == ["zuev", "kim", "olga"]
    told.answer("zuev", Answer.UNCLEAR, "можно дешевле", files=(paper("КП 1.pdf", "b"),))
    assert waits_on(told.it) == ["kim", "olga"]
    told.answer("olga", Answer.UNCLEAR, "", files=(paper("КП 2.pdf", "c"),))
    assert waits_on(told.it) == ["boss"]
    beside = [(f.name, f.by, f.current) for f in told.it.files]
    assert beside == [("КП 1.pdf", "zuev", False), ("КП 2.pdf", "olga", False)]
    assert [a.decision.comment for a in told.it.at_stage("offers") if a.decision] == ["можно дешевле", "КП 2.pdf"]


def test_work_that_must_bring_a_file_is_not_done_without_it() -> None:
    told = story(f"- scan: {{kind: perform, {TITLE}, who: person sekretar, file: true}}")
    done = told.answer("sekretar", Answer.DONE)
    assert (letters(done), waits_on(told.it)) == ([("file", "sekretar")], ["sekretar"])
    told.answer("sekretar", Answer.UNCLEAR, files=(paper("Скан.pdf", "f"),))
    assert told.it.state is CaseState.DONE
    assert [f.name for f in told.it.current_files] == ["Скан.pdf"]


def test_a_notice_is_sent_once_in_the_readers_language_and_keeps_nobody_waiting() -> None:
    told = story(
        f"""
        - law: {{kind: approve, {TITLE}, who: role lawyer}}
        - told: {{kind: notify, {TITLE}, who: [initiator, role accountant], text: "Да: {{subject_matter}}, {{number}}"}}
        - money: {{kind: approve, {TITLE}, who: role finance}}
        """
    )
    done = told.answer("morozov", Answer.APPROVE)
    notices = [e for e in done.effects if isinstance(e, SendLetter) and e.kind == "notice"]
    assert [(e.to, e.words["text"]) for e in notices] == [
        ("ivan", "Да: о замене, З-2026-0001"),
        ("buh", "Да: о замене, З-2026-0001"),
    ]
    assert waits_on(told.it) == ["olga"]
    told.answer("olga", Answer.REWORK, "не так")
    told.answer("ivan", Answer.DONE, fields={"counterparty": "А"})
    again = told.answer("morozov", Answer.APPROVE)
    assert "notice" not in {kind for kind, _ in letters(again)}


def test_a_produced_paper_goes_to_its_readers_once_it_is_made() -> None:
    told = story(
        f"""
        - sheet: {{kind: produce, {TITLE}, needs: [approval_sheet], who: role accountant, text: Лист во вложении}}
        - law: {{kind: approve, {TITLE}, who: role lawyer}}
        """
    )
    assert [e.document for e in told.transitions[0].effects if isinstance(e, MakeDocument)] == ["approval_sheet"]
    assert waits_on(told.it) == ["morozov"]
    made = told.makes("approval_sheet")
    assert letters(made) == [("notice", "buh")]


# --- where nobody is left


@pytest.mark.parametrize(
    "kind", ["kind: perform, answer: paid", "kind: perform", "kind: fill, fields: [object]", "kind: resolve"]
)
def test_what_must_be_done_and_has_nobody_left_to_do_it_is_not_passed(kind: str) -> None:
    told = story(
        f"""
        - law: {{kind: approve, {TITLE}, who: role lawyer, if_initiator: role director}}
        - work: {{{kind}, {TITLE}, who: head of department design}}
        """
    )
    # The head has left while the case was under way.
    told.office = replace(told.office, directory=read_directory(STAFF.replace("head: kim, ", "")))
    done = told.answer("morozov", Answer.APPROVE)
    assert (told.it.state, told.it.stage, waits_on(told.it)) == (CaseState.OPEN, "work", [])
    assert ("comment", "sekretar") in letters(done)


def test_where_nobody_has_to_read_the_case_goes_on() -> None:
    told = story(
        f"""
        - read: {{kind: acknowledge, {TITLE}, who: executors of tasks}}
        - last: {{kind: approve, {TITLE}, who: role director}}
        """,
        tasks=("ООО «Ромашка» — поставить станок",),
    )
    assert waits_on(told.it) == ["boss"]


# --- what is refused when the file is read


@pytest.mark.parametrize(
    ("stages", "complaint"),
    [
        (f"- a: {{kind: notify, {TITLE}, who: initiator}}", "kind notify needs `text:`"),
        (f"- a: {{kind: produce, {TITLE}}}", "kind produce needs `needs:`"),
        (f"- a: {{kind: fill, {TITLE}, who: initiator}}", "kind fill needs `fields:` or `file:`"),
        (f"- a: {{kind: approve, {TITLE}, who: initiator, text: x}}", "`text:` belongs to kind notify"),
        (f"- a: {{kind: notify, {TITLE}, who: initiator, text: '{{nothing}}'}}", "`{nothing}` is not known here"),
        (f"- a: {{kind: approve, {TITLE}, who: department sale}}", "there is no department `sale`"),
        (f"- a: {{kind: approve, {TITLE}, who: field object}}", "no field `object` of people"),
        (f"- a: {{kind: approve, {TITLE}, who: []}}", "write who acts here"),
        (f"- a: {{kind: approve, {TITLE}, who: {{by: object, of: {{X: initiator}}}}}}", "`object`, which is no choice"),
        (f"- a: {{kind: approve, {TITLE}, who: {{by: kind, of: {{ТЗ: initiator}}}}}}", "says nothing of Договор"),
        (
            f"- a: {{kind: approve, {TITLE}, who: {{by: kind, of: {{ТЗЗ: initiator}}, else: initiator}}}}",
            "the table has `ТЗЗ`",
        ),
        (f"- a: {{kind: approve, {TITLE}, who: role lawyer, beside: b}}", "`b` is not the stage just above `a`"),
        (f'- a: {{kind: approve, {TITLE}, who: role lawyer, when: kind == "Дог"}}', '`kind` is never "Дог"'),
        (f'- a: {{kind: approve, {TITLE}, who: role lawyer, when: answers.b == "done"}}', "no earlier stage"),
        (
            f"- a: {{kind: approve, {TITLE}, who: role lawyer}}\n"
            f'- b: {{kind: approve, {TITLE}, who: role finance, beside: a, when: answers.a == "approve"}}',
            "no earlier stage",
        ),
        (
            f"- a: {{kind: approve, {TITLE}, who: role lawyer}}\n"
            f'- b: {{kind: approve, {TITLE}, who: role finance, when: answers.a == "agreed"}}',
            '`answers.a` is never "agreed"',
        ),
        (
            f'- a: {{kind: approve, {TITLE}, who: role lawyer, when: \'money("1 RUB").over(money("1 USD"))\'}}',
            "two currencies",
        ),
        (
            f"- a: {{kind: approve, {TITLE}, who: role lawyer, on_silence: {{after: 3 working days, approve: true}}}}\n"
            f"- b: {{kind: perform, {TITLE}, who: role accountant, answer: paid}}",
            "silence at stage `a` would agree to a payment",
        ),
        (f"- a: {{kind: approve, {TITLE}, who: role lawyer, order: one per departments}}", "one per department"),
    ],
)
def test_what_does_not_hold_together_is_refused_with_its_cure(stages: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        process(stages)
    assert complaint in str(wrong.value)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_questions_about_people_are_asked_in_the_readers_language(language: Language) -> None:
    from mailflow.core.showing import Ways, letter_view

    told = story(CHOSEN, approvers=("olga", "petr", "boss", "kim"))
    letter = next(e for e in told.transitions[0].effects if isinstance(e, SendLetter) and e.kind == "registered")
    view = letter_view(replace(letter, language=language), told.it, told.office, Ways(), told.now)
    [question] = view.questions
    assert "Смирнова О.Н., Петров П.П., Иванов И.С." in question
