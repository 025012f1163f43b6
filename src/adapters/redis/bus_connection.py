"""A link of the bus: the two connections to one server, and the tasks that keep them."""

import asyncio
from collections.abc import Callable

from redis.asyncio.connection import AbstractConnection

from parlour.adapters.redis.connection_health import Standing
from parlour.adapters.redis.receiver import Receiver, Subscription
from parlour.adapters.redis.sender import Sender
from parlour.domain.kernel.broadcast import Listener


class Link:
    """Receives from one server and sends to it, until it is closed."""

    def __init__(
        self,
        dial: Callable[[], AbstractConnection],
        listener: Listener,
        *,
        on_change: Callable[[], None],
        on_moved: Callable[[Subscription | None], None],
    ) -> None:
        self._receiving = Standing("bus, receiving")
        self._sending = Standing("bus, sending")
        self.receiver = Receiver(
            dial,
            on_frame=listener.frame,
            on_gap=listener.gap,
            on_change=on_change,
            on_moved=on_moved,
            standing=self._receiving,
        )
        self.sender = Sender(
            dial,
            on_change=on_change,
            on_moved=lambda: on_moved(None),
            on_demoted=self.receiver.interrupt,
            standing=self._sending,
        )
        self._tasks = [
            asyncio.create_task(half.run(), name="bus") for half in (self.receiver, self.sender)
        ]

    @property
    def is_up(self) -> bool:
        """Tell whether frames go both ways."""
        return self.receiver.is_up and self.sender.is_up

    @property
    def trouble(self) -> str | None:
        """What is wrong, in words for an operator."""
        return self._receiving.trouble or self._sending.trouble

    def stop(self) -> list[asyncio.Task[None]]:
        """Tell both halves to end, and return the tasks to wait for."""
        for task in self._tasks:
            task.cancel()
        return self._tasks
