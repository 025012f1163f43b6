"""Sends notifications from the outbox to push services (Web Push, RFC 8030)."""

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Self

import msgspec

from parlour.adapters.resilience import keep_running
from parlour.domain.notifications import (
    DeliveryStatus,
    DuePush,
    Push,
    PushRequest,
    PushSender,
    SettlePushes,
    TakePushes,
)
from parlour.entrypoints.shell.dependencies import Dependencies
from parlour.entrypoints.shell.supervisor import wait_until_set
from parlour.entrypoints.shell.workers import Workers

POLL_INTERVAL = 10.0
"""Seconds between two looks at the outbox: another node may have died while it sent some."""

MAX_CONCURRENT = 8
"""Pushes that are sent at the same time."""


class Pusher:
    """Takes pushes that are due, sends them, and records the result of each.

    *open_sender* makes the sender with the key of this service, which is kept in the storage.
    """

    def __init__(
        self,
        workers: Workers,
        senders: Workers,
        *,
        open_sender: Callable[[], PushSender],
        take: TakePushes,
        settle: SettlePushes,
        delay: timedelta,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._workers = workers
        self._senders = senders
        self._open_sender = open_sender
        self._take = take
        self._settle = settle
        self._delay = delay.total_seconds()
        self._failed = failed
        self._sender: PushSender | None = None
        self._woken = asyncio.Event()
        self.delivered = 0

    @classmethod
    def build(cls, dependencies: Dependencies) -> Self:
        """Make the pusher of a service."""
        use = dependencies.use_cases
        return cls(
            dependencies.pools.queries,
            dependencies.pools.pushes,
            open_sender=dependencies.open_sender,
            take=use.take_pushes,
            settle=use.settle_pushes,
            delay=dependencies.settings.push.delay,
            failed=dependencies.failed,
        )

    def wake_later(self) -> None:
        """Look at the outbox when pushes that are written now become due."""
        asyncio.get_running_loop().call_later(self._delay, self.wake)

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    async def public_key(self) -> str:
        """Return the key that browsers subscribe with; raise `Unavailable`."""
        return (await self._opened()).public_key

    async def run(self) -> None:
        """Send what becomes due, until cancelled; leases bring back what failed."""
        await keep_running(self._rounds, self._failed)

    async def _rounds(self) -> None:
        while True:
            await self._opened()
            while await self.send_due():
                pass
            await wait_until_set(self._woken, POLL_INTERVAL)
            self._woken.clear()

    async def send_due(self) -> bool:
        """Send at most `MAX_CONCURRENT` pushes; return whether more may be due."""
        sender = await self._opened()
        taken = await self._workers.run(self._take, MAX_CONCURRENT)
        if not taken:
            return False
        outcomes = await asyncio.gather(*(self._send(sender, due) for due in taken))
        await self._workers.run(self._settle, outcomes)
        self.delivered += sum(outcome is DeliveryStatus.DONE for _, outcome in outcomes)
        return len(taken) == MAX_CONCURRENT

    async def _send(self, sender: PushSender, due: DuePush) -> tuple[Push, DeliveryStatus]:
        request = PushRequest(due.subscription, payload_of(due), topic_of(due))
        try:
            return due.push, await self._senders.run(sender.send, request)
        except Exception as error:  # noqa: BLE001 - one failure must not stop the others
            self._failed(error)
            return due.push, DeliveryStatus.LATER

    async def _opened(self) -> PushSender:
        if self._sender is None:
            self._sender = await self._workers.run(self._open_sender)
        return self._sender


def payload_of(due: DuePush) -> bytes:
    """Return the JSON for a browser: the place, and the text only where the user allows it."""
    payload: dict[str, object] = {
        "type": due.reason.value,
        "conversation": str(due.push.conversation),
        "seq": due.push.seq,
    }
    if due.subscription.preview:
        payload["title"] = f"{due.author} – {due.title}" if due.title else due.author
        payload["body"] = due.message.content.excerpt
    return msgspec.json.encode(payload)


def topic_of(due: DuePush) -> str:
    """Return the Topic header, by which a push service replaces an older push (RFC 8030, 5.4).

    A hash, so that the push service does not learn the conversation.
    """
    named = due.subscription.id.bytes + due.push.conversation.bytes
    return urlsafe_b64encode(hashlib.sha256(named).digest()[:24]).decode()
