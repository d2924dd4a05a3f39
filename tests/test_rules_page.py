"""docs/rules.md says what is true: every key stands there, and every example of it is loaded or played."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel

from mailflow.core.rule_file import RuleFile
from mailflow.core.rule_words import Words
from mailflow.core.rules import read_process
from mailflow.core.stages import Kind, Reminder
from mailflow.errors import SettingsError
from mailflow.stories.form import Expected, read_stories
from mailflow.stories.run import run_stories, story_files
from mailflow.stories.telling import told
from tests.offices import HERE, directory

PAGE = (HERE.parent / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
AROUND = """
process: example
title: Пример
summary: "{subject_matter}"
register: {name: examples, number: "ПР-{year}-{seq:04}"}
starts_with: {subject: [пример]}
fields:
  subject_matter: {type: text, label: О чём}
  amount:         {type: money, label: Сумма}
  urgent:         {type: bool, label: Срочно}
  kind_of_paper:  {type: choice, label: Вид, of: [Договор, ТЗ, Письмо]}
  executors:      {type: people, label: Исполнители}
  reg_number:     {type: text, label: Номер, from: []}
  reg_date:       {type: date, label: Дата, from: []}
stages:
  - head: {kind: approve, title: Глава отдела, who: head of initiator's department, if_initiator: role director}
"""


def whole(example: str) -> str:
    """Put a part of a file into a whole one."""
    part: dict[str, Any] = yaml.safe_load(example)
    file: dict[str, Any] = yaml.safe_load(AROUND)
    if "who" in part:
        part = {"stages": [{"chosen": {"kind": "approve", "title": "Кто", "if_initiator": "role director", **part}}]}
    file["stages"] += part.pop("stages", [])
    file["fields"] |= part.pop("fields", {})
    return yaml.safe_dump({**file, **part}, allow_unicode=True, sort_keys=False)


@pytest.mark.parametrize(
    "example",
    [e for e in EXAMPLES if not e.startswith("stories:")],
    ids=lambda e: e.split()[1] if e.startswith("process") else " ".join(e.split()[:3]),
)
def test_every_example_of_a_process_is_right(example: str) -> None:
    text = example if example.startswith("process:") else whole(example)
    assert read_process(text, "rules/example.yaml", directory()).stages


async def test_every_example_of_a_story_holds(tmp_path: Path) -> None:
    stories = [e for e in EXAMPLES if e.startswith("stories:")]
    assert stories
    (tmp_path / "directory.yaml").write_text((HERE / "site" / "directory.yaml").read_text("utf-8"), "utf-8")
    for n, example in enumerate(stories):
        path = tmp_path / f"{n}.yaml"
        path.write_text(example, encoding="utf-8")
        assert read_stories(example, path.name)
        async for _, played in run_stories(story_files(tmp_path, [path]), tmp_path):
            assert played.held, told(played, 0.0, whole=True)


def test_the_complaint_shown_is_the_one_that_is_made() -> None:
    first = EXAMPLES[0].replace("required: true, synonyms", "requird: true, synonyms", 1)
    with pytest.raises(SettingsError) as wrong:
        read_process(first, "rules/leave.yaml", directory())
    assert f"```text\n{wrong.value}\n```" in PAGE


def models_of(model: type[BaseModel]) -> set[type[BaseModel]]:
    """Give the models a file is read into: the whole, and whatever a key of it holds."""
    found = {model}
    for field in model.model_fields.values():
        for inner in _models_in(field.annotation):
            found |= models_of(inner)
    return found


def _models_in(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from _models_in(part)


# A reminder and the words of a title are written as texts: they have no keys on a page.
@pytest.mark.parametrize("model", sorted(models_of(RuleFile) - {Words, Reminder}, key=lambda m: m.__name__))
def test_every_key_of_the_file_stands_on_the_page(model: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    said = set(re.findall(r"`([a-z_]+)[`:]", PAGE)) | set(re.findall(r"[{,] ?([a-z_]+): ", PAGE))
    assert keys - said == set()


def test_every_kind_of_stage_and_every_word_of_an_expectation_stands_on_the_page() -> None:
    words = {*Kind.__args__, *Expected.model_fields}  # type: ignore[attr-defined]
    assert {word for word in words if f"`{word}`" not in PAGE} == set()
