"""The ports of durable storage: the unit of work, and the backend that it runs on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

import attrs

Stores_co = TypeVar("Stores_co", covariant=True)
T = TypeVar("T")


class UnitOfWork(Protocol[Stores_co]):
    """Runs work inside one transaction of a backend.

    The work is a function, so that the backend can run it again after a deadlock, a lock wait or a
    connection lost before the commit; it must have no effect but through its stores, and must not
    begin another unit of work. Whatever the work raises rolls everything back; refusals
    (`DomainError`, `AlreadyExists`) reach the caller unchanged.
    """

    def __call__(
        self,
        work: Callable[[Stores_co], T],
        *,
        idempotent: bool = False,
        waits_for_locks: bool = True,
    ) -> T:
        """Run *work* and commit, durably, before returning its result.

        *idempotent* work is also run again where the answer to the commit was lost; other work
        then raises `OutcomeUnknown`. Work that does not wait for locks raises `RowsLocked`, soon,
        where another transaction holds a row for long. Raises `Unavailable` where the backend
        stays out of reach.
        """
        ...

    def read(self, work: Callable[[Stores_co], T]) -> T:
        """Run *work* that only reads. It sees everything committed before the call."""
        ...


@attrs.frozen
class SchemaState:
    """The version that the stored data has, None where there is none, and the one needed."""

    current: str | None
    needed: str
    is_newer: bool = False
    """Whether a newer release than this one has written the data."""

    @property
    def is_current(self) -> bool:
        """Return whether this release can work with the data as it is."""
        return self.current == self.needed


@attrs.frozen
class PoolUsage:
    """How many connections of a pool are in use, and how many there may be."""

    used: int
    size: int


class Storage(Protocol[Stores_co]):
    """A backend that keeps everything durable.

    `migrate` and the methods for operators (`schema_state`, `describe`, `durability_risks`,
    `server_time`) may take long and may raise the backend's own errors.
    """

    @property
    def uow(self) -> UnitOfWork[Stores_co]:
        """The unit of work, safe to be called from many threads at once."""
        ...

    @property
    def is_inline(self) -> bool:
        """Return whether work is so short that it may run on the event loop."""
        ...

    def check(self) -> None:
        """Raise `Unavailable` where the backend cannot serve now; write nothing."""
        ...

    def check_writing(self) -> None:
        """Commit something small; raise `Unavailable`, of the class of the cause, if that fails.

        What it writes takes the same little space each time, and means nothing.
        """
        ...

    def close(self) -> None:
        """Free connections and files; nothing is called afterwards."""
        ...

    def migrate(self) -> None:
        """Bring the stored data to the version that this release needs; idempotent."""
        ...

    def schema_state(self) -> SchemaState | None:
        """Return the version of the stored data; None where data has no versions."""
        ...

    def describe(self) -> str:
        """Name the product, its version and how the connection is secured, for operators."""
        ...

    def durability_risks(self) -> Sequence[str]:
        """Return one sentence for each setting that could lose acknowledged messages."""
        ...

    def server_time(self) -> datetime | None:
        """Return the clock of the server in UTC; None where there is no clock but our own."""
        ...

    def pool_usage(self) -> Mapping[str, PoolUsage]:
        """Return the use of each connection pool by name; never waits for the backend."""
        ...
