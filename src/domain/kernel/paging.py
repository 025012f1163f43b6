"""Bounded pages and opaque cursors."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from parlour.domain.kernel.errors import Invalid


def bounded(limit: int | None, most: int, default: int) -> int:
    """Return how many rows a page may hold: *default* for None; `Invalid` outside 1..*most*."""
    if limit is None:
        return default
    if not 1 <= limit <= most:
        raise Invalid(f"must be between 1 and {most}", field="limit")
    return limit


def pack_cursor(*parts: str) -> str:
    """Fold *parts* (without line feeds) into one opaque token that is safe in a URL."""
    return urlsafe_b64encode("\n".join(parts).encode()).rstrip(b"=").decode()


def unpack_cursor(raw: str, parts: int, field: str = "cursor") -> list[str]:
    """Undo `pack_cursor`; raise `Invalid` where *raw* does not hold *parts* parts."""
    try:
        text = urlsafe_b64decode(raw.encode("ascii") + b"=" * (-len(raw) % 4)).decode()
    except ValueError:
        text = ""
    found = text.split("\n")
    if len(raw) > 512 or len(found) != parts or pack_cursor(*found) != raw:
        raise Invalid("is not a cursor of this list", field=field)
    return found
