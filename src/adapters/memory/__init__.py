"""
Every port in memory: nothing to install, nothing kept when the process ends.

Lives here: the storage, with transactions that roll back honestly; presence; a bus within the
process; rate limits. Complete and exact, so that a test on it tests the product.
"""

from parlour.adapters.memory.broadcast import MemoryBus, MemoryExchange
from parlour.adapters.memory.limits import MemoryRateLimiter
from parlour.adapters.memory.presence import MemoryPresence
from parlour.adapters.memory.storage import MemoryStorage, MemoryStores

__all__ = [
    "MemoryBus",
    "MemoryExchange",
    "MemoryPresence",
    "MemoryRateLimiter",
    "MemoryStorage",
    "MemoryStores",
    "open_bus",
    "open_presence",
    "open_storage",
]


def open_storage(settings: object = None, clock: object = None) -> MemoryStorage:  # noqa: ARG001 - the form of every storage factory
    """Return an empty storage; memory needs no settings and no clock."""
    return MemoryStorage()


def open_presence(settings: object = None) -> MemoryPresence:  # noqa: ARG001 - the form of every presence factory
    """Return a presence store that knows nobody yet; memory needs no settings."""
    return MemoryPresence()


def open_bus(settings: object = None) -> MemoryBus:  # noqa: ARG001 - the form of every bus factory
    """Return the bus of a node that is alone; memory needs no settings."""
    return MemoryBus()
