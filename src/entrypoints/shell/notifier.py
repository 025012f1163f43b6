"""Writes notifications of posted messages, after their commit: no sender waits for it."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Self

from parlour.adapters.resilience import keep_running
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Changes
from parlour.domain.messages import Message
from parlour.domain.notifications import Notify, SelectMessages
from parlour.entrypoints.shell.dependencies import Dependencies
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.supervisor import wait_until_set
from parlour.entrypoints.shell.workers import Workers

MAX_WAITING = 20_000
"""Messages that may wait; further ones notify nobody. Unread counts do not depend on it."""

MAX_IN_BATCH = 1_024
"""Messages that are looked at together."""

GATHER_TIMEOUT = 0.25
"""Seconds that a batch gathers. Pushes are delayed for longer anyway; a mention ends it."""

DRAIN_TIMEOUT = 3.0
"""Seconds that a service that stops waits for the rest."""


class Notifier:
    """Finds whom posted messages concern and notifies them, in the order of the messages.

    `on_pushes` is called when pushes were written to the outbox. `skipped` counts messages that
    found the queue full.
    """

    def __init__(
        self,
        hub: Hub,
        workers: Workers,
        *,
        select: SelectMessages,
        notify: Notify,
        publish: Callable[[Changes], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._hub = hub
        self._workers = workers
        self._select = select
        self._notify = notify
        self._publish = publish
        self._failed = failed
        self._waiting: deque[Message] = deque()
        self._woken = asyncio.Event()
        self._urgent = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.on_pushes: Callable[[], None] = lambda: None
        self.skipped = 0

    @classmethod
    def build(
        cls, dependencies: Dependencies, hub: Hub, publish: Callable[[Changes], None]
    ) -> Self:
        """Make the notifier of a service; *publish* gets the private events that it writes."""
        use = dependencies.use_cases
        return cls(
            hub,
            dependencies.pools.queries,
            select=use.select_messages,
            notify=use.notify,
            publish=publish,
            failed=dependencies.failed,
        )

    def enqueue(self, messages: Iterable[Message]) -> None:
        """Look at these messages soon."""
        for message in messages:
            if len(self._waiting) < MAX_WAITING:
                self._waiting.append(message)
                if message.content.mentions_anybody:
                    self._urgent.set()
            else:
                self.skipped += 1
        if self._waiting:
            self._idle.clear()
            self._woken.set()

    async def run(self) -> None:
        """Handle messages until cancelled; retry while the database is out of reach."""
        await keep_running(self._rounds, self._failed)

    async def _rounds(self) -> None:
        while True:
            await self._woken.wait()
            await self._gather()
            batch = list(islice(self._waiting, MAX_IN_BATCH))
            try:
                await self._handle(batch)
            except DomainError:  # the database is away: the batch is kept and tried again
                raise
            except Exception as error:  # noqa: BLE001 - reported; the next batch must not wait
                self._failed(error)
            for _ in batch:
                self._waiting.popleft()
            if not self._waiting:
                self._woken.clear()
                self._urgent.clear()
                self._idle.set()

    async def drain(self) -> None:
        """Wait until no message waits, at most `DRAIN_TIMEOUT` seconds."""
        self._urgent.set()
        await wait_until_set(self._idle, DRAIN_TIMEOUT)

    async def _gather(self) -> None:
        if len(self._waiting) < MAX_IN_BATCH:
            await wait_until_set(self._urgent, GATHER_TIMEOUT)

    async def _handle(self, batch: list[Message]) -> None:
        for message in await self._workers.run(self._select, batch):
            try:
                await self._notify_about(message)
            except DomainError:
                raise
            except Exception as error:  # noqa: BLE001 - reported; one bad message, many good ones
                self._failed(error)

    async def _notify_about(self, message: Message) -> None:
        watching = self._focused(message.conversation)
        after: UserId | None = None
        while True:
            result = await self._workers.run(self._notify, message, watching=watching, after=after)
            self._publish(result.changes)
            if result.pushes:
                self.on_pushes()
            after = result.next
            if after is None:
                return

    def _focused(self, conversation: ConversationId) -> Mapping[UserId, list[ConversationId]]:
        """Return the users who have a conversation open on this node."""
        return {
            socket.user: [conversation]
            for socket in self._hub.sockets_in(conversation)
            if socket.focus == conversation
        }
