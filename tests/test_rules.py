"""What a rules file may say, what it may not, and how that is told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from mailflow.core.conditions import compile_condition
from mailflow.core.money import Money
from mailflow.core.paper_views import PAPERS
from mailflow.core.rule_checks import PAPER_NAMES
from mailflow.core.rules import read_process
from mailflow.core.starting import may_start
from mailflow.errors import SettingsError
from tests.offices import HERE, MONDAY, directory, invoice_process, neon, shipped_process

TEXT = (HERE.parent / "rules" / "invoice.yaml").read_text(encoding="utf-8")
KNOWN = {"amount": "money", "urgent": "bool", "item": "text", "initiator": "person", "pay_by": "date"}


def line_of(words: str, text: str = TEXT) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


@pytest.mark.parametrize("file", sorted((HERE.parent / "rules").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_process_is_right_and_says_everything_in_both_languages(file: Path) -> None:
    process = read_process(file.read_text(encoding="utf-8"), file.name, directory())
    assert process.name == file.stem
    asked = [rule.ask for rule in process.fields.values() if rule.required]
    words = [process.title, process.register.title, *asked, *(stage.rule.title for stage in process.stages)]
    assert all(word is not None and word.ru and word.en and word.ru != word.en for word in words)
    assert process.starts_with.address
    assert any(word.isascii() for word in process.starts_with.subject)


def test_the_shipped_invoice_process_is_right() -> None:
    process = read_process(TEXT, "rules/invoice.yaml", directory())
    assert [stage.name for stage in process.stages] == ["managers", "finance", "payment", "payee_told", "closing"]
    assert process.material >= {"amount", "account", "inn"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("who: role accountant", "who: role bookkeeper", "nobody holds the role `bookkeeper`"),
        ("who: role accountant", "who: somebody", "`somebody` names nobody: write one of"),
        ("      who: role accountant\n", "", "stage `payment` has no `who`"),
        ("kind: perform", "kind: dance", "kind"),
        ("due: 1 working day", "due: soon", "`soon` is no duration"),
        ("[4 hours before, at due]", "[sometimes]", "`sometimes` is no time to remind"),
        ("total.within(initiator.trusted_sum)", "amount <= initiator.trusted_sum", "within() and over()"),
        ("total.within(initiator.trusted_sum)", "amout.within(initiator.trusted_sum)", "names `amout`"),
        ("total.within(initiator.trusted_sum)", "amount.within(", "cannot be read"),
        ("total.within(initiator.trusted_sum)", "amount", "must be true or false"),
        ('"!urgent"', '"!urgently"', "names `urgently`"),
        ("{year}-{seq:04}", "{year}", "has no {seq}"),
        ("{year}-{seq:04}", "{yaer}-{seq:04}", "`{yaer}` is not known here"),
        ("· {counterparty} · {amount}", "· {contractor}", "`{contractor}` is not known here"),
        ("      if_initiator: role director           # nobody decides on his own case\n", "", "add `if_initiator:"),
        ("    of: [Реклама", "    off: [Реклама", "unknown key `off`"),
        ("- finance:", "- managers:", "the stage name `managers` is taken"),
        ("- finance:", "- rework:", "the stage name `rework` is taken"),
        ("closing_papers: [approval_sheet]", "closing_papers: [sheet]", "there is no paper `sheet`"),
        ("order: in turn", "order: whenever", "write in turn, all, any"),
    ],
)
def test_a_wrong_rules_file_is_refused_with_line_and_cure(old: str, new: str, complaint: str) -> None:
    assert old in TEXT
    with pytest.raises(SettingsError) as wrong:
        read_process(TEXT.replace(old, new, 1), "rules/invoice.yaml", directory())
    said = str(wrong.value)
    assert complaint in said
    assert said.startswith("rules/invoice.yaml:")


def test_the_line_of_a_complaint_is_the_line_of_the_fault() -> None:
    text = TEXT.replace("who: role accountant", "who: role bookkeeper")
    with pytest.raises(SettingsError) as wrong:
        read_process(text, "rules/invoice.yaml", directory())
    assert f"rules/invoice.yaml:{line_of('role bookkeeper', text)}:" in str(wrong.value)


def test_without_people_only_the_people_are_left_unchecked() -> None:
    text = TEXT.replace("who: role accountant", "who: role bookkeeper")
    assert read_process(text, "rules/invoice.yaml", None).name == "invoice"


def roubles(amount: str) -> Money:
    return Money(Decimal(amount))


@pytest.mark.parametrize(
    ("source", "values", "holds"),
    [
        ('amount.over(money("1 000 000 RUB"))', {"amount": roubles("1000000.01")}, True),
        ('amount.over(money("1 000 000 RUB"))', {"amount": roubles("1000000.00")}, False),
        ('amount.over(money("1 000 000 RUB"))', {"amount": Money(Decimal(9_000_000), "USD")}, False),
        ('amount.within(money("5 RUB"))', {"amount": None}, False),
        ('urgent && item == "Реклама"', {"urgent": True, "item": "Реклама"}, True),
        ('item.lower() == "аренда"', {"item": "АРЕНДА"}, True),
        ('pay_by < "2026-12-01"', {"pay_by": "2026-11-20"}, True),
        ('initiator.department == "it"', {"initiator": {"department": "it"}}, True),
    ],
)
def test_what_a_condition_says(source: str, values: dict[str, object], holds: bool) -> None:
    assert compile_condition(source, KNOWN).holds(values) is holds  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "source",
    ["amount > 5", 'urgent == "да"', "urgent || amount > 5", "item + 1 == 2", "open('x')", "__import__('os')", "1"],
)
def test_a_condition_of_the_wrong_kind_is_refused_when_it_is_loaded(source: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        compile_condition(source, KNOWN)  # type: ignore[arg-type]


def test_every_paper_a_rules_file_may_name_can_be_made() -> None:
    assert tuple(PAPERS) == PAPER_NAMES


@pytest.mark.parametrize(
    ("who", "complaint"),
    [
        ("manager of initiator", "nobody has asked yet"),
        ("field executors", "nobody has asked yet"),
        ("role nobody_holds", "nobody holds the role `nobody_holds`"),
    ],
)
def test_who_may_start_is_known_before_there_is_a_card(who: str, complaint: str) -> None:
    text = (HERE.parent / "rules" / "media.yaml").read_text(encoding="utf-8")
    with pytest.raises(SettingsError, match=f"rules/media.yaml:\\d+:\\d+: {complaint}"):
        read_process(text.replace("started_by: role director", f"started_by: {who}"), "rules/media.yaml", directory())


def test_whoever_acts_for_one_who_may_start_may_too() -> None:
    media = shipped_process("media")
    office = neon(None, media)
    assert [p for p in office.directory.people if may_start(media, p, office, MONDAY)] == ["director"]
    assert all(may_start(invoice_process(), p, office, MONDAY) for p in office.directory.people)
