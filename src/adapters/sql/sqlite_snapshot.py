"""Bulk access to a SQLite database, for backups."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import attrs
from sqlalchemy.dialects.sqlite.pysqlite import dialect

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.database_snapshot import BulkAccess, DatabaseSnapshot
from parlour.adapters.sql.leftovers import temporary_folder


@attrs.frozen
class SqliteBulkAccess(BulkAccess):
    """Copies the file before reading: a long reader would block checkpoints of the WAL."""

    connect: Callable[[bool], sqlite3.Connection]
    wrap: Callable[[sqlite3.Connection], Connection]

    @contextmanager
    def snapshot(self, folder: Path) -> Iterator[DatabaseSnapshot]:
        with temporary_folder(folder) as copies:
            with (
                closing(sqlite3.connect(copies / "copy.db")) as copy,
                closing(self.connect(True)) as source,
            ):
                # All pages in one step: a write between two steps would restart the copy.
                source.backup(copy)
            with closing(sqlite3.connect(copies / "copy.db")) as copy:
                yield DatabaseSnapshot(dialect(), lambda text: iter(copy.execute(text)))

    @contextmanager
    def fill(self) -> Iterator[Connection]:
        with closing(self.connect(False)) as driver:
            connection = self.wrap(driver)
            connection.begin()
            yield connection
