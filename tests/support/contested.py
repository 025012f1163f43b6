"""A race that another node wins."""

from collections.abc import Callable
from typing import TypeVar

from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.entrypoints.use_cases import Stores

T = TypeVar("T")


class Contested(UnitOfWork[Stores]):
    """A unit of work in whose first transaction somebody else is faster.

    *faster* does what the other one does; then the transaction fails with `AlreadyExists`.
    """

    def __init__(
        self, uow: UnitOfWork[Stores], faster: Callable[[], object] = lambda: None
    ) -> None:
        self._uow = uow
        self._faster = faster
        self.runs = 0

    def __call__(
        self,
        work: Callable[[Stores], T],
        *,
        idempotent: bool = False,
        waits_for_locks: bool = True,
    ) -> T:
        self.runs += 1
        if self.runs == 1:
            self._faster()
            raise AlreadyExists
        return self._uow(work, idempotent=idempotent, waits_for_locks=waits_for_locks)

    def read(self, work: Callable[[Stores], T]) -> T:
        return self._uow.read(work)
