"""MySQL 8 and MariaDB 10.11: connections, the one place where their SQL differs, their errors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from hashlib import sha256
from typing import Any

import attrs
import pymysql
from pymysql.constants import CR, ER, FIELD_TYPE
from pymysql.converters import conversions, through
from sqlalchemy import Connection as CoreConnection
from sqlalchemy import NullPool, create_engine
from sqlalchemy.dialects.mysql.pymysql import dialect as mysql_dialect

from adapters.sql.connection import Connection, Database, Fault
from adapters.sql.outage import Outage
from adapters.sql.pool import Pool
from adapters.sql.schema import VERSION_TABLE, Schema
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

_AGAIN = {ER.LOCK_DEADLOCK, ER.LOCK_WAIT_TIMEOUT, _RECORD_CHANGED, ER.QUERY_INTERRUPTED}
_LOST = {
    CR.CR_SERVER_GONE_ERROR,
    CR.CR_SERVER_LOST,
    CR.CR_SERVER_LOST_EXTENDED,
    ER.SERVER_SHUTDOWN,
    _KILLED,
    _IDLE_TOO_LONG,
    _CLOSED,
}
_AWAY = {
    CR.CR_CONNECTION_ERROR,
    CR.CR_CONN_HOST_ERROR,
    CR.CR_UNKNOWN_HOST,
    ER.CON_COUNT_ERROR,
    ER.TOO_MANY_USER_CONNECTIONS,
}
_FULL = {ER.RECORD_FILE_FULL, ER.DISK_FULL}

_SQL_MODE = "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"

# What keeps an acknowledged message through a power cut, and what happens otherwise.
_DURABLE = (
    (
        "innodb_flush_log_at_trx_commit",
        {"1", "3"},
        "a power cut costs the last second of messages",
    ),
    ("innodb_doublewrite", {"ON", "1"}, "a power cut may leave pages half written"),
    ("sync_binlog", {"1"}, "a power cut may cost messages on the replicas"),
)

_TEXTS = Texts(mysql_dialect())

_CONVERSIONS: Any = {
    **conversions,
    # Moments stay text, as they are in SQLite: `values` knows their form and reads it in C.
    FIELD_TYPE.DATETIME: through,
}


@attrs.frozen(kw_only=True)
class MysqlAddress:
    """Where a MySQL or MariaDB is, and how long to wait for it; all times in seconds."""

    host: str = "127.0.0.1"
    port: int = 3306
    unix_socket: str | None = None
    user: str = "parlour"
    password: str = attrs.field(default="", repr=False)
    database: str = "parlour"
    connect_timeout: float = 3.0
    lock_wait: float = 5.0

    @property
    def answer(self) -> float:
        """How long to wait for an answer: longer than the server waits for a lock."""
        return self.lock_wait + 2.0

    def connect(self, *session: str, answer: float | None = None) -> Any:
        """Open a connection, whose answers are waited for *answer* seconds, and prepare it."""
        connection: Any = pymysql.connect(
            host=self.host,
            port=self.port,
            unix_socket=self.unix_socket,
            user=self.user,
            password=self.password,
            database=self.database,
            charset="utf8mb4",
            sql_mode=_SQL_MODE,
            conv=_CONVERSIONS,
            autocommit=False,
            connect_timeout=self.connect_timeout,
            read_timeout=self.connect_timeout,
            write_timeout=self.connect_timeout,
            program_name="parlour",
        )
        # The time-out for reading also bounds the handshake, where nothing waits for a lock.
        connection._read_timeout = answer or self.answer  # noqa: SLF001 - no other way
        with connection.cursor() as cursor:
            for statement in (
                f"SET SESSION innodb_lock_wait_timeout = {self.lock_wait:.0f}",
                *session,
            ):
                cursor.execute(statement)
        return connection


class MysqlConnection(Connection):
    """Sends statements as text, their values written as literals.

    PyMySQL writes values into the text as well; doing it here, by type alone, costs a third.
    """

    def __init__(self, texts: Texts, driver: Any) -> None:
        super().__init__(texts)
        self._driver = driver
        self._cursor = driver.cursor()
        # Anything that is not one of these is a mistake of ours and a KeyError.
        self._literals: Mapping[type, Callable[[Any], str]] = {
            bytes: lambda value: f"X'{value.hex()}'",
            str: driver.escape,
            int: str,
            type(None): lambda _: "NULL",
        }

    def begin(self) -> None:
        """Do nothing: without autocommit the first statement begins a transaction."""

    def commit(self) -> None:
        self._driver.commit()

    def rollback(self) -> None:
        self._driver.rollback()

    def _fetch(self, sql: str, values: Sequence[Value]) -> Sequence[Row]:
        self._cursor.execute(sql % self._written(values))
        rows: Sequence[Row] = self._cursor.fetchall()
        return rows

    def _insert(self, text: RowText, rows: Sequence[Row]) -> None:
        row = f"({', '.join(['%s'] * len(text.columns))})"
        head, _, tail = text.sql.rpartition(row)
        written = ",".join([row % self._written(values) for values in rows])
        self._send(f"{head}{written}{tail}")

    def _change(self, change: Change, text: RowText, rows: Sequence[Row]) -> None:
        if len(rows) == 1:
            self._send(text.sql % self._written(rows[0]))
            return
        names = (*change.columns, *change.key)
        first = ", ".join(f"%s AS new_{name}" for name in names)
        other = " UNION ALL SELECT " + ", ".join(["%s"] * len(names))
        written = (first + other * (len(rows) - 1)) % self._written(
            [value for row in rows for value in row]
        )
        # The order of the join and the index are given: with few rows in the table the optimizer
        # would read all of it, and wait for rows that others have locked.
        self._send(
            f"UPDATE (SELECT {written}) AS new STRAIGHT_JOIN {change.table.name} AS kept"  # noqa: S608
            f" FORCE INDEX (PRIMARY) ON {_pairs(change.key, ' AND ')}"
            f" SET {_pairs(change.columns, ', ')}"
        )

    def _send(self, sql: str) -> None:
        try:
            self._cursor.execute(sql)
        except pymysql.err.IntegrityError as error:
            if error.args[0] == ER.DUP_ENTRY:
                raise AlreadyExists from error
            raise

    def _written(self, values: Sequence[Value]) -> tuple[str, ...]:
        literals = self._literals
        return tuple([literals[type(value)](value) for value in values])


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

        def wrap(driver: Any) -> MysqlConnection:
            return MysqlConnection(_TEXTS, driver)

        self._writers = Pool(
            connect("ISOLATION LEVEL READ COMMITTED", "READ WRITE"), wrap, size=writers, wait=wait
        )
        self._readers = Pool(
            connect("ISOLATION LEVEL REPEATABLE READ", "READ ONLY"),
            wrap,
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

    def probe() -> str | None:
        return _version(attrs.evolve(address, connect_timeout=min(2.0, address.connect_timeout)))

    return SqlStorage(
        uow=SqlUnitOfWork(database, outage, patience=2 * address.lock_wait),
        database=database,
        schema=Schema(engine, lambda connection: _alone(connection, address.database)),
        probe=probe,
        doubts=lambda: _doubts(address),
    )


def _version(address: MysqlAddress) -> str | None:
    with closing(address.connect(answer=2.0)) as connection, connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608
        except pymysql.err.ProgrammingError as error:
            if error.args[0] == ER.NO_SUCH_TABLE:
                return None
            raise
        row = cursor.fetchone()
        return row[0] if row else None


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


def _doubts(address: MysqlAddress) -> list[str]:
    with closing(address.connect(answer=2.0)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL VARIABLES")
        found = dict(cursor.fetchall())
    if found.get("log_bin") != "ON":
        found.pop("sync_binlog", None)
    return [
        f"{name} is {found[name]}: {otherwise}"
        for name, good, otherwise in _DURABLE
        if name in found and found[name] not in good
    ]
