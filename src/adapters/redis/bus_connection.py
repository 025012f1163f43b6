"""The two connections of the bus to one server, and the tasks that keep them open."""

import asyncio
from collections.abc import Callable

from redis.asyncio.connection import AbstractConnection

from parlour.adapters.redis.connection_health import ConnectionHealth
from parlour.adapters.redis.receiver import BusReceiver, TopicSubscription
from parlour.adapters.redis.reply_reader import ReplyReader
from parlour.adapters.redis.sender import BusSender
from parlour.domain.kernel.broadcast import Listener


class BusConnection:
    """Receives from one server and sends to it, until it is stopped."""

    def __init__(
        self,
        open_connection: Callable[[], AbstractConnection],
        reply_reader: Callable[[AbstractConnection], ReplyReader],
        listener: Listener,
        *,
        on_change: Callable[[], None],
        on_moved: Callable[[TopicSubscription | None], None],
    ) -> None:
        self._receiving = ConnectionHealth("bus, receiving")
        self._sending = ConnectionHealth("bus, sending")
        self.receiver = BusReceiver(
            open_connection,
            reply_reader,
            on_frame=listener.frame,
            on_gap=listener.gap,
            on_change=on_change,
            on_moved=on_moved,
            health=self._receiving,
        )
        self.sender = BusSender(
            open_connection,
            reply_reader,
            on_change=on_change,
            on_moved=lambda: on_moved(None),
            on_demoted=self.receiver.interrupt,
            health=self._sending,
        )
        self._tasks = [
            asyncio.create_task(part.run(), name="bus") for part in (self.receiver, self.sender)
        ]

    @property
    def is_up(self) -> bool:
        """Whether both connections work."""
        return self.receiver.is_up and self.sender.is_up

    @property
    def problem(self) -> str | None:
        """What is wrong, for operators; None while all is well."""
        return self._receiving.problem or self._sending.problem

    def stop(self) -> list[asyncio.Task[None]]:
        """Cancel both tasks and return them, to be awaited."""
        for task in self._tasks:
            task.cancel()
        return self._tasks
