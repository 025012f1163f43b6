"""MySQL 8 and MariaDB 10.11: connections, the one place where their SQL differs, their errors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import Any

import pymysql
from pymysql.constants import CR, ER
from sqlalchemy import Connection as CoreConnection
from sqlalchemy import NullPool, create_engine
from sqlalchemy.dialects.mysql.pymysql import dialect as mysql_dialect

from adapters.sql.connection import Connection, Database, Fault
from adapters.sql.mysql_address import MysqlAddress
from adapters.sql.mysql_vault import MysqlVault
from adapters.sql.outage import Outage
from adapters.sql.pool import Pool
from adapters.sql.schema import Schema
from adapters.sql.statements import Change, RowText, Texts
from adapters.sql.storage import SqlStorage
from adapters.sql.transaction import SqlUnitOfWork
from adapters.sql.values import Row, Value
from domain.kernel.errors import AlreadyExists, Unavailable

# Error numbers that PyMySQL has no names for.
_RECORD_CHANGED = 1020  # MariaDB, innodb_snapshot_isolation
_KILLED = 1927  # MariaDB: KILL CONNECTION
_IDLE_TOO_LONG = 4031  # MySQL 8: wait_timeout
_READ_ONLY_TRANSACTION = 1792
_CLOSED = 0  # PyMySQL: the socket was closed before
_FIRST_ANSWER = 1000  # what the server refuses has numbers from here on, …
_LAST_OF_CLIENT = 2999  # … but for those that a client gives to its own errors

_AGAIN = {ER.LOCK_DEADLOCK, ER.LOCK_WAIT_TIMEOUT, _RECORD_CHANGED, ER.QUERY_INTERRUPTED}
_LOST = {
    CR.CR_SERVER_GONE_ERROR,
    CR.CR_SERVER_LOST,
    CR.CR_SERVER_LOST_EXTENDED,
    ER.SERVER_SHUTDOWN,
    _KILLED,
    _IDLE_TOO_LONG,
    _CLOSED,
    # A former primary takes no writes: another connection may reach the new one.
    ER.OPTION_PREVENTS_STATEMENT,
}
_AWAY = {
    CR.CR_CONNECTION_ERROR,
    CR.CR_CONN_HOST_ERROR,
    CR.CR_UNKNOWN_HOST,
    ER.CON_COUNT_ERROR,
    ER.TOO_MANY_USER_CONNECTIONS,
}
_FULL = {ER.RECORD_FILE_FULL, ER.DISK_FULL}

# Settings that cost messages in a power cut: which values do, and how.
_DOUBTFUL = (
    ("innodb_flush_log_at_trx_commit", {"0", "2"}, "a power cut costs the last second"),
    ("innodb_flush_method", {"nosync", "littlesync"}, "nothing is forced to the disk"),
    ("innodb_doublewrite", {"OFF", "0", "DETECT_ONLY"}, "a power cut may leave torn pages"),
    ("sync_binlog", {"0"}, "a power cut may lose on a replica what was acknowledged"),
)

_MOST_TEXT = 1 << 20
"""Characters of a statement; of 4 bytes each they stay below any server's max_allowed_packet."""

_TEXTS = Texts(mysql_dialect())


class MysqlConnection(Connection):
    """Sends statements as text, their values written as literals, as many as can be at once.

    PyMySQL writes values into the text as well; doing it here, by type alone, costs a third.
    Writes wait for the next statement whose rows are wanted, or for the commit: the way to the
    server and back costs both sides more than a short statement does.
    """

    def __init__(self, texts: Texts, driver: Any, *, reads: bool = False) -> None:
        """Speak through *driver*, whose transactions only read where *reads* says so."""
        super().__init__(texts)
        self._driver = driver
        self._reads = reads
        self._unsent: list[str] = []
        self._is_committing = False
        # Anything that is not one of these is a mistake of ours and a KeyError.
        self._literals: Mapping[type, Callable[[Any], str]] = {
            bytes: lambda value: f"X'{value.hex()}'",
            str: _quoted,
            int: str,
            type(None): lambda _: "NULL",
        }

    @property
    def may_have_committed(self) -> bool:
        return self._is_committing

    def begin(self) -> None:
        """Do nothing: without autocommit the first statement begins a transaction."""
        self._is_committing = False

    def settle(self) -> None:
        if self._unsent:
            self._send([])

    def commit(self) -> None:
        if self._reads and not self._unsent:
            self._driver.commit_soon()
        else:
            # In one packet with the last writes: nothing is run after a statement that fails.
            self._send(["COMMIT"], is_commit=True)

    def rollback(self) -> None:
        self._unsent.clear()
        self._driver.rollback()

    def _fetch(self, sql: str, values: Sequence[Value]) -> Sequence[Row]:
        return self._send([sql % self._written(values)])[0]

    def _fetch_all(self, asks: Sequence[tuple[str, Sequence[Value]]]) -> list[Sequence[Row]]:
        return self._send([sql % self._written(values) for sql, values in asks]) if asks else []

    def _insert(self, text: RowText, rows: Sequence[Row]) -> None:
        row = f"({', '.join(['%s'] * len(text.columns))})"
        head, _, tail = text.sql.rpartition(row)
        values = self._written(list(chain.from_iterable(rows)))
        sql = head + ", ".join([row] * len(rows)) % values + tail
        if len(sql) > _MOST_TEXT and len(rows) > 1:
            middle = len(rows) // 2
            self._insert(text, rows[:middle])
            self._insert(text, rows[middle:])
        else:
            self._put(sql)

    def _change(self, change: Change, text: RowText, rows: Sequence[Row]) -> None:
        if len(rows) == 1:
            self._put(text.sql % self._written(rows[0]))
            return
        names = (*change.columns, *change.key)
        first = ", ".join(f"%s AS new_{name}" for name in names)
        other = " UNION ALL SELECT " + ", ".join(["%s"] * len(names))
        values = self._written(list(chain.from_iterable(rows)))
        written = (first + other * (len(rows) - 1)) % values
        # The order of the join and the index are given: with few rows in the table the optimizer
        # would read all of it, and wait for rows that others have locked.
        self._put(
            f"UPDATE (SELECT {written}) AS new STRAIGHT_JOIN {change.table.name} AS kept"  # noqa: S608
            f" FORCE INDEX (PRIMARY) ON {_pairs(change.key, ' AND ')}"
            f" SET {_pairs(change.columns, ', ')}"
        )

    def _put(self, sql: str) -> None:
        """Write soon: together with the next statement that is waited for."""
        if self._unsent and sum(map(len, self._unsent)) + len(sql) > _MOST_TEXT:
            self.settle()
        self._unsent.append(sql)

    def _send(self, asked: Sequence[str], *, is_commit: bool = False) -> list[Sequence[Row]]:
        """Send what waits and what is *asked*; return the rows of the latter."""
        statements = [*self._unsent, *asked]
        found: list[Sequence[Row]] = []
        self._unsent.clear()
        self._is_committing = is_commit
        try:
            for rows in self._driver.results("; ".join(statements)):
                found.append(rows)  # noqa: PERF402 - what came before an error counts
        except pymysql.err.MySQLError as error:
            if _is_answer(error) and len(found) < len(statements) - 1:
                self._is_committing = False  # the server stopped before it came to the commit
            if error.args[0] == ER.DUP_ENTRY:
                raise AlreadyExists from error
            raise
        return found[len(statements) - len(asked) :]

    def _written(self, values: Sequence[Value]) -> tuple[str, ...]:
        literals = self._literals
        return tuple([literals[type(value)](value) for value in values])


def _quoted(text: str) -> str:
    """Write a text as a literal: in the SQL mode of our sessions two characters need care."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _is_answer(error: Exception) -> bool:
    """Tell whether the server itself said so, and the connection still stood."""
    number = error.args[0]
    return number >= _FIRST_ANSWER and not CR.CR_ERROR_FIRST <= number <= _LAST_OF_CLIENT


def _pairs(names: Sequence[str], between: str) -> str:
    return between.join(f"kept.{name} = new.new_{name}" for name in names)


class MysqlDatabase(Database):
    """A pool for work that writes, at READ COMMITTED, and one for work that only reads.

    Work that reads sees one moment (REPEATABLE READ), or a page of a log could miss an event that
    another statement of the same page already shows.
    """

    def __init__(self, address: MysqlAddress, *, pool: int, wait: float) -> None:
        writers = max(1, pool // 2)

        def connect(*characteristics: str) -> Callable[[], Any]:
            return lambda: address.connect(f"SET SESSION TRANSACTION {', '.join(characteristics)}")

        self._writers = Pool(
            connect("ISOLATION LEVEL READ COMMITTED", "READ WRITE"),
            partial(MysqlConnection, _TEXTS),
            size=writers,
            wait=wait,
        )
        self._readers = Pool(
            connect("ISOLATION LEVEL REPEATABLE READ", "READ ONLY"),
            partial(MysqlConnection, _TEXTS, reads=True),
            size=max(1, pool - writers),
            wait=wait,
        )

    def writing(self) -> AbstractContextManager[Connection]:
        return self._writers.transaction()

    def reading(self) -> AbstractContextManager[Connection]:
        return self._readers.transaction()

    def fault(self, error: Exception) -> Fault | None:
        if not isinstance(error, pymysql.err.Error):
            return None
        # PyMySQL says "lost" for a time-out as well; what it met shows in the context.
        if isinstance(error.__context__, TimeoutError):
            return Fault.AWAY
        number = error.args[0] if error.args else None
        if number == _READ_ONLY_TRANSACTION:
            return Fault.WRITTEN
        meanings = {Fault.AGAIN: _AGAIN, Fault.LOST: _LOST, Fault.AWAY: _AWAY, Fault.FULL: _FULL}
        return next((fault for fault, known in meanings.items() if number in known), Fault.OTHER)

    def usage(self) -> Mapping[str, tuple[int, int]]:
        return {"writing": self._writers.usage, "reading": self._readers.usage}

    def forget(self) -> None:
        self._writers.forget()
        self._readers.forget()

    def close(self) -> None:
        self.forget()


def open_mysql(address: MysqlAddress, *, pool: int = 10, wait: float = 2.0) -> SqlStorage:
    """Return the storage in a MySQL or MariaDB; nothing is connected before it is used.

    *pool* is the most connections that are kept, *wait* the longest wait for one of them.
    """
    database = MysqlDatabase(address, pool=pool, wait=wait)
    outage = Outage(pause=1.0, patience=address.answer)
    # A migration may take long: the server is waited for, as long as it lives.
    engine = create_engine(
        "mysql+pymysql://", creator=lambda: address.connect(answer=86_400.0), poolclass=NullPool
    )

    return SqlStorage(
        uow=SqlUnitOfWork(database, outage, patience=2 * address.lock_wait),
        database=database,
        schema=Schema(engine, lambda connection: _alone(connection, address.database)),
        probe=address.version,
        doubts=_doubts,
        vault=MysqlVault(address, lambda driver: MysqlConnection(_TEXTS, driver)),
    )


@contextmanager
def _alone(connection: CoreConnection, database: str) -> Iterator[None]:
    # The name is one of the whole server and has at most 64 characters.
    name = f"parlour.{sha256(database.encode()).hexdigest()[:32]}"
    if connection.exec_driver_sql("SELECT GET_LOCK(%s, %s)", (name, 60)).scalar() != 1:
        raise Unavailable("Another node has been changing the tables for a minute")
    try:
        yield
    finally:
        connection.exec_driver_sql("SELECT RELEASE_LOCK(%s)", (name,))


def _doubts(connection: CoreConnection) -> list[str]:
    found = {row[0]: row[1] for row in connection.exec_driver_sql("SHOW GLOBAL VARIABLES")}
    if found.get("log_bin") != "ON":
        found.pop("sync_binlog", None)
    return [
        f"{name} is {found[name]}: {consequence}"
        for name, bad, consequence in _DOUBTFUL
        if found.get(name) in bad
    ]
