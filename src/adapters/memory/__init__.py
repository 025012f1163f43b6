"""
Every port in memory: nothing to install, everything is lost when the process ends.

Holds the storage, with real transactions and rollback; presence; a bus within the process; rate
limits. It is complete and exact, so that a test on it tests the product.
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


def open_storage(settings: object = None, clock: object = None) -> MemoryStorage:  # noqa: ARG001 - the signature of storage factories
    """Return an empty storage; the arguments are unused."""
    return MemoryStorage()


def open_presence(settings: object = None) -> MemoryPresence:  # noqa: ARG001 - the signature of presence factories
    """Return an empty presence store on the clocks of the process; the argument is unused."""
    return MemoryPresence()


def open_bus(settings: object = None) -> MemoryBus:  # noqa: ARG001 - the signature of bus factories
    """Return the bus of a single node; the argument is unused."""
    return MemoryBus()
