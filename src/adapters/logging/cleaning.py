"""
Convert the fields of a line to plain values that another thread can write later.

Values are converted at once, so that a later change of an object cannot change a line. No value
makes these functions raise.
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

MAX_LENGTH = 2_000
"""Maximum number of characters of one value."""

_MAX_NAME_LENGTH = 64
_MAX_FIELDS = 48
_MAX_DEPTH = 4
_RESERVED = frozenset({"time", "level", "logger", "event", "exception"})
_INTEGERS = range(-(2**63), 2**64)
_AS_TEXT = (UUID, date, datetime, time, timedelta, Decimal, PurePath, IPv4Address, IPv6Address)


def add_fields(line: dict[str, Any], fields: Mapping[str, object]) -> None:
    """Add fields to a line; secrets are hidden, values converted, long ones truncated."""
    for name, value in fields.items():
        if len(line) >= _MAX_FIELDS:
            line["more_fields"] = True
            return
        kind = type(value)
        key = name if len(name) <= _MAX_NAME_LENGTH else name[:_MAX_NAME_LENGTH]
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


def clean_text(text: str, longest: int = MAX_LENGTH) -> str:
    """Return free text without secrets, truncated to *longest* characters."""
    if len(text) > longest:
        # A truncated secret would not be recognised, so a longer text is searched.
        return f"{scrub(text[: longest + 500])[:longest]}… ({len(text) - longest} more)"
    return scrub(text)


class _Reader:
    """Converts one value, within a budget of characters for everything in it."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MAX_LENGTH

    def read(self, value: object, depth: int = 0) -> Plain:
        try:
            return self._plain(value, depth)
        except Exception:  # noqa: BLE001 -- code of the value may raise anything
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
        if isinstance(value, _AS_TEXT):
            return self._text(str(value))
        if isinstance(value, BaseException):
            return self._text(f"{type(value).__name__}: {value}")
        if depth >= _MAX_DEPTH or self._left <= 0:
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
            key = name if isinstance(name, str) else str(self.read(name, _MAX_DEPTH))
            hidden = is_secret(key[:_MAX_NAME_LENGTH]) and not (value is None or value is False)
            table[key[:_MAX_NAME_LENGTH]] = HIDDEN if hidden else self.read(value, depth)
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
