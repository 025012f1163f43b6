"""The whole of a SQLite database."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
from sqlalchemy.dialects.sqlite.pysqlite import dialect

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.database_snapshot import DatabaseAccess, Snapshot


@attrs.frozen
class SqliteVault(DatabaseAccess):
    """Copies the file first: a long reader would keep the log from being moved into the file."""

    connect: Callable[[bool], sqlite3.Connection]
    wrap: Callable[[sqlite3.Connection], Connection]

    @contextmanager
    def snapshot(self, room: Path) -> Iterator[Snapshot]:
        with TemporaryDirectory(dir=room, prefix=".parlour-copy-") as folder:
            with (
                closing(sqlite3.connect(Path(folder) / "copy.db")) as copy,
                closing(self.connect(True)) as source,
            ):
                # All pages in one step: between steps a writer would begin it anew, for ever.
                source.backup(copy)
            with closing(sqlite3.connect(Path(folder) / "copy.db")) as copy:
                yield Snapshot(dialect(), lambda text: iter(copy.execute(text)))

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        with closing(self.connect(False)) as driver:
            connection = self.wrap(driver)
            connection.begin()
            yield connection
