"""The unit of work over a database: begin, run, commit, and what to do where that fails."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from random import uniform
from threading import local
from time import monotonic, sleep
from typing import TypeVar

import attrs

from parlour.adapters.resilience import CircuitBreaker
from parlour.adapters.sql.connection import Connection, Database, Fault
from parlour.adapters.sql.stores import SqlStores
from parlour.domain.kernel.errors import OutcomeUnknown, Unavailable
from parlour.domain.kernel.transaction import UnitOfWork

T = TypeVar("T")

RUNS = 4
"""Work runs at most so often: once, and three times again."""

Begin = Callable[[], AbstractContextManager[Connection]]


@attrs.frozen
class _Failure(Exception):
    """An error of the driver, what it means, and whether the commit was on its way."""

    error: Exception
    fault: Fault
    committing: bool

    @property
    def is_unknown(self) -> bool:
        """Tell whether the transaction may have been committed all the same."""
        return self.committing and self.fault in {Fault.LOST, Fault.AWAY, Fault.OTHER}


class SqlUnitOfWork(UnitOfWork[SqlStores]):
    """Runs work in transactions; begins no further run after *patience* seconds."""

    def __init__(self, database: Database, circuit: CircuitBreaker, *, patience: float) -> None:
        self._database = database
        self._circuit = circuit
        self._patience = patience
        self._thread = local()

    def __call__(self, work: Callable[[SqlStores], T], *, idempotent: bool = False) -> T:
        return self._run(self._database.writing, work, idempotent=idempotent)

    def read(self, work: Callable[[SqlStores], T]) -> T:
        try:
            return self._run(self._database.reading, work, idempotent=True)
        except OutcomeUnknown as error:
            raise Unavailable from error

    def _run(self, begin: Begin, work: Callable[[SqlStores], T], *, idempotent: bool) -> T:
        # A second connection would wait for what the first one holds, until both give up.
        if getattr(self._thread, "runs", False):
            raise RuntimeError("a unit of work cannot begin inside another")
        self._thread.runs = True
        try:
            return self._run_until_done(begin, work, idempotent=idempotent)
        finally:
            self._thread.runs = False

    def _run_until_done(
        self, begin: Begin, work: Callable[[SqlStores], T], *, idempotent: bool
    ) -> T:
        deadline = monotonic() + self._patience
        unknown = False
        for left in reversed(range(RUNS)):
            try:
                self._circuit.before_call()
                return self._run_once(begin, work, idempotent=idempotent)
            except _Failure as failure:
                unknown = unknown or failure.is_unknown
                self._note(failure.fault)
                may_run = left and monotonic() < deadline and (idempotent or not unknown)
                if not may_run or failure.fault not in {Fault.AGAIN, Fault.LOST}:
                    raise _refusal(failure, unknown=unknown) from failure.error
                if failure.fault is Fault.AGAIN:
                    # Chance parts those who have got into each other's way.
                    sleep(uniform(0, 0.01 * 2 ** (RUNS - left)))  # noqa: S311
            except Unavailable as error:
                if unknown:
                    raise OutcomeUnknown from error
                raise
        raise AssertionError

    def _run_once(self, begin: Begin, work: Callable[[SqlStores], T], *, idempotent: bool) -> T:
        connection: Connection | None = None
        try:
            with begin() as connection:
                result = work(SqlStores(connection))
                if not idempotent:
                    # What is lost together with the commit could not be run again.
                    connection.settle()
                connection.commit()
        except Exception as error:
            fault = self._database.fault(error)
            if fault is None:
                raise
            committing = connection is not None and connection.may_have_committed
            raise _Failure(error, fault, committing) from error
        self._circuit.record_success()
        return result

    def _note(self, fault: Fault) -> None:
        if fault is Fault.AWAY:
            self._circuit.record_failure()
        elif fault is Fault.LOST:
            # What killed one connection, a restart as a rule, has killed the others too.
            self._database.forget()


def _refusal(failure: _Failure, *, unknown: bool) -> Exception:
    if failure.fault is Fault.WRITTEN:
        return RuntimeError("work that only reads has written")
    return OutcomeUnknown() if unknown else Unavailable()
