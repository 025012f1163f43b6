"""The head check: heals whatever the bus has lost, so that the bus never needs to be right.

Every few seconds the node asks the database where the logs that its sockets follow end, in one
query for many, and reads what it lacks. A gap that shows earlier is read at once. This bounds the
time in which every connected client learns of every committed event, whatever was lost or killed
between commit and publish.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from parlour.adapters.resilience import keep_running
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import PrivateEvent
from parlour.domain.messages import LogEvent
from parlour.domain.sync import MAX_BEHIND, MAX_EVENTS, FilterMembers, ReadBacklog, ReadLogHeads
from parlour.entrypoints.shell.event_publisher import EventPublisher
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.signals import Signal
from parlour.entrypoints.shell.waiting import is_set_within
from parlour.entrypoints.shell.workers import Workers

K = TypeVar("K")
T = TypeVar("T")

CHUNK = 500
"""How many logs one query asks for."""


class LogReconciler:
    """Keeps the tails of a hub in step with the logs."""

    def __init__(
        self,
        hub: Hub,
        announcer: EventPublisher,
        workers: Workers,
        *,
        read_log_heads: ReadLogHeads,
        read_backlog: ReadBacklog,
        filter_members: FilterMembers,
        every: float,
        hold: float,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._hub = hub
        self._announcer = announcer
        self._workers = workers
        self._log_ends = read_log_heads
        self._logs_after = read_backlog
        self._members_among = filter_members
        self._every = every
        self._hold = hold
        self._failed = failed
        self._woken = asyncio.Event()
        self._wants_all = False
        self.gaps = 0
        self.checked_at: float | None = None
        hub.on_missing = self.wake

    def wake(self, everything: bool = False) -> None:
        """Look for gaps soon; for *everything*, in the logs that show none, too."""
        self._wants_all = self._wants_all or everything
        self._woken.set()

    async def run(self) -> None:
        """Check for ever, until cancelled. A database out of reach is asked again."""
        await keep_running(self._rounds, self._failed)

    async def _rounds(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + self._every
        while True:
            if await is_set_within(self._woken, due - loop.time()):
                # A neighbour's signal may be on its way: most gaps close by themselves.
                await asyncio.sleep(self._hold)
            self._woken.clear()
            everything = self._wants_all or loop.time() >= due
            self._wants_all = False
            try:
                await (self.check() if everything else self.close_gaps())
            except Exception:
                self.wake(everything=True)  # what is missed meanwhile shows no gap
                raise
            if everything:
                due = loop.time() + self._every

    async def check(self) -> None:
        """Compare every followed log with the database, and read what is missing here."""
        for conversations in _chunks(self._hub.conversations):
            ends = await self._workers.run(self._log_ends, conversations, ())
            behind = {
                each: (offset, ends.conversations.get(each, 0))
                for each in conversations
                if (offset := self._offset(each)) is not None
                and offset < ends.conversations.get(each, 0)
            }
            await self._read(behind, {})
        for users in _chunks(self._hub.users):
            ends = await self._workers.run(self._log_ends, (), users)
            behind_users = {
                each: (offset, ends.users.get(each, 0))
                for each in users
                if (offset := self._private_offset(each)) is not None
                and offset < ends.users.get(each, 0)
            }
            await self._read({}, behind_users)
        self.checked_at = asyncio.get_running_loop().time()

    async def close_gaps(self) -> None:
        """Read what logs lack that show a gap."""
        conversations = [
            each for each, topic in self._hub.conversations.items() if topic.tail.has_gap
        ]
        users = [each for each, topic in self._hub.users.items() if topic.tail.has_gap]
        if not conversations and not users:
            return
        ends = await self._workers.run(self._log_ends, conversations, users)
        await self._read(
            {
                each: (offset, ends.conversations.get(each, 0))
                for each in conversations
                if (offset := self._offset(each)) is not None
            },
            {
                each: (offset, ends.users.get(each, 0))
                for each in users
                if (offset := self._private_offset(each)) is not None
            },
        )

    async def _read(
        self,
        conversations: dict[ConversationId, tuple[int, int]],
        users: dict[UserId, tuple[int, int]],
    ) -> None:
        """Read logs from where they are known to where they end; give up on those far behind."""
        self.gaps += len(conversations) + len(users)
        after, private = {}, {}
        for conversation, (offset, end) in conversations.items():
            if end - offset > MAX_BEHIND:
                await self._give_up(conversation, end)
            else:
                after[conversation] = offset
        for user, (offset, end) in users.items():
            if end - offset > MAX_BEHIND:
                for socket in self._hub.sockets_of(user):
                    socket.restart()
                self._hub.heal_private(user, (), end)
            else:
                private[user] = offset
        while after or private:
            missed = await self._workers.run(self._logs_after, after, private, MAX_EVENTS)
            after = _unfinished(missed.conversations, self._heal)
            private = _unfinished(missed.users, self._heal_private)

    def _heal(self, conversation: ConversationId, events: Sequence[LogEvent]) -> int:
        end = events[-1].offset
        self._hub.heal(conversation, self._signals(self._announcer.entry, events), end)
        return end

    def _heal_private(self, user: UserId, notes: Sequence[PrivateEvent]) -> int:
        end = notes[-1].offset
        self._hub.heal_private(user, self._signals(self._announcer.private, notes), end)
        return end

    def _signals(
        self, announce: Callable[[T], tuple[str, Signal]], events: Sequence[T]
    ) -> list[Signal]:
        signals = []
        for event in events:
            try:
                signals.append(announce(event)[1])
            except Exception as error:  # noqa: BLE001 - one bad event must not hide the others
                self._failed(error)
        return signals

    async def _give_up(self, conversation: ConversationId, end: int) -> None:
        """Send clients to the newest page: this node is too far behind to tell every event."""
        # Among what is passed over may be that somebody was removed.
        here = {socket.user for socket in self._hub.sockets_in(conversation)}
        for users in _chunks(here):
            members = await self._workers.run(self._members_among, conversation, users)
            for user in set(users) - members:
                self._hub.drop(user, conversation)
        self._hub.heal(conversation, (), end)
        for socket in self._hub.sockets_in(conversation):
            socket.resync(conversation, "too_far_behind")

    def _offset(self, conversation: ConversationId) -> int | None:
        topic = self._hub.conversations.get(conversation)
        return topic.tail.offset if topic else None

    def _private_offset(self, user: UserId) -> int | None:
        topic = self._hub.users.get(user)
        return topic.tail.offset if topic else None


def _unfinished(
    missed: Mapping[K, Sequence[T]], heal: Callable[[K, Sequence[T]], int]
) -> dict[K, int]:
    """Heal logs, each to the offset that it returns; return those that may hold still more."""
    ends = {key: heal(key, events) for key, events in missed.items() if events}
    return {key: end for key, end in ends.items() if len(missed[key]) == MAX_EVENTS}


def _chunks(keys: Iterable[T]) -> Iterator[Sequence[T]]:
    listed = list(keys)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]
