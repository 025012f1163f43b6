"""Storages on the databases that tests have."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import text

from adapters import memory, sql
from adapters.sql.tables import metadata
from domain.kernel.transaction import Storage
from entrypoints.use_cases import Stores
from tests.support.addresses import Database


def mysql_storage(database: Database, **more: Any) -> sql.SqlStorage:
    """Return a storage in *database*, as yet without tables."""
    server = database.server
    return sql.open_mysql(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        database=database.name,
        **more,
    )


@contextmanager
def migrated(database: Database) -> Iterator[Database]:
    """Make the tables in *database*."""
    with closing(mysql_storage(database)) as storage:
        storage.migrate()
    yield database


def empty(storage: sql.SqlStorage) -> None:
    """Forget everything that *storage* keeps."""
    with storage.schema.engine.begin() as connection:
        for table in metadata.tables:
            connection.execute(text(f"DELETE FROM {table}"))


@contextmanager
def emptied(database: Database) -> Iterator[sql.SqlStorage]:
    """Give a storage in *database*, whose tables exist, with nothing in it."""
    with closing(mysql_storage(database)) as storage:
        empty(storage)
        yield storage


def cleared(storage: Storage[Stores]) -> Storage[Stores]:
    """Return *storage* with nothing in it: another one where it is in memory."""
    if isinstance(storage, sql.SqlStorage):
        empty(storage)
        return storage
    return memory.open_storage()
