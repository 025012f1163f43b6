"""
The interface between the stores and a database: connections, and what errors of a driver mean.

A `Connection` runs statements inside the open transaction. A `Database` lends connections, each to
one thread at a time.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum, auto
from typing import TypeVar

from sqlalchemy import Table

from parlour.adapters.sql.statements import (
    MAX_KEYS,
    DeleteByKey,
    Key,
    RowText,
    Statement,
    StatementCache,
    UpdateByKey,
)
from parlour.adapters.sql.values import Row, Value
from parlour.domain.kernel.transaction import PoolUsage

T = TypeVar("T")

Query = tuple[Statement, Sequence[Key], Mapping[str, Value]]
"""A statement, the keys to run it for, and its other parameters."""


class DatabaseFault(Enum):
    """What an error of a driver means for the unit of work in which it was raised."""

    RETRY = auto()
    """A deadlock, or another program, ended the transaction: run the work again."""
    LOCKED = auto()
    """Another transaction holds a row for longer than a statement waits."""
    CONNECTION_LOST = auto()
    """The connection is closed; a new one may work."""
    UNREACHABLE = auto()
    """The database cannot be reached or does not answer in time, on any connection."""
    DISK_FULL = auto()
    """There is no space left; nothing was written."""
    DISK_FAILED = auto()
    """The disk reports errors."""
    READ_ONLY = auto()
    """Nothing may be written: not in this transaction, or not in this database."""
    DEMOTED = auto()
    """The server became read-only; a new connection may reach the one that took its place."""
    OTHER = auto()
    """Anything else: a damaged database, or a statement that it refuses."""


class Connection(ABC):
    """Runs the statements of the stores in the open transaction."""

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

    def run_all(self, queries: Sequence[Query]) -> list[Sequence[Row]]:
        """Run statements for their keys, in this order; return the rows of each.

        A remote database gets all of them in one round trip.
        """
        parts = [
            [(self._texts.of(statement), part, given) for part in _parts(keys)]
            for statement, keys, given in queries
        ]
        found = iter(
            self._fetch_all(
                [
                    (text.sql(len(part)), text.values(part, given))
                    for each in parts
                    for text, part, given in each
                ]
            )
        )
        return [[row for _ in each for row in next(found)] for each in parts]

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert *rows* of all columns.

        Raises `AlreadyExists` where a unique value is taken, now or when the writes are flushed.
        """
        text = self._texts.insert(table)
        for part in _parts(rows):
            self._insert(text, part)

    def update(self, update: UpdateByKey, rows: Sequence[Row]) -> None:
        """Update the rows that exist; raise `AlreadyExists` as `insert` does."""
        text = self._texts.change(update)
        for part in _parts(rows):
            self._update(update, text, part)

    def delete(self, delete: DeleteByKey, keys: Sequence[Row]) -> None:
        """Delete the rows of these keys, of which each stands there once."""
        text = self._texts.change(delete)
        for part in _parts(keys):
            self._delete(delete, text, part)

    @property
    @abstractmethod
    def may_have_committed(self) -> bool:
        """Tell, after an error, whether the transaction may have been committed nevertheless."""

    @abstractmethod
    def begin(self) -> None:
        """Open a transaction."""

    @abstractmethod
    def flush(self) -> None:
        """Send all buffered writes; raise `AlreadyExists` as `insert` does.

        Nothing is durable before the commit, which flushes by itself.
        """

    @abstractmethod
    def commit(self) -> None:
        """Make the transaction durable; raise `AlreadyExists` as `insert` does."""

    @abstractmethod
    def rollback(self) -> None:
        """Undo everything that the transaction did."""

    @abstractmethod
    def _fetch(self, sql: str, values: Sequence[Value]) -> Sequence[Row]: ...

    def _fetch_all(self, queries: Sequence[tuple[str, Sequence[Value]]]) -> list[Sequence[Row]]:
        return [self._fetch(sql, values) for sql, values in queries]

    @abstractmethod
    def _insert(self, text: RowText, rows: Sequence[Row]) -> None: ...

    @abstractmethod
    def _update(self, update: UpdateByKey, text: RowText, rows: Sequence[Row]) -> None: ...

    @abstractmethod
    def _delete(self, delete: DeleteByKey, text: RowText, keys: Sequence[Row]) -> None: ...

    def _part(
        self, statement: Statement, keys: Sequence[Key], given: Mapping[str, Value]
    ) -> Sequence[Row]:
        text = self._texts.of(statement)
        return self._fetch(text.sql(len(keys)), text.values(keys, given))


class Database(ABC):
    """Lends connections to one database and classifies the errors of its driver."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Connection]:
        """Open a transaction that may write; an error rolls it back, the caller commits.

        Raises `Overloaded` where no connection becomes free in time.
        """

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """Open a read-only transaction that sees one snapshot; otherwise as `writing`."""

    @abstractmethod
    def fault(self, error: Exception) -> DatabaseFault | None:
        """Return what *error* means; None where it does not come from the driver."""

    @abstractmethod
    def usage(self) -> Mapping[str, PoolUsage]:
        """Return the use of each pool by name."""

    @abstractmethod
    def discard_idle(self) -> None:
        """Close the connections that are not in use; new ones replace them when needed."""

    @abstractmethod
    def close(self) -> None:
        """Close everything."""


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), MAX_KEYS):
        yield items[start : start + MAX_KEYS]
