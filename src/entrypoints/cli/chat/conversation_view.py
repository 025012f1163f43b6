"""
The view: shows the state of a client on a screen, line by line, each line once.

Lines that were shown cannot change. So a message is shown when its place in the log is certain,
and what happens to it later is a line of its own that names its number; what changes all the time
is shown in the status (`status_line`).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from parlour.entrypoints.cli.chat import formatting
from parlour.entrypoints.cli.chat.announcements import Announcements
from parlour.entrypoints.cli.chat.event_lines import EventLines, describe
from parlour.entrypoints.cli.chat.formatting import Delivery, Style
from parlour.entrypoints.cli.chat.screen import Screen, View
from parlour.entrypoints.cli.chat.status_line import PlainStatus, status
from parlour.entrypoints.client.client import Client
from parlour.entrypoints.client.connection import Phase
from parlour.entrypoints.client.errors import ClientError
from parlour.entrypoints.client.message_changes import about
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.client.reducer import TYPING_TIMEOUT
from parlour.entrypoints.client.sender import SendFailed
from parlour.entrypoints.client.state import State
from parlour.entrypoints.client.tokens import now_utc
from parlour.entrypoints.client.unstarted import current_id, peer_of_unstarted

SHOWN_ON_OPEN = 20
OLDER_PER_PAGE = 100
_RETRY_DELAY = 1.0


class ConversationView:
    """Shows one client on one screen.

    `conversation` is the one that is open, `others` tells of those that are not.
    """

    def __init__(
        self,
        client: Client,
        screen: Screen,
        style: Style,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self.client = client
        self.screen = screen
        self.style = style
        self.conversation: str | None = None
        self.clock = clock
        self._shown = 0
        self._first = 0
        self._members: set[str] = set()
        self._phase = Phase("connecting")
        self._is_started = False
        self.lines = EventLines(client, screen, style, clock)
        self.others = Announcements(client, self.lines.note, self.title)
        self._plain_status = PlainStatus(self.lines.note)
        self._changed = asyncio.Event()
        client.on_change = self._state_changed
        client.on_phase = self._phase_changed
        client.on_failed = self._failed

    @property
    def state(self) -> State:
        """The state of the client."""
        return self.client.state

    def title(self, key: str) -> str:
        """Return the name of a conversation."""
        conversation = self.state.conversations[key]
        return formatting.title(
            conversation, formatting.handle_lookup(self.state), self.state.my_id
        )

    def send(self, text: str, *, reply_to: int | None = None) -> None:
        """Send a text to the open conversation; it ends the draft there."""
        key = self.writable()
        self.lines.sent(self.client.messages.send(key, text, reply_to=reply_to))
        if self.state.conversations[key].head.draft:
            self.client.messages.draft(key, None)
        self.client.activity.message_sent()
        self.update()

    def keep_draft(self, text: str) -> None:
        """Keep a text that was typed and not sent as the draft of the open conversation."""
        key = self.conversation
        is_text = text.strip() and not text.startswith("/")
        if key is not None and is_text and peer_of_unstarted(key) is None:
            self.client.messages.draft(key, text)

    def writable(self) -> str:
        """Return the open conversation; raise `ClientError` where nothing can be said."""
        if self.conversation is None:
            raise ClientError("Open a conversation first: /open WHO, /list shows yours")
        if self.state.conversations[self.conversation].left:
            raise ClientError("You are not in this conversation any more")
        return self.conversation

    def update(self) -> None:
        """Show soon what has changed."""
        self._changed.set()

    # -- opening ---------------------------------------------------------------------------

    async def open(self, key: str) -> None:
        """Show the newest messages of a conversation, and from now on what comes."""
        key = current_id(self.state, key)
        self._members = await self.client.load(key)
        conversation = self.state.conversations[key]
        recent = [event for event in conversation.events if event.seq][-SHOWN_ON_OPEN:]
        await self.lines.prepare(conversation, recent)
        # No await from here to the end: `run` must not show anything in between.
        self.conversation = key
        self._first = (recent[0].seq or 0) if recent else 0
        self.lines.note(f"-- {self.title(key)} --")
        if warning := formatting.name_warning(self.state, conversation.head.peer or ""):
            self.lines.error(f"{self.title(key)} {warning}")
        new = formatting.first_unread(conversation, recent, self.state.my_id)
        for event in recent:
            if event is new:
                self.lines.note("-- new --")
            self.lines.show(event, key)
        self._shown = conversation.applied
        if draft := conversation.head.draft:
            self._show_draft(draft.text)
        self._plain_status.begin(self.state, conversation)
        self._watch()
        self.client.activity.focus(key)
        self._changed.set()

    def _show_draft(self, text: str) -> None:
        if self.screen.is_live and "\n" not in text:
            self.screen.prefill(text)
        else:
            self.lines.note(f"your draft: {formatting.one_line(text, 200)}")

    def close(self) -> None:
        """Close the open conversation."""
        self.conversation = None
        self.client.activity.focus(None)
        self._changed.set()

    async def show_older(self, key: str, count: int) -> None:
        """Show messages before the first one shown, as far back as there are any."""
        before = self._first or self.state.conversations[key].head.seq + 1
        if self.state.conversations[key].first_seq > max(1, before - count):
            await self.client.load_older(key, OLDER_PER_PAGE)
        loaded = self.state.conversations[key].events
        events = [event for event in loaded if event.seq and event.seq < before][-count:]
        if not events:
            self.lines.note("-- this is the beginning --")
            return
        await self.lines.prepare(self.state.conversations[key], events)
        self._first = events[0].seq or 0
        self.lines.note(f"-- {len(events)} earlier --")
        for event in events:
            self.lines.show(event, key)
        self.lines.note("-- until here --")

    # -- following the client ----------------------------------------------------------------

    def start(self) -> None:
        """Take the present state as known: only what comes from now on is shown as new."""
        self._is_started = True
        self.others.start()

    async def run(self) -> None:
        """Show what changes, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._show_new()
                await self.others.show(self.conversation)
            except ClientError:
                # A name could not be loaded now: the lines wait for it.
                asyncio.get_running_loop().call_later(_RETRY_DELAY, self._changed.set)
            self._show_view()

    async def finish(self) -> None:
        """Show what came last."""
        await self._show_new()
        self._show_view()

    async def _show_new(self) -> None:
        key = self.conversation
        if key is None or peer_of_unstarted(key):
            return
        if not self.state.conversations[key].is_loaded:
            # It was opened before its first message.
            self._members = await self.client.load(key)
            self._watch()
        conversation = self.state.conversations[key]
        news = [event for event in conversation.events if event.offset > self._shown]
        await self.lines.prepare(conversation, news)
        if self.conversation != key:
            return  # another one was opened meanwhile
        said = {event.seq for event in news if event.seq}
        for event in news:
            # A message that is shown now is shown with all that happened to it.
            if about(event) not in said:
                self.lines.show(event, key)
            self._shown = event.offset
            # The first message of an empty conversation: `/history` begins before it.
            self._first = self._first or event.seq or 0
            if event.kind == "member.added":
                self._members.add(event.data["user"])
                self._watch()
        self.client.activity.read(key, conversation.last_seq)

    def _follow_starts(self) -> None:
        """Put conversations in the place of the empty ones that they were before."""
        self.others.follow_starts()
        if self.conversation is not None:
            self.conversation = current_id(self.state, self.conversation)
            self.client.activity.focus(self.conversation)

    def _watch(self) -> None:
        # Only people with a common conversation may see each other's presence.
        is_shared = peer_of_unstarted(self.conversation or "") is None
        self.client.activity.watch(sorted(self._members - {self.state.my_id}) if is_shared else ())

    # -- the status --------------------------------------------------------------------------

    def _state_changed(self, frame: Frame, _before: State) -> None:
        self._follow_starts()
        if frame["type"] == "typing":
            loop = asyncio.get_running_loop()
            loop.call_later(TYPING_TIMEOUT + 0.1, self._changed.set)
        self._changed.set()

    def _phase_changed(self, phase: Phase) -> None:
        if not self._is_started and phase.name == "waiting":
            self.lines.note("the service does not answer; it is tried again, Ctrl+C ends")
        if not self.screen.is_live:
            self._plain_status.connection(phase, was_online=self._phase.name == "online")
        self._phase = phase
        self._changed.set()

    def _failed(self, failed: SendFailed) -> None:
        self.lines.error(f"not sent ({failed.reason}): {describe(failed.message)}")
        self._changed.set()

    def _show_view(self) -> None:
        conversation = self.state.conversations.get(self.conversation or "")
        if not self.screen.is_live:
            if conversation is not None:
                self._plain_status.update(self.state, conversation)
            return
        ticks = asyncio.get_running_loop().time()
        line = status(self.state, conversation, self._phase, now=self.clock(), ticks=ticks)
        own = formatting.safe(self.state.me.handle) if self.state.me else ""
        if conversation is None:
            self.screen.refresh(View(f"{own}> ", status=line))
            return
        key = conversation.head.conversation
        sign = Delivery.SENDING.sign
        unsent = self.client.outbox.unsent(key)
        pending = [f"{sign} {describe(message)}" for message in unsent]
        self.screen.refresh(View(f"{own} → {self.title(key)}> ", pending, line))
