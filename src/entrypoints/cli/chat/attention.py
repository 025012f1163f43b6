"""
What the user looks at, told to the service: focus, read and received marks, whose presence.

All of it is kept as a wish and told when there is a line; a new line is told everything again.
"""

import asyncio
from collections.abc import Callable, Iterable

from parlour.entrypoints.cli.chat.link import Link
from parlour.entrypoints.cli.chat.model import Frame
from parlour.entrypoints.cli.chat.problems import NoAnswer, Refused
from parlour.entrypoints.cli.chat.store import State

MAX_WATCHED = 200
MAX_MARKS = 100
REST = 0.15
"""Seconds in which marks gather before they are told together."""

TYPING_REST = 3.0
"""Seconds between two signs of the same typing; they expire after 6 s on the other side."""


class Attention:
    """Tells the service, soon and seldom."""

    def __init__(
        self, link: Link, *, dispatch: Callable[[Frame], None], state: Callable[[], State]
    ) -> None:
        self._link = link
        self._dispatch = dispatch
        self._state = state
        self._focus: str | None = None
        self._watched: tuple[str, ...] = ()
        self._reads: dict[str, int] = {}
        self._stale = {"focus", "watch"}
        self._typing: tuple[str, float] | None = None
        self._wake = asyncio.Event()

    def focus(self, conversation: str | None) -> None:
        """Look at a conversation: its receipts and typists are told from now on."""
        if conversation != self._focus:
            self._focus = conversation
            self._tell("focus")

    def watch(self, users: Iterable[str]) -> None:
        """Watch the presence of these people, in the place of others."""
        watched = tuple(dict.fromkeys(users))[:MAX_WATCHED]
        if watched != self._watched:
            self._watched = watched
            self._tell("watch")

    def read(self, conversation: str, seq: int) -> None:
        """Note that the user has read up to *seq*: shown at once, told soon."""
        known = self._state().conversations.get(conversation)
        if known is None or known.left or seq <= known.head.read:
            return
        self._dispatch({"type": "read", "conversation": conversation, "seq": seq})
        self._reads[conversation] = seq
        self._tell("reads")

    def arrived(self) -> None:
        """Note that messages may have reached this device."""
        if "received" not in self._stale and self._unreported():
            self._tell("received")

    def resumed(self) -> None:
        """Tell a new line everything."""
        self._stale |= {"focus", "watch", "reads", "received"}
        self._wake.set()

    async def typing(self, now: float) -> None:
        """Tell the others that the user types, at most every three seconds."""
        if self._focus is None:
            return
        if self._typing and self._typing[0] == self._focus and now < self._typing[1]:
            return
        self._typing = (self._focus, now + TYPING_REST)
        await self._link.tell("typing", conversation=self._focus, on=True)

    def typed(self) -> None:
        """Note that the line was sent: the message itself ends the typing for the others."""
        self._typing = None

    async def run(self) -> None:
        """Tell what changed, for as long as the client lives."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(REST)
            self._wake.clear()
            if self._link.is_online:
                for kind in sorted(self._stale):
                    await self._say(kind)

    def _tell(self, kind: str) -> None:
        self._stale.add(kind)
        self._wake.set()

    async def _say(self, kind: str) -> None:
        self._stale.discard(kind)
        try:
            match kind:
                case "focus":
                    await self._link.request("focus", conversation=self._focus)
                case "watch":
                    await self._say_watched()
                case "reads":
                    await self._say_reads()
                case _:
                    await self._say_received()
        except NoAnswer:
            self._stale.add(kind)  # for the next line
        except Refused as refusal:
            if refusal.temporary:
                asyncio.get_running_loop().call_later(
                    max(1.0, refusal.retry_after), self._tell, kind
                )

    async def _say_watched(self) -> None:
        ok = await self._link.request("presence.watch", users=list(self._watched))
        for status in ok["states"]:
            self._dispatch({**status, "type": "presence"})

    async def _say_reads(self) -> None:
        for conversation, seq in list(self._reads.items()):
            await self._link.request("read", conversation=conversation, seq=seq)
            if self._reads.get(conversation) == seq:
                del self._reads[conversation]

    async def _say_received(self) -> None:
        while marks := self._unreported():
            await self._link.request("received", marks=marks)
            self._dispatch({"type": "received", "marks": marks})

    def _unreported(self) -> dict[str, int]:
        conversations = self._state().conversations.items()
        behind = {
            where: known.head.seq
            for where, known in conversations
            if known.head.seq > max(known.head.received, known.head.read) and not known.left
        }
        return dict(list(behind.items())[:MAX_MARKS])
