"""Shared by the operator's commands: the storage, the operator's identity, printed tables."""

import getpass
import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from parlour.entrypoints.cli.open_storage import open_container, warn_of_second_writer
from parlour.entrypoints.cli.options import load_settings

if TYPE_CHECKING:
    from datetime import datetime

    from parlour.domain.administration import Principal
    from parlour.domain.kernel.ids import UserId
    from parlour.entrypoints.container import Container
    from parlour.entrypoints.use_cases import UseCases

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@contextmanager
def operator_container(
    config: Path | None, overrides: Mapping[str, object], *, writes: bool = False
) -> Iterator["Container"]:
    """Open the container of the configuration and check its storage; *writes*: to change it.

    Raises:
        click.ClickException: the storage cannot be used, or is the memory of one process.
    """
    settings = load_settings(config, overrides).settings
    if settings.storage.backend == "memory":
        raise click.ClickException(
            "storage.backend is memory: nothing is stored outside the process that serves."
        )
    if writes:
        warn_of_second_writer(settings)
    with open_container(settings) as container:
        container.storage().check()
        yield container


def operator() -> "Principal":
    """Return the operator as the audit log names them: `account@machine`."""
    from parlour.domain.administration import Principal

    try:
        account = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in many containers
        account = "nobody"
    return Principal(None, f"{account}@{socket.gethostname()}")


def find_account(use: "UseCases", handle: str) -> "UserId":
    """Return the id of the user with this handle, or raise `click.ClickException`."""
    from parlour.domain.kernel.errors import Invalid, NotFound
    from parlour.domain.users import Handle

    try:
        return use.find_account(operator(), Handle.parse(handle)).id
    except (NotFound, Invalid):
        raise click.ClickException(f"There is no user {handle}.") from None


def print_rows(rows: Sequence[Mapping[str, Any]], *, as_json: bool, nothing: str) -> None:
    """Print rows as aligned columns, or as one JSON object a line; *nothing* if there are none."""
    if as_json:
        for row in rows:
            click.echo(json.dumps(dict(row), ensure_ascii=False))
        return
    if not rows:
        click.echo(nothing)
        return
    names = list(rows[0])
    lines = [[name.upper() for name in names]]
    lines += [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def format_time(at: "datetime") -> str:
    """Return a time for people: to the second, in UTC."""
    return at.strftime("%Y-%m-%d %H:%M:%SZ")


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={each}" for name, each in value.items())
    return "" if value is None else str(value)
