"""Events of the log of a conversation, and of a private log."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from parlour.domain.events import encode_payload
from parlour.domain.kernel.time import rfc3339
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import LogEvent, Message, MessagePosted


class EventView(Struct, omit_defaults=True, gc=False):
    """One event of a conversation's log; `seq`, `key` and `session` on messages only."""

    conversation: UUID
    offset: int
    kind: str
    by: UUID
    at: str
    data: dict[str, Any]
    seq: int | None = None
    key: UUID | None = None
    session: UUID | None = None


class PrivateEventView(Struct, omit_defaults=True, gc=False):
    """One event of a user's private log."""

    offset: int
    kind: str
    at: str
    data: dict[str, Any]


def view_event(event: LogEvent) -> EventView:
    """Return the view of an event of a conversation, which may be a message."""
    fields = message_fields(event) if isinstance(event, Message) else event_fields(event)
    return EventView(*fields)


def message_fields(message: Message) -> tuple[Any, ...]:
    """Return the values of the `EventView` of a message in the order of its fields."""
    return (
        message.conversation,
        message.offset,
        MessagePosted.KIND,
        message.sender,
        rfc3339(message.at),
        message.data(),
        message.seq,
        message.key,
        message.session,
    )


def event_fields(event: Event) -> tuple[Any, ...]:
    """Return the values of an `EventView` in the order of its fields."""
    is_message = event.key is not None
    return (
        event.conversation,
        event.offset,
        event.kind,
        event.by,
        rfc3339(event.at),
        encode_payload(event.payload),
        event.seq if is_message else None,
        event.key,
        event.session,
    )


def view_private(event: PrivateEvent) -> PrivateEventView:
    """Return the view of an event of a private log."""
    return PrivateEventView(*private_event_fields(event))


def private_event_fields(event: PrivateEvent) -> tuple[Any, ...]:
    """Return the values of a `PrivateEventView` in the order of its fields."""
    return event.offset, event.kind, rfc3339(event.at), encode_payload(event.payload)
