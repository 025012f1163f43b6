"""`parlour user`: the operator's commands for accounts."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from parlour.entrypoints.cli.operator_session import (
    as_json,
    find_account,
    format_time,
    operator,
    operator_container,
    print_rows,
)
from parlour.entrypoints.cli.options import configuration_options
from parlour.entrypoints.cli.secret_input import ask_password, read_password

if TYPE_CHECKING:
    from parlour.domain.access import Password

password_stdin = click.option(
    "--password-stdin",
    "from_stdin",
    is_flag=True,
    help="Read the password from the first line of input.",
)


@click.group()
def user() -> None:
    """Add, list, disable and enable accounts."""


@user.command()
@click.argument("handle")
@click.option("--name", help="Name that others see; by default the handle.")
@click.option("--admin", is_flag=True, help="Let this user administer the service.")
@password_stdin
@configuration_options
def add(
    *,
    config: Path | None,
    overrides: dict[str, object],
    handle: str,
    name: str | None,
    admin: bool,
    from_stdin: bool,
) -> None:
    """Add an account. The password is typed or read from input, never an argument."""
    from parlour.domain.kernel.errors import Invalid
    from parlour.domain.users import DisplayName, Handle, UserRole

    try:
        wanted = Handle.parse(handle)
        shown = DisplayName.parse(name or wanted.value)
    except Invalid as problem:
        raise click.ClickException(f"The {problem}") from None
    password = _password(wanted.value, from_stdin=from_stdin)
    role = UserRole.ADMIN if admin else UserRole.USER
    with operator_container(config, overrides, writes=True) as container:
        made = container.use_cases().add_account(
            operator(), handle=wanted, display_name=shown, password=password, role=role
        )
    click.echo(f"Added the {made.role.value} {made.handle}.")


@user.command(name="list")
@click.argument("prefix", default="")
@as_json
@configuration_options
def list_(config: Path | None, overrides: dict[str, object], prefix: str, as_json: bool) -> None:
    """List the accounts whose handle begins with PREFIX, or all, sorted by handle."""
    rows = []
    with operator_container(config, overrides) as container:
        find, cursor = container.use_cases().find_accounts, None
        while True:
            page = find(operator(), prefix, cursor=cursor, limit=100)
            rows += [
                {
                    "handle": each.handle.value,
                    "role": each.role.value,
                    "state": "disabled" if each.disabled else "enabled",
                    "since": format_time(each.created_at),
                    "id": str(each.id),
                    "name": each.display_name.value,
                }
                for each in page.users
            ]
            cursor = page.next
            if cursor is None:
                break
    print_rows(rows, as_json=as_json, nothing="There are no such accounts.")


@user.command()
@click.argument("handle")
@configuration_options
def disable(config: Path | None, overrides: dict[str, object], handle: str) -> None:
    """Disable an account and log its owner out everywhere.

    A running service refuses their requests within 5 seconds and closes their sockets within 30;
    through `/v1/admin` both happen at once.
    """
    with operator_container(config, overrides, writes=True) as container:
        use = container.use_cases()
        _, ended = use.set_account_disabled(operator(), find_account(use, handle), disabled=True)
    click.echo(f"{handle} is disabled; {_sessions(len(ended.devices))} ended.")


@user.command()
@click.argument("handle")
@configuration_options
def enable(config: Path | None, overrides: dict[str, object], handle: str) -> None:
    """Enable an account that was disabled."""
    with operator_container(config, overrides, writes=True) as container:
        use = container.use_cases()
        use.set_account_disabled(operator(), find_account(use, handle), disabled=False)
    click.echo(f"{handle} is enabled.")


@user.command(name="reset-password")
@click.argument("handle")
@password_stdin
@configuration_options
def reset_password(
    config: Path | None, overrides: dict[str, object], handle: str, from_stdin: bool
) -> None:
    """Set a new password and log the user out everywhere.

    The password is typed or read from input, never an argument.
    """
    password = _password(handle, from_stdin=from_stdin)
    with operator_container(config, overrides, writes=True) as container:
        use = container.use_cases()
        ended = use.reset_password(operator(), find_account(use, handle), password)
    click.echo(f"{handle} has a new password; {_sessions(len(ended.devices))} ended.")


@user.command()
@click.argument("handle")
@as_json
@configuration_options
def sessions(
    config: Path | None, overrides: dict[str, object], handle: str, as_json: bool
) -> None:
    """List the devices of a user that are logged in, the newest first."""
    with operator_container(config, overrides) as container:
        use = container.use_cases()
        devices = use.list_sessions(operator(), find_account(use, handle))
    rows = [
        {
            "device": str(each.id),
            "name": each.info.name,
            "platform": each.info.platform,
            "since": format_time(each.created_at),
            "seen": format_time(each.last_seen_at),
        }
        for each in devices
    ]
    print_rows(rows, as_json=as_json, nothing=f"{handle} is not logged in anywhere.")


@user.command()
@click.argument("handle")
@configuration_options
def logout(config: Path | None, overrides: dict[str, object], handle: str) -> None:
    """Log a user out everywhere; they may log in again."""
    with operator_container(config, overrides, writes=True) as container:
        use = container.use_cases()
        ended = use.log_out_everywhere(operator(), find_account(use, handle))
    click.echo(f"{_sessions(len(ended.devices))} of {handle} ended.")


def _sessions(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"


def _password(handle: str, *, from_stdin: bool) -> "Password":
    from parlour.domain.access import Password
    from parlour.domain.kernel.errors import Invalid

    raw = _typed(handle, from_stdin=from_stdin)
    try:
        return Password.parse(raw)
    except Invalid as problem:
        raise click.ClickException(f"The {problem}") from None


def _typed(handle: str, *, from_stdin: bool) -> str:
    if from_stdin:
        return read_password(sys.stdin.buffer)
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to type a password: use --password-stdin")
    return ask_password(handle, refusal_of=_refusal_of)


def _refusal_of(raw: str) -> str | None:
    from parlour.domain.access import Password
    from parlour.domain.kernel.errors import Invalid

    try:
        Password.parse(raw)
    except Invalid as problem:
        return str(problem)
    return None
