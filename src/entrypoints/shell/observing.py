"""Hooks around commands on their way, for what measures them: tracing implements them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from parlour.domain.kernel.errors import DomainError
from parlour.domain.logs import LogEntry

Item_contra = TypeVar("Item_contra", contravariant=True)


class LaneObserver(Protocol[Item_contra]):
    """Watches the items of a lane. Its methods are called on the event loop, but for one."""

    def submitted(self, item: Item_contra) -> None:
        """Hear that *item* was handed over; `settled` follows."""
        ...

    def committing(self, items: Sequence[Item_contra]) -> AbstractContextManager[object]:
        """Return what is entered around the transaction of *items*, in its worker thread."""
        ...

    def settled(self, item: Item_contra, outcome: object | DomainError) -> None:
        """Hear what became of *item*, after whoever asked for it was answered."""
        ...


class ServiceObserver(LaneObserver[Item_contra], Protocol[Item_contra]):
    """Watches commands from their submission until their events were published."""

    def publishing(
        self, entries: Sequence[LogEntry], publish: Callable[[Sequence[LogEntry]], int]
    ) -> None:
        """Call *publish* with all of *entries*, at once or in parts, in order.

        It returns how many sockets of this node were told.
        """
        ...

    async def close(self) -> None:
        """Hand over what was collected: the service has stopped."""
        ...
