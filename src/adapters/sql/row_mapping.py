"""
Values of the domain as rows of a table and back, from the columns that `tables` declares.

A column holds the field of the same name, or the one that its declaration names (`info.name` is
the field of a field). What a field is kept as follows from its type: an id as 16 bytes, a time and
JSON as text, an enumeration and a value object as their value.
"""

import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

import attrs
from sqlalchemy import LargeBinary, Table
from sqlalchemy.types import TypeEngine

from parlour.adapters.sql.values import Row, json, timestamp, to_datetime, to_json, uuid

T = TypeVar("T")

FIELD = "parlour.field"
"""Key in `Column.info`: the path of the field that the column holds."""

Conversion = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""Makes the value of a column of a field, and the field of a column."""

_SAME = ("{}", "{}")


class RowMapping(Generic[T]):
    """Translates between values of the attrs class *kind* and rows of all columns of *table*.

    Every field needs a column; a column may hold a property, which is written and never read.
    *conversions* are for types that are kept in a way of their own.

    Both functions are written out for the class and compiled when they are first used, as attrs
    and cattrs do it: rows are read by the thousand, and a loop over the columns takes 4.0 µs where
    such a function takes 2.3 (12 columns).
    """

    def __init__(
        self, kind: type[T], table: Table, conversions: Mapping[type, Conversion] | None = None
    ) -> None:
        self._kind = kind
        self._table = table
        self._conversions = conversions or {}

    @cached_property
    def to_row(self) -> Callable[[T], Row]:
        """Make the row of a value, columns in the order of the table."""
        names: dict[str, Any] = {}
        parts = []
        for path, column_type in self._columns.items():
            hint = _hint(self._kind, path)
            dump, _ = self._templates(hint, column_type, names)
            field = f"value.{path}"
            converted = dump.format(field)
            if _is_optional(hint) and converted != field:
                converted = f"None if {field} is None else {converted}"
            parts.append(converted)
        return _compiled(f"lambda value: ({', '.join(parts)},)", names)

    @cached_property
    def from_row(self) -> Callable[[Row], T]:
        """Make the value of a row of all columns."""
        names: dict[str, Any] = {}
        return _compiled(f"lambda row: {self._constructor(self._kind, '', names)}", names)

    def to_update(self, value: T) -> Row:
        """Make the row of an `UpdateByKey` of all columns: the primary key is last."""
        row, keys = self.to_row(value), len(self._table.primary_key)
        return (*row[keys:], *row[:keys])

    @cached_property
    def _columns(self) -> Mapping[str, TypeEngine[Any]]:
        return {each.info.get(FIELD, each.name): each.type for each in self._table.columns}

    def _constructor(self, kind: type, above: str, names: dict[str, Any]) -> str:
        parts, places = [], list(self._columns)
        for attribute in attrs.fields(kind):
            path = f"{above}{attribute.name}"
            hint = _hint(self._kind, path)
            if path not in self._columns:
                parts.append(f"{attribute.alias}={self._constructor(hint, f'{path}.', names)}")
                continue
            _, load = self._templates(hint, self._columns[path], names)
            column = f"row[{places.index(path)}]"
            converted = load.format(column)
            if _is_optional(hint) and converted != column:
                converted = f"None if {column} is None else {converted}"
            parts.append(f"{attribute.alias}={converted}")
        names[kind.__name__] = kind
        return f"{kind.__name__}({', '.join(parts)})"

    def _templates(
        self, hint: Any, column: TypeEngine[Any], names: dict[str, Any]
    ) -> tuple[str, str]:
        """Return how a field of this type becomes the value of its column, and how it is read."""
        kind = _plain_type(hint)
        if kind in self._conversions:
            dump, load = f"dump_{kind.__name__}", f"load_{kind.__name__}"
            names[dump], names[load] = self._conversions[kind]
            return dump + "({})", load + "({})"
        if kind is str and isinstance(column, LargeBinary):
            return "{}.encode()", "{}.decode()"
        if kind in _TEMPLATES:
            names.update(_NAMES)
            return _TEMPLATES[kind]
        if issubclass(kind, Enum):
            # Looking a member up by its value takes longer than reading the rest of a row.
            names[f"{kind.__name__}_of"] = {member.value: member for member in kind}
            return "{}.value", kind.__name__ + "_of[{}]"
        names[kind.__name__] = kind
        return "{}.value", kind.__name__ + "({})"


_TEMPLATES = {
    UUID: ("{}.bytes", "uuid({})"),
    datetime: ("timestamp({})", "to_datetime({})"),
    bool: ("int({})", "bool({})"),
    Mapping: ("json({})", "to_json({})"),
    bytes: _SAME,
    int: _SAME,
    str: _SAME,
}
_NAMES = {each.__name__: each for each in (uuid, timestamp, to_datetime, json, to_json)}


def _hint(kind: Any, path: str) -> Any:
    """Return the type of the field at *path*; that of a property is what it returns."""
    for name in path.split("."):
        hints = typing.get_type_hints(kind)
        if name not in hints:
            hints = {name: typing.get_type_hints(getattr(kind, name).fget)["return"]}
        kind = hints[name]
    return kind


def _is_optional(hint: Any) -> bool:
    return typing.get_origin(hint) in {typing.Union, types.UnionType}


def _plain_type(hint: Any) -> Any:
    """Return the class behind an optional type, a generic type and a `NewType`."""
    if _is_optional(hint):
        (hint,) = set(typing.get_args(hint)) - {types.NoneType}
    hint = typing.get_origin(hint) or hint
    return getattr(hint, "__supertype__", hint)


def _compiled(source: str, names: Mapping[str, Any]) -> Callable[[Any], Any]:
    compiled: Callable[[Any], Any] = eval(source, dict(names))  # noqa: S307 - only names of ours
    return compiled
