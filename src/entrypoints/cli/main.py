"""`parlour`: the group of all commands, and the entry point of the program."""

import os
import sys
from contextlib import suppress
from importlib.metadata import version
from typing import NoReturn

import rich_click as click

from parlour import DISTRIBUTION
from parlour.entrypoints.cli.archive import backup, export, import_, restore
from parlour.entrypoints.cli.audit import audit, stats
from parlour.entrypoints.cli.chat.command import chat
from parlour.entrypoints.cli.configuration import config_group
from parlour.entrypoints.cli.db import db
from parlour.entrypoints.cli.doctor import doctor
from parlour.entrypoints.cli.log import log_group, reload_
from parlour.entrypoints.cli.os_errors import explain
from parlour.entrypoints.cli.serve import serve
from parlour.entrypoints.cli.user import user
from parlour.entrypoints.cli.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version(DISTRIBUTION), prog_name=DISTRIBUTION)
def parlour() -> None:
    """Parlour, a real-time messaging service."""


_ADMINISTRATION = (user, audit, stats, db, backup, restore, export, import_, config_group, doctor)
_RUNNING_NODE = (log_group, reload_)
for command in (serve, chat, *_RUNNING_NODE, *_ADMINISTRATION, verify):
    parlour.add_command(command)


def main() -> None:
    """Run the command line; an error is one plain line on standard error."""
    try:
        code = parlour(prog_name=DISTRIBUTION, standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code)
    except click.Abort:
        click.echo("", err=True)
        sys.exit(130)
    except click.ClickException as problem:
        # Without the frames of rich-click: errors also go to logs, scripts and narrow terminals.
        problem.show()
        sys.exit(problem.exit_code)
    except OSError as problem:
        _end(problem)


def _end(problem: OSError) -> NoReturn:
    """End the program because of *problem*, which nothing below has explained."""
    # What waits for standard output cannot be written: Python must not try again at the end.
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    # A reader that has seen enough, as in `parlour config docs | head`, is no error.
    if not isinstance(problem, BrokenPipeError):
        click.echo(f"Error: {explain(problem)}", err=True)
    sys.exit(1)
