"""What the commands of a talk do."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from parlour.entrypoints.cli.chat import words
from parlour.entrypoints.cli.chat.beside import last_own
from parlour.entrypoints.cli.chat.client import Client
from parlour.entrypoints.cli.chat.commands import Command, Say, help_lines, parse, parse_count
from parlour.entrypoints.cli.chat.model import GROUP, Person
from parlour.entrypoints.cli.chat.problems import ChatError
from parlour.entrypoints.cli.chat.talk import Talk

HISTORY = 20
MAX_LISTED = 50


async def find(client: Client, who: str) -> str:
    """Return the conversation that *who* means: a group by its title, else somebody's handle.

    Raises:
        ChatError: there is no such conversation, and none can be begun.
    """
    wanted = who.removeprefix("#").casefold()
    groups = [
        where
        for where, each in client.state.conversations.items()
        if each.head.kind == GROUP and each.head.title.casefold() == wanted and not each.left
    ]
    if len(groups) > 1:
        raise ChatError(f"There are {len(groups)} groups of this name: /list, then /open N")
    if groups:
        return groups[0]
    if who.startswith("#"):
        raise ChatError(f"You are in no group called {who}")
    return await client.open_direct(who.removeprefix("@"))


class Deeds:
    """Carries out what was typed."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    async def do(self, line: str) -> bool:
        """Carry out a line; False where it asks for the end. What goes wrong is shown."""
        try:
            typed = parse(line)
            if isinstance(typed, Say):
                await self._say(typed.text)
            elif isinstance(typed, Command):
                if typed.name == "quit":
                    return False
                await DEEDS[typed.name](self, typed.words)
        except ChatError as problem:
            self._talk.complain(problem)
        return True

    async def list(self, _words: Sequence[str] = ()) -> None:
        """Show the conversations, the last changed first, with the numbers that open them."""
        state = self._talk.state
        conversations = sorted(
            state.conversations.values(),
            key=lambda each: (each.head.last.at if each.head.last else "", each.head.offset),
            reverse=True,
        )[:MAX_LISTED]
        heads = [conversation.head for conversation in conversations]
        users = {user for head in heads for user in (head.peer, head.last_by) if user}
        await self._talk.client.meet(users)
        self._talk.listed = [head.conversation for head in heads]
        name = words.namer(self._talk.state)
        for number, conversation in enumerate(conversations, 1):
            self._talk.screen.show(
                words.line_of_list(number, conversation, name, state.my_id, self._talk.paint)
            )
        if not conversations:
            self._talk.remark("No conversations yet: /open HANDLE begins one")

    async def open(self, given: Sequence[str]) -> None:
        """Open a conversation by number, title or handle."""
        await self._talk.open(await self._find(given[0]))

    async def _find(self, who: str) -> str:
        listed = self._talk.listed
        if who.isascii() and who.isdigit() and 1 <= int(who) <= len(listed):
            return listed[int(who) - 1]
        return await find(self._talk.client, who)

    async def _say(self, text: str) -> None:
        # With nobody open, a single word can only mean whom to open.
        if self._talk.where is None and len(text.split()) == 1:
            await self.open(text.split())
        else:
            self._talk.say(text)

    async def close(self, _given: Sequence[str]) -> None:
        """Talk to nobody."""
        self._talk.close()

    async def history(self, given: Sequence[str]) -> None:
        """Show messages before those shown."""
        where = self._here()
        await self._talk.show_older(where, parse_count(given[0]) if given else HISTORY)

    async def read(self, _given: Sequence[str]) -> None:
        """Say who has received and read the last own message."""
        where = self._here()
        await self._talk.client.receipts(where)
        conversation, me = self._talk.state.conversations[where], self._talk.state.my_id
        if last := last_own(conversation, me):
            name = words.namer(self._talk.state)
            self._talk.remark(f"your last: {words.readers(conversation, last, me, name)}")
        else:
            self._talk.remark("you said nothing here yet")

    async def who(self, _given: Sequence[str]) -> None:
        """Show how the others here are seen."""
        talk = self._talk
        members = await talk.client.members(self._here())
        people = [Person.read(member) for member in members]
        here = [who for who in people if who.id != talk.state.my_id]
        for person in here:
            seen = words.seen(talk.state, person.id, talk.clock())
            talk.screen.show(f"{words.full_name(person)}: {seen}")
        if not here:
            talk.remark("you are alone here")

    async def members(self, _given: Sequence[str]) -> None:
        """Show everybody here and their roles."""
        for member in await self._talk.client.members(self._here()):
            self._talk.screen.show(f"{words.full_name(Person.read(member))}, {member['role']}")

    async def group(self, given: Sequence[str]) -> None:
        """Make a group and open it."""
        title, *handles = given
        await self._talk.open(await self._talk.client.create_group(title, handles))

    async def add(self, given: Sequence[str]) -> None:
        """Add people to the open group."""
        await self._talk.client.add(self._here(), list(given))

    async def leave(self, _given: Sequence[str]) -> None:
        """Leave the open group."""
        where = self._here()
        await self._talk.client.leave(where)
        self._talk.remark(f"you left {self._talk.title(where)}")
        self._talk.close()

    async def help(self, _given: Sequence[str]) -> None:
        """Show the commands."""
        for line in help_lines():
            self._talk.screen.show(line)

    def _here(self) -> str:
        if self._talk.where is None:
            raise ChatError("Open a conversation first: /open WHO, /list shows yours")
        return self._talk.where


DEEDS: Mapping[str, Callable[[Deeds, Sequence[str]], Awaitable[None]]] = {
    "list": Deeds.list,
    "open": Deeds.open,
    "close": Deeds.close,
    "history": Deeds.history,
    "read": Deeds.read,
    "who": Deeds.who,
    "group": Deeds.group,
    "add": Deeds.add,
    "members": Deeds.members,
    "leave": Deeds.leave,
    "help": Deeds.help,
}
"""What each command does; `/quit` ends the talk instead."""
