"""
What the user looks at, sent to the service: focus, read and received marks, watched presence.

The wanted state is kept and sent soon after it changes; a new connection is sent all of it again,
because the service keeps nothing of the old one.

Receipts are pushed to those who focus a conversation, and never again. So they are asked for once
the service knows the focus, and wherever it says that pushes were lost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from parlour.entrypoints.client.connection import Connection
from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.client.state import State
from parlour.entrypoints.client.unstarted import peer_of_unstarted

MAX_WATCHED = 200
MAX_MARKS = 100
BATCH_DELAY = 0.15
"""Seconds in which marks gather before they are sent together."""

TYPING_INTERVAL = 3.0
"""Seconds between two frames about the same typing; they expire after 6 s on the other side."""

RETRY_DELAY = 1.0
"""Shortest time in seconds before something is sent again."""


class Activity:
    """Sends the service what the user sees, debounced.

    *load_receipts* gets what the members of a conversation have received and read.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        dispatch: Callable[[Frame], None],
        state: Callable[[], State],
        load_receipts: Callable[[str], Awaitable[None]],
        batch_delay: float = BATCH_DELAY,
        retry_delay: float = RETRY_DELAY,
    ) -> None:
        self._connection = connection
        self._dispatch = dispatch
        self._state = state
        self._load_receipts = load_receipts
        self._batch_delay = batch_delay
        self._retry_delay = retry_delay
        self._focus: str | None = None
        self._watched: tuple[str, ...] = ()
        self._reads: dict[str, int] = {}
        self._changed = {"focus", "watch"}
        self._typing_in: str | None = None
        self._typing_until = 0.0
        self._wake = asyncio.Event()

    def focus(self, conversation: str | None) -> None:
        """Look at a conversation: its receipts and typing are pushed from now on."""
        if conversation is not None and peer_of_unstarted(conversation):
            conversation = None  # the service knows nothing of it
        if conversation != self._focus:
            self._focus = conversation
            self._send_soon("focus")

    def watch(self, users: Iterable[str]) -> None:
        """Watch the presence of these users, instead of others."""
        watched = tuple(dict.fromkeys(users))[:MAX_WATCHED]
        if watched != self._watched:
            self._watched = watched
            self._send_soon("watch")

    def read(self, conversation: str, seq: int) -> None:
        """Mark messages up to *seq* as read: in the state at once, at the service soon."""
        known = self._state().conversations.get(conversation)
        if known is None or known.left or seq <= known.head.read:
            return
        self._dispatch({"type": "read", "conversation": conversation, "seq": seq})
        self._reads[conversation] = seq
        self._send_soon("reads")

    def messages_arrived(self) -> None:
        """Send the service soon what this device has received."""
        if "received" not in self._changed and self._unreported():
            self._send_soon("received")

    def pushes_lost(self, conversation: str | None) -> None:
        """Note that pushes of a conversation were lost, or of any; its focus may be, too."""
        if self._focus is not None and conversation in (None, self._focus):
            self._send_soon("focus")

    def connected(self) -> None:
        """Send a new connection the complete state."""
        self._changed |= {"focus", "watch", "reads", "received"}
        self._wake.set()

    async def typing(self, now: float) -> None:
        """Send the others that the user types, at most every three seconds; *now* in seconds."""
        if self._focus is None:
            return
        if self._typing_in == self._focus and now < self._typing_until:
            return
        self._typing_in, self._typing_until = self._focus, now + TYPING_INTERVAL
        await self._connection.tell("typing", conversation=self._focus, on=True)

    def message_sent(self) -> None:
        """Note that a message ended the typing for the others."""
        self._typing_in = None

    async def run(self) -> None:
        """Send what changed, until cancelled."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(self._batch_delay)
            self._wake.clear()
            if self._connection.is_online:
                for kind in sorted(self._changed):
                    await self._send(kind)

    def _send_soon(self, kind: str) -> None:
        self._changed.add(kind)
        self._wake.set()

    async def _send(self, kind: str) -> None:
        self._changed.discard(kind)
        try:
            match kind:
                case "focus":
                    await self._send_focus()
                case "watch":
                    await self._send_watched()
                case "reads":
                    await self._send_reads()
                case _:
                    await self._send_received()
        except NoAnswer:
            self._changed.add(kind)
            # Without a connection it waits for the next one.
            if self._connection.is_online:
                self._send_later(kind, self._retry_delay)
        except Refused as refusal:
            if refusal.temporary:
                self._send_later(kind, max(self._retry_delay, refusal.retry_after))

    def _send_later(self, kind: str, delay: float) -> None:
        asyncio.get_running_loop().call_later(delay, self._send_soon, kind)

    async def _send_focus(self) -> None:
        focus = self._focus
        await self._connection.request("focus", conversation=focus)
        if focus is not None:
            await self._load_receipts(focus)

    async def _send_watched(self) -> None:
        ok = await self._connection.request("presence.watch", users=list(self._watched))
        for presence in ok["states"]:
            self._dispatch({**presence, "type": "presence"})

    async def _send_reads(self) -> None:
        for conversation, seq in list(self._reads.items()):
            try:
                await self._connection.request("read", conversation=conversation, seq=seq)
            except Refused as refusal:
                if refusal.temporary:
                    raise
                # Refused for good, as after leaving; the marks of other conversations go on.
            if self._reads.get(conversation) == seq:
                del self._reads[conversation]

    async def _send_received(self) -> None:
        while marks := self._unreported():
            await self._connection.request("received", marks=marks)
            self._dispatch({"type": "received", "marks": marks})

    def _unreported(self) -> dict[str, int]:
        """Return the received marks that the service does not know yet, one frame of them."""
        behind = {
            key: known.head.seq
            for key, known in self._state().conversations.items()
            if known.head.seq > max(known.head.received, known.head.read) and not known.left
        }
        return dict(list(behind.items())[:MAX_MARKS])
