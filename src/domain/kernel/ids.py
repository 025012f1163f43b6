"""Ids: UUIDv7 values (RFC 9562), with a type of its own for each kind of thing."""

from typing import NewType, Protocol
from uuid import UUID

from parlour.domain.kernel.errors import Invalid

UserId = NewType("UserId", UUID)
DeviceId = NewType("DeviceId", UUID)
SessionId = NewType("SessionId", UUID)
ConversationId = NewType("ConversationId", UUID)
SendKey = NewType("SendKey", UUID)


class IdSource(Protocol):
    """Makes new ids that grow with time (UUIDv7, RFC 9562 section 5.7)."""

    def __call__(self) -> UUID: ...


def parse_uuid(raw: str, field: str) -> UUID:
    """Read a UUID (RFC 9562, section 4), with or without its hyphens.

    Raises `Invalid`, naming *field*, for anything else.
    """
    try:
        value = UUID(raw)
    except ValueError:
        value = None
    # UUID() also accepts braces, prefixes, misplaced dashes and digits of other scripts.
    if value is None or raw.lower() not in {str(value), value.hex}:
        raise Invalid("is not a UUID", field=field)
    return value
