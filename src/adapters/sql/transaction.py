"""The unit of work over a database: transactions, retries, and commits of unknown outcome."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from random import uniform
from threading import local
from time import monotonic, sleep
from typing import TypeVar

import attrs

from parlour.adapters.resilience import CircuitBreaker
from parlour.adapters.sql.connection import Connection, Database, DatabaseFault
from parlour.adapters.sql.stores import SqlStores
from parlour.domain.kernel.errors import (
    DiskFailed,
    DiskFull,
    DomainError,
    Locked,
    OutcomeUnknown,
    ReadOnly,
    RowsLocked,
    Unavailable,
    Unreachable,
)
from parlour.domain.kernel.transaction import UnitOfWork

T = TypeVar("T")

RUNS = 4
"""The most runs of one unit of work: the first, and three retries."""

_PASSING = {DatabaseFault.RETRY, DatabaseFault.CONNECTION_LOST, DatabaseFault.DEMOTED}
"""Faults that may be gone in the next run."""

_UNAVAILABLE: Mapping[DatabaseFault, type[Unavailable]] = {
    DatabaseFault.RETRY: Locked,
    DatabaseFault.LOCKED: RowsLocked,
    DatabaseFault.CONNECTION_LOST: Unreachable,
    DatabaseFault.UNREACHABLE: Unreachable,
    DatabaseFault.DISK_FULL: DiskFull,
    DatabaseFault.DISK_FAILED: DiskFailed,
    DatabaseFault.READ_ONLY: ReadOnly,
    DatabaseFault.DEMOTED: ReadOnly,
    DatabaseFault.OTHER: Unavailable,
}

Begin = Callable[[], AbstractContextManager[Connection]]


def unavailable(fault: DatabaseFault, detail: str | None = None) -> Unavailable:
    """Return what callers get where a *fault* did not pass."""
    return _UNAVAILABLE[fault](detail)


@attrs.frozen
class _Failure(Exception):
    """An error of the driver, what it means, and whether the commit had been sent."""

    error: Exception
    fault: DatabaseFault
    committing: bool

    @property
    def is_unknown(self) -> bool:
        """Return whether the transaction may have been committed nevertheless."""
        return self.committing and self.fault in {
            DatabaseFault.CONNECTION_LOST,
            DatabaseFault.UNREACHABLE,
            DatabaseFault.DEMOTED,
            DatabaseFault.DISK_FAILED,
            DatabaseFault.OTHER,
        }


@attrs.define
class _Again:
    """Decides whether work is run again: how often, how long, and after which failures."""

    seconds: float
    idempotent: bool
    waits_for_locks: bool
    unknown: bool = False
    _runs: int = 0
    _deadline: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._deadline = monotonic() + self.seconds

    def after(self, failure: _Failure) -> bool:
        """Return whether to run the work again after a *failure* of a run."""
        self.unknown = self.unknown or failure.is_unknown
        if monotonic() >= self._deadline or (self.unknown and not self.idempotent):
            return False
        if failure.fault is DatabaseFault.LOCKED:
            # Waits for locks are short and many: their time is limited, not their number.
            return self.waits_for_locks
        self._runs += 1
        return self._runs < RUNS and failure.fault in _PASSING

    def pause(self, fault: DatabaseFault) -> None:
        """Wait a random time after a deadlock, so that it does not come about again."""
        if fault in {DatabaseFault.RETRY, DatabaseFault.LOCKED}:
            sleep(uniform(0, 0.01 * 2 ** min(self._runs, RUNS)))  # noqa: S311


class SqlUnitOfWork(UnitOfWork[SqlStores]):
    """Runs work in transactions; starts no retry after *retry_seconds*."""

    def __init__(
        self, database: Database, circuit: CircuitBreaker, *, retry_seconds: float
    ) -> None:
        self._database = database
        self._circuit = circuit
        self._retry_seconds = retry_seconds
        self._thread = local()

    def __call__(
        self,
        work: Callable[[SqlStores], T],
        *,
        idempotent: bool = False,
        waits_for_locks: bool = True,
    ) -> T:
        begin = self._database.writing
        return self._run(begin, work, idempotent=idempotent, waits_for_locks=waits_for_locks)

    def read(self, work: Callable[[SqlStores], T]) -> T:
        try:
            return self._run(self._database.reading, work, idempotent=True, waits_for_locks=True)
        except ReadOnly as error:
            raise RuntimeError("work that only reads has written") from error
        except OutcomeUnknown as error:
            raise Unavailable from error

    def _run(
        self,
        begin: Begin,
        work: Callable[[SqlStores], T],
        *,
        idempotent: bool,
        waits_for_locks: bool,
    ) -> T:
        # A second connection would wait for the locks of the first until both time out.
        if getattr(self._thread, "runs", False):
            raise RuntimeError("a unit of work cannot begin inside another")
        self._thread.runs = True
        again = _Again(self._retry_seconds, idempotent, waits_for_locks)
        try:
            return self._run_until_done(begin, work, again)
        finally:
            self._thread.runs = False

    def _run_until_done(self, begin: Begin, work: Callable[[SqlStores], T], again: "_Again") -> T:
        while True:
            try:
                self._circuit.before_call()
                return self._run_once(begin, work, idempotent=again.idempotent)
            except _Failure as failure:
                self._note(failure.fault)
                if not again.after(failure):
                    raise _refusal(failure, unknown=again.unknown) from failure.error
                again.pause(failure.fault)
            except Unavailable as error:
                if again.unknown:
                    raise OutcomeUnknown from error
                raise

    def _run_once(self, begin: Begin, work: Callable[[SqlStores], T], *, idempotent: bool) -> T:
        connection: Connection | None = None
        try:
            with begin() as connection:
                result = work(SqlStores(connection))
                if not idempotent:
                    # Work that is lost together with its commit could not be run again.
                    connection.flush()
                connection.commit()
        except Exception as error:
            fault = self._database.fault(error)
            if fault is None:
                raise
            committing = connection is not None and connection.may_have_committed
            raise _Failure(error, fault, committing) from error
        self._circuit.record_success()
        return result

    def _note(self, fault: DatabaseFault) -> None:
        if fault is DatabaseFault.UNREACHABLE:
            self._circuit.record_failure()
        elif fault in {DatabaseFault.CONNECTION_LOST, DatabaseFault.DEMOTED}:
            # The usual cause, a restart of the server, has closed the other connections too.
            self._database.discard_idle()


def _refusal(failure: _Failure, *, unknown: bool) -> DomainError:
    return OutcomeUnknown() if unknown else unavailable(failure.fault)
