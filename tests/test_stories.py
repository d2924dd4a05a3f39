"""Stories of processes: those that come with mailflow hold, and one that does not hold says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailflow.errors import SettingsError
from mailflow.stories.form import read_stories
from mailflow.stories.play import Failure, Played
from mailflow.stories.run import run_stories, story_files
from mailflow.stories.telling import told
from tests.offices import HERE

SHIPPED = sorted(p.name for p in (HERE.parent / "rules" / "tests").glob("*.yaml") if p.name != "directory.yaml")
ASKED = """
      - from: i.kuznetsov
        subject: "Счёт: баннеры"
        text: |
          Подрядчик: ООО «Ромашка»
          Сумма: 120 000,50
          Статья: Реклама
          В бюджете: да
          Оплатить до: 30.11.2026
"""


@pytest.mark.parametrize("name", SHIPPED)
async def test_the_stories_that_come_with_mailflow_hold(name: str) -> None:
    path = HERE.parent / "rules" / "tests" / name
    async for _, played in run_stories(story_files(path.parent, [path]), path.parent):
        assert played.held, told(played, 0.0, whole=True)


async def played(tmp_path: Path, steps: str) -> Played:
    """Play one story of the shipped rules and the tests' people."""
    path = tmp_path / "invoice.yaml"
    path.write_text(f"stories:\n  - story: A story\n    steps:{ASKED}{steps}", encoding="utf-8")
    (tmp_path / "directory.yaml").write_text((HERE / "site" / "directory.yaml").read_text("utf-8"), "utf-8")
    [(_, done)] = [one async for one in run_stories(story_files(tmp_path, [path]), tmp_path)]
    return done


async def failure(tmp_path: Path, steps: str) -> Failure:
    done = await played(tmp_path, steps)
    assert done.failure is not None
    return done.failure


async def test_a_story_that_comes_otherwise_says_where_what_was_expected_and_what_happened(tmp_path: Path) -> None:
    done = await played(
        tmp_path, "      - reply: p.petrov\n        text: Согласовано\n        expect: {waits: [buh]}\n"
    )
    text = told(done, 0.1, whole=False)
    assert "FAILS  A story" in text
    assert "rules/tests/invoice.yaml:14:9: waits\n      expected: buh\n      happened: o.smirnova" in text
    assert "Mon 16.11.2026 10:02  p.petrov replies" in text
    assert "letter (ask) to o.smirnova: [СЧ-2026-0001]" in text


@pytest.mark.parametrize(
    ("expected", "what", "happened"),
    [
        ("{stage: payment}", "stage", "managers"),
        ("{state: done}", "state", "open"),
        ("{round: 2}", "round", "1"),
        ("{number: СЧ-2026-0002}", "number", "СЧ-2026-0001"),
        ("{cases: 2}", "cases", "1"),
        ("{case: СЧ-2026-0007, stage: managers}", "case", "there is none"),
        ("{waits: []}", "waits", "p.petrov"),
        ("{due: {p.petrov: 2026-11-16 18:00}}", "due of p.petrov", "2026-11-17 18:00"),
        ("{due: {buh: 2026-11-16 18:00}}", "due of buh", "no term"),
        ('{fields: {amount: "120000"}}', "field amount", "120000.50"),
        ("{fields: {amount: null}}", "field amount", "120000.50"),
        ("{fields: {urgent: true}}", "field urgent", "nothing"),
        ("{letters: none}", "letters", "ask to p.petrov; registered to i.kuznetsov"),
        ("{letters_in_all: 1}", "letters in all", "2: ask to p.petrov; registered to i.kuznetsov"),
        ("{letters: [{to: buh}]}", "letter to buh", "ask to p.petrov; registered to i.kuznetsov"),
        ("{letters: [{to: p.petrov, kind: reminder}]}", "letter to p.petrov (reminder)", "ask to p.petrov"),
        ("{letters: [{to: p.petrov, count: 2}]}", "letter to p.petrov", "1: ask to p.petrov"),
        ("{letters: [{to: p.petrov, count: 0}]}", "letter to p.petrov", "1: ask to p.petrov"),
        ("{letters: [{to: p.petrov, subject: срочно}]}", "letter to p.petrov: its subject says", "[СЧ-2026-0001]"),
        ("{letters: [{to: p.petrov, says: Василёк}]}", "letter to p.petrov says", "Ромашка"),
        ("{letters: [{to: p.petrov, says_not: Ромашка}]}", "letter to p.petrov does not say", "Ромашка"),
        ("{letters: [{to: p.petrov, encloses: Счёт.pdf}]}", "letter to p.petrov encloses", "nothing"),
        ("{papers: [approval_sheet]}", "papers", "none was made"),
        ("{journal: отклонил}", "journal says", "заявка принята"),
        ("{journal_not: принята}", "journal does not say", "заявка принята"),
        ("{understood: stray}", "understood as", "request"),
        ("{page: recorded}", "page", "nothing"),
    ],
)
async def test_every_expectation_can_fail(tmp_path: Path, expected: str, what: str, happened: str) -> None:
    failed = await failure(tmp_path, f"      - expect: {expected}\n")
    [found] = failed.differences
    assert found.what == what
    assert happened in found.happened


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("from: nobody", "nobody has the id `nobody`: use one of i.kuznetsov, p.petrov"),
        ("left: nobody", "nobody has the id `nobody`"),
        ("reply: buh", "buh has got no letter yet: let somebody write to him first"),
        ("{reply: p.petrov, letter: reminder}", "no letter of p.petrov is «reminder»: he has (ask) [СЧ-2026-0001]"),
        ("{press: i.kuznetsov, choice: approve}", "has no button: name another with `letter:`"),
        ("eml: no.eml", "no.eml: cannot be read beside the stories"),
        ("directory: {roles: {accountant: [nobody]}}", "nobody has the id `nobody`"),
    ],
)
async def test_a_step_that_cannot_be_played_says_why(tmp_path: Path, step: str, fault: str) -> None:
    failed = await failure(tmp_path, f"      - {step}\n")
    assert fault in failed.fault
    assert failed.at == "rules/tests/invoice.yaml:12:9"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("stories:\n  - story: A\n    steps:\n      - form: i.kuznetsov", "4:9: a step says what happens by one of"),
        (
            "stories:\n  - story: A\n    steps:\n      - from: a\n        sbject: b",
            "5:9: unknown key `sbject`: did you mean `subject`?",
        ),
        ("stories:\n  - story: A\n    steps:\n      - after: soon", "4:9: `soon` is no duration"),
        ("stories:\n  - story: A\n    steps:\n      - at: tomorrow", "4:9: `tomorrow` is no moment: write it as"),
        (
            "stories:\n  - story: A\n    steps:\n      - from: a\n        expect:\n          stag: b",
            "6:11: unknown key `stag`: did you mean `stage`?",
        ),
        ("stories:\n  - story: A\n    steps: []\n  - story: A\n    steps: []", "4:5: the story «A» stands here twice"),
        ("stories:\n  - steps: []", "2:5: `story` is missing"),
    ],
)
def test_a_wrong_file_of_stories_is_refused_with_line_and_cure(text: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        read_stories(text, "rules/tests/a.yaml")
    assert f"rules/tests/a.yaml:{complaint}" in str(wrong.value)


async def test_playing_writes_nothing_to_the_disk(tmp_path: Path) -> None:
    await played(tmp_path, "      - reply: p.petrov\n        text: Согласовано\n")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["directory.yaml", "invoice.yaml"]
