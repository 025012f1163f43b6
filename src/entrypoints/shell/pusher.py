"""Carries pushes from the outbox to push services."""

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta

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
from parlour.entrypoints.shell.waiting import is_set_within
from parlour.entrypoints.shell.workers import Workers

EVERY = 10.0
"""Seconds between two looks at the outbox: another node may have died with a lease."""

AT_ONCE = 8
"""Pushes under way at the same time."""


class Pusher:
    """Takes pushes that are due, carries them, and notes what became of each.

    *open_sender* makes the sender with the key of this service, which is kept in the storage.
    """

    def __init__(
        self,
        workers: Workers,
        carriers: Workers,
        *,
        open_sender: Callable[[], PushSender],
        take: TakePushes,
        settle: SettlePushes,
        delay: timedelta,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._workers = workers
        self._carriers = carriers
        self._open_sender = open_sender
        self._take = take
        self._settle = settle
        self._delay = delay.total_seconds()
        self._failed = failed
        self._sender: PushSender | None = None
        self._woken = asyncio.Event()
        self.carried = 0

    def soon(self) -> None:
        """Look when pushes that were written now become due."""
        asyncio.get_running_loop().call_later(self._delay, self.wake)

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    async def public_key(self) -> str:
        """Return the key that browsers subscribe with; raise `Unavailable`."""
        return (await self._opened()).public_key

    async def run(self) -> None:
        """Carry what becomes due, for ever, until cancelled; leases bring back what failed."""
        await keep_running(self._rounds, self._failed)

    async def _rounds(self) -> None:
        while True:
            await self._opened()
            while await self.carry():
                pass
            await is_set_within(self._woken, EVERY)
            self._woken.clear()

    async def carry(self) -> bool:
        """Carry at most `AT_ONCE` pushes; tell whether more may be due."""
        sender = await self._opened()
        taken = await self._workers.run(self._take, AT_ONCE)
        if not taken:
            return False
        outcomes = await asyncio.gather(*(self._send(sender, due) for due in taken))
        await self._workers.run(self._settle, outcomes)
        self.carried += sum(outcome is DeliveryStatus.DONE for _, outcome in outcomes)
        return len(taken) == AT_ONCE

    async def _send(self, sender: PushSender, due: DuePush) -> tuple[Push, DeliveryStatus]:
        parcel = PushRequest(due.subscription, payload_of(due), topic_of(due))
        try:
            return due.push, await self._carriers.run(sender.send, parcel)
        except Exception as error:  # noqa: BLE001 - one that fails must not keep the others
            self._failed(error)
            return due.push, DeliveryStatus.LATER

    async def _opened(self) -> PushSender:
        if self._sender is None:
            self._sender = await self._workers.run(self._open_sender)
        return self._sender


def payload_of(due: DuePush) -> bytes:
    """Return what a browser is told: where, and only if the user allows it who said what."""
    told: dict[str, object] = {
        "type": due.reason.value,
        "conversation": str(due.push.conversation),
        "seq": due.push.seq,
    }
    if due.subscription.preview:
        told["title"] = f"{due.author} – {due.title}" if due.title else due.author
        told["body"] = due.message.content.excerpt
    return msgspec.json.encode(told)


def topic_of(due: DuePush) -> str:
    """Return what lets a push service replace an older push; it tells nobody which talk it is."""
    named = due.subscription.id.bytes + due.push.conversation.bytes
    return urlsafe_b64encode(hashlib.sha256(named).digest()[:24]).decode()
