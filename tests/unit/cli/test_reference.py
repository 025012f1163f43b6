"""The reference of the commands is current."""

import re
from collections.abc import Iterator

import click
import pytest

from parlour.entrypoints.cli.main import parlour
from parlour.entrypoints.cli.reference import reference_markdown
from tests.support.programs import ROOT

DOCS = ROOT / "docs"


def test_the_reference_is_current() -> None:
    """To renew it: `python -m parlour.entrypoints.cli.reference > docs/reference/cli.md`."""
    assert (DOCS / "reference/cli.md").read_text("utf-8") == reference_markdown()


def every_command(
    group: click.Group, path: str = "parlour"
) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from every_command(command, f"{path} {name}")


def test_every_command_and_every_option_says_what_it_does() -> None:
    for path, command in every_command(parlour):
        options = [each for each in command.params if isinstance(each, click.Option)]
        assert command.help, path
        assert [each.name for each in options if not each.help] == [], path


def commands_in_papers() -> Iterator[tuple[str, str]]:
    for page in sorted([*DOCS.rglob("*.md"), ROOT / "README.md"]):
        text = page.read_text("utf-8")
        for line in re.findall(r"^\s*\$ (?:[A-Z_]+=\S+ )*(parlour .*)$", text, re.MULTILINE):
            yield page.name, line.partition("  #")[0].partition(" | ")[0].partition(" > ")[0]


@pytest.mark.parametrize(("page", "line"), list(commands_in_papers()))
def test_every_command_line_in_the_documents_is_valid(page: str, line: str) -> None:
    words = line.replace("…", "x").split()[1:]
    command: click.Command = parlour
    while isinstance(command, click.Group):
        assert words, f"{page}: {line} names no command"
        assert words[0] in command.commands, f"{page}: {line}"
        command = command.commands[words.pop(0)]
    options = {name for each in command.params for name in each.opts}
    given = {word.partition("=")[0] for word in words if word.startswith("--")}

    assert given <= options | {"--help"}, f"{page}: {line}"
