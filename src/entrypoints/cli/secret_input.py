"""Passwords from a terminal or from standard input: text in UTF-8, or a clear refusal.

A byte is never replaced by another one: two different passwords would become the same.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import rich_click as click

MAX_LENGTH = 4096
"""The longest line that is read, in bytes; no password may be as long."""

_BOM = b"\xef\xbb\xbf"


def read_password(source: IO[bytes]) -> str:
    """Read the first line of *source*; nothing beyond it, where *source* has no buffer.

    Raises:
        click.ClickException: it is not text in UTF-8, or too long.
    """
    line = source.readline(MAX_LENGTH + 1)
    if len(line) > MAX_LENGTH:
        raise click.ClickException("The password on standard input is too long.")
    return decode_secret(line.removesuffix(b"\n").removesuffix(b"\r"), "The password")


def decode_secret(raw: bytes, what: str) -> str:
    """Decode a file or a line that holds secrets, without a byte order mark at its beginning.

    Raises:
        click.ClickException: it is not text in UTF-8; the message begins with *what*.
    """
    try:
        return raw.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        raise click.ClickException(f"{what} is not text in UTF-8.") from None


def ask_password(handle: str, *, refusal_of: Callable[[str], str | None] | None = None) -> str:
    """Ask for the password of *handle* at the terminal, without showing what is typed.

    A new password is asked for twice: *refusal_of* returns why it cannot be taken, and it is asked
    for again at once.

    Raises:
        click.ClickException: what was typed is not text in the encoding of the terminal.
        click.Abort: the user pressed Ctrl+C or ended the input.
    """
    while True:
        answer = _ask(f"Password for {handle}")
        if refusal_of is None:
            return answer
        if refusal := refusal_of(answer):
            click.echo(f"Error: The {refusal}.", err=True)
            continue
        if _ask("Repeat for confirmation") == answer:
            return answer
        click.echo("Error: The two passwords differ.", err=True)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let the first Ctrl+C end a question, also inside a running event loop.

    The handler of `asyncio.run` cancels the main task, which notices it only after the answer.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _ask(question: str) -> str:
    refusal = "The password is not text: type it in the encoding of the terminal, UTF-8."
    try:
        with interruptible():
            answer: str = click.prompt(question, hide_input=True, err=True)
    except UnicodeDecodeError:
        raise click.ClickException(refusal) from None
    # In the locale C, Python reads a byte that is no text as half of a surrogate pair.
    if any("\ud800" <= sign <= "\udfff" for sign in answer):
        raise click.ClickException(refusal)
    return answer
