"""The page of the processes is made from the rules, and the committed one is what is made today."""

from __future__ import annotations

from click.testing import CliRunner

from mailflow.app import read_rules
from mailflow.cli import main
from mailflow.core.rule_book import ExampleMail, rule_book
from tests.offices import HERE

PAGE = HERE.parent / "docs" / "processes.md"


def test_the_committed_page_is_what_the_rules_make() -> None:
    made = CliRunner().invoke(main, ["rules", "book", "--site", str(HERE.parent)])
    assert made.exit_code == 0, made.output
    assert made.output == PAGE.read_text("utf-8"), "run `mailflow rules book > docs/processes.md`"


def test_every_process_has_a_chapter_with_a_mail_that_starts_it() -> None:
    page = PAGE.read_text("utf-8")
    for process in read_rules([HERE.parent / "rules"], None):
        _, _, after = page.partition(f'<a id="{process.name}"></a>')
        chapter = after.partition('<a id="')[0]
        assert "\nTo: docs" in chapter, process.name
        assert all(stage.rule.title.ru in chapter for stage in process.stages), process.name


def test_a_process_without_a_story_has_no_example_and_the_rest_of_its_chapter() -> None:
    [memo] = [one for one in read_rules([HERE.parent / "rules"], None) if one.name == "memo"]
    bare = rule_book([memo], {})
    told = rule_book([memo], {"memo": ExampleMail("+sz", "СЗ: о графике", "Кому: Ким Н.Л.", ("Смета.pdf",))})
    assert "Subject:" not in bare
    assert "**Register.**" in bare
    assert "To: docs+sz@company\nSubject: СЗ: о графике\nAttachments: Смета.pdf\n\nКому: Ким Н.Л.\n" in told
