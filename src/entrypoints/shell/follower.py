"""The head check: heals whatever the bus has lost, so that the bus never needs to be right.

Every few seconds the node asks the database where the logs that its sockets follow end, in one
query for many, and reads what it lacks. A gap that shows earlier is read at once. This bounds the
time in which every connected client learns of every committed event, whatever was lost or killed
between commit and publish.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from domain.kernel.ids import ConversationId, UserId
from domain.sync import MOST_BEHIND, MOST_EVENTS, LogEnds, LogsAfter
from entrypoints.shell.announcing import Announcer
from entrypoints.shell.hub import Hub
from entrypoints.shell.workers import Workers

T = TypeVar("T")

CHUNK = 500
"""How many logs one query asks for."""


class Follower:
    """Keeps the tails of a hub in step with the logs."""

    def __init__(
        self,
        hub: Hub,
        announcer: Announcer,
        workers: Workers,
        log_ends: LogEnds,
        logs_after: LogsAfter,
        *,
        every: float,
        hold: float,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._hub = hub
        self._announcer = announcer
        self._workers = workers
        self._log_ends = log_ends
        self._logs_after = logs_after
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
        pause = 0.0
        while True:
            woken = await self._wait(self._every)
            if woken:
                # A neighbour's signal may be on its way: most gaps close by themselves.
                await asyncio.sleep(self._hold)
            self._woken.clear()
            try:
                if woken and not self._wants_all:
                    await self.close_gaps()
                else:
                    self._wants_all = False
                    await self.check()
                pause = 0.0
            except Exception as error:  # noqa: BLE001 - reported; the check must go on
                self._failed(error)
                self._wants_all = True
                pause = min(5.0, pause * 2 or 0.25)
                await asyncio.sleep(pause)

    async def _wait(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return False
        return True

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
        self.gaps += len(conversations) + len(users)
        self._give_up(conversations, users)
        after = {each: offset for each, (offset, _) in conversations.items()}
        private = {each: offset for each, (offset, _) in users.items()}
        while after or private:
            missed = await self._workers.run(self._logs_after, after, private, MOST_EVENTS)
            for conversation, events in missed.conversations.items():
                signals = [self._announcer.event(event)[1] for event in events]
                end = events[-1].offset if events else after[conversation]
                self._hub.heal(conversation, signals, end)
                after[conversation] = end
            for user, notes in missed.users.items():
                signals = [self._announcer.private(note)[1] for note in notes]
                end = notes[-1].offset if notes else private[user]
                self._hub.heal_private(user, signals, end)
                private[user] = end
            after = {
                each: end
                for each, end in after.items()
                if len(missed.conversations[each]) == MOST_EVENTS
            }
            private = {
                each: end
                for each, end in private.items()
                if len(missed.users[each]) == MOST_EVENTS
            }

    def _give_up(
        self,
        conversations: dict[ConversationId, tuple[int, int]],
        users: dict[UserId, tuple[int, int]],
    ) -> None:
        """Send clients to the newest page where a node is too far behind to tell every event."""
        for conversation, (offset, end) in list(conversations.items()):
            if end - offset > MOST_BEHIND:
                del conversations[conversation]
                self._hub.heal(conversation, (), end)
                for socket in tuple(self._hub.conversations[conversation].sockets):
                    socket.resync(conversation, "too_far_behind")
        for user, (offset, end) in list(users.items()):
            if end - offset > MOST_BEHIND:
                del users[user]
                self._hub.heal_private(user, (), end)
                for socket in self._hub.sockets_of(user):
                    socket.resync(None, "too_far_behind")

    def _offset(self, conversation: ConversationId) -> int | None:
        topic = self._hub.conversations.get(conversation)
        return topic.tail.offset if topic else None

    def _private_offset(self, user: UserId) -> int | None:
        topic = self._hub.users.get(user)
        return topic.tail.offset if topic else None


def _chunks(keys: Iterable[T]) -> Iterator[Sequence[T]]:
    listed = list(keys)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]
