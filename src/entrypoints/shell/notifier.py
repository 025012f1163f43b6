"""Tells those whom messages concern, after their commit: nobody who sends waits for it."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from parlour.adapters.resilience import keep_running
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Changes
from parlour.domain.messages import Message
from parlour.domain.notifications import Notify, SelectMessages
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.waiting import is_set_within
from parlour.entrypoints.shell.workers import Workers

MAX_WAITING = 20_000
"""More messages than this are not looked at: their unread counts are right all the same."""

MAX_IN_BATCH = 1_024

LINGER = 0.25
"""Seconds that a message waits for company: pushes wait longer anyway. Mentions go at once."""

FAREWELL = 3.0
"""Seconds in which a service that stops tells what still waits."""


class Notifier:
    """Looks at posted messages in their order and writes whom they concern.

    `on_pushes` is called when pushes wait from now on.
    """

    def __init__(
        self,
        hub: Hub,
        workers: Workers,
        *,
        pick: SelectMessages,
        notify: Notify,
        tell: Callable[[Changes], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._hub = hub
        self._workers = workers
        self._pick = pick
        self._notify = notify
        self._tell = tell
        self._failed = failed
        self._waiting: deque[Message] = deque()
        self._woken = asyncio.Event()
        self._hurry = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.on_pushes: Callable[[], None] = lambda: None
        self.passed_over = 0

    def offer(self, messages: Iterable[Message]) -> None:
        """Look at these messages soon."""
        for message in messages:
            if len(self._waiting) < MAX_WAITING:
                self._waiting.append(message)
                if message.content.mentions_anybody:
                    self._hurry.set()
            else:
                self.passed_over += 1
        if self._waiting:
            self._idle.clear()
            self._woken.set()

    async def run(self) -> None:
        """Look at what comes, for ever, until cancelled."""
        await keep_running(self._rounds, self._failed)

    async def _rounds(self) -> None:
        while True:
            await self._woken.wait()
            await self._linger()
            batch = list(islice(self._waiting, MAX_IN_BATCH))
            try:
                await self._look(batch)
            except DomainError:  # the database is away: the batch is kept and looked at again
                raise
            except Exception as error:  # noqa: BLE001 - reported; the next batch must not wait
                self._failed(error)
            for _ in batch:
                self._waiting.popleft()
            if not self._waiting:
                self._woken.clear()
                self._hurry.clear()
                self._idle.set()

    async def drained(self) -> None:
        """Wait until nothing waits, at most `FAREWELL` seconds."""
        self._hurry.set()
        await is_set_within(self._idle, FAREWELL)

    async def _linger(self) -> None:
        if len(self._waiting) < MAX_IN_BATCH:
            await is_set_within(self._hurry, LINGER)

    async def _look(self, batch: list[Message]) -> None:
        for message in await self._workers.run(self._pick, batch):
            try:
                await self._notify_of(message)
            except DomainError:
                raise
            except Exception as error:  # noqa: BLE001 - reported; one bad message, many good ones
                self._failed(error)

    async def _notify_of(self, message: Message) -> None:
        watching = self._watching(message.conversation)
        after: UserId | None = None
        while True:
            noted = await self._workers.run(self._notify, message, watching=watching, after=after)
            self._tell(noted.changes)
            if noted.pushes:
                self.on_pushes()
            after = noted.next
            if after is None:
                return

    def _watching(self, conversation: ConversationId) -> Mapping[UserId, list[ConversationId]]:
        """Return who looks at a conversation on this node."""
        return {
            socket.user: [conversation]
            for socket in self._hub.sockets_in(conversation)
            if socket.focus == conversation
        }
