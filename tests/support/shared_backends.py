"""Backends that several nodes in one test process share, configured by their import path."""

from collections.abc import Iterator
from contextlib import contextmanager

import attrs

from parlour.adapters.config.settings import Settings
from parlour.adapters.config.settings_backends import (
    BusSettings,
    PresenceSettings,
    StorageSettings,
)
from parlour.adapters.memory import MemoryBus, MemoryExchange, MemoryPresence, MemoryStorage


@attrs.define
class _Shared:
    storage: MemoryStorage = attrs.field(factory=MemoryStorage)
    exchange: MemoryExchange = attrs.field(factory=MemoryExchange)
    presence: MemoryPresence = attrs.field(factory=MemoryPresence)


_shared: list[_Shared] = []


@contextmanager
def sharing(settings: Settings) -> Iterator[Settings]:
    """Return settings of nodes that share their storage, presence and bus."""
    _shared.append(_Shared())
    try:
        yield attrs.evolve(
            settings,
            storage=StorageSettings(backend="tests.support.shared_backends:open_storage"),
            presence=PresenceSettings(backend="tests.support.shared_backends:open_presence"),
            bus=BusSettings(backend="tests.support.shared_backends:open_bus"),
        )
    finally:
        _shared.pop()


def open_storage(settings: Settings) -> MemoryStorage:
    """Return the storage of all nodes."""
    return _shared[-1].storage


def open_presence(settings: Settings) -> MemoryPresence:
    """Return the presence store of all nodes."""
    return _shared[-1].presence


def open_bus(settings: Settings) -> MemoryBus:
    """Return this node's end of the bus."""
    return MemoryBus(_shared[-1].exchange)
