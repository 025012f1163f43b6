"""`parlour`: the commands in one group, and what every one of them begins with."""

import sys
from importlib.metadata import version

import rich_click as click

from entrypoints.cli.chat.command import chat
from entrypoints.names import DISTRIBUTION, NamesTaken, check_names


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version(DISTRIBUTION), prog_name=DISTRIBUTION)
def parlour() -> None:
    """Parlour, a real-time messaging service."""


parlour.add_command(chat)


def main() -> None:
    """Run the command line."""
    try:
        check_names()
    except NamesTaken as problem:
        sys.exit(f"Error: {problem}")
    parlour(prog_name=DISTRIBUTION)
