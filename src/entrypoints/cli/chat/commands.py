"""What a typed line means: a message, or a command such as `/open bob`. Pure."""

import shlex
from collections.abc import Mapping

import attrs

from parlour.entrypoints.cli.chat.problems import ChatError


@attrs.frozen
class Usage:
    """How a command is written, what it does, and how many words it takes."""

    form: str
    meaning: str
    least: int = 0
    most: int = 0


COMMANDS: Mapping[str, Usage] = {
    "list": Usage("/list", "your conversations, with what is new"),
    "open": Usage("/open WHO", "talk to a handle, a group, or a number of the list", 1, 1),
    "close": Usage("/close", "talk to nobody"),
    "history": Usage("/history [N]", "the N messages before those shown (20)", 0, 1),
    "read": Usage("/read", "who has received and read your last message"),
    "who": Usage("/who", "who is here, and how they are seen"),
    "group": Usage("/group NAME HANDLE…", 'make a group; quote a "NAME of words"', 1, 101),
    "add": Usage("/add HANDLE…", "add people to this group", 1, 100),
    "members": Usage("/members", "everybody in this conversation, with their roles"),
    "leave": Usage("/leave", "leave this group"),
    "help": Usage("/help", "these commands"),
    "quit": Usage("/quit", "end; what is not sent yet is kept and sent the next time"),
}

_SHORT = {"q": "quit", "exit": "quit", "?": "help", "ls": "list", "o": "open", "h": "history"}


@attrs.frozen
class Say:
    """A text for the open conversation."""

    text: str


@attrs.frozen
class Command:
    """A deed by name, and the words after it."""

    name: str
    words: tuple[str, ...] = ()


def parse(line: str) -> Say | Command | None:
    """Read a line; None where it is empty. `//x` says `/x`.

    Raises:
        ChatError: it begins like a command and is none; the text says what would be one.
    """
    text = line.strip()
    if not text:
        return None
    if not text.startswith("/") or text.startswith("//"):
        return Say(text.removeprefix("/") if text.startswith("//") else line.rstrip())
    name, _, rest = text[1:].partition(" ")
    name = _SHORT.get(name.lower(), name.lower())
    usage = COMMANDS.get(name)
    if usage is None:
        raise ChatError(f"/{name} is no command: /help lists them, // begins a text with a slash")
    try:
        words = shlex.split(rest)
    except ValueError:
        raise ChatError(f"A quotation mark is not closed: {usage.form}") from None
    if not usage.least <= len(words) <= usage.most:
        raise ChatError(f"This command is written {usage.form}")
    return Command(name, tuple(words))


def parse_count(word: str, *, most: int = 100) -> int:
    """Read a number of messages; raise `ChatError` outside 1..*most*."""
    if not word.isascii() or not word.isdigit() or not 1 <= int(word) <= most:
        raise ChatError(f"{word} is not a number between 1 and {most}")
    return int(word)


def help_lines() -> list[str]:
    """Return one line a command."""
    width = max(len(usage.form) for usage in COMMANDS.values())
    lines = [f"{usage.form:{width}}  {usage.meaning}" for usage in COMMANDS.values()]
    return [*lines, "Anything else is said to the open conversation."]
