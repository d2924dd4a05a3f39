"""Every complaint about a rules file, word for word: where, what, and what to do.

A complaint is one line where it is printed, so it is one line here; … stands for a list that grows.
"""
# ruff: noqa: E501

from __future__ import annotations

import pytest

from mailflow.core.rule_set import read_rule_set
from mailflow.core.rules import read_process, read_version
from mailflow.errors import SettingsError
from tests.offices import directory

GOOD = """\
process: purchase
title: {ru: Закупка, en: Purchase}
summary: "{what} · {amount}"
register: {name: purchases, number: "ЗК-{year}-{seq:04}"}
starts_with: {address: [zakupka], subject: [закупка]}
fields:
  what:     {type: text, label: Что, required: true}
  amount:   {type: money, label: Сумма, required: "!urgent"}
  item:     {type: choice, label: Статья, of: [Реклама, Аренда]}
  urgent:   {type: bool, label: Срочно}
  by:       {type: date, label: К сроку}
  helpers:  {type: people, label: Помощники}
  number:   {type: text, label: Номер, from: []}
  day:      {type: date, label: День, from: []}
  memory:   {type: text, label: Помета, from: []}
stages:
  - head:
      kind: approve
      title: Руководитель
      who: manager of initiator
      due: 1 working day
      remind: [4 hours before]
  - answer:
      kind: fill
      title: Уточнение
      who: initiator
      fields: [item]
  - finance:
      kind: approve
      title: Финансы
      who: role finance_director
      if_initiator: role director
      when: amount.over(money("100 000 RUB"))
  - help:
      kind: perform
      title: Помощь
      who: field helpers
      when: size(helpers) > 0
      order: all
  - buy:
      kind: perform
      title: Оплата
      who: role accountant
      answer: paid
      due: field by
      number: {register: orders, form: "{seq}", field: number, date_field: day}
closing_papers: [approval_sheet]
"""


FILES = ("purchase", "second")


def complaint(*texts: str) -> str:
    with pytest.raises(SettingsError) as wrong:
        read_rule_set({f"rules/{n}.yaml": text for n, text in zip(FILES, texts, strict=False)}, directory())
    return str(wrong.value)


def test_the_file_the_others_are_made_from_is_right() -> None:
    assert read_process(GOOD, "rules/purchase.yaml", directory()).name == "purchase"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            "title: {ru: Закупка",
            'title: {ru: "Закупка',
            "3:11: this is not YAML (expected ',' or '}', but got '{'): check the indent and quotes",
        ),
        (
            "urgent:   {type: bool, label: Срочно}",
            "urgent:   {type: bool, label: Срочно}\n  urgent:   {type: text, label: Срочно}",
            "11:3: `urgent` stands here twice: keep one",
        ),
        (
            "process: purchase",
            "process: Purchase",
            "1:1: `process` cannot be `Purchase`: write small Latin letters, with _ between words",
        ),
        (
            "title: {ru: Закупка, en: Purchase}\n",
            "",
            "1:1: `title` is missing: add `title:`",
        ),
        (
            "title: {ru: Закупка, en: Purchase}",
            "title: {ru: Закупка}",
            "2:1: `en` is missing in `title`: add `en:`",
        ),
        (
            "starts_with:",
            "start_with:",
            "5:1: unknown key `start_with`: did you mean `starts_with`?",
        ),
        (
            "{name: purchases, number:",
            "{name: purchases, colour: red, number:",
            "4:29: unknown key `colour`: remove it, or write one of name, number, index, title",
        ),
        (
            "closing_papers: [approval_sheet]",
            "closing_papers: {a: b}",
            "47:1: `closing_papers` must be a list: write [a, b]",
        ),
        (
            "of: [Реклама, Аренда]}",
            "of: [Реклама, Аренда], material: true}",
            "27:7: stage `answer` fills in the material field `item` after stage `head` may have agreed: put stage `answer` before `head`, or remove `material` from the field",
        ),
        (
            "label: День, from: []}",
            "label: День, from: [], material: true}",
            "46:7: stage `buy` fills in the material field `day` after stage `head` may have agreed: put stage `buy` before `head`, or remove `material` from the field",
        ),
        (
            "ЗК-{year}-{seq:04}",
            "ЗК-{year}",
            "4:29: the number has no {seq}: every case would have the same one",
        ),
        (
            "ЗК-{year}-{seq:04}",
            "ЗК-{seq:04}",
            "4:29: the number `ЗК-{seq:04}` has no {year}: it is counted anew each year, so numbers repeat: add {year}",
        ),
        (
            "ЗК-{year}-{seq:04}",
            "{seq}/{year}",
            "4:29: the number `{seq}/{year}` could not be told in the subject of a mail: write letters, year and number as in `СЧ-{year}-{seq:04}`",
        ),
        (
            "ЗК-{year}-{seq:04}",
            "ЗК-{yaer}-{seq:04}",
            "4:29: `{yaer}` is not known here: known are index, seq, year",
        ),
        (
            "ЗК-{year}-{seq:04}",
            "ЗК-{year}-{seq:04",
            "4:29: the braces are not in pairs or the format is wrong (unmatched '{' in format spec): mend them",
        ),
        (
            'form: "{seq}"',
            'form: "01-14"',
            "46:34: the registration number of stage `buy` has no {seq}: every document would have the same one",
        ),
        (
            "type: bool, label: Срочно",
            "type: boolean, label: Срочно",
            "10:14: `type` cannot be `boolean`: write one of …",
        ),
        (
            ", of: [Реклама, Аренда]",
            "",
            "9:3: the choice `item` has no values: add `of: [...]`, or `of: NAME` of a list",
        ),
        (
            '"{what} · {amount}"',
            '"{what} · {sum}"',
            "3:1: `{sum}` is not known here: known are amount, by, day, helpers, item, memory, number, urgent, what",
        ),
        (
            "label: Помета, from: []",
            "label: Помета, required: true, from: []",
            "15:3: field `memory` is required and no mail may state it (`from: []`): remove `required` or `from`",
        ),
        (
            "number:   {type: text",
            "number:   {type: date",
            "46:7: stage `buy` writes its number to field `number`, which is of type date: make it `type: text` or name another",
        ),
        (
            '"!urgent"',
            '"!urgently"',
            "8:41: the condition names `urgently`, which is no field: known are …",
        ),
        (
            '"!urgent"',
            '"!urgent &&"',
            "8:41: the condition `!urgent &&` cannot be read from character 11 on (mismatched input '<EOF>'): check its quotes, brackets, && and ||",
        ),
        (
            '"!urgent"',
            '"amount"',
            "8:41: the condition must be true or false: compare it with something",
        ),
        (
            '"!urgent"',
            '"urgent == 1"',
            "8:41: `urgent` is never equal to 1: compare it with true",
        ),
        (
            'amount.over(money("100 000 RUB"))',
            "amount > 100000",
            "33:7: `amount > 100000`: sums are compared with within() and over(), as in amount.within(initiator.trusted_sum)",
        ),
        (
            'amount.over(money("100 000 RUB"))',
            'money("5 RUB").within(money("5 USD"))',
            "33:7: 5 RUB and 5 USD are in two currencies: compare sums in one",
        ),
        (
            'amount.over(money("100 000 RUB"))',
            'amount.over(money("100 000 USD"))',
            '33:7: `amount.over(money("100 000 USD"))` is never true: this process has no field `currency`, so every sum is in RUB: add the field or write the sum in RUB',
        ),
        (
            'amount.over(money("100 000 RUB"))',
            'amount.over(money("a lot"))',
            "33:7: `a lot` is not a sum: write it as 1 000 000 RUB",
        ),
        (
            'amount.over(money("100 000 RUB"))',
            'item == "Рекламма"',
            '33:7: `item` is never "Рекламма": it may be Реклама, Аренда',
        ),
        (
            'amount.over(money("100 000 RUB"))',
            'initiator.department == "marketting"',
            "33:7: the condition is about `marketting`: there is no department `marketting` in directory.yaml",
        ),
        (
            'amount.over(money("100 000 RUB"))',
            'initiator.id == "nobody"',
            "33:7: the condition is about `nobody`: nobody has the id `nobody` in directory.yaml",
        ),
        (
            'amount.over(money("100 000 RUB"))',
            'memory != ""',
            "33:7: the condition asks for field `memory`, which nothing ever fills (`from: []`): remove `from` from the field or the condition",
        ),
        (
            'amount.over(money("100 000 RUB"))',
            'open("x")',
            "33:7: the condition calls `open`, which does not exist: there are …",
        ),
        (
            "role accountant",
            "role bookkeeper",
            "43:7: nobody holds the role `bookkeeper`: add it under `roles:` in directory.yaml",
        ),
        (
            "role accountant",
            "person nobody",
            "43:7: nobody has the id `nobody`: add the person to directory.yaml",
        ),
        (
            "role accountant",
            "head of department sales",
            "43:7: there is no department `sales`: add it to directory.yaml",
        ),
        (
            "role accountant",
            "whoever",
            "43:7: `whoever` names nobody: write one of: …",
        ),
        (
            "      who: role accountant\n",
            "",
            "40:5: stage `buy` has no `who`: add it or remove the stage",
        ),
        (
            "      if_initiator: role director\n",
            "",
            "28:5: stage `finance` could fall to the initiator himself and money moves here: add `if_initiator: role ...`",
        ),
        (
            "who: field helpers",
            "who: field people",
            "37:7: there is no field `people` of people: add it under `fields:` with type people",
        ),
        (
            "who: field helpers",
            "who: field what",
            "37:7: there is no field `what` of people: add it under `fields:` with type people",
        ),
        (
            "      when: size(helpers) > 0\n",
            "",
            "37:7: stage `help` would have nobody to ask where field `helpers` is empty: make the field `required: true`, let a stage before fill it, or add `when: size(helpers) > 0`",
        ),
        (
            "      who: role finance_director\n",
            "      who: role finance_director\n      order: 3\n",
            "31:7: stage `finance` needs 3 to agree, and the role `finance_director` is held by 1: lower `order:` or add holders",
        ),
        (
            "kind: fill",
            "kind: fil",
            "24:7: `kind` cannot be `fil`: write one of …",
        ),
        (
            "      fields: [item]\n",
            "",
            "23:5: stage `answer`: kind fill needs `fields:` or `file:`",
        ),
        (
            "fields: [item]",
            "fields: [itm]",
            "27:7: there is no field `itm`: add it under `fields:`",
        ),
        (
            "fields: [item]",
            "fields: [memory]",
            "27:7: stage `answer` waits for field `memory`, which no mail may state (`from: []`): remove `from` from the field",
        ),
        (
            "- answer:",
            "- rework:",
            "23:5: the stage name `rework` is taken: choose another",
        ),
        (
            "- answer:",
            "- head:",
            "23:5: the stage name `head` is taken: choose another",
        ),
        (
            "due: 1 working day",
            "due: soon",
            "21:7: `soon` is no duration: write «1 working day», «4 hours», «3 рабочих дня»",
        ),
        (
            "      due: 1 working day\n",
            "",
            "21:7: stage `head` reminds of a term it has not: add `due:`",
        ),
        (
            "due: field by",
            "due: field what",
            "45:7: stage `buy` is due by field `what`, which is of type text: make it `type: date` or name another",
        ),
        (
            "due: field by",
            "due: field when",
            "45:7: there is no field `when`: add it under `fields:`",
        ),
        (
            "[4 hours before]",
            "[sometimes]",
            "22:16: `sometimes` is no time to remind: write «4 hours before» or «at due»",
        ),
        (
            "order: all",
            "order: whenever",
            "39:7: `order` cannot be `whenever`: write in turn, all, any, one per department, or how many of them must agree",
        ),
        (
            "order: all",
            "order: 0",
            "39:7: `order` cannot be `0`: write in turn, all, any, one per department, or how many of them must agree",
        ),
        (
            "answer: paid",
            "answer: payed",
            "44:7: `answer` cannot be `payed`: write one of done, paid",
        ),
        (
            "      title: Финансы\n",
            "      title: Финансы\n      answer: paid\n",
            "31:7: stage `finance` is of kind approve: `answer: paid` belongs to kind perform",
        ),
        (
            "      title: Финансы\n",
            "      title: Финансы\n      skip_note: Не нужно\n",
            "31:7: stage `finance` is never skipped: add `skip_when:` or remove `skip_note:`",
        ),
        (
            "      title: Финансы\n",
            "      title: Финансы\n      actions: [reject]\n",
            "31:7: stage `finance` cannot be agreed: add `approve`",
        ),
        (
            "      title: Помощь\n",
            "      title: Помощь\n      if_initiator: role director\n",
            "34:5: stage `help`: `if_initiator:` belongs to kind approve",
        ),
        (
            "      title: Помощь\n",
            "      title: Помощь\n      done_by_linked: true\n",
            "37:7: stage `help` waits for a linked case, and none before it starts one: add a stage of kind spawn",
        ),
        (
            "      title: Помощь\n",
            "      title: Помощь\n      needs: [contract]\n",
            "37:7: there is no paper `contract`: there are …",
        ),
        (
            "[approval_sheet]",
            "[sheet]",
            "47:1: there is no paper `sheet`: there are …",
        ),
        (
            "kind: fill\n",
            "kind: spawn\n",
            "23:5: stage `answer`: `fields:` belongs to kind fill\n23:5: stage `answer`: kind spawn needs `spawn:`",
        ),
        (
            'form: "{seq}", field: number',
            'form: "{seq}", field: by',
            "46:7: stage `buy` writes its number to field `by`, which is of type date: make it `type: text` or name another",
        ),
        (
            "      title: Финансы\n",
            "      title: Финансы\n      on_silence: {after: 2 working days, approve: true}\n",
            "28:5: silence at stage `finance` would agree to a payment: remove `approve: true`, or write `approve: even for money` if that is meant",
        ),
        (
            "      title: Помощь\n",
            "      title: Помощь\n      beside: head\n",
            "37:7: `head` is not the stage just above `help`",
        ),
        (
            "      title: Помощь\n",
            "      title: Помощь\n      on_silence: {after: 1 working day, escalate_to: role boss}\n",
            "37:42: nobody holds the role `boss`: add it under `roles:` in directory.yaml",
        ),
        (
            "      title: Помощь\n",
            "      title: Помощь\n      on_silence: {after: 1 working day, escalate_to: [manager, person nobody]}\n",
            "37:42: nobody has the id `nobody`: add the person to directory.yaml",
        ),
        (
            "      title: Помощь\n",
            "      title: Помощь\n      on_silence: {after: 1 working day, escalate_to: field item}\n",
            "37:42: there is no field `item` of people: add it under `fields:` with type people",
        ),
        (
            "      title: Помощь\n",
            "      title: Помощь\n      on_silence: {after: 1 working day, escalate_to: []}\n",
            "37:42: `escalate_to` names nobody: write manager, role NAME, person ID, or leave the key out",
        ),
        (
            "      title: Помощь\n",
            "      title: Помощь\n      on_silence: {after: 1 working day, escalate_to: boss}\n",
            "37:42: `boss` names nobody: write one of: …",
        ),
        (
            "who: field helpers",
            "who: {by: item, of: {Реклама: role director}}",
            "37:7: the table says nothing of Аренда: add rows, or `else: ...`",
        ),
    ],
)
def test_a_wrong_file_is_told_where_it_is_wrong_and_what_to_do(right: str, wrong: str, said: str) -> None:
    assert right in GOOD
    told = complaint(GOOD.replace(right, wrong, 1)).splitlines()
    expected = [f"rules/purchase.yaml:{line}" for line in said.splitlines()]
    for one, other in zip(told, expected, strict=True):
        assert one == other or (other.endswith("…") and one.startswith(other[:-1]))


def test_what_is_wrong_is_told_all_at_once() -> None:
    text = GOOD.replace("role accountant", "role bookkeeper").replace("kind: fill", "kind: fill\n      due: field x")
    assert len(complaint(text, "").splitlines()) == 3


def test_a_limit_in_another_currency_is_right_where_the_card_holds_the_currency() -> None:
    limit = GOOD.replace("100 000 RUB", "1 000 USD")
    text = limit.replace("  urgent: ", "  currency: {type: text, label: Валюта}\n  urgent: ")
    assert read_process(text, "rules/purchase.yaml", directory()).stage("finance") is not None


# --- between files

ANSWER = """  - reply:
      kind: spawn
      title: Ответ
      spawn: {process: second, initiator: initiator, subject: Ответ, take: {what: number}}
"""
SECOND = (
    GOOD.replace("process: purchase", "process: second")
    .replace("ЗК-", "ЗП-")
    .replace("name: purchases", "name: seconds")
    .replace("[zakupka]", "[second]")
    .replace("[закупка]", "[второе]")
)


def starting(text: str, process: str, when: str = "") -> str:
    """Let the process start a case of another."""
    stage = ANSWER.replace("process: second", f"process: {process}") + when
    return text.replace("closing_papers:", f"{stage}closing_papers:")


def test_two_processes_that_differ_stand_beside_each_other() -> None:
    assert len(read_rule_set({"a.yaml": starting(GOOD, "second"), "b.yaml": SECOND}, directory())) == 2


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (
            GOOD,
            SECOND.replace("process: second", "process: purchase"),
            "rules/second.yaml:1:1: rules/purchase.yaml is `process: purchase` too: rename one",
        ),
        (
            GOOD,
            SECOND.replace("[second]", "[second, ZAKUPKA]"),
            "rules/second.yaml:5:15: mails to the address `ZAKUPKA` start purchase already "
            "(rules/purchase.yaml:5:15): keep it in one of the two",
        ),
        (
            GOOD.replace("[закупка]", "[счёт]"),
            SECOND.replace("[второе]", "[Счет]"),
            "rules/second.yaml:5:34: mails whose subject begins with `Счет` start purchase already "
            "(rules/purchase.yaml:5:35): keep it in one of the two",
        ),
        (
            GOOD,
            SECOND.replace("ЗП-", "ЗК-"),
            "rules/second.yaml:4:27: purchase numbers its cases `ЗК-{year}-{seq:04}` too, in a register of its own "
            "(rules/purchase.yaml:4:29): change one, or let both share one",
        ),
        (
            starting(GOOD, "third"),
            SECOND,
            "rules/purchase.yaml:50:7: stage `reply` starts `third`, and there is no such process: "
            "there are purchase, second",
        ),
        (
            starting(GOOD, "second").replace("{what: number}", "{colour: number}"),
            SECOND,
            "rules/purchase.yaml:50:7: the process second has no field `colour` to take anything into",
        ),
        (
            starting(GOOD, "second").replace("{what: number}", "{what: colour}"),
            SECOND,
            "rules/purchase.yaml:50:7: this process has no field `colour` to take `what` from",
        ),
        (
            starting(GOOD, "second"),
            starting(SECOND, "purchase"),
            "rules/purchase.yaml:50:7: cases would start each other without end (purchase → second → purchase): "
            "add a `when:` to one of these stages",
        ),
        (
            starting(GOOD, "purchase"),
            SECOND,
            "rules/purchase.yaml:50:7: cases would start each other without end (purchase → purchase): "
            "add a `when:` to one of these stages",
        ),
    ],
)
def test_what_two_files_claim_alike_is_refused(first: str, second: str, said: str) -> None:
    assert complaint(first, second) == said


def test_a_circle_with_a_condition_in_it_is_not_refused() -> None:
    texts = {"a.yaml": starting(GOOD, "second", "      when: urgent\n"), "b.yaml": starting(SECOND, "purchase")}
    assert len(read_rule_set(texts, directory())) == 2


def test_a_field_another_process_hands_over_may_be_asked_for_in_a_condition() -> None:
    first = starting(GOOD, "second").replace("{what: number}", "{memory: number}")
    second = SECOND.replace('when: amount.over(money("100 000 RUB"))', 'when: memory != ""')
    assert "`memory`, which nothing ever fills" in complaint(GOOD, second)
    assert len(read_rule_set({"a.yaml": first, "b.yaml": second}, directory())) == 2


def test_a_process_no_mail_starts_has_its_fields_from_whoever_starts_it() -> None:
    text = GOOD.replace("starts_with: {address: [zakupka], subject: [закупка]}\n", "")
    text = text.replace("label: Помета, from: []", "label: Помета, required: true, from: []")
    assert read_process(text, "rules/purchase.yaml", directory()).name == "purchase"


def test_a_register_may_be_shared() -> None:
    second = SECOND.replace("ЗП-", "ЗК-").replace("name: seconds", "name: purchases")
    assert len(read_rule_set({"a.yaml": GOOD, "b.yaml": second}, directory())) == 2


def test_a_version_that_was_in_force_is_read_although_checks_have_grown_since() -> None:
    text = GOOD.replace("      when: size(helpers) > 0\n", "")
    assert "nobody to ask" in complaint(text)
    assert read_version(text, "version 1").stage("help") is not None


def test_a_stage_that_runs_beside_one_that_approves_fills_in_nothing_material() -> None:
    material = GOOD.replace("of: [Реклама, Аренда]}", "of: [Реклама, Аренда], material: true}")
    before = material.replace("kind: approve", "kind: acknowledge", 1)
    beside = before.replace("title: Финансы", "title: Финансы\n      beside: answer")
    assert read_process(before, "rules/purchase.yaml", directory()).name == "purchase"
    assert "fills in the material field `item` after stage `finance` may have agreed" in complaint(beside)
