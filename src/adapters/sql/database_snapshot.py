"""Bulk access: read a snapshot of a whole database, or fill one in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import attrs
from sqlalchemy import Dialect, Table, func, select

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.values import Row

Progress = Callable[[str, int, int], None]
"""Called now and then with what is being done, how many rows are done, and how many there are."""

STEP = 1_000
"""Rows between two calls of progress, and rows that are written at once."""


@attrs.frozen
class DatabaseSnapshot:
    """All tables as of one moment; *run* runs a statement and yields its rows."""

    dialect: Dialect
    run: Callable[[str], Iterator[Row]]

    def count(self, table: Table) -> int:
        """Return how many rows a table has."""
        (row,) = self.run(self._text(select(func.count()).select_from(table)))
        return int(row[0])

    def rows(self, table: Table) -> Iterator[Row]:
        """Return the rows of a table, as the driver returns them, in primary key order."""
        return self.run(self._text(select(table).order_by(*table.primary_key)))

    def _text(self, core: object) -> str:
        return str(core.compile(dialect=self.dialect))  # type: ignore[attr-defined] # any statement


class BulkAccess(Protocol):
    """Reads or fills a whole database."""

    def snapshot(self, folder: Path) -> AbstractContextManager[DatabaseSnapshot]:
        """Open a snapshot while others write; *folder* has space for a copy."""
        ...

    def fill(self) -> AbstractContextManager[Connection]:
        """Open a transaction that may take long; the caller commits, an error rolls it back."""
        ...
