"""
What travels to a driver and back: bytes, text, integers and None, the same for every database.

Moments travel as text in UTC with microseconds, a form that keeps its order in every database.
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

_json = msgspec.json.Encoder()
_parsed = msgspec.json.Decoder()


@lru_cache(maxsize=32_768)
def uuid(raw: bytes) -> UUID:
    """Return the identity kept as these 16 bytes; the same few thousand come again and again."""
    return UUID(bytes=raw)


@lru_cache(maxsize=1024)
def moment(at: datetime) -> str:
    """Return how a moment is kept: `2026-01-02 03:04:05.000000`, in UTC.

    All messages of a batch have the same moment.
    """
    return at.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def to_moment(kept: str) -> datetime:
    """Return the moment that is kept as *kept*."""
    return datetime.fromisoformat(kept + "+00:00")


def json(value: Mapping[str, Any]) -> str:
    """Return *value* as it is kept."""
    return _json.encode(value).decode()


def to_json(kept: str) -> Any:
    """Return the value that is kept as *kept*."""
    return _parsed.decode(kept)
