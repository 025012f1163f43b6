"""The reference of the commands is current."""

from collections.abc import Iterator

import click

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
