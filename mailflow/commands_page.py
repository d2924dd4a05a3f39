"""The reference page of the command line, written from the commands themselves.

Owns: the words around them. What a command does and what its options mean stands at the command alone.
Run as `python -m mailflow.commands_page` it prints the page: docs/commands.md is that text.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from mailflow.cli import main

HEAD = """# Commands

Every command tells this itself: `mailflow COMMAND --help`. A site is named by `-s SITE` or by `MAILFLOW_SITE`; without
either it is the folder one stands in. Exit codes: 0 done, 1 something is wrong and said, 2 wrong arguments.

The shell completes them: `eval "$(_MAILFLOW_COMPLETE=bash_source mailflow)"` in `~/.bashrc`, `zsh_source` for zsh,
`fish_source` for fish.

This page is written by `python -m mailflow.commands_page`.
"""


def commands(command: click.Command = main, name: str = "mailflow") -> Iterator[tuple[str, click.Command]]:
    """Give every command that does something, by its whole name, in the order of the alphabet."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    for own, below in sorted(command.commands.items()):
        yield from commands(below, f"{name} {own}")


def commands_page() -> str:
    """Write the page."""
    return "\n".join((HEAD, *(_shown(name, command) for name, command in commands())))


def _shown(name: str, command: click.Command) -> str:
    usage = " ".join((name, *command.collect_usage_pieces(click.Context(command, info_name=name))))
    about = inspect.cleandoc(command.help or "")
    options = [_row(one) for one in command.params if isinstance(one, click.Option)]
    table = ["| option | meaning |", "|---|---|", *options, ""] if options else []
    return "\n".join((f"## {name}", "", f"`{usage}`", "", about, "", *table))


def _row(option: click.Option) -> str:
    names = ", ".join(f"`{one}`" for one in (*option.opts, *option.secondary_opts))
    kind = " ".join(f"`{one}`" for one in option.type.choices) if isinstance(option.type, click.Choice) else ""
    told = (option.help or "", f"One of {kind}." if kind else "")
    return f"| {names} | {' '.join(filter(None, told))} |"


if __name__ == "__main__":
    print(commands_page(), end="")
