"""A connection to MySQL or MariaDB that sends statements as SQL text, several in one packet."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import pymysql
from pymysql.constants import CR, ER

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.mysql_bounds import NO_BOUNDS, WriteBounds
from parlour.adapters.sql.statements import DeleteByKey, RowText, StatementCache, UpdateByKey
from parlour.adapters.sql.values import Row, Value
from parlour.domain.kernel.errors import AlreadyExists

_FIRST_ANSWER = 1000  # what the server refuses has numbers from here on, …
_LAST_OF_CLIENT = 2999  # … but for those that a client gives to its own errors

_MAX_TEXT = 1 << 20
"""Characters of a statement; of 4 bytes each they stay below any server's max_allowed_packet."""


class MysqlConnection(Connection):
    """Sends statements as SQL text with the values as literals, several in one packet.

    PyMySQL formats values into the text as well; doing it here, by type alone, takes a third of
    the time. Writes are buffered until the next statement whose rows are needed, or the commit: a
    round trip costs both sides more than a short statement does.
    """

    def __init__(
        self,
        texts: StatementCache,
        driver: Any,
        *,
        reads: bool = False,
        bounds: WriteBounds = NO_BOUNDS,
    ) -> None:
        """Use the connection *driver*; *reads* says that its transactions are read-only."""
        super().__init__(texts)
        self._driver = driver
        self._reads = reads
        self._bounds = bounds
        self._opening: Sequence[str] = ()
        self._buffered: list[str] = []
        self._is_committing = False
        # A value of any other type is a bug and raises KeyError.
        self._literals: Mapping[type, Callable[[Any], str]] = {
            bytes: lambda value: f"X'{value.hex()}'",
            str: _literal,
            int: str,
            type(None): lambda _: "NULL",
        }

    @property
    def may_have_committed(self) -> bool:
        return self._is_committing

    def begin(self) -> None:
        """Do nothing: without autocommit the first statement starts a transaction."""
        self._is_committing = False
        self._opening = self._bounds.before_transaction

    def flush(self) -> None:
        if self._buffered:
            self._send([])

    def commit(self) -> None:
        if self._reads and not self._buffered:
            self._driver.commit_soon()
        else:
            # In one packet with the last writes: the server runs nothing after a failed statement.
            self._send([*self._bounds.before_commit, "COMMIT"], is_commit=True)

    def rollback(self) -> None:
        self._buffered.clear()
        self._driver.rollback()
        if self._bounds.before_commit:
            list(self._driver.results("; ".join(self._bounds.before_commit)))

    def _fetch(self, sql: str, values: Sequence[Value]) -> Sequence[Row]:
        return self._send([self._statement(sql, values)])[0]

    def _fetch_all(self, queries: Sequence[tuple[str, Sequence[Value]]]) -> list[Sequence[Row]]:
        return (
            self._send([self._statement(sql, values) for sql, values in queries])
            if queries
            else []
        )

    def _insert(self, text: RowText, rows: Sequence[Row]) -> None:
        row = f"({', '.join(['%s'] * len(text.columns))})"
        head, _, tail = text.sql.rpartition(row)
        values = self._literals_of(list(chain.from_iterable(rows)))
        sql = head + ", ".join([row] * len(rows)) % values + tail
        if len(sql) > _MAX_TEXT and len(rows) > 1:
            middle = len(rows) // 2
            self._insert(text, rows[:middle])
            self._insert(text, rows[middle:])
        else:
            self._buffer(sql)

    def _update(self, update: UpdateByKey, text: RowText, rows: Sequence[Row]) -> None:
        if len(rows) == 1:
            self._buffer(text.sql % self._literals_of(rows[0]))
            return
        found = self._joined((*update.columns, *update.key), rows, update)
        self._buffer(f"UPDATE {found} SET {_pairs(update.columns, ', ')}")  # noqa: S608

    def _delete(self, delete: DeleteByKey, text: RowText, keys: Sequence[Row]) -> None:  # noqa: ARG002 - the SQL is for one key
        self._buffer(f"DELETE stored FROM {self._joined(delete.key, keys, delete)}")

    def _joined(
        self, names: Sequence[str], rows: Sequence[Row], change: UpdateByKey | DeleteByKey
    ) -> str:
        """Return the rows as a table with columns of these *names*, joined with those they change.

        Join order and index are forced: the optimizer would scan a small table and wait for rows
        that other transactions have locked.
        """
        first = ", ".join(f"%s AS new_{name}" for name in names)
        other = " UNION ALL SELECT " + ", ".join(["%s"] * len(names))
        values = self._literals_of(list(chain.from_iterable(rows)))
        written = (first + other * (len(rows) - 1)) % values
        return (
            f"(SELECT {written}) AS new STRAIGHT_JOIN {change.table.name} AS stored"
            f" FORCE INDEX (PRIMARY) ON {_pairs(change.key, ' AND ')}"
        )

    def _buffer(self, sql: str) -> None:
        """Buffer a write; it is sent with the next statement that is waited for."""
        if self._buffered and sum(map(len, self._buffered)) + len(sql) > _MAX_TEXT:
            self.flush()
        self._buffered.append(sql)

    def _send(self, asked: Sequence[str], *, is_commit: bool = False) -> list[Sequence[Row]]:
        """Send the buffered writes and the statements *asked*; return the rows of the latter."""
        statements = [*self._opening, *self._buffered, *asked]
        self._opening = ()
        found: list[Sequence[Row]] = []
        self._buffered.clear()
        self._is_committing = is_commit
        try:
            for rows in self._driver.results("; ".join(statements)):
                found.append(rows)  # noqa: PERF402 - results before an error count
        except pymysql.err.MySQLError as error:
            if _is_answer(error) and len(found) < len(statements) - 1:
                self._is_committing = False  # the server stopped before the commit
            if error.args[0] == ER.DUP_ENTRY:
                raise AlreadyExists from error
            raise
        return found[len(statements) - len(asked) :]

    def _statement(self, sql: str, values: Sequence[Value]) -> str:
        text = sql % self._literals_of(values)
        return self._bounds.before_lock + text if sql.endswith("FOR UPDATE") else text

    def _literals_of(self, values: Sequence[Value]) -> tuple[str, ...]:
        literals = self._literals
        return tuple([literals[type(value)](value) for value in values])


def _literal(text: str) -> str:
    """Write a text as a literal that means the same in every SQL mode.

    NO_BACKSLASH_ESCAPES changes what a backslash means, and only an apostrophe can end a literal:
    a text with either of them is written as hexadecimal digits. ANSI_QUOTES concerns other quotes.
    """
    if "'" in text or "\\" in text:
        return f"_utf8mb4 X'{text.encode().hex()}'"
    return f"'{text}'"


def _is_answer(error: Exception) -> bool:
    """Return whether the error is an answer of the server, so the connection was still open."""
    number = error.args[0]
    return number >= _FIRST_ANSWER and not CR.CR_ERROR_FIRST <= number <= _LAST_OF_CLIENT


def _pairs(names: Sequence[str], between: str) -> str:
    return between.join(f"stored.{name} = new.new_{name}" for name in names)
