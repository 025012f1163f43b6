"""
Core statements, turned into the text of a driver once a shape and kept.

SQLAlchemy spends more time on compiling and on processing parameters than a database on a short
statement. So a store writes Core, the text is made the first time a statement runs with so many
keys, and from then on the driver gets the text and plain values.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

import attrs
from sqlalchemy import ClauseElement, Dialect, Select, Table, bindparam, insert, update
from sqlalchemy.sql.elements import BindParameter

from adapters.sql.values import Value

MOST_KEYS = 256
"""A statement names at most so many keys or rows; more are done in several statements."""

S = TypeVar("S", bound=Select[Any])
Key = Value | tuple[Value, ...]


def param(name: str) -> BindParameter[Any]:
    """Return the parameter *name*, whose value is given when the statement runs."""
    return bindparam(name)


def keys() -> BindParameter[Any]:
    """Return the parameter that stands for the list of keys: `column.in_(keys())`."""
    return bindparam("keys", expanding=True)


def by_primary_key(core: S, table: Table) -> S:
    """Return *core* so that it reads *table* along its primary key.

    Left to itself, MySQL may prefer another unique index, or all of a small table; and a statement
    that locks waits for every row that it reads.
    """
    return core.with_hint(table, "FORCE INDEX (PRIMARY)", "mysql")


@attrs.frozen(eq=False)
class Statement:
    """A statement with named parameters and at most one list of keys.

    *build* returns the Core statement for a number of keys; most statements look the same for
    any number. Parameters that it makes for keys itself have names that begin with `keys_`, stand
    side by side and in the order of the keys.
    """

    build: Callable[[int], ClauseElement]

    @classmethod
    def of(cls, core: ClauseElement) -> "Statement":
        """Return a statement that looks the same for any number of keys."""
        return cls(lambda _: core)


@attrs.frozen(eq=False)
class Change:
    """The change of some columns of one table, found by its primary key.

    A row has the values of *columns* first, then those of the primary key.
    """

    table: Table
    columns: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return tuple(column.name for column in self.table.primary_key)

    def core(self) -> ClauseElement:
        """Return the statement that changes one row; parameters are named after the columns."""
        found = [self.table.c[name] == bindparam(f"k_{name}") for name in self.key]
        return (
            update(self.table)
            .where(*found)
            .values({name: bindparam(name) for name in self.columns})
        )


@attrs.frozen
class Text:
    """The text of a statement in one dialect, for one number of keys."""

    sql: str
    before: tuple[tuple[str, Value], ...]
    after: tuple[tuple[str, Value], ...]

    def values(self, given: Sequence[Key], scalars: Mapping[str, Value]) -> list[Value]:
        """Return the values of all placeholders, in order."""
        flat: Iterable[Any] = given
        if given and isinstance(given[0], tuple):
            flat = chain.from_iterable(given)  # type: ignore[arg-type] # all of them are tuples
        return [
            *(scalars.get(name, default) for name, default in self.before),
            *flat,
            *(scalars.get(name, default) for name, default in self.after),
        ]


@attrs.frozen
class RowText:
    """The text of a statement that is run for many rows, and the columns of a row."""

    sql: str
    columns: tuple[str, ...]


class Texts:
    """The texts of every statement in one dialect, made when they are first wanted."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._texts: dict[tuple[Statement, int], Text] = {}
        self._inserts: dict[Table, RowText] = {}
        self._changes: dict[Change, RowText] = {}

    def of(self, statement: Statement, given: Sequence[Key] = ()) -> Text:
        """Return the text of *statement* for as many keys as are *given*."""
        shape = (statement, len(given))
        text = self._texts.get(shape)
        if text is None:
            text = self._texts[shape] = self._make(statement, given)
        return text

    def insert(self, table: Table) -> RowText:
        """Return the text that inserts one row of all columns."""
        text = self._inserts.get(table)
        if text is None:
            text = self._inserts[table] = self._row_text(insert(table))
        return text

    def change(self, change: Change) -> RowText:
        """Return the text that changes one row."""
        text = self._changes.get(change)
        if text is None:
            text = self._changes[change] = self._row_text(change.core())
        return text

    def _row_text(self, core: ClauseElement) -> RowText:
        compiled: Any = core.compile(dialect=self._dialect)
        return RowText(compiled.string, tuple(compiled.positiontup))

    def _make(self, statement: Statement, given: Sequence[Key]) -> Text:
        compiled: Any = statement.build(len(given)).compile(dialect=self._dialect)
        params = compiled.params
        state = compiled.construct_expanded_state({**params, "keys": given})
        names: list[str] = list(state.positiontup)
        keyed = [place for place, name in enumerate(names) if name.startswith("keys_")]
        first, last = (keyed[0], keyed[-1] + 1) if keyed else (len(names), len(names))
        parts = [(name, params.get(name)) for name in names]
        return Text(state.statement, tuple(parts[:first]), tuple(parts[last:]))
