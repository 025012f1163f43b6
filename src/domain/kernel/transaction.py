"""The unit of work: all of a change or nothing of it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

Stores_co = TypeVar("Stores_co", covariant=True)
T = TypeVar("T")


class UnitOfWork(Protocol[Stores_co]):
    """Runs work inside one transaction of a backend.

    The work is a function, so that the backend can run it again after a deadlock, a lock wait or a
    connection lost before the commit; it must have no effect but through its stores, and must not
    begin another unit of work. Whatever the work raises rolls everything back; refusals
    (`DomainError`, `AlreadyExists`) reach the caller unchanged.
    """

    def __call__(self, work: Callable[[Stores_co], T], *, idempotent: bool = False) -> T:
        """Run *work* and commit, durably, before returning its result.

        *idempotent* work is also run again where the answer to the commit was lost; other work
        then raises `OutcomeUnknown`. Raises `Unavailable` where the backend stays out of reach.
        """
        ...

    def read(self, work: Callable[[Stores_co], T]) -> T:
        """Run *work* that only reads. It sees everything committed before the call."""
        ...


class Storage(Protocol[Stores_co]):
    """A backend that keeps everything durable."""

    @property
    def uow(self) -> UnitOfWork[Stores_co]:
        """The unit of work, safe to be called from many threads at once."""
        ...

    @property
    def is_inline(self) -> bool:
        """Tell whether work is so short that it may run on the event loop."""
        ...

    def migrate(self) -> None:
        """Bring what is kept to the form that this version needs; does nothing where it has it."""
        ...

    def check(self) -> None:
        """Raise `Unavailable` where the backend cannot serve now."""
        ...

    def close(self) -> None:
        """Free connections and files; nothing is called afterwards."""
        ...
