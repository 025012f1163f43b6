"""MySQL 8 and MariaDB 10.11: the pools, and what errors mean."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from hashlib import sha256
from typing import Any

import pymysql
from pymysql.constants import CR, ER
from sqlalchemy import Connection as CoreConnection
from sqlalchemy import NullPool, create_engine
from sqlalchemy.dialects.mysql.pymysql import dialect as mysql_dialect

from parlour.adapters.resilience import CircuitBreaker
from parlour.adapters.sql.connection import Connection, Database, DatabaseFault
from parlour.adapters.sql.mysql_address import MysqlAddress
from parlour.adapters.sql.mysql_bounds import bounds_for
from parlour.adapters.sql.mysql_connection import MysqlConnection
from parlour.adapters.sql.mysql_diagnostics import MysqlDiagnostics
from parlour.adapters.sql.mysql_snapshot import MysqlBulkAccess
from parlour.adapters.sql.pool import Pool
from parlour.adapters.sql.schema import Schema
from parlour.adapters.sql.statements import StatementCache
from parlour.adapters.sql.storage import SqlStorage
from parlour.adapters.sql.transaction import SqlUnitOfWork
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.transaction import PoolUsage

# Error numbers that PyMySQL has no names for.
_RECORD_CHANGED = 1020  # MariaDB, innodb_snapshot_isolation
_KILLED = 1927  # MariaDB: KILL CONNECTION
_IDLE_TOO_LONG = 4031  # MySQL 8: wait_timeout
_STATEMENT_TIMEOUT = 1969  # MariaDB: max_statement_time
_READ_ONLY_TRANSACTION = 1792
_READ_ONLY_MODE = 1836  # innodb_read_only, innodb_force_recovery
_CLOSED = 0  # PyMySQL: the socket was closed before

_RETRY = {ER.LOCK_DEADLOCK, _RECORD_CHANGED, ER.QUERY_INTERRUPTED}
_LOCKED = {ER.LOCK_WAIT_TIMEOUT, _STATEMENT_TIMEOUT}
_LOST = {
    CR.CR_SERVER_GONE_ERROR,
    CR.CR_SERVER_LOST,
    CR.CR_SERVER_LOST_EXTENDED,
    ER.SERVER_SHUTDOWN,
    _KILLED,
    _IDLE_TOO_LONG,
    _CLOSED,
}
_UNREACHABLE = {
    CR.CR_CONNECTION_ERROR,
    CR.CR_CONN_HOST_ERROR,
    CR.CR_UNKNOWN_HOST,
    CR.CR_SSL_CONNECTION_ERROR,
    ER.CON_COUNT_ERROR,
    ER.TOO_MANY_USER_CONNECTIONS,
}
_DISK_FULL = {ER.RECORD_FILE_FULL, ER.DISK_FULL}
_DISK_FAILED = {ER.ERROR_ON_READ, ER.ERROR_ON_WRITE}
_MEANINGS = {
    DatabaseFault.RETRY: _RETRY,
    DatabaseFault.LOCKED: _LOCKED,
    DatabaseFault.CONNECTION_LOST: _LOST,
    DatabaseFault.UNREACHABLE: _UNREACHABLE,
    DatabaseFault.DISK_FULL: _DISK_FULL,
    DatabaseFault.DISK_FAILED: _DISK_FAILED,
    DatabaseFault.READ_ONLY: {_READ_ONLY_TRANSACTION, _READ_ONLY_MODE},
    # read_only, as a demoted primary has it
    DatabaseFault.DEMOTED: {ER.OPTION_PREVENTS_STATEMENT},
}

_TEXTS = StatementCache(mysql_dialect())


class MysqlDatabase(Database):
    """A pool for work that writes, at READ COMMITTED, and one for work that only reads.

    Reads are REPEATABLE READ: all statements of one work see the same snapshot, or a page of a log
    could miss an event that another statement of the same page already shows.
    """

    def __init__(self, address: MysqlAddress, *, pool: int, wait: float) -> None:
        writers = max(1, pool // 2)

        def connect(*characteristics: str) -> Any:
            return address.connect(f"SET SESSION TRANSACTION {', '.join(characteristics)}")

        def connect_writer() -> Any:
            driver = connect("ISOLATION LEVEL READ COMMITTED", "READ WRITE")
            return bounds_for(driver, address).apply(driver)

        self._writers = Pool(
            connect_writer,
            lambda driver: MysqlConnection(_TEXTS, driver, bounds=bounds_for(driver, address)),
            size=writers,
            wait=wait,
        )
        self._readers = Pool(
            partial(connect, "ISOLATION LEVEL REPEATABLE READ", "READ ONLY"),
            partial(MysqlConnection, _TEXTS, reads=True),
            size=max(1, pool - writers),
            wait=wait,
        )

    def writing(self) -> AbstractContextManager[Connection]:
        return self._writers.transaction()

    def reading(self) -> AbstractContextManager[Connection]:
        return self._readers.transaction()

    def fault(self, error: Exception) -> DatabaseFault | None:
        if not isinstance(error, pymysql.err.Error):
            return None
        # PyMySQL reports a time-out as a lost connection; the cause is in the context.
        if isinstance(error.__context__, TimeoutError):
            return DatabaseFault.UNREACHABLE
        number = error.args[0] if error.args else None
        return next(
            (fault for fault, known in _MEANINGS.items() if number in known), DatabaseFault.OTHER
        )

    def usage(self) -> Mapping[str, PoolUsage]:
        return {"writing": self._writers.usage, "reading": self._readers.usage}

    def discard_idle(self) -> None:
        self._writers.discard_idle()
        self._readers.discard_idle()

    def close(self) -> None:
        self.discard_idle()


def open_mysql(address: MysqlAddress, *, pool: int = 10, wait: float = 2.0) -> SqlStorage:
    """Return the storage in a MySQL or MariaDB; nothing is connected before it is used.

    *pool* is the most connections, *wait* the longest wait for a free one in seconds.
    """
    database = MysqlDatabase(address, pool=pool, wait=wait)
    circuit = CircuitBreaker(pause=1.0, patience=address.answer_timeout)
    # A migration may take long: answers have a day.
    engine = create_engine(
        "mysql+pymysql://",
        creator=lambda: address.connect(answer_timeout=86_400.0),
        poolclass=NullPool,
    )

    return SqlStorage(
        uow=SqlUnitOfWork(database, circuit, retry_seconds=2 * address.lock_wait),
        database=database,
        schema=Schema(engine, lambda connection: _migration_lock(connection, address.database)),
        diagnostics=MysqlDiagnostics(address),
        bulk=MysqlBulkAccess(address, lambda driver: MysqlConnection(_TEXTS, driver)),
    )


@contextmanager
def _migration_lock(connection: CoreConnection, database: str) -> Iterator[None]:
    # Lock names are global to the server and have at most 64 characters.
    name = f"parlour.{sha256(database.encode()).hexdigest()[:32]}"
    if connection.exec_driver_sql("SELECT GET_LOCK(%s, %s)", (name, 60)).scalar() != 1:
        raise Unavailable("Another node has been changing the tables for a minute")
    try:
        yield
    finally:
        connection.exec_driver_sql("SELECT RELEASE_LOCK(%s)", (name,))
