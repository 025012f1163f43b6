"""
SQLAlchemy Core statements, compiled to the SQL of a driver once and cached.

SQLAlchemy spends more time on compiling and on parameters than a database spends on a short
statement. So the stores write Core statements, the SQL is compiled when a statement first runs,
and from then on the driver gets cached SQL and plain values.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

import attrs
from sqlalchemy import (
    Boolean,
    ClauseElement,
    Column,
    ColumnElement,
    Dialect,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter

from parlour.adapters.sql.values import Value

MAX_KEYS = 256
"""The most keys or rows of one statement; more of them are split into several statements."""

S = TypeVar("S", bound=Select[Any])
Key = Value | tuple[Value, ...]

# Markers in compiled SQL: the part that is repeated for each key, and the separator.
_REPEAT, _BETWEEN, _END = "\x01", "\x02", "\x03"


def param(name: str) -> BindParameter[Any]:
    """Return the parameter *name*, whose value is passed when the statement runs."""
    return bindparam(name)


def by_primary_key(core: S, table: Table) -> S:
    """Return *core* so that it reads *table* along its primary key.

    Without the hint MySQL may choose another unique index or scan a small table, and a locking
    statement waits for every row that it reads.
    """
    return core.with_hint(table, "FORCE INDEX (PRIMARY)", "mysql")


class KeyListCondition(ColumnElement[bool]):
    """A condition on the keys that are passed when the statement runs; at most one a statement."""

    inherit_cache = False
    type = Boolean()

    def __init__(
        self,
        columns: Sequence[Column[Any]],
        *last: str,
        exempt: ColumnElement[bool] | None = None,
    ) -> None:
        """Compare the last columns by the operators *last*, those before them by "=".

        Rows for which *exempt* holds need not have the last one of those before them.
        """
        self.columns = columns
        self.last = last
        self.exempt = exempt

    def self_group(self, against: object = None) -> "KeyListCondition":  # noqa: ARG002 - SQLAlchemy's own form
        """Return itself: a condition needs no `= 1` after it."""
        return self


def one_of(*columns: Column[Any]) -> KeyListCondition:
    """Match rows whose *columns* are one of the keys."""
    return KeyListCondition(columns, "=")


def beyond(*columns: Column[Any], exempt: ColumnElement[bool] | None = None) -> KeyListCondition:
    """Match rows whose last column is greater than that of a key, and the others are as there.

    Rows for which *exempt* holds need not have the last one of the others.
    """
    return KeyListCondition(columns, ">", exempt=exempt)


def within(*columns: Column[Any], exempt: ColumnElement[bool] | None = None) -> KeyListCondition:
    """Match rows whose last column is above one bound of a key and not above the other.

    *exempt* is as in `beyond`.
    """
    return KeyListCondition((*columns, columns[-1]), ">", "<=", exempt=exempt)


@compiles(KeyListCondition)
def _keyed(element: KeyListCondition, compiler: SQLCompiler, **options: Any) -> str:
    names = [compiler.process(column, **options) for column in element.columns]
    slots = [compiler.process(bindparam(f"key_{place}"), **options) for place in range(len(names))]
    # SQLite uses no index for a list of tuples; on MySQL it is faster than a chain of OR.
    if element.last == ("=",) and (len(names) == 1 or compiler.dialect.name != "sqlite"):
        left, slot = (
            (names[0], slots[0])
            if len(names) == 1
            else (f"({', '.join(names)})", f"({', '.join(slots)})")
        )
        return f"{left} IN ({_REPEAT}{slot}{_BETWEEN}, {_END})"
    signs = ["="] * (len(names) - len(element.last)) + list(element.last)
    terms = [" ".join(term) for term in zip(names, signs, slots, strict=True)]
    if element.exempt is not None:
        place = len(terms) - len(element.last) - 1
        terms[place] = f"({terms[place]} OR {compiler.process(element.exempt, **options)})"
    return f"({_REPEAT}{' AND '.join(terms)}{_BETWEEN} OR {_END})"


@attrs.frozen(eq=False)
class Statement:
    """A Core statement with named parameters and at most one list of keys."""

    core: ClauseElement


@attrs.frozen(eq=False)
class UpdateByKey:
    """An update of some columns of one table, or of all, where the primary key is that of a row.

    A row has the values of *columns* first, then those of the primary key.
    """

    table: Table
    columns: tuple[str, ...] = attrs.field()

    @columns.default
    def _all_others(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.table.columns if not each.primary_key)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return tuple(column.name for column in self.table.primary_key)

    @property
    def core(self) -> ClauseElement:
        """The statement that updates one row."""
        found = [self.table.c[name] == param(f"key_{name}") for name in self.key]
        values = {name: param(name) for name in self.columns}
        return update(self.table).where(*found).values(values)


@attrs.frozen(eq=False)
class DeleteByKey:
    """A delete of the rows of one table whose first *width* columns of the primary key are given.

    By default they are all of them.
    """

    table: Table
    width: int = attrs.field()

    @width.default
    def _whole(self) -> int:
        return len(self.table.primary_key)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that are given."""
        return tuple(column.name for column in self.table.primary_key)[: self.width]

    @property
    def core(self) -> ClauseElement:
        """The statement that deletes the rows of one key."""
        return delete(self.table).where(*(self.table.c[name] == param(name) for name in self.key))


@attrs.frozen
class Text:
    """The SQL of a statement, split around its keys, and its other parameters."""

    head: str
    repeated: str
    between: str
    tail: str
    before: tuple[tuple[str, Value], ...]
    after: tuple[tuple[str, Value], ...]

    def sql(self, keys: int) -> str:
        """Return the SQL for this number of keys."""
        return f"{self.head}{self.between.join([self.repeated] * keys)}{self.tail}"

    def values(self, keys: Sequence[Key], given: Mapping[str, Value]) -> list[Value]:
        """Return the values of all placeholders, in order."""
        flat: Iterable[Any] = keys
        if keys and isinstance(keys[0], tuple):
            flat = chain.from_iterable(keys)  # type: ignore[arg-type] # all of them are tuples
        return [
            *(given.get(name, default) for name, default in self.before),
            *flat,
            *(given.get(name, default) for name, default in self.after),
        ]


@attrs.frozen
class RowText:
    """The SQL of a statement that is run for many rows, and the columns of a row."""

    sql: str
    columns: tuple[str, ...]


class StatementCache:
    """Compiles statements for one dialect when they are first used, and caches the SQL."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._texts: dict[Statement, Text] = {}
        self._inserts: dict[Table, RowText] = {}
        self._changes: dict[UpdateByKey | DeleteByKey, RowText] = {}

    def of(self, statement: Statement) -> Text:
        """Return the SQL of *statement*."""
        text = self._texts.get(statement)
        if text is None:
            text = self._texts[statement] = self._text(statement.core)
        return text

    def insert(self, table: Table) -> RowText:
        """Return the SQL that inserts a row of all columns."""
        text = self._inserts.get(table)
        if text is None:
            text = self._inserts[table] = self._row_text(insert(table))
        return text

    def change(self, change: UpdateByKey | DeleteByKey) -> RowText:
        """Return the SQL that updates one row, or deletes the rows of one key."""
        text = self._changes.get(change)
        if text is None:
            text = self._changes[change] = self._row_text(change.core)
        return text

    def _row_text(self, core: ClauseElement) -> RowText:
        compiled: Any = core.compile(dialect=self._dialect)
        return RowText(compiled.string, tuple(compiled.positiontup))

    def _text(self, core: ClauseElement) -> Text:
        compiled: Any = core.compile(dialect=self._dialect)
        head, _, rest = compiled.string.partition(_REPEAT)
        repeated, _, rest = rest.partition(_BETWEEN)
        between, _, tail = rest.partition(_END)
        params = [(name, compiled.params[name]) for name in compiled.positiontup]
        keys = [place for place, (name, _) in enumerate(params) if name.startswith("key_")]
        first, last = (keys[0], keys[-1] + 1) if keys else (len(params), len(params))
        return Text(head, repeated, between, tail, tuple(params[:first]), tuple(params[last:]))
