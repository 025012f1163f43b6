"""Compares followed logs with the database and delivers events that the bus has lost.

Every few seconds the node asks the database where the logs that its sockets follow end, in one
query for many, and reads the events that it lacks. A gap that shows earlier is read at once. This
bounds the time in which every connected client learns of every committed event (anti-entropy,
Demers et al., PODC 1987), whatever was lost or killed between commit and publish.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Self, TypeVar

from parlour.adapters.resilience import keep_running
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import PrivateEvent
from parlour.domain.messages import LogEvent
from parlour.domain.sync import (
    MAX_BEHIND,
    MAX_EVENTS,
    Backlog,
    FilterMembers,
    ReadBacklog,
    ReadLogHeads,
)
from parlour.entrypoints.shell.dependencies import Dependencies
from parlour.entrypoints.shell.event_publisher import EventPublisher
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.signals import Signal
from parlour.entrypoints.shell.supervisor import wait_until_set
from parlour.entrypoints.shell.workers import Workers

K = TypeVar("K")
T = TypeVar("T")

CHUNK = 500
"""Logs that one query asks for."""


class LogReconciler:
    """Brings the tails of a hub up to the heads of their logs in the database.

    Checks all followed logs *every* so many seconds. A log with a gap is read after *hold*
    seconds, in which most gaps close by themselves. `gaps` counts the logs that were behind,
    `checked_at` is the time of the loop at which all of them were last compared.
    """

    def __init__(
        self,
        hub: Hub,
        publisher: EventPublisher,
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
        self._publisher = publisher
        self._workers = workers
        self._read_log_heads = read_log_heads
        self._read_backlog = read_backlog
        self._filter_members = filter_members
        self._every = every
        self._hold = hold
        self._failed = failed
        self._woken = asyncio.Event()
        self._check_all = False
        self.gaps = 0
        self.checked_at: float | None = None
        hub.on_missing = self.wake

    @classmethod
    def build(cls, dependencies: Dependencies, hub: Hub, publisher: EventPublisher) -> Self:
        """Make the reconciler of a service."""
        use, delivery = dependencies.use_cases, dependencies.settings.delivery
        return cls(
            hub,
            publisher,
            dependencies.pools.queries,
            read_log_heads=use.read_log_heads,
            read_backlog=use.read_backlog,
            filter_members=use.filter_members,
            every=delivery.head_check.total_seconds(),
            hold=delivery.hold.total_seconds(),
            failed=dependencies.failed,
        )

    def wake(self, everything: bool = False) -> None:
        """Look for gaps soon; with *everything*, also in logs that show none."""
        self._check_all = self._check_all or everything
        self._woken.set()

    async def run(self) -> None:
        """Check until cancelled; retry while the database is out of reach."""
        await keep_running(self._rounds, self._failed)

    async def _rounds(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + self._every
        while True:
            if await wait_until_set(self._woken, due - loop.time()):
                # The missing signal may be on its way: most gaps close by themselves.
                await asyncio.sleep(self._hold)
            self._woken.clear()
            everything = self._check_all or loop.time() >= due
            self._check_all = False
            try:
                await (self.check() if everything else self.close_gaps())
            except Exception:
                self.wake(everything=True)  # an event that is lost meanwhile may show no gap
                raise
            if everything:
                due = loop.time() + self._every

    async def check(self) -> None:
        """Compare every followed log with the database, and read the events that are missing."""
        for conversations in _chunks(self._hub.conversations):
            ends = await self._workers.run(self._read_log_heads, conversations, ())
            behind = {
                each: (offset, ends.conversations.get(each, 0))
                for each in conversations
                if (offset := self._offset(each)) is not None
                and offset < ends.conversations.get(each, 0)
            }
            await self._read(behind, {})
        for users in _chunks(self._hub.users):
            ends = await self._workers.run(self._read_log_heads, (), users)
            behind_users = {
                each: (offset, ends.users.get(each, 0))
                for each in users
                if (offset := self._private_offset(each)) is not None
                and offset < ends.users.get(each, 0)
            }
            await self._read({}, behind_users)
        self.checked_at = asyncio.get_running_loop().time()

    async def close_gaps(self) -> None:
        """Read the missing events of the logs that show a gap."""
        conversations = [
            each for each, topic in self._hub.conversations.items() if topic.tail.has_gap
        ]
        users = [each for each, topic in self._hub.users.items() if topic.tail.has_gap]
        if not conversations and not users:
            return
        ends = await self._workers.run(self._read_log_heads, conversations, users)
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
        """Read logs from their tail to their end; those that are too far behind are reset."""
        self.gaps += len(conversations) + len(users)
        after, private = {}, {}
        for conversation, (offset, end) in conversations.items():
            if end - offset > MAX_BEHIND:
                await self._resync(conversation, end)
            else:
                after[conversation] = offset
        for user, (offset, end) in users.items():
            if end - offset > MAX_BEHIND:
                self._restart(user, end)
            else:
                private[user] = offset
        while after or private:
            backlog = await self._workers.run(self._read_backlog, after, private, MAX_EVENTS)
            after = _unfinished(backlog.conversations, self._apply)
            private = _unfinished(backlog.users, self._apply_private)
            await self._skip_holes(backlog, conversations, users)

    async def _skip_holes(
        self,
        backlog: Backlog,
        conversations: Mapping[ConversationId, tuple[int, int]],
        users: Mapping[UserId, tuple[int, int]],
    ) -> None:
        """Reset where the next event of a damaged log is missing.

        Otherwise the events after the hole would be held back for ever.
        """
        for conversation, events in backlog.conversations.items():
            end = conversations[conversation][1]
            tail = self._offset(conversation)
            if not events and tail is not None and tail < end:
                await self._resync(conversation, end)
        for user, private in backlog.users.items():
            if not private:
                self._restart(user, users[user][1])

    def _apply(self, conversation: ConversationId, events: Sequence[LogEvent]) -> int:
        end = events[-1].offset
        signals = self._signals(self._publisher.entry, events)
        self._hub.apply_from_log(conversation, signals, end)
        return end

    def _apply_private(self, user: UserId, events: Sequence[PrivateEvent]) -> int:
        end = events[-1].offset
        signals = self._signals(self._publisher.private, events)
        self._hub.apply_private_from_log(user, signals, end)
        return end

    def _signals(
        self, encode: Callable[[T], tuple[str, Signal]], events: Sequence[T]
    ) -> list[Signal]:
        signals = []
        for event in events:
            try:
                signals.append(encode(event)[1])
            except Exception as error:  # noqa: BLE001 - one bad event must not hide the others
                self._failed(error)
        return signals

    async def _resync(self, conversation: ConversationId, end: int) -> None:
        """Skip events that cannot be delivered, and tell clients to read the log."""
        # The skipped events may include a removal.
        here = {socket.user for socket in self._hub.sockets_in(conversation)}
        for users in _chunks(here):
            members = await self._workers.run(self._filter_members, conversation, users)
            for user in set(users) - members:
                self._hub.unsubscribe(user, conversation)
        self._hub.apply_from_log(conversation, (), end)
        for socket in self._hub.sockets_in(conversation):
            socket.resync(conversation, "too_far_behind")

    def _restart(self, user: UserId, end: int) -> None:
        """Skip private events up to *end* and have the user's clients load a new snapshot."""
        tail = self._private_offset(user)
        if tail is None or tail >= end:
            return
        for socket in self._hub.sockets_of(user):
            socket.restart()
        self._hub.apply_private_from_log(user, (), end)

    def _offset(self, conversation: ConversationId) -> int | None:
        topic = self._hub.conversations.get(conversation)
        return topic.tail.offset if topic else None

    def _private_offset(self, user: UserId) -> int | None:
        topic = self._hub.users.get(user)
        return topic.tail.offset if topic else None


def _unfinished(
    backlog: Mapping[K, Sequence[T]], apply: Callable[[K, Sequence[T]], int]
) -> dict[K, int]:
    """Apply the events of each log; return the logs that may have more, with their offsets."""
    ends = {key: apply(key, events) for key, events in backlog.items() if events}
    return {key: end for key, end in ends.items() if len(backlog[key]) == MAX_EVENTS}


def _chunks(keys: Iterable[T]) -> Iterator[Sequence[T]]:
    listed = list(keys)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]
