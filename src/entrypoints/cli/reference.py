"""The reference of all commands in Markdown, made from the commands: docs/reference/cli.md.

`python -m parlour.entrypoints.cli.reference > docs/reference/cli.md` writes it anew.
"""

import inspect
import sys
from collections.abc import Iterator

import click

from parlour.entrypoints.cli.chat.commands import COMMANDS
from parlour.entrypoints.cli.main import parlour

_INTRODUCTION = (
    "# Command line",
    "",
    "<!-- Written by `python -m parlour.entrypoints.cli.reference` from the commands. -->",
    "",
    "Every command says what it does with `--help`. What goes wrong is one plain line on standard",
    "error; the exit code is 0 where all is well, 1 where something is wrong, 2 where the command",
    "is written wrongly, and 130 after Ctrl+C.",
)


def reference_markdown() -> str:
    """Return the reference of all commands."""
    lines = [*_INTRODUCTION, *_commands(parlour, "parlour"), *_talk()]
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        called = f"{path} {name}"
        if isinstance(command, click.Group):
            yield from _commands(command, called)
        else:
            yield from _command(command, called)


def _command(command: click.Command, called: str) -> Iterator[str]:
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    options = [each for each in command.params if isinstance(each, click.Option)]
    form = [called, *(argument.make_metavar(_NOWHERE) for argument in arguments)]
    written = " ".join([*form, *(["[OPTIONS]"] if options else [])])
    yield from ("", f"## {called}", "", f"`{written}`", "")
    yield from inspect.cleandoc(command.help or "").splitlines()
    if options:
        yield from ("", "| option | meaning |", "|---|---|")
        for option in options:
            yield f"| {_names(option)} | {_meaning(option)} |"


def _names(option: click.Option) -> str:
    metavar = "" if option.is_flag else f" {option.metavar or option.name.upper()}"
    return ", ".join(f"`{name}{metavar}`" for name in option.opts)


def _meaning(option: click.Option) -> str:
    meaning = option.help or ""
    if option.envvar:
        meaning += f" Environment: `{option.envvar}`."
    if option.show_default:
        meaning += f" Default: `{option.default}`."
    if option.multiple:
        meaning += " May be given several times."
    return meaning


def _talk() -> Iterator[str]:
    yield from ("", "## Inside parlour chat", "")
    yield from ("| typed | does |", "|---|---|")
    for usage in COMMANDS.values():
        yield f"| `{usage.form}` | {usage.meaning} |"
    yield "| `y`, after a question | yes; anything else is no |"
    yield "| anything else | is said to the open conversation; `//x` says `/x` |"
    yield from _ABOUT_MESSAGES


_ABOUT_MESSAGES = (
    "",
    "`#N` is the number that stands before a message. Without it a command takes the last one",
    "that suits. What was shown cannot change: what happens to a message is a line of its own,",
    "and `/history` shows messages as they are. A text that is left on the line with Ctrl+C",
    "becomes the draft of the conversation, and is on the line when it is opened again.",
)


_NOWHERE = click.Context(parlour)

if __name__ == "__main__":
    sys.stdout.write(reference_markdown())
