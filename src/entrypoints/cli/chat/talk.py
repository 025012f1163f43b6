"""
The talk: what the state of the client looks like on a screen, line by line, each line once.

Lines that were shown can't change. So a message is shown when its place in the log is certain;
what still moves is said beside the lines (`beside`).
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from parlour.entrypoints.cli.chat import words
from parlour.entrypoints.cli.chat.beside import Whisper, status
from parlour.entrypoints.cli.chat.client import Client
from parlour.entrypoints.cli.chat.conversation import Conversation
from parlour.entrypoints.cli.chat.link import Phase
from parlour.entrypoints.cli.chat.model import GROUP, Event, Frame
from parlour.entrypoints.cli.chat.problems import ChatError
from parlour.entrypoints.cli.chat.screen import Screen, View
from parlour.entrypoints.cli.chat.sender import Failed
from parlour.entrypoints.cli.chat.store import TYPING_LASTS, State
from parlour.entrypoints.cli.chat.tokens import now_utc
from parlour.entrypoints.cli.chat.words import Paint, Tick

SHOWN_AT_FIRST = 20
MESSAGES_A_PAGE = 100
_AGAIN = 1.0


class Talk:
    """Shows one client on one screen.

    `where` is the conversation that is open, `listed` those that were shown with a number.
    """

    def __init__(
        self,
        client: Client,
        screen: Screen,
        paint: Paint,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self.client = client
        self.screen = screen
        self.paint = paint
        self.where: str | None = None
        self.listed: list[str] = []
        self.clock = clock
        self._shown = 0
        self._first = 0
        self._members: set[str] = set()
        self._noticed: dict[str, int] = {}
        self._said_here: set[str] = set()
        self._phase = Phase("connecting")
        self._is_begun = False
        self._whisper = Whisper(self.remark)
        self._changed = asyncio.Event()
        client.on_change = self._note
        client.on_phase = self._line
        client.on_failed = self._failed

    @property
    def state(self) -> State:
        """What the client knows."""
        return self.client.state

    def remark(self, text: str) -> None:
        """Show a line that nobody said."""
        self.screen.show(self.paint.dim(text))

    def complain(self, problem: object) -> None:
        """Show what went wrong."""
        self.screen.show(self.paint.alarm(f"! {words.safe(str(problem))}"))

    def title(self, where: str) -> str:
        """Return what a conversation is called."""
        conversation = self.state.conversations[where]
        return words.title(conversation, words.namer(self.state), self.state.my_id)

    def say(self, text: str) -> None:
        """Send a text to the open conversation."""
        if self.where is None:
            raise ChatError("Nobody listens: /open WHO opens a conversation, /list shows yours")
        if self.state.conversations[self.where].left:
            raise ChatError("You are not in this conversation any more")
        self._said_here.add(self.client.say(self.where, text).key)
        self.client.attention.typed()
        if not self.screen.is_live and not self.client.link.is_online:
            self.remark(f"{Tick.SENDING.sign} {Tick.SENDING.word}: {words.one_line(text)}")
        self._changed.set()

    # -- opening ---------------------------------------------------------------------------

    async def open(self, where: str) -> None:
        """Show the newest messages of a conversation, and everything that comes."""
        self._members = await self.client.load(where)
        conversation = self.state.conversations[where]
        recent = [event for event in conversation.events if event.seq][-SHOWN_AT_FIRST:]
        await self._meet(recent)
        # From here to the end nothing waits: the loop that shows news must not come between.
        self.where = where
        self._first = (recent[0].seq or 0) if recent else 0
        self.remark(f"-- {self.title(where)} --")
        new = self._first_unread(conversation, recent)
        for event in recent:
            if event is new:
                self.remark("-- new --")
            self._show_event(event)
        self._shown = conversation.applied or 0
        self._whisper.begin(self.state, conversation)
        self._watch()
        self.client.attention.focus(where)
        self._changed.set()

    def close(self) -> None:
        """Talk to nobody."""
        self.where = None
        self.client.attention.focus(None)
        self._changed.set()

    async def show_older(self, where: str, count: int) -> None:
        """Show messages before the first one shown, as far back as there are any."""
        before = self._first or self.state.conversations[where].head.seq + 1
        if self.state.conversations[where].first_seq > max(1, before - count):
            await self.client.older(where, MESSAGES_A_PAGE)
        loaded = self.state.conversations[where].events
        events = [event for event in loaded if event.seq and event.seq < before][-count:]
        if not events:
            self.remark("-- this is the beginning --")
            return
        await self._meet(events)
        self._first = events[0].seq or 0
        self.remark(f"-- {len(events)} earlier --")
        for event in events:
            self._show_event(event)
        self.remark("-- until here --")

    # -- following the client ----------------------------------------------------------------

    def begin(self) -> None:
        """Take what stands now for known: only what comes from here on is news."""
        self._is_begun = True
        conversations = self.state.conversations.items()
        self._noticed = {where: known.head.seq for where, known in conversations}

    async def run(self) -> None:
        """Show what changes, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._show_new()
                await self._show_others()
            except ChatError:
                # Somebody's name could not be learnt now: the lines wait for it.
                asyncio.get_running_loop().call_later(_AGAIN, self._changed.set)
            self._show_view()

    async def settle(self) -> None:
        """Show what came last."""
        await self._show_new()
        self._show_view()

    async def _show_new(self) -> None:
        where = self.where
        if where is None:
            return
        conversation = self.state.conversations[where]
        news = [event for event in conversation.events if event.offset > self._shown]
        await self._meet(news)
        if self.where != where:
            return  # another one was opened meanwhile
        for event in news:
            self._show_event(event)
            self._shown = event.offset
            if event.kind == "member.added":
                self._members.add(event.data["user"])
                self._watch()
        seqs = (event.seq for event in reversed(conversation.events) if event.seq)
        self.client.attention.read(where, next(seqs, 0) or 0)

    async def _show_others(self) -> None:
        """Say in one line each what is new in conversations that are not open."""
        for where, conversation in list(self.state.conversations.items()):
            head, known = conversation.head, self._noticed.get(where)
            if where != self.where and head.seq != known:
                await self.client.meet({user for user in (head.peer, head.last_by) if user})
                if known is None and head.kind == GROUP and head.role != "owner":
                    number = self._number(where)
                    self.remark(f"* you are in {self.title(where)} now: /open {number}")
                if head.unread and head.last and head.last.by != self.state.my_id:
                    new = f"{self._number(where)} {self.title(where)} ({head.unread} new)"
                    self.remark(f"· {new}: {words.one_line(head.last.excerpt)}")
            self._noticed[where] = head.seq

    def _number(self, where: str) -> int:
        """Return the number that opens a conversation; one that has none gets the next."""
        if where not in self.listed:
            self.listed.append(where)
        return self.listed.index(where) + 1

    async def _meet(self, events: Iterable[Event]) -> None:
        users = {event.by for event in events}
        users |= {event.data["user"] for event in events if "user" in event.data}
        await self.client.meet(users)

    def _show_event(self, event: Event) -> None:
        name, mine = words.namer(self.state), event.by == self.state.my_id
        if not event.seq:
            if text := words.note(event, name):
                self.remark(text)
        elif event.key in self._said_here and not self.screen.is_live:
            # It stands above already, as it was typed.
            self._said_here.discard(event.key)
            self.remark(f"{Tick.SENT.sign} {Tick.SENT.word}: {words.one_line(event.text)}")
        else:
            tick = Tick.SENT if mine else None
            self.screen.show(words.message(event, name, self.clock(), self.paint, tick))

    def _first_unread(self, conversation: Conversation, events: list[Event]) -> Event | None:
        read, me = conversation.head.read, self.state.my_id
        return next((e for e in events if (e.seq or 0) > read and e.by != me), None)

    def _watch(self) -> None:
        self.client.attention.watch(sorted(self._members - {self.state.my_id}))

    # -- beside the lines --------------------------------------------------------------------

    def _note(self, frame: Frame, _before: State) -> None:
        if frame["type"] == "typing":
            loop = asyncio.get_running_loop()
            loop.call_later(TYPING_LASTS + 0.1, self._changed.set)
        self._changed.set()

    def _line(self, phase: Phase) -> None:
        if not self._is_begun and phase.name == "waiting":
            self.remark("the service does not answer; it is tried again, Ctrl+C ends")
        if not self.screen.is_live:
            self._whisper.line(phase, was_online=self._phase.name == "online")
        self._phase = phase
        self._changed.set()

    def _failed(self, failed: Failed) -> None:
        self.complain(f"not sent ({failed.reason}): {failed.message.text}")
        self._changed.set()

    def _show_view(self) -> None:
        conversation = self.state.conversations.get(self.where or "")
        if not self.screen.is_live:
            if conversation is not None:
                self._whisper.follow(self.state, conversation)
            return
        ticks = asyncio.get_running_loop().time()
        line = status(self.state, conversation, self._phase, now=self.clock(), ticks=ticks)
        if conversation is None:
            self.screen.refresh(View(status=line))
            return
        where = conversation.head.conversation
        waiting = self.client.outbox.waiting(where)
        pending = [f"{Tick.SENDING.sign} {words.one_line(message.text)}" for message in waiting]
        self.screen.refresh(View(f"{self.title(where)}> ", pending, line))
