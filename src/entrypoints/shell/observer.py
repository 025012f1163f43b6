"""Hooks around commands between submission and publication; tracing implements them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from parlour.domain.kernel.errors import DomainError
from parlour.domain.messages import LogEvent

Item_contra = TypeVar("Item_contra", contravariant=True)


class LaneObserver(Protocol[Item_contra]):
    """Observes the items of a lane, on the event loop except where noted."""

    def submitted(self, item: Item_contra) -> None:
        """Called when *item* is submitted; `settled` follows in any case."""
        ...

    def committing(self, items: Sequence[Item_contra]) -> AbstractContextManager[object]:
        """Return a context that surrounds the transaction of *items*, in its worker thread."""
        ...

    def settled(self, item: Item_contra, outcome: object | DomainError) -> None:
        """Called with the outcome of *item*, after it was answered."""
        ...


class ServiceObserver(LaneObserver[Item_contra], Protocol[Item_contra]):
    """Observes commands from their submission until their events are published."""

    def publishing(
        self, entries: Sequence[LogEvent], publish: Callable[[Sequence[LogEvent]], int]
    ) -> None:
        """Call *publish* with all of *entries*, at once or in parts, in their order.

        *publish* returns the number of sockets of this node that got them.
        """
        ...

    async def close(self) -> None:
        """Flush what was collected: the service has stopped."""
        ...
