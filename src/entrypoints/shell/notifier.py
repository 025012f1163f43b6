"""Writes notifications of messages after their commit, and takes them back after changes.

No sender waits for it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, Self

from parlour.adapters.resilience import keep_running
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Changes
from parlour.domain.messages import ContentChange, Message
from parlour.domain.notifications import (
    Notify,
    NotifyResult,
    SelectMessages,
    WithdrawNotifications,
)
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
    """Finds whom posted and changed messages concern and tells them, in the order of the commits.

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
        withdraw: WithdrawNotifications,
        publish: Callable[[Changes], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._hub = hub
        self._workers = workers
        self._select = select
        self._notify = notify
        self._withdraw = withdraw
        self._publish = publish
        self._failed = failed
        self._waiting: deque[Message | ContentChange] = deque()
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
            withdraw=use.withdraw_notifications,
            publish=publish,
            failed=dependencies.failed,
        )

    def enqueue(self, messages: Iterable[Message]) -> None:
        """Look at these messages soon."""
        for message in messages:
            self._append(message, is_urgent=message.content.mentions_anybody)

    def enqueue_changes(self, changes: Iterable[ContentChange]) -> None:
        """Take back notifications of these messages soon, and tell those who are mentioned now."""
        for change in changes:
            if change.before.content.mentions_anybody or change.after.content.mentions_anybody:
                self._append(change, is_urgent=True)

    def _append(self, item: Message | ContentChange, *, is_urgent: bool) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self.skipped += 1
            return
        self._waiting.append(item)
        self._idle.clear()
        self._woken.set()
        if is_urgent:
            self._urgent.set()

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

    async def _handle(self, batch: list[Message | ContentChange]) -> None:
        posted = [each for each in batch if isinstance(each, Message)]
        selected = await self._workers.run(self._select, posted) if posted else []
        numbers = {message.number for message in selected}
        for item in batch:
            try:
                if isinstance(item, ContentChange):
                    await self._tell_of_change(item)
                elif item.number in numbers:
                    watching = self._focused(item.conversation)
                    await self._repeat(self._notify, item, watching=watching)
            except DomainError:
                raise
            except Exception as error:  # noqa: BLE001 - reported; one bad message, many good ones
                self._failed(error)

    async def _tell_of_change(self, change: ContentChange) -> None:
        before, after = change.before, change.after
        if before.content.mentions_anybody:
            await self._repeat(self._withdraw, before)
        if after.content.mentions_anybody:
            watching = self._focused(after.conversation)
            await self._repeat(self._notify, after, before=before, watching=watching)

    async def _repeat(
        self, use_case: Callable[..., NotifyResult], message: Message, **options: Any
    ) -> None:
        """Call *use_case* until it has told all members."""
        after: UserId | None = None
        while True:
            result = await self._workers.run(use_case, message, after=after, **options)
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
