"""A connection to MySQL or MariaDB: statements written out as text, as many at once as can be."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import pymysql
from pymysql.constants import CR, ER

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.statements import RowText, StatementCache, UpdateByKey
from parlour.adapters.sql.values import Row, Value
from parlour.domain.kernel.errors import AlreadyExists

_FIRST_ANSWER = 1000  # what the server refuses has numbers from here on, …
_LAST_OF_CLIENT = 2999  # … but for those that a client gives to its own errors

_MAX_TEXT = 1 << 20
"""Characters of a statement; of 4 bytes each they stay below any server's max_allowed_packet."""


class MysqlConnection(Connection):
    """Sends statements as text, their values written as literals, as many as can be at once.

    PyMySQL writes values into the text as well; doing it here, by type alone, costs a third.
    Writes wait for the next statement whose rows are wanted, or for the commit: the way to the
    server and back costs both sides more than a short statement does.
    """

    def __init__(self, texts: StatementCache, driver: Any, *, reads: bool = False) -> None:
        """Speak through *driver*, whose transactions only read where *reads* says so."""
        super().__init__(texts)
        self._driver = driver
        self._reads = reads
        self._unsent: list[str] = []
        self._is_committing = False
        # Anything that is not one of these is a mistake of ours and a KeyError.
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
        """Do nothing: without autocommit the first statement begins a transaction."""
        self._is_committing = False

    def settle(self) -> None:
        if self._unsent:
            self._send([])

    def commit(self) -> None:
        if self._reads and not self._unsent:
            self._driver.commit_soon()
        else:
            # In one packet with the last writes: nothing is run after a statement that fails.
            self._send(["COMMIT"], is_commit=True)

    def rollback(self) -> None:
        self._unsent.clear()
        self._driver.rollback()

    def _fetch(self, sql: str, values: Sequence[Value]) -> Sequence[Row]:
        return self._send([sql % self._written(values)])[0]

    def _fetch_all(self, asks: Sequence[tuple[str, Sequence[Value]]]) -> list[Sequence[Row]]:
        return self._send([sql % self._written(values) for sql, values in asks]) if asks else []

    def _insert(self, text: RowText, rows: Sequence[Row]) -> None:
        row = f"({', '.join(['%s'] * len(text.columns))})"
        head, _, tail = text.sql.rpartition(row)
        values = self._written(list(chain.from_iterable(rows)))
        sql = head + ", ".join([row] * len(rows)) % values + tail
        if len(sql) > _MAX_TEXT and len(rows) > 1:
            middle = len(rows) // 2
            self._insert(text, rows[:middle])
            self._insert(text, rows[middle:])
        else:
            self._put(sql)

    def _change(self, change: UpdateByKey, text: RowText, rows: Sequence[Row]) -> None:
        if len(rows) == 1:
            self._put(text.sql % self._written(rows[0]))
            return
        names = (*change.columns, *change.key)
        first = ", ".join(f"%s AS new_{name}" for name in names)
        other = " UNION ALL SELECT " + ", ".join(["%s"] * len(names))
        values = self._written(list(chain.from_iterable(rows)))
        written = (first + other * (len(rows) - 1)) % values
        # The order of the join and the index are given: with few rows in the table the optimizer
        # would read all of it, and wait for rows that others have locked.
        self._put(
            f"UPDATE (SELECT {written}) AS new STRAIGHT_JOIN {change.table.name} AS kept"  # noqa: S608
            f" FORCE INDEX (PRIMARY) ON {_pairs(change.key, ' AND ')}"
            f" SET {_pairs(change.columns, ', ')}"
        )

    def _put(self, sql: str) -> None:
        """Write soon: together with the next statement that is waited for."""
        if self._unsent and sum(map(len, self._unsent)) + len(sql) > _MAX_TEXT:
            self.settle()
        self._unsent.append(sql)

    def _send(self, asked: Sequence[str], *, is_commit: bool = False) -> list[Sequence[Row]]:
        """Send what waits and what is *asked*; return the rows of the latter."""
        statements = [*self._unsent, *asked]
        found: list[Sequence[Row]] = []
        self._unsent.clear()
        self._is_committing = is_commit
        try:
            for rows in self._driver.results("; ".join(statements)):
                found.append(rows)  # noqa: PERF402 - what came before an error counts
        except pymysql.err.MySQLError as error:
            if _is_answer(error) and len(found) < len(statements) - 1:
                self._is_committing = False  # the server stopped before it came to the commit
            if error.args[0] == ER.DUP_ENTRY:
                raise AlreadyExists from error
            raise
        return found[len(statements) - len(asked) :]

    def _written(self, values: Sequence[Value]) -> tuple[str, ...]:
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
    """Tell whether the server itself said so, and the connection still stood."""
    number = error.args[0]
    return number >= _FIRST_ANSWER and not CR.CR_ERROR_FIRST <= number <= _LAST_OF_CLIENT


def _pairs(names: Sequence[str], between: str) -> str:
    return between.join(f"kept.{name} = new.new_{name}" for name in names)
