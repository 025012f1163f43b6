"""
How a store speaks to a database, whichever it is, and what the errors of a driver mean for work.

A `Connection` runs statements inside the transaction that is open. A `Database` hands connections
out, each to one thread at a time.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum, auto
from typing import TypeVar

from sqlalchemy import Table

from parlour.adapters.sql.statements import (
    MAX_KEYS,
    Key,
    RowText,
    Statement,
    StatementCache,
    UpdateByKey,
)
from parlour.adapters.sql.values import Row, Value
from parlour.domain.kernel.transaction import PoolUsage

T = TypeVar("T")

Ask = tuple[Statement, Sequence[Key]]
"""A statement, and the keys that it is run for."""


class Fault(Enum):
    """What an error of a driver means for the work that met it."""

    AGAIN = auto()
    """The database gave the transaction up for another one's sake: run the work again."""
    LOST = auto()
    """The connection is gone; another one may serve."""
    AWAY = auto()
    """The database is out of reach or does not answer in time, on any connection."""
    FULL = auto()
    """There is no room for what was to be written; nothing was."""
    WRITTEN = auto()
    """Work that only reads tried to write."""
    OTHER = auto()
    """The database is damaged, or does not understand."""


class Connection(ABC):
    """Runs the statements of the stores, in the one transaction that is open."""

    def __init__(self, texts: StatementCache) -> None:
        self._texts = texts

    def run(self, statement: Statement, **given: Value) -> Sequence[Row]:
        """Run *statement* and return its rows."""
        text = self._texts.of(statement)
        return self._fetch(text.sql(0), text.values((), given))

    def run_for(self, statement: Statement, keys: Sequence[Key], **given: Value) -> Sequence[Row]:
        """Run *statement* for *keys*, once for every `MAX_KEYS` of them; return all rows."""
        if len(keys) <= MAX_KEYS:
            return self._part(statement, keys, given) if keys else ()
        return [row for part in _parts(keys) for row in self._part(statement, part, given)]

    def run_all(self, asks: Sequence[Ask]) -> list[Sequence[Row]]:
        """Run statements for their keys, in this order; return the rows of each.

        For keys that are known beforehand: where the database is far, it is asked once.
        """
        texts = [(self._texts.of(statement), keys) for statement, keys in asks]
        parts = [[(text, part) for part in _parts(keys)] for text, keys in texts]
        found = iter(
            self._fetch_all(
                [
                    (text.sql(len(part)), text.values(part, {}))
                    for each in parts
                    for text, part in each
                ]
            )
        )
        return [[row for _ in each for row in next(found)] for each in parts]

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert *rows* of all columns.

        Raises `AlreadyExists` where a unique value is taken, now or when the writes are settled.
        """
        text = self._texts.insert(table)
        for part in _parts(rows):
            self._insert(text, part)

    def change(self, change: UpdateByKey, rows: Sequence[Row]) -> None:
        """Change the rows that exist; raise `AlreadyExists` as `insert` does."""
        text = self._texts.change(change)
        for part in _parts(rows):
            self._change(change, text, part)

    @property
    @abstractmethod
    def may_have_committed(self) -> bool:
        """Tell, after an error, whether the transaction may be durable all the same."""

    @abstractmethod
    def begin(self) -> None:
        """Open a transaction."""

    @abstractmethod
    def settle(self) -> None:
        """Have everything written that was handed over; raise `AlreadyExists` as `insert` does.

        Nothing of it is durable before the commit, which settles by itself.
        """

    @abstractmethod
    def commit(self) -> None:
        """Make the transaction durable; raise `AlreadyExists` as `insert` does."""

    @abstractmethod
    def rollback(self) -> None:
        """Take everything back that the transaction did."""

    @abstractmethod
    def _fetch(self, sql: str, values: Sequence[Value]) -> Sequence[Row]: ...

    def _fetch_all(self, asks: Sequence[tuple[str, Sequence[Value]]]) -> list[Sequence[Row]]:
        return [self._fetch(sql, values) for sql, values in asks]

    @abstractmethod
    def _insert(self, text: RowText, rows: Sequence[Row]) -> None: ...

    @abstractmethod
    def _change(self, change: UpdateByKey, text: RowText, rows: Sequence[Row]) -> None: ...

    def _part(
        self, statement: Statement, keys: Sequence[Key], given: Mapping[str, Value]
    ) -> Sequence[Row]:
        text = self._texts.of(statement)
        return self._fetch(text.sql(len(keys)), text.values(keys, given))


class Database(ABC):
    """Connections to one database, and the meaning of its errors."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Connection]:
        """Open a transaction that writes, undone on an error; the caller commits.

        Raises `Overloaded` where no connection gets free in time.
        """

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """Open a transaction that only reads, all of it as of one moment; otherwise the same."""

    @abstractmethod
    def fault(self, error: Exception) -> Fault | None:
        """Tell what *error* means, None where it does not come from the driver."""

    @abstractmethod
    def usage(self) -> Mapping[str, PoolUsage]:
        """Return the use of each pool by name."""

    @abstractmethod
    def forget(self) -> None:
        """Close the connections that nobody uses; what replaces them is opened afresh."""

    @abstractmethod
    def close(self) -> None:
        """Close everything."""


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), MAX_KEYS):
        yield items[start : start + MAX_KEYS]
