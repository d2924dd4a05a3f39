"""Every command and every option is on a page, and every command a page names can be given."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mailflow.cli import main
from mailflow.commands_page import commands, commands_page

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "systemd").glob("*.md")))
COMMANDS = dict(commands())


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert page == commands_page(), "write it anew: python -m mailflow.commands_page > docs/commands.md"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does_and_what_each_option_means(name: str) -> None:
    command = COMMANDS[name]
    assert (command.help or "").strip().endswith((".", ")")), name
    for one in command.params:
        if isinstance(one, click.Option) and not isinstance(one.type, click.Choice):
            assert one.help, f"{name} {one.opts[0]}"


def spoken(page: Path) -> Iterator[str]:
    """Give every command line a page shows in a code span or a block."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    for line in (*(line.strip() for block in blocks for line in block.splitlines()), *spans):
        said = re.match(r"(?:\S*/)?mailflow (?!is\b)([a-z].*)", line)
        if said:
            yield said[1].partition(" #")[0].partition(";")[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_a_page_names_is_there_with_its_options(page: Path) -> None:
    for line in spoken(page):
        command: click.Command = main
        words = shlex.split(line.replace("[", "").replace("]", "").replace("'", " "))
        while words and isinstance(command, click.Group):
            found = command.commands.get(words.pop(0))
            assert found is not None, f"{page.name}: mailflow {line}"
            command = found
        known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
        assert {word for word in words if re.match(r"--?[a-z]", word)} <= known, f"{page.name}: mailflow {line}"
