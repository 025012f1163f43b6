"""`parlour`: the group of all commands, and the entry point of the program."""

import sys
from importlib.metadata import version

import rich_click as click

from parlour import DISTRIBUTION
from parlour.entrypoints.cli.archive import backup, export, import_, restore
from parlour.entrypoints.cli.audit import audit, stats
from parlour.entrypoints.cli.chat.command import chat
from parlour.entrypoints.cli.configuration import config_group
from parlour.entrypoints.cli.db import db
from parlour.entrypoints.cli.doctor import doctor
from parlour.entrypoints.cli.log import log_group, reload_
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
        sys.exit(parlour(prog_name=DISTRIBUTION, standalone_mode=False))
    except click.Abort:
        click.echo("", err=True)
        sys.exit(130)
    except click.ClickException as problem:
        # Without the frames of rich-click: errors also go to logs, scripts and narrow terminals.
        problem.show()
        sys.exit(problem.exit_code)
