"""Pages of lists: bounded sizes and opaque cursors."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar

import attrs

from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.ids import UserId, parse_uuid
from parlour.domain.kernel.time import to_micros

K = TypeVar("K")
Row = TypeVar("Row")

_MAX_CURSOR = 512
_MAX_NUMBER = to_micros(datetime.max.replace(tzinfo=UTC))


@attrs.frozen
class PageRequest(Generic[K]):
    """One page of a list: at most *size* rows after the row whose key is *start*.

    A store is asked for `fetch` rows, one more than a page holds: so `cut` knows whether another
    page follows.
    """

    start: K | None
    size: int

    @classmethod
    def parse(
        cls,
        cursor: str | None,
        limit: int | None,
        read: Callable[[str], K],
        *,
        most: int,
        default: int | None = None,
    ) -> "PageRequest[K]":
        """Read what a client asks for; *read* turns a cursor into the key of a row.

        Without a limit a page holds *default* rows, or *most* where there is no default. Raises
        `Invalid` for a limit outside 1..*most*; *read* raises it for a cursor it cannot read.
        """
        size = bounded(limit, most, default or most)
        return PageRequest(None if cursor is None else read(cursor), size)

    @property
    def fetch(self) -> int:
        """How many rows to ask a store for."""
        return self.size + 1

    def cut(
        self, found: Sequence[Row], cursor_of: Callable[[Row], str]
    ) -> tuple[tuple[Row, ...], str | None]:
        """Return the rows of this page, and the cursor of the next where there is one."""
        page = tuple(found[: self.size])
        return page, cursor_of(page[-1]) if len(found) > self.size else None


def bounded(limit: int | None, most: int, default: int) -> int:
    """Return how many rows a page may hold: *default* for None; `Invalid` outside 1..*most*."""
    if limit is None:
        return default
    if not 1 <= limit <= most:
        raise Invalid(f"must be between 1 and {most}", field="limit")
    return limit


def pack_cursor(*parts: object) -> str:
    """Encode *parts*, whose texts have no line feeds, as one opaque token that fits in a URL."""
    return urlsafe_b64encode("\n".join(map(str, parts)).encode()).rstrip(b"=").decode()


def unpack_cursor(raw: str, parts: int, field: str = "cursor") -> list[str]:
    """Undo `pack_cursor`; raise `Invalid` where *raw* does not hold *parts* parts."""
    try:
        text = urlsafe_b64decode(raw.encode("ascii") + b"=" * (-len(raw) % 4)).decode()
    except ValueError:
        text = ""
    found = text.split("\n")
    if len(raw) > _MAX_CURSOR or len(found) != parts or pack_cursor(*found) != raw:
        raise _not_a_cursor(field)
    return found


def text_of_cursor(raw: str) -> str:
    """Read a cursor of one part."""
    return unpack_cursor(raw, 1)[0]


def user_of_cursor(raw: str) -> UserId:
    """Read a cursor that holds the id of a user."""
    return UserId(parse_uuid(text_of_cursor(raw), "cursor"))


def cursor_number(part: str, field: str = "cursor") -> int:
    """Read a part of a cursor as a number, such as microseconds before the year 10000.

    Raises `Invalid` where it is none.
    """
    if not (part.isascii() and part.isdigit() and int(part) <= _MAX_NUMBER):
        raise _not_a_cursor(field)
    return int(part)


def _not_a_cursor(field: str) -> Invalid:
    return Invalid("is not a cursor of this list", field=field)
