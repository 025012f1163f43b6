"""Storages on the databases of the tests."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import text

from parlour.adapters import memory, sql
from parlour.adapters.sql.tables import metadata
from parlour.domain.kernel.transaction import Storage
from parlour.entrypoints.use_cases import Stores
from tests.support.addresses import Database

PATIENT = 30.0
"""Lock timeout in seconds, long enough for busy machines."""


def mysql_storage(database: Database, **more: Any) -> sql.SqlStorage:
    """Open a storage in *database*, whose tables may not exist yet."""
    server = database.server
    return sql.open_mysql(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        database=database.name,
        **more,
    )


def new_sqlite(path: Path) -> sql.SqlStorage:
    """Open an empty storage in a new file."""
    create_tables(path)
    return sql.open_sqlite(path, busy=PATIENT, wait=PATIENT)


def create_tables(path: Path) -> None:
    """Make a new file with the tables of this version."""
    path.touch(0o600)
    path.write_bytes(_file_with_tables())


@cache
def _file_with_tables() -> bytes:
    # Copying a file is a hundred times faster than migrating.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "parlour.db"
        with closing(sql.open_sqlite(path)) as storage:
            storage.migrate()
        return path.read_bytes()


@contextmanager
def migrated(database: Database) -> Iterator[Database]:
    """Create the tables in *database*."""
    with closing(mysql_storage(database)) as storage:
        storage.migrate()
    yield database


def empty(storage: sql.SqlStorage) -> None:
    """Delete all rows of *storage*."""
    with storage.schema.engine.begin() as connection:
        for table in metadata.tables:
            connection.execute(text(f"DELETE FROM {table}"))


@contextmanager
def emptied(database: Database) -> Iterator[sql.SqlStorage]:
    """Open an empty storage in *database*, whose tables exist."""
    with closing(mysql_storage(database, lock_wait=PATIENT, wait=PATIENT)) as storage:
        empty(storage)
        yield storage


def cleared(storage: Storage[Stores]) -> Storage[Stores]:
    """Return *storage* emptied, or a new one if it is in memory."""
    if isinstance(storage, sql.SqlStorage):
        empty(storage)
        return storage
    return memory.open_storage()
