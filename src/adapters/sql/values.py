"""
The values that drivers exchange: bytes, text, integers and None, the same for every database.

Times are stored as text in UTC with microseconds, which sorts by time in every database.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

Value = bytes | str | int | None
"""One value of a row."""

Row = Sequence[Any]
"""One row, its values in the order of the columns."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


@lru_cache(maxsize=32_768)
def uuid(raw: bytes) -> UUID:
    """Return the UUID stored as these 16 bytes; cached, as the same few thousand repeat."""
    return UUID(bytes=raw)


@lru_cache(maxsize=1024)
def timestamp(at: datetime) -> str:
    """Return the stored form of a time: `2026-01-02 03:04:05.000000`, in UTC.

    Cached, as all messages of a batch have the same time.
    """
    return at.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def to_datetime(stored: str) -> datetime:
    """Return the time that is stored as *stored*."""
    return datetime.fromisoformat(stored + "+00:00")


def json(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """Return *value* as stored JSON."""
    return _encoder.encode(value).decode()


def to_json(stored: str) -> Any:
    """Return the value of stored JSON."""
    return _decoder.decode(stored)
