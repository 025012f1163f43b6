"""`parlour user`: accounts, as the operator sees and changes them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from parlour.entrypoints.cli.operator_session import (
    account_of,
    as_json,
    moment,
    operating,
    operator,
    show,
)
from parlour.entrypoints.cli.options import configured

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
    """Make accounts, look at them, shut them."""


@user.command()
@click.argument("handle")
@click.option("--name", help="Name that others see; the handle where missing.")
@click.option("--admin", is_flag=True, help="Let this user administer the service.")
@password_stdin
@configured
def add(
    *,
    config: Path | None,
    given: dict[str, object],
    handle: str,
    name: str | None,
    admin: bool,
    from_stdin: bool,
) -> None:
    """Make an account; the password is asked for, or read, and never an argument."""
    from parlour.domain.kernel.errors import Invalid
    from parlour.domain.users import DisplayName, Handle, UserRole

    try:
        wanted = Handle.parse(handle)
        shown = DisplayName.parse(name or wanted.value)
    except Invalid as problem:
        raise click.ClickException(f"The {problem}") from None
    password = _password(wanted.value, from_stdin=from_stdin)
    role = UserRole.ADMIN if admin else UserRole.USER
    with operating(config, given) as container:
        made = container.use_cases().add_account(
            operator(), handle=wanted, display_name=shown, password=password, role=role
        )
    click.echo(f"Made the {made.role.value} {made.handle}.")


@user.command(name="list")
@click.argument("prefix", default="")
@as_json
@configured
def list_(config: Path | None, given: dict[str, object], prefix: str, as_json: bool) -> None:
    """List accounts whose handle begins with PREFIX, by handle; all of them without it."""
    rows = []
    with operating(config, given) as container:
        find, cursor = container.use_cases().find_accounts, None
        while True:
            page = find(operator(), prefix, cursor=cursor, limit=100)
            rows += [
                {
                    "handle": each.handle.value,
                    "role": each.role.value,
                    "state": "disabled" if each.disabled else "enabled",
                    "since": moment(each.created_at),
                    "id": str(each.id),
                    "name": each.display_name.value,
                }
                for each in page.users
            ]
            cursor = page.next
            if cursor is None:
                break
    show(rows, as_json=as_json, nothing="There are no such accounts.")


@user.command()
@click.argument("handle")
@configured
def disable(config: Path | None, given: dict[str, object], handle: str) -> None:
    """Shut an account and log its owner out everywhere.

    A running service refuses them within 5 seconds and closes open sockets within 30; through
    `/v1/admin` it does both at once.
    """
    with operating(config, given) as container:
        use = container.use_cases()
        _, ended = use.set_account_disabled(operator(), account_of(use, handle), disabled=True)
    click.echo(f"{handle} is disabled; {_sessions(len(ended.devices))} ended.")


@user.command()
@click.argument("handle")
@configured
def enable(config: Path | None, given: dict[str, object], handle: str) -> None:
    """Open an account again that was disabled."""
    with operating(config, given) as container:
        use = container.use_cases()
        use.set_account_disabled(operator(), account_of(use, handle), disabled=False)
    click.echo(f"{handle} is enabled.")


@user.command(name="reset-password")
@click.argument("handle")
@password_stdin
@configured
def reset_password(
    config: Path | None, given: dict[str, object], handle: str, from_stdin: bool
) -> None:
    """Give an account another password and log its owner out everywhere.

    The password is asked for, or read, and never an argument.
    """
    password = _password(handle, from_stdin=from_stdin)
    with operating(config, given) as container:
        use = container.use_cases()
        ended = use.reset_password(operator(), account_of(use, handle), password)
    click.echo(f"{handle} has a new password; {_sessions(len(ended.devices))} ended.")


@user.command()
@click.argument("handle")
@as_json
@configured
def sessions(config: Path | None, given: dict[str, object], handle: str, as_json: bool) -> None:
    """List the devices on which somebody is logged in, the newest first."""
    with operating(config, given) as container:
        use = container.use_cases()
        devices = use.list_sessions(operator(), account_of(use, handle))
    rows = [
        {
            "device": str(each.id),
            "name": each.info.name,
            "platform": each.info.platform,
            "since": moment(each.created_at),
            "seen": moment(each.last_seen_at),
        }
        for each in devices
    ]
    show(rows, as_json=as_json, nothing=f"{handle} is logged in nowhere.")


@user.command()
@click.argument("handle")
@configured
def logout(config: Path | None, given: dict[str, object], handle: str) -> None:
    """Log somebody out everywhere; they may log in again."""
    with operating(config, given) as container:
        use = container.use_cases()
        ended = use.log_out_everywhere(operator(), account_of(use, handle))
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
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask at: give --password-stdin")
    answer: str = click.prompt(
        f"Password for {handle}", hide_input=True, confirmation_prompt=True, err=True
    )
    return answer
