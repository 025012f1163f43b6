"""
Catching up: everything that makes a client complete again after a gap, a pause or a reset.

`needs` says what to ask for after a frame; `Catchup` asks. A gap is given half a
second to close by itself, because an answer and an event may pass each other on the way.
"""

import asyncio
from collections.abc import Callable

from parlour.entrypoints.client.api import Api
from parlour.entrypoints.client.connection import Connection
from parlour.entrypoints.client.errors import LoggedOut, NoAnswer, Refused
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.client.needs import Need, missing, needs
from parlour.entrypoints.client.reconnect import Backoff
from parlour.entrypoints.client.state import State

HOLD = 0.5
EVENTS_PER_PAGE = 200
HEADS_PER_PAGE = 100
_NOT_A_MEMBER = frozenset({"not_found", "not_member"})
_ASKED_AGAIN = frozenset({"head", "message", "private"})
"""Needs of whose answer nobody can tell whether it is older than another need of the same."""

_Key = tuple[str, str, int]


class Catchup:
    """Asks for what the state lacks; each thing is asked for once at a time.

    A head that is needed while it is being asked for is asked for again, for the answer on its way
    may be older than the need. The same goes for a message, and for private events.
    """

    def __init__(
        self,
        connection: Connection,
        api: Api,
        *,
        dispatch: Callable[[Frame], None],
        state: Callable[[], State],
        hold: float = HOLD,
        backoff: Backoff | None = None,
    ) -> None:
        self._connection = connection
        self._api = api
        self._dispatch = dispatch
        self._state = state
        self._hold = hold
        self._backoff = backoff or Backoff()
        self._tasks: dict[_Key, asyncio.Task[None]] = {}
        self._again: dict[_Key, Need] = {}

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being asked for."""
        return not self._tasks

    def follow(self, frame: Frame, before: State) -> None:
        """Ask for what is missing after a frame."""
        for need in needs(frame, before, self._state()):
            self._start(need)

    async def stop(self) -> None:
        """Stop asking."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    def _start(self, need: Need) -> None:
        key = (need.kind, need.conversation, need.seq)
        if need.kind == "resume" and (running := self._tasks.pop(key, None)):
            # It may wait for answers on an earlier connection, which do not matter any more.
            running.cancel()
        if key in self._tasks:
            if need.kind in _ASKED_AGAIN:
                self._again[key] = need
        else:
            task = asyncio.get_running_loop().create_task(self._run(need))
            self._tasks[key] = task

    async def _run(self, need: Need) -> None:
        key = (need.kind, need.conversation, need.seq)
        try:
            is_done = await self._insist(need)
        finally:
            if self._tasks.get(key) is asyncio.current_task():
                del self._tasks[key]
        again = self._again.pop(key, None)
        if is_done and again is not None:
            self._start(again)
        # What came while this ended may have left another gap.
        if is_done and need.conversation in self._state().conversations:
            for left in missing(self._state(), need.conversation):
                self._start(left)

    async def _insist(self, need: Need) -> bool:
        """Meet a need, again while that fails for a time; return whether it was met.

        Without a connection it is dropped: the next welcome asks for everything.
        """
        attempt = 0
        while True:
            try:
                await self._meet(need)
                return True
            except LoggedOut:
                return False  # the connection notices it too, and ends
            except (NoAnswer, Refused) as problem:
                is_final = isinstance(problem, Refused) and not problem.temporary
                if is_final or not self._connection.is_online:
                    return False
                rest = problem.retry_after if isinstance(problem, Refused) else 0.0
                await asyncio.sleep(max(rest, self._backoff.delay(attempt)))
                attempt += 1

    async def _meet(self, need: Need) -> None:
        match need.kind:
            case "resume":
                await self._resume(more=need.more)
            case "private":
                await self._private()
            case "head":
                await self._head(need.conversation)
            case "message":
                await self.load_message(need.conversation, need.seq)
            case "events":
                await self._events(need.conversation, self._hold if need.hold else 0.0)

    async def _resume(self, *, more: bool) -> None:
        """Get everything since the cursor: private events, heads, events of loaded logs."""
        await self._private()
        if more:
            await self._changed_heads()
        for key, conversation in self._state().conversations.items():
            if conversation.is_loaded and not conversation.left:
                await self._sync(key)

    async def _private(self) -> None:
        more = True
        while more:
            cursor = self._state().cursor
            page = await self._connection.request("sync.me", cursor=cursor, limit=EVENTS_PER_PAGE)
            self._dispatch({**page, "type": "private"})
            if page["reset"]:
                await self._changed_heads()
            more = page["more"]

    async def _changed_heads(self) -> None:
        """Get heads, which come newest first, until a page brings nothing new."""
        before: dict[str, str] = {}
        while True:
            page = await self._connection.request("conversations", limit=HEADS_PER_PAGE, **before)
            known = self._state().conversations
            is_new = any(
                head["conversation"] not in known
                or known[head["conversation"]].head.offset < head["offset"]
                for head in page["heads"]
            )
            self._dispatch({"type": "heads", "heads": page["heads"]})
            if page.get("next") is None or not is_new:
                return
            before = {"before": page["next"]}

    async def _head(self, conversation: str) -> None:
        try:
            head = await self._api.head(conversation)
        except Refused as refusal:
            self._lose(conversation, refusal)
            return
        self._dispatch({"type": "heads", "heads": [head]})
        if self._state().conversations[conversation].is_loaded:
            await self._sync(conversation)

    async def _events(self, conversation: str, hold: float) -> None:
        await asyncio.sleep(hold)
        known = self._state().conversations[conversation]
        if hold and known.gap is None:
            return  # it closed by itself
        await (self._sync(conversation) if known.is_loaded else self._head(conversation))

    async def _sync(self, conversation: str) -> None:
        """Get the events after the last one applied, page by page."""
        more = True
        while more:
            after = self._state().conversations[conversation].position
            try:
                page = await self._connection.request(
                    "sync", conversation=conversation, after=after, limit=EVENTS_PER_PAGE
                )
            except Refused as refusal:
                self._lose(conversation, refusal)
                return
            if page["reset"]:
                await self.load(conversation)
                return
            events = page["events"]
            self._dispatch({"type": "events", "conversation": conversation, "events": events})
            more = page["more"] and bool(events)

    async def load(self, conversation: str) -> None:
        """Begin the log of a conversation with its newest page; unsent messages stay.

        Raises:
            Refused, NoAnswer: the service said no, or nothing.
        """
        self._dispatch({"type": "heads", "heads": [await self._api.head(conversation)]})
        # Before the page is asked for: it holds every message up to here, and may hold newer ones.
        upto = self._state().conversations[conversation].head.offset
        page = await self._api.history(conversation)
        self._dispatch({**page, "type": "page", "conversation": conversation, "upto": upto})

    async def load_message(self, conversation: str, seq: int) -> None:
        """Get one message as it is now.

        Raises:
            Refused, NoAnswer: the service said no, or nothing.
        """
        page = await self._api.messages(conversation, [seq])
        self._dispatch({**page, "type": "messages", "conversation": conversation})

    def _lose(self, conversation: str, refusal: Refused) -> None:
        if refusal.code not in _NOT_A_MEMBER:
            raise refusal
        self._dispatch({"type": "left", "conversation": conversation})
