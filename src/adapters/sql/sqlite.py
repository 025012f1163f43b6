"""SQLite: one connection that writes, several that read, and what its errors mean."""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import Connection as CoreConnection
from sqlalchemy import NullPool, create_engine
from sqlalchemy.dialects.sqlite.pysqlite import dialect as sqlite_dialect

from parlour.adapters.resilience import CircuitBreaker
from parlour.adapters.sql.connection import Connection, Database, DatabaseFault
from parlour.adapters.sql.pool import Pool
from parlour.adapters.sql.schema import Schema, refuse_newer
from parlour.adapters.sql.sqlite_diagnostics import SqliteDiagnostics
from parlour.adapters.sql.sqlite_snapshot import SqliteBulkAccess
from parlour.adapters.sql.statements import DeleteByKey, RowText, StatementCache, UpdateByKey
from parlour.adapters.sql.storage import SqlStorage
from parlour.adapters.sql.transaction import SqlUnitOfWork
from parlour.adapters.sql.values import Row, Value
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.transaction import PoolUsage

_PRAGMAS = (
    # In WAL mode a commit survives a power cut only with FULL; the default is NORMAL.
    "synchronous = FULL",
    "foreign_keys = ON",
    # The schema of a foreign file must not call functions of its choice.
    "trusted_schema = OFF",
    # A checkpoint truncates the WAL to this size, so that one long reader costs no disk.
    "journal_size_limit = 16777216",
    "cache_size = -16384",
    # What was recalled is overwritten in the file; many builds of SQLite do so by default.
    "secure_delete = ON",
)

_TEXTS = StatementCache(sqlite_dialect())

_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}


def connect(path: Path, *, busy: float, reads: bool = False) -> sqlite3.Connection:
    """Open a connection to the file that waits *busy* seconds for locks of other programs."""
    connection = sqlite3.connect(
        path, timeout=busy, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    try:
        for pragma in (*_PRAGMAS, *(["query_only = ON"] if reads else [])):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:  # the file is not a database, for example
        connection.close()
        raise
    return connection


def _make_file(path: Path, busy: float) -> None:
    """Create the file and its folder if missing, readable by this user alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite gives the WAL and its index beside it the same mode.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    deadline = monotonic() + busy
    with closing(connect(path, busy=busy)) as connection:
        while True:
            try:
                # The one statement that ignores the busy time-out.
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                    raise
                sleep(0.01)
            else:
                return


class SqliteConnection(Connection):
    """Runs statements in this process; the driver caches them prepared."""

    def __init__(self, texts: StatementCache, driver: sqlite3.Connection, begin: str) -> None:
        super().__init__(texts)
        self._driver = driver
        self._begin = begin
        self._is_committing = False

    @property
    def may_have_committed(self) -> bool:
        return self._is_committing

    def begin(self) -> None:
        self._is_committing = False
        self._driver.execute(self._begin)

    def flush(self) -> None:
        """Do nothing: writes are not buffered."""

    def commit(self) -> None:
        self._is_committing = True
        self._driver.execute("COMMIT")

    def rollback(self) -> None:
        # Some errors, such as a full disk, have already ended the transaction.
        if self._driver.in_transaction:
            self._driver.execute("ROLLBACK")

    def _fetch(self, sql: str, values: Sequence[Value]) -> Sequence[Row]:
        return self._driver.execute(sql, values).fetchall()

    def _insert(self, text: RowText, rows: Sequence[Row]) -> None:
        try:
            self._driver.executemany(text.sql, rows)
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode in _TAKEN:
                raise AlreadyExists from error
            raise

    def _update(self, update: UpdateByKey, text: RowText, rows: Sequence[Row]) -> None:  # noqa: ARG002 - the SQL is complete
        self._insert(text, rows)

    def _delete(self, delete: DeleteByKey, text: RowText, keys: Sequence[Row]) -> None:  # noqa: ARG002 - the SQL is complete
        self._driver.executemany(text.sql, keys)


class SqliteDatabase(Database):
    """One writer and a pool of readers.

    The single writer serialises the threads and is the only connection that checkpoints the WAL:
    SQLite before 3.51.3 can damage a file where two connections do.
    """

    def __init__(self, path: Path, *, readers: int, busy: float, wait: float) -> None:
        self._writer = Pool(
            lambda: connect(path, busy=busy),
            lambda driver: SqliteConnection(_TEXTS, driver, "BEGIN IMMEDIATE"),
            size=1,
            wait=wait,
        )
        self._readers = Pool(
            lambda: connect(path, busy=busy, reads=True),
            lambda driver: SqliteConnection(_TEXTS, driver, "BEGIN"),
            size=readers,
            wait=wait,
        )

    def writing(self) -> AbstractContextManager[Connection]:
        return self._writer.transaction()

    def reading(self) -> AbstractContextManager[Connection]:
        return self._readers.transaction()

    def fault(self, error: Exception) -> DatabaseFault | None:
        if not isinstance(error, sqlite3.Error):
            return None
        # The lower byte is the error code, the rest is its extended code.
        match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return DatabaseFault.RETRY
            case sqlite3.SQLITE_FULL:
                return DatabaseFault.DISK_FULL
            case sqlite3.SQLITE_IOERR:
                return DatabaseFault.DISK_FAILED
            case sqlite3.SQLITE_READONLY:
                return DatabaseFault.READ_ONLY
            case _:
                return DatabaseFault.OTHER

    def usage(self) -> Mapping[str, PoolUsage]:
        return {"writing": self._writer.usage, "reading": self._readers.usage}

    def discard_idle(self) -> None:
        self._readers.discard_idle()
        # The last connection to close checkpoints the WAL.
        self._writer.discard_idle()

    def close(self) -> None:
        self.discard_idle()


def open_sqlite(
    path: Path, *, readers: int = 4, busy: float = 5.0, wait: float = 2.0
) -> SqlStorage:
    """Return the storage in the file *path*, which is created with its folder if missing.

    *busy* is the longest wait for another program that writes, *wait* the longest one for a free
    connection, both in seconds. Raises `SchemaMismatch` for a file that a newer release has made.
    """
    _make_file(path, busy)
    database = SqliteDatabase(path, readers=readers, busy=busy, wait=wait)
    engine = create_engine(
        "sqlite://", creator=lambda: connect(path, busy=60.0), poolclass=NullPool
    )
    schema = Schema(engine, _migration_lock)
    refuse_newer(schema.state())
    return SqlStorage(
        uow=SqlUnitOfWork(
            database, CircuitBreaker(pause=0.0, patience=0.0), retry_seconds=2 * busy
        ),
        database=database,
        schema=schema,
        diagnostics=SqliteDiagnostics(lambda: connect(path, busy=1.0, reads=True), database),
        bulk=SqliteBulkAccess(
            lambda reads: connect(path, busy=60.0, reads=reads),
            lambda driver: SqliteConnection(_TEXTS, driver, "BEGIN IMMEDIATE"),
        ),
    )


@contextmanager
def _migration_lock(connection: CoreConnection) -> Iterator[None]:
    connection.exec_driver_sql("BEGIN EXCLUSIVE")
    yield
