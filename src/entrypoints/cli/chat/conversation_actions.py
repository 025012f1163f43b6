"""The commands about conversations, their members and the own presence."""

from collections.abc import Sequence

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


class ConversationActions:
    """What is done with conversations and their members; each public method is a command."""

    def __init__(self, view: ConversationView) -> None:
        self._view = view
        self._client = view.client

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
            number = self._view.others.number(conversation.head.conversation)
            self._view.screen.show(
                formatting.list_line(number, conversation, name, state.my_id, self._view.style)
            )
        if not conversations:
            self._view.lines.note("No conversations yet: /open HANDLE begins one")

    def _is_listed(self, conversation: Conversation) -> bool:
        """Whether it exists, or waits for its first message to be sent."""
        key = conversation.head.conversation
        return peer_of_unstarted(key) is None or bool(self._client.outbox.unsent(key))

    async def open(self, words: Sequence[str]) -> None:
        """Open a conversation by number, title or handle."""
        (name,), listed = words, self._view.others.listed
        if name.isascii() and name.isdigit() and 1 <= int(name) <= len(listed):
            await self._view.open(listed[int(name) - 1])
        else:
            await self._view.open(await find(self._client, name))

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
            self._view.lines.note(f"your last: {readers}")
        else:
            self._view.lines.note("you said nothing here yet")

    async def who(self, _words: Sequence[str]) -> None:
        """Show the presence of the other members."""
        view = self._view
        if peer_of_unstarted(self._open):
            view.lines.note("presence is known after the first message")
            return
        users = [User.read(member) for member in await self._client.members(self._open)]
        others = [user for user in users if user.id != view.state.my_id]
        for user in others:
            presence = formatting.presence(view.state, user.id, view.clock())
            view.screen.show(f"{self._full_name(user)}: {presence}")
        if not others:
            view.lines.note("you are alone here")

    async def status(self, words: Sequence[str]) -> None:
        """Choose how others see the user, or show what was chosen."""
        if words:
            state, text = words[0].lower(), " ".join(words[1:])
            if state not in CHOICES:
                raise ClientError(f"{words[0]} is none of {', '.join(CHOICES)}")
            await self._client.choose_presence(state, text)
        chosen = self._view.state.chosen
        if chosen is not None:
            self._view.lines.note(f"you are shown as {formatting.chosen_presence(chosen)}")

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
        self._view.lines.note(f"you left {self._view.title(conversation)}")
        self._view.close()

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
