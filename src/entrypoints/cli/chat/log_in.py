"""Logging in: with the tokens of an earlier time, a password, or a new account."""

import os
import sys
from typing import Any, Protocol

import click

from parlour.entrypoints.cli.secret_input import ask_password, interruptible, read_password
from parlour.entrypoints.client.api import AuthApi
from parlour.entrypoints.client.errors import ClientError, Refused
from parlour.entrypoints.client.tokens import Tokens

MIN_PASSWORD = 8
"""Characters that the service asks of a new password at least."""


def _refusal_of(password: str) -> str | None:
    if len(password) >= MIN_PASSWORD:
        return None
    return f"password must have at least {MIN_PASSWORD} characters"


class Questions(Protocol):
    """Asks the user who starts the client."""

    def password(self, handle: str, *, is_new: bool) -> str:
        """Return the password of *handle*; raise `ClientError` where nobody can be asked."""
        ...

    def may_register(self, handle: str) -> bool:
        """Return whether to create an account, after a log-in failed."""
        ...


class Terminal(Questions):
    """Asks at the terminal; a password is neither shown nor kept."""

    def password(self, handle: str, *, is_new: bool) -> str:
        if not sys.stdin.isatty():
            raise ClientError(f"{handle} is not logged in here: give --password-stdin")
        return ask_password(handle, refusal_of=_refusal_of if is_new else None)

    def may_register(self, handle: str) -> bool:
        with interruptible():
            wrong = f"The password is wrong, or there is no account {handle}."
            return click.confirm(f"{wrong} Register {handle}?", err=True)


class Pipe(Questions):
    """Takes the password from the first line of standard input; the rest are messages."""

    def password(self, handle: str, *, is_new: bool) -> str:  # noqa: ARG002 - unused
        with os.fdopen(0, "rb", buffering=0, closefd=False) as source:
            password = read_password(source)
        if not password:
            raise ClientError(f"No password for {handle} came on standard input")
        return password

    def may_register(self, handle: str) -> bool:  # noqa: ARG002 - a script uses --register
        return False


async def ensure_tokens(
    handle: str, tokens: Tokens, auth: AuthApi, questions: Questions, *, register: bool
) -> None:
    """Make sure that there are tokens for *handle*.

    Raises:
        ClientError: nobody could log in.
    """
    if tokens.is_logged_in and not register:
        return
    password = questions.password(handle, is_new=register)
    if register:
        tokens.keep(await auth.register(handle, password))
        return
    try:
        tokens.keep(await auth.log_in(handle, password))
    except Refused as refusal:
        if refusal.code != "unauthenticated" or not await auth.is_registration_open():
            raise
        if not questions.may_register(handle):
            raise
        tokens.keep(await _register_anew(handle, password, auth))


async def _register_anew(handle: str, password: str, auth: AuthApi) -> Any:
    """Register after a refused log-in; where the handle is taken, the password was wrong."""
    try:
        return await auth.register(handle, password)
    except Refused as refusal:
        if refusal.code != "handle_taken":
            raise
        raise ClientError(f"{handle} has an account, and this is not its password") from None
