"""A pool of open connections, each lent to one thread at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from parlour.adapters.sql.connection import Connection
from parlour.domain.kernel.errors import Overloaded
from parlour.domain.kernel.transaction import PoolUsage

C = TypeVar("C", bound=Connection)

_CONNECTION = "parlour.connection"


class Pool(Generic[C]):
    """Lends at most *size* connections; a caller waits at most *wait* seconds for a free one.

    *connect* opens a connection of the driver, *wrap* makes the `Connection` around it.
    """

    def __init__(
        self, connect: Callable[[], Any], wrap: Callable[[Any], C], *, size: int, wait: float
    ) -> None:
        self._wrap = wrap
        # Connections come back without an open transaction, so there is nothing to reset.
        self._pool = QueuePool(
            connect, pool_size=size, max_overflow=0, timeout=wait, reset_on_return=None
        )

    @contextmanager
    def transaction(self) -> Iterator[C]:
        """Lend a connection with an open transaction, which the caller commits.

        An error rolls it back. A connection that cannot roll back is closed, not lent again.
        """
        try:
            lent = self._pool.connect()
        except PoolTimeout as error:
            raise Overloaded from error
        try:
            connection = lent.info.get(_CONNECTION)
            if connection is None:
                connection = lent.info[_CONNECTION] = self._wrap(lent.dbapi_connection)
            connection.begin()
            yield connection
        except Exception:
            try:
                lent.info[_CONNECTION].rollback()
            except Exception:  # noqa: BLE001 - the first error says more
                lent.invalidate()
            else:
                lent.close()
            raise
        except BaseException:
            lent.invalidate()
            raise
        lent.close()

    @property
    def usage(self) -> PoolUsage:
        """How many connections are lent now, and the size of the pool."""
        return PoolUsage(self._pool.checkedout(), self._pool.size())

    def discard_idle(self) -> None:
        """Close the connections that are not in use."""
        pool = self._pool
        self._pool = pool.recreate()
        pool.dispose()
