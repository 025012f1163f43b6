"""Getting in: tokens from an earlier time, a password, or a new account."""

import sys
from typing import Protocol

import click

from parlour.entrypoints.cli.chat.api import Entrance
from parlour.entrypoints.cli.chat.problems import ChatError, Refused
from parlour.entrypoints.cli.chat.screen import read_secret
from parlour.entrypoints.cli.chat.tokens import Tokens


class Questions(Protocol):
    """Asks whoever starts the client."""

    def password(self, handle: str, *, is_new: bool) -> str:
        """Return the password of *handle*; raise `ChatError` where nobody can be asked."""
        ...

    def may_register(self, handle: str) -> bool:
        """Tell whether to make an account, after a log-in failed."""
        ...


class Terminal(Questions):
    """Asks at the terminal; nothing that is typed is shown or kept."""

    def password(self, handle: str, *, is_new: bool) -> str:
        if not sys.stdin.isatty():
            raise ChatError(f"{handle} is not logged in here: give --password-stdin")
        answer: str = click.prompt(
            f"Password for {handle}", hide_input=True, confirmation_prompt=is_new, err=True
        )
        return answer

    def may_register(self, handle: str) -> bool:
        return click.confirm(f"Handle or password is wrong. Register {handle} anew?", err=True)


class Pipe(Questions):
    """Takes the password from the first line of standard input; the rest is said."""

    def password(self, handle: str, *, is_new: bool) -> str:  # noqa: ARG002 - nobody types it twice
        password = read_secret()
        if not password:
            raise ChatError(f"No password for {handle} came on standard input")
        return password

    def may_register(self, handle: str) -> bool:  # noqa: ARG002 - a script says --register
        return False


async def enter(
    handle: str, tokens: Tokens, entrance: Entrance, questions: Questions, *, register: bool
) -> None:
    """Make sure that there are tokens for *handle*.

    Raises:
        ChatError: there are none to be had.
    """
    if tokens.are_there and not register:
        return
    password = questions.password(handle, is_new=register)
    if register:
        tokens.keep(await entrance.register(handle, password))
        return
    try:
        tokens.keep(await entrance.log_in(handle, password))
    except Refused as refusal:
        if refusal.code != "unauthenticated" or not questions.may_register(handle):
            raise
        tokens.keep(await entrance.register(handle, password))
