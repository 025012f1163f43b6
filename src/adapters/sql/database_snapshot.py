"""How the whole of a database is read at one moment, and filled in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import attrs
from sqlalchemy import Dialect, Table, func, select

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.values import Row

Progress = Callable[[str, int, int], None]
"""Hears, every now and then, what is worked on, how much of it is done, and how much there is."""

STEP = 1_000
"""Rows between two words of progress, and rows that are written at once."""


@attrs.frozen
class Snapshot:
    """Everything that a database keeps, as of one moment; *run* sends a statement, row by row."""

    dialect: Dialect
    run: Callable[[str], Iterator[Row]]

    def count(self, table: Table) -> int:
        """Return how many rows a table has."""
        (row,) = self.run(self._text(select(func.count()).select_from(table)))
        return int(row[0])

    def rows(self, table: Table) -> Iterator[Row]:
        """Return the rows of a table in the order of its primary key, as the driver has them."""
        return self.run(self._text(select(table).order_by(*table.primary_key)))

    def _text(self, core: object) -> str:
        return str(core.compile(dialect=self.dialect))  # type: ignore[attr-defined] # any statement


class DatabaseAccess(Protocol):
    """A database, for work on all of it."""

    def snapshot(self, room: Path) -> AbstractContextManager[Snapshot]:
        """Read one moment while others write; *room* is a folder with room for a copy."""
        ...

    def filling(self) -> AbstractContextManager[Connection]:
        """Open a transaction that may take long; the caller commits, an error undoes it."""
        ...
