"""docs/behaviours.md is true: every behaviour it names has its story, by the story's own name, in the file it names."""

from __future__ import annotations

import re

from mailflow.stories.form import read_stories
from tests.offices import HERE

PAGE = (HERE.parent / "docs" / "behaviours.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| `(\w+\.yaml)`: (.+?) \|$", PAGE, re.MULTILINE)
STORIES = HERE.parent / "rules" / "tests"


def test_every_behaviour_on_the_page_has_the_story_it_names() -> None:
    known = {
        (path.name, story.name)
        for path in STORIES.glob("*.yaml")
        if path.name != "directory.yaml"
        for story in read_stories(path.read_text(encoding="utf-8"), path.name)
    }
    assert len(ROWS) == PAGE.count("\n| ") - 1
    assert [(file, story) for _, file, story in ROWS if (file, story) not in known] == []


def test_no_behaviour_stands_on_the_page_twice() -> None:
    said = [behaviour for behaviour, _, _ in ROWS]
    assert len(said) == len(set(said))
