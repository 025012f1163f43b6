"""`parlour user`: accounts, as the operator makes them."""

import sys
from pathlib import Path

import rich_click as click

from entrypoints.cli.options import configured, load_settings
from entrypoints.cli.stored import opened


@click.group()
def user() -> None:
    """Make accounts."""


@user.command()
@click.argument("handle")
@click.option("--name", help="Name that others see; the handle where missing.")
@click.option("--admin", is_flag=True, help="Let this user administer the service.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of input."
)
@configured
def add(
    *,
    config: Path | None,
    given: dict[str, object],
    handle: str,
    name: str | None,
    admin: bool,
    password_stdin: bool,
) -> None:
    """Make an account; the password is asked for, or read, and never an argument."""
    from adapters.security import is_common
    from domain.access import Password
    from domain.kernel.errors import DomainError, Invalid
    from domain.users import DisplayName, Handle, UserRole

    settings = load_settings(config, given).settings
    try:
        wanted = Handle.parse(handle)
        shown = DisplayName.parse(name or wanted.value)
        raw = _password(wanted.value, from_stdin=password_stdin)
        password = Password.parse(raw)
        if is_common(raw):
            raise Invalid("is one that everybody tries first", field="password")
    except DomainError as problem:
        raise click.ClickException(f"The {problem}") from None
    role = UserRole.ADMIN if admin else UserRole.USER
    with opened(settings) as container:
        container.storage().check()
        made = container.use_cases().create_user(
            handle=wanted, display_name=shown, password=password, role=role
        )
    click.echo(f"Made the {made.role.value} {made.handle}.")


def _password(handle: str, *, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask at: give --password-stdin")
    answer: str = click.prompt(
        f"Password for {handle}", hide_input=True, confirmation_prompt=True, err=True
    )
    return answer
