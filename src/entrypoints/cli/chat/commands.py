"""What a typed line means and does: a message, or a command such as `/open bob`."""

import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence

import attrs

from parlour.entrypoints.cli.chat import formatting
from parlour.entrypoints.cli.chat.conversation_view import ConversationView
from parlour.entrypoints.client.client import Client
from parlour.entrypoints.client.errors import ClientError
from parlour.entrypoints.client.models import GROUP, User
from parlour.entrypoints.client.state import Conversation
from parlour.entrypoints.client.text import fold_case
from parlour.entrypoints.client.unstarted import peer_of_unstarted

HISTORY = 20
CHOICES = ("online", "busy", "invisible")
MAX_LISTED = 50

_SHORT = {"q": "quit", "exit": "quit", "?": "help", "ls": "list", "o": "open", "h": "history"}


@attrs.frozen
class TypedCommand:
    """A command by name, and the words after it."""

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
    try:
        words = shlex.split(rest)
    except ValueError:
        raise ClientError(f"A quotation mark is not closed: {command.form}") from None
    if not command.min_words <= len(words) <= command.max_words:
        raise ClientError(f"This command is written {command.form}")
    return TypedCommand(name, tuple(words))


def parse_count(word: str, *, most: int = 100) -> int:
    """Read a number of messages; raise `ClientError` outside 1..*most*."""
    if not word.isascii() or not word.isdigit() or not 1 <= int(word) <= most:
        raise ClientError(f"{word} is not a number between 1 and {most}")
    return int(word)


async def find(client: Client, name: str) -> str:
    """Return the conversation of a group by its title, else the direct one with a handle.

    A direct one that does not exist yet is created with its first message.

    Raises:
        ClientError: there is no such conversation, and none can be opened.
    """
    title = fold_case(name.removeprefix("#"))
    groups = [
        key
        for key, known in client.state.conversations.items()
        if known.head.kind == GROUP and fold_case(known.head.title) == title and not known.left
    ]
    if len(groups) > 1:
        raise ClientError(f"There are {len(groups)} groups of this name: /list, then /open N")
    if groups:
        return groups[0]
    if name.startswith("#"):
        raise ClientError(f"You are in no group called {name}")
    return await client.find_direct(name.removeprefix("@"))


class Actions:
    """Carries out what was typed; each public method but `run` is a command."""

    def __init__(self, view: ConversationView) -> None:
        self._view = view
        self._client = view.client

    async def run(self, line: str) -> bool:
        """Carry out a line; return False where it ends the program. Failures are shown."""
        try:
            typed = parse(line)
            if isinstance(typed, str):
                await self._send(typed)
            elif typed is not None and (action := COMMANDS[typed.name].action):
                await action(self, typed.words)
            elif typed is not None:
                return False
        except ClientError as error:
            self._view.show_error(error)
        return True

    async def list(self, _words: Sequence[str] = ()) -> None:
        """Show the conversations, the last changed first, with the numbers that open them."""
        state = self._view.state
        conversations = sorted(
            (known for known in state.conversations.values() if self._is_listed(known)),
            key=lambda known: (known.head.last.at if known.head.last else "", known.head.offset),
            reverse=True,
        )[:MAX_LISTED]
        heads = [conversation.head for conversation in conversations]
        await self._client.people.load(
            {user for head in heads for user in (head.peer, head.last_by) if user}
        )
        name = formatting.handle_lookup(self._view.state)
        for conversation in conversations:
            number = self._view.number(conversation.head.conversation)
            self._view.screen.show(
                formatting.list_line(number, conversation, name, state.my_id, self._view.style)
            )
        if not conversations:
            self._view.show_note("No conversations yet: /open HANDLE begins one")

    def _is_listed(self, conversation: Conversation) -> bool:
        """Whether it exists, or waits for its first message to be sent."""
        key = conversation.head.conversation
        return peer_of_unstarted(key) is None or bool(self._client.outbox.unsent(key))

    async def open(self, words: Sequence[str]) -> None:
        """Open a conversation by number, title or handle."""
        (name,), listed = words, self._view.listed
        if name.isascii() and name.isdigit() and 1 <= int(name) <= len(listed):
            await self._view.open(listed[int(name) - 1])
        else:
            await self._view.open(await find(self._client, name))

    async def _send(self, text: str) -> None:
        # While nothing is open, a single word can only be what to open.
        if self._view.conversation is None and len(text.split()) == 1:
            await self.open(text.split())
        else:
            self._view.send(text)

    async def close(self, _words: Sequence[str]) -> None:
        """Close the open conversation."""
        self._view.close()

    async def history(self, words: Sequence[str]) -> None:
        """Show messages before those shown."""
        await self._view.show_older(self._open, parse_count(words[0]) if words else HISTORY)

    async def read(self, _words: Sequence[str]) -> None:
        """Show who has received and read the last own message."""
        await self._client.load_receipts(self._open)
        conversation, me = self._view.state.conversations[self._open], self._view.state.my_id
        if last := formatting.last_own(conversation, me):
            name = formatting.handle_lookup(self._view.state)
            readers = formatting.readers(conversation, last, me, name)
            self._view.show_note(f"your last: {readers}")
        else:
            self._view.show_note("you said nothing here yet")

    async def who(self, _words: Sequence[str]) -> None:
        """Show the presence of the other members."""
        view = self._view
        if peer_of_unstarted(self._open):
            view.show_note("presence is known after the first message")
            return
        users = [User.read(member) for member in await self._client.members(self._open)]
        others = [user for user in users if user.id != view.state.my_id]
        for user in others:
            presence = formatting.presence(view.state, user.id, view.clock())
            view.screen.show(f"{self._full_name(user)}: {presence}")
        if not others:
            view.show_note("you are alone here")

    async def status(self, words: Sequence[str]) -> None:
        """Choose how others see the user, or show what was chosen."""
        if words:
            state, text = words[0].lower(), " ".join(words[1:])
            if state not in CHOICES:
                raise ClientError(f"{words[0]} is none of {', '.join(CHOICES)}")
            await self._client.choose_presence(state, text)
        chosen = self._view.state.chosen
        if chosen is not None:
            self._view.show_note(f"you are shown as {formatting.chosen_presence(chosen)}")

    async def members(self, _words: Sequence[str]) -> None:
        """Show all members and their roles."""
        for member in await self._client.members(self._open):
            name = self._full_name(User.read(member))
            self._view.screen.show(f"{name}, {member['role']}")

    async def group(self, words: Sequence[str]) -> None:
        """Create a group and open it."""
        title, *handles = words
        await self._view.open(await self._client.create_group(title, handles))

    async def add(self, words: Sequence[str]) -> None:
        """Add users to the open group."""
        await self._client.add(self._open_group, list(words))

    async def leave(self, _words: Sequence[str]) -> None:
        """Leave the open group."""
        conversation = self._open_group
        await self._client.leave(conversation)
        self._view.show_note(f"you left {self._view.title(conversation)}")
        self._view.close()

    async def help(self, _words: Sequence[str]) -> None:
        """Show the commands."""
        for line in help_lines():
            self._view.screen.show(line)

    def _full_name(self, user: User) -> str:
        """Return the handle and the name of a user, with a warning where they can be confused."""
        warning = formatting.name_warning(self._view.state, user.id)
        shown = formatting.full_name(user)
        return f"{shown} {self._view.style.error(f'! {warning}')}" if warning else shown

    @property
    def _open(self) -> str:
        if self._view.conversation is None:
            raise ClientError("Open a conversation first: /open WHO, /list shows yours")
        return self._view.conversation

    @property
    def _open_group(self) -> str:
        if self._view.state.conversations[self._open].head.kind != GROUP:
            raise ClientError("This is no group: /group NAME HANDLE… creates one")
        return self._open


@attrs.frozen
class ChatCommand:
    """How a command is written, what it does, and how many words it takes."""

    form: str
    meaning: str
    action: Callable[[Actions, Sequence[str]], Awaitable[None]] | None
    min_words: int = 0
    max_words: int = 0


COMMANDS: Mapping[str, ChatCommand] = {
    "list": ChatCommand("/list", "your conversations, with what is new", Actions.list),
    "open": ChatCommand(
        "/open WHO", "a handle, a group, or a number of the list", Actions.open, 1, 1
    ),
    "close": ChatCommand("/close", "close the open conversation", Actions.close),
    "history": ChatCommand(
        "/history [N]", "the N messages before those (20)", Actions.history, 0, 1
    ),
    "read": ChatCommand("/read", "who has received and read your last message", Actions.read),
    "who": ChatCommand("/who", "the other members and their presence", Actions.who),
    "status": ChatCommand(
        "/status [STATE [TEXT]]",
        f"how others see you: {', '.join(CHOICES)}",
        Actions.status,
        0,
        20,
    ),
    "group": ChatCommand(
        "/group NAME HANDLE…", 'create a group; quote a "NAME of words"', Actions.group, 1, 101
    ),
    "add": ChatCommand("/add HANDLE…", "add users to this group", Actions.add, 1, 100),
    "members": ChatCommand("/members", "all members, with their roles", Actions.members),
    "leave": ChatCommand("/leave", "leave this group", Actions.leave),
    "help": ChatCommand("/help", "these commands", Actions.help),
    "quit": ChatCommand("/quit", "end; unsent messages are kept and sent the next time", None),
}


def help_lines() -> list[str]:
    """Return one line for each command."""
    width = max(len(command.form) for command in COMMANDS.values())
    lines = [f"{command.form:{width}}  {command.meaning}" for command in COMMANDS.values()]
    return [*lines, "Anything else is said to the open conversation."]
