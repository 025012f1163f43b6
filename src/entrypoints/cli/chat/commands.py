"""What a typed line means and does: a message, or a command such as `/open bob`."""

import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence

import attrs

from parlour.entrypoints.cli.chat.conversation_actions import CHOICES, ConversationActions
from parlour.entrypoints.cli.chat.conversation_view import ConversationView
from parlour.entrypoints.cli.chat.message_actions import MessageActions
from parlour.entrypoints.client.errors import ClientError

Words = Sequence[str]

_SHORT = {
    "q": "quit",
    "exit": "quit",
    "?": "help",
    "ls": "list",
    "o": "open",
    "h": "history",
    "r": "reply",
    "e": "edit",
    "+": "react",
    "-": "unreact",
    "fwd": "forward",
}
_YES = frozenset({"y", "yes"})


@attrs.frozen
class TypedCommand:
    """A command by name, and the words after it; one text where the command takes a text."""

    name: str
    words: tuple[str, ...] = ()


def parse(line: str) -> str | TypedCommand | None:
    """Return the text to send, or the command; None where the line is empty. `//x` sends `/x`.

    Raises:
        ClientError: it is no text, or begins like a command and is none; the error says how to
            write one.
    """
    if any("\ud800" <= sign <= "\udfff" for sign in line):
        raise ClientError("This line is not text in UTF-8, and was not sent")
    text = line.strip()
    if not text:
        return None
    if not text.startswith("/") or text.startswith("//"):
        return text.removeprefix("/") if text.startswith("//") else line.rstrip()
    name, _, rest = text[1:].partition(" ")
    name = _SHORT.get(name.lower(), name.lower())
    command = COMMANDS.get(name)
    if command is None:
        raise ClientError(f"/{name} is no command: /help lists them, // sends a slash")
    words = _words(command, rest)
    if not command.min_words <= len(words) <= command.max_words:
        raise ClientError(f"This command is written {command.form}")
    return TypedCommand(name, words)


def _words(command: "ChatCommand", rest: str) -> tuple[str, ...]:
    if command.takes_text:
        return (rest.strip(),) if rest.strip() else ()
    try:
        # `#` begins a number here, no comment.
        return tuple(shlex.split(rest, comments=False))
    except ValueError:
        raise ClientError(f"A quotation mark is not closed: {command.form}") from None


class Actions:
    """Carries out what was typed."""

    def __init__(self, view: ConversationView) -> None:
        self._view = view
        self._confirmed: Callable[[], None] | None = None
        self.conversations = ConversationActions(view)
        self.messages = MessageActions(view, self._ask)

    async def run(self, line: str) -> bool:
        """Carry out a line; return False where it ends the program. Failures are shown."""
        try:
            if self._confirmed is not None:
                self._answer(line)
                return True
            typed = parse(line)
            if isinstance(typed, str):
                await self._send(typed)
            elif typed is not None and (action := COMMANDS[typed.name].action):
                await action(self, typed.words)
            elif typed is not None:
                return False
        except ClientError as error:
            self._view.lines.error(error)
        return True

    async def help(self, _words: Words) -> None:
        """Show the commands."""
        for line in help_lines():
            self._view.screen.show(line)

    async def _send(self, text: str) -> None:
        # While nothing is open, a single word can only be what to open.
        if self._view.conversation is None and len(text.split()) == 1:
            await self.conversations.open(text.split())
        else:
            self._view.send(text)

    def _ask(self, question: str, confirmed: Callable[[], None]) -> None:
        """Ask a question; the next line answers it."""
        self._confirmed = confirmed
        self._view.lines.note(question)

    def _answer(self, line: str) -> None:
        confirmed, self._confirmed = self._confirmed, None
        if confirmed is not None and line.strip().lower() in _YES:
            confirmed()
        else:
            self._view.lines.note("not done")


@attrs.frozen
class ChatCommand:
    """How a command is written, what it does, and how many words it takes.

    One that `takes_text` gets all after its name as a single word, with its quotation marks.
    """

    form: str
    meaning: str
    action: Callable[[Actions, Words], Awaitable[None]] | None
    min_words: int = 0
    max_words: int = 0
    takes_text: bool = False


def _conversation(
    form: str,
    meaning: str,
    action: Callable[[ConversationActions, Words], Awaitable[None]],
    least: int = 0,
    most: int = 0,
) -> ChatCommand:
    return ChatCommand(
        form, meaning, lambda do, words: action(do.conversations, words), least, most
    )


def _message(
    form: str,
    meaning: str,
    action: Callable[[MessageActions, Words], Awaitable[None]],
    least: int = 0,
    most: int = 0,
) -> ChatCommand:
    return ChatCommand(form, meaning, lambda do, words: action(do.messages, words), least, most)


def _text(
    form: str, meaning: str, action: Callable[[MessageActions, Words], Awaitable[None]]
) -> ChatCommand:
    return attrs.evolve(_message(form, meaning, action, 0, 1), takes_text=True)


_C, _M = ConversationActions, MessageActions

COMMANDS: Mapping[str, ChatCommand] = {
    "list": _conversation("/list", "your conversations, with what is new", _C.list),
    "open": _conversation("/open WHO", "a handle, a group, a number of the list", _C.open, 1, 1),
    "close": _conversation("/close", "close the open conversation", _C.close),
    "history": _conversation("/history [N]", "the N messages before those (20)", _C.history, 0, 1),
    "read": _conversation("/read", "who has received and read your last message", _C.read),
    "reply": _text("/reply [#N] TEXT", "reply to a message, or to the last of others", _M.reply),
    "edit": _text("/edit [#N] TEXT", "give your message, or your last, another text", _M.edit),
    "recall": _message("/recall [#N]", "take your message back, for everybody", _M.recall, 0, 1),
    "react": _message("/react [#N] EMOJI", "react to a message", _M.react, 1, 2),
    "unreact": _message("/unreact [#N] EMOJI", "take a reaction back", _M.unreact, 1, 2),
    "pin": _message("/pin [#N]", "pin a message to the conversation", _M.pin, 0, 1),
    "unpin": _message("/unpin [#N]", "unpin it", _M.unpin, 0, 1),
    "pins": _message("/pins", "the pinned messages", _M.pins),
    "forward": _message(
        "/forward [#N…] WHO", "send messages on to another conversation", _M.forward, 1, 101
    ),
    "poll": _message(
        '/poll [--many] "QUESTION" OPTION…', "ask everybody here to choose", _M.poll, 1, 14
    ),
    "vote": _message(
        "/vote [#N] CHOICE…", "vote by the numbers of options, or none", _M.vote, 1, 13
    ),
    "hide": _message("/hide [#N…]", "hide messages from you alone", _M.hide, 0, 100),
    "clear": _message("/clear", "hide all messages here from you alone", _M.clear),
    "draft": _text("/draft [TEXT]", "keep a text for later, - forgets it", _M.draft),
    "who": _conversation("/who", "the other members and their presence", _C.who),
    "status": _conversation(
        "/status [STATE [TEXT]]", f"how others see you: {', '.join(CHOICES)}", _C.status, 0, 20
    ),
    "group": _conversation(
        "/group NAME HANDLE…", 'create a group; quote a "NAME of words"', _C.group, 1, 101
    ),
    "add": _conversation("/add HANDLE…", "add users to this group", _C.add, 1, 100),
    "members": _conversation("/members", "all members, with their roles", _C.members),
    "leave": _conversation("/leave", "leave this group", _C.leave),
    "help": ChatCommand("/help", "these commands", Actions.help),
    "quit": ChatCommand("/quit", "end; unsent messages are kept and sent the next time", None),
}


def help_lines() -> list[str]:
    """Return one line for each command."""
    width = max(len(command.form) for command in COMMANDS.values())
    lines = [f"{command.form:{width}}  {command.meaning}" for command in COMMANDS.values()]
    return [
        *lines,
        "A message is named by the number before it, #12; without one, the last that suits.",
        "Anything else is said to the open conversation.",
    ]
