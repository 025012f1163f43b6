"""`parlour verify`: checks that a running deployment loses, doubles and reorders nothing."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import rich_click as click

from parlour.entrypoints.cli.os_errors import explain
from parlour.entrypoints.cli.secret_input import decode_secret

if TYPE_CHECKING:
    from parlour.entrypoints.verify import Record
    from parlour.entrypoints.verify.driver import Plan


@click.command()
@click.option(
    "--url",
    "urls",
    metavar="URL",
    multiple=True,
    required=True,
    help="URL of a node; repeat it for each node.",
)
@click.option(
    "--users", default=4, show_default=True, type=click.IntRange(2, 50), help="Users to register."
)
@click.option("--seconds", default=20.0, show_default=True, help="How long they send messages.")
@click.option("--rate", default=4.0, show_default=True, help="Messages a second of each client.")
@click.option(
    "--heal",
    default=60.0,
    show_default=True,
    help="Seconds within which every client must have every message.",
)
@click.option(
    "--logins",
    type=click.File("rb"),
    help="File with existing accounts: a handle and a password a line.",
)
@click.option(
    "--history",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what the clients saw to this file.",
)
@click.option("--insecure", is_flag=True, help="Allow http:// beyond this machine.")
def verify(
    *,
    urls: tuple[str, ...],
    users: int,
    seconds: float,
    rate: float,
    heal: float,
    logins: IO[bytes] | None,
    history: Path | None,
    insecure: bool,
) -> None:
    """Send messages through running nodes and check that none is lost, doubled or out of order.

    Leaves a few temporary users and their conversations behind. Exit code 0: all checks passed;
    1: one failed; 2: too little happened to decide.
    """
    from parlour.entrypoints.client.errors import ClientError
    from parlour.entrypoints.client.http import read_server
    from parlour.entrypoints.verify import Expectations, judge
    from parlour.entrypoints.verify.driver import Plan

    try:
        plan = Plan(
            urls=tuple(read_server(url, insecure=insecure) for url in urls),
            users=users,
            seconds=seconds,
            rate=rate,
            heal=heal,
            logins=_logins(logins.read() if logins else b""),
        )
        records = _drive(plan, history or Path("/dev/null"))
    except ClientError as problem:
        click.echo(f"unknown: the run could not be made: {problem}")
        sys.exit(2)
    # Each client sends at least one message a second.
    verdict = judge(records, Expectations(sends=int(users * seconds), heal=heal))
    click.echo(str(verdict))
    sys.exit({"pass": 0, "fail": 1, "unknown": 2}[verdict.outcome])


def _drive(plan: "Plan", history: Path) -> Sequence["Record"]:
    """Run the clients as planned; return what they saw, and write it to *history*."""
    from parlour.entrypoints.verify.driver import drive_alone
    from parlour.entrypoints.verify.recorder import Recorder

    try:
        with history.open("w", encoding="utf-8") as file:
            recorder = Recorder(file)
            drive_alone(plan, recorder)
    except OSError as problem:
        raise click.ClickException(explain(problem)) from None
    return recorder.records


def _logins(raw: bytes) -> tuple[tuple[str, str], ...]:
    found = []
    text = decode_secret(raw, "The file of --logins")
    for line in filter(None, map(str.strip, text.splitlines())):
        handle, _, password = line.partition(" ")
        if not password:
            raise click.UsageError("--logins wants a handle and a password in each line")
        found.append((handle, password.strip()))
    if len(found) == 1:
        raise click.UsageError("--logins wants two accounts or more")
    return tuple(found)
