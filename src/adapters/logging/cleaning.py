"""
From what a caller passes to plain values that can be written later, by another thread.

Everything is made plain at once, so that a value that changes afterwards cannot change a line.
Whatever the value is, nothing here raises.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from pathlib import PurePath
from typing import Any
from uuid import UUID

from parlour.adapters.logging.redaction import HIDDEN, is_secret, scrub

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]

LONGEST = 2_000
"""Most characters of one value, whatever its shape."""

_LONGEST_NAME = 64
_MAX_FIELDS = 48
_DEEPEST = 4
_RESERVED = frozenset({"time", "level", "logger", "event", "exception"})
_INTEGERS = range(-(2**63), 2**64)
_SPOKEN = (UUID, date, datetime, time, timedelta, Decimal, PurePath, IPv4Address, IPv6Address)


def add_fields(line: dict[str, Any], fields: Mapping[str, object]) -> None:
    """Add fields to a line: secrets hidden, values plain, long ones cut."""
    for name, value in fields.items():
        if len(line) >= _MAX_FIELDS:
            line["more_fields"] = True
            return
        kind = type(value)
        key = name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME]
        if key in _RESERVED:
            key = f"{key}_"
        if kind is bool or value is None:
            line[key] = value
        elif is_secret(name):
            line[key] = HIDDEN
        elif kind is str:
            line[key] = clean_text(value)  # type: ignore[arg-type]
        elif kind is float or (kind is int and value in _INTEGERS):
            line[key] = value
        else:
            line[key] = _Reader().read(value)


def clean_text(text: str, longest: int = LONGEST) -> str:
    """Return free text without secrets, cut to a bearable length."""
    if len(text) > longest:
        # A secret that the cut goes through would not be recognised any more; look a bit further.
        return f"{scrub(text[: longest + 500])[:longest]}… ({len(text) - longest} more)"
    return scrub(text)


class _Reader:
    """Makes one value plain, within a budget of characters for all that is in it."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = LONGEST

    def read(self, value: object, depth: int = 0) -> Plain:
        try:
            return self._plain(value, depth)
        except Exception:  # noqa: BLE001 -- the value's own code may do anything
            return f"<unreadable {type(value).__name__}>"

    def _plain(self, value: object, depth: int) -> Plain:  # noqa: PLR0911 -- one for each kind
        self._left -= 8
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, int):
            if isinstance(value, Enum):
                return value.name
            return int(value) if value in _INTEGERS else f"<integer of {value.bit_length()} bits>"
        if isinstance(value, Enum):
            return self.read(value.value, depth)
        if isinstance(value, str):
            return self._text(str.__str__(value))
        if isinstance(value, bytes | bytearray | memoryview):
            return f"<{len(value)} bytes>"
        if isinstance(value, _SPOKEN):
            return self._text(str(value))
        if isinstance(value, BaseException):
            return self._text(f"{type(value).__name__}: {value}")
        if depth >= _DEEPEST or self._left <= 0:
            return "…"
        return self._contents(value, depth + 1)

    def _contents(self, value: object, depth: int) -> Plain:
        if (names := _field_names(value)) is not None:
            return self._table(((name, getattr(value, name)) for name in names), depth)
        if isinstance(value, Mapping):
            return self._table(value.items(), depth)
        if isinstance(value, list | tuple | set | frozenset):
            items: list[Plain] = []
            for item in value:
                if self._left <= 0:
                    items.append(f"… ({len(value) - len(items)} more)")
                    break
                items.append(self.read(item, depth))
            return items
        return self._text(repr(value))

    def _table(self, pairs: Iterable[tuple[object, object]], depth: int) -> Plain:
        table: dict[str, Plain] = {}
        for name, value in pairs:
            if self._left <= 0:
                table["…"] = "more"
                break
            key = name if isinstance(name, str) else str(self.read(name, _DEEPEST))
            hidden = is_secret(key[:_LONGEST_NAME]) and not (value is None or value is False)
            table[key[:_LONGEST_NAME]] = HIDDEN if hidden else self.read(value, depth)
            self._left -= len(key)
        return table

    def _text(self, text: str) -> str:
        text = clean_text(text, max(self._left, 0))
        self._left -= len(text)
        return text


def _field_names(value: object) -> Iterable[str] | None:
    """Return the names of the fields of an attrs class, a struct, a dataclass or a named tuple."""
    kind = type(value)
    if (attributes := getattr(kind, "__attrs_attrs__", None)) is not None:
        return [attribute.name for attribute in attributes]
    finders: tuple[Callable[[], Any], ...] = (
        lambda: getattr(kind, "__struct_fields__", None),
        lambda: getattr(kind, "__dataclass_fields__", None),
        lambda: getattr(kind, "_fields", None) if isinstance(value, tuple) else None,
    )
    return next((names for find in finders if (names := find()) is not None), None)
