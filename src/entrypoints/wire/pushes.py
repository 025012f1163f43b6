"""What the service says unasked, encoded once for everybody who hears it."""

from uuid import UUID

import msgspec
from msgspec import Struct

from parlour.domain.events import encode_payload
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.time import rfc3339
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import Message, MessagePosted, Receipt
from parlour.domain.presence import Status
from parlour.entrypoints.wire.views import EventView, PrivateEventView, StatusView

_encode = msgspec.json.Encoder().encode


class EventPush(EventView, tag_field="type", tag="event", omit_defaults=True, gc=False):
    """One event of a conversation."""


class PrivatePush(
    PrivateEventView, tag_field="type", tag="event.me", omit_defaults=True, gc=False
):
    """One event of the user's own log."""


class ReceiptPush(Struct, tag_field="type", tag="receipt", omit_defaults=True, gc=False):
    """A member has received or read further."""

    conversation: UUID
    user: UUID
    received: int
    read: int


class TypingPush(Struct, tag_field="type", tag="typing", gc=False):
    """A member types, or stopped; without another word it ends after 6 s."""

    conversation: UUID
    user: UUID
    on: bool


class PresencePush(StatusView, tag_field="type", tag="presence", omit_defaults=True, gc=False):
    """Somebody watched is seen differently."""


class ResyncPush(Struct, tag_field="type", tag="resync", omit_defaults=True, gc=False):
    """Compare your offsets with the log, of one conversation or of all."""

    reason: str
    conversation: UUID | None = None


class DrainPush(Struct, tag_field="type", tag="drain", gc=False):
    """This node goes away: reconnect at a random moment of the spread."""

    after_ms: int
    spread_ms: int


class PingPush(Struct, tag_field="type", tag="ping", gc=False):
    """Are you there?"""


def encode_message(message: Message) -> bytes:
    """Encode a message as the event that it is."""
    return _encode(
        EventPush(
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
    )


def encode_event(event: Event) -> bytes:
    """Encode one event of a conversation."""
    is_message = event.key is not None
    return _encode(
        EventPush(
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
    )


def encode_private(event: PrivateEvent) -> bytes:
    """Encode one event of a private log."""
    data = encode_payload(event.payload)
    return _encode(PrivatePush(event.offset, event.kind, rfc3339(event.at), data))


def encode_receipt(receipt: Receipt) -> bytes:
    """Encode the watermarks of a member."""
    return _encode(ReceiptPush(receipt.conversation, receipt.user, receipt.received, receipt.read))


def encode_typing(conversation: ConversationId, user: UserId, *, on: bool) -> bytes:
    """Encode that somebody types."""
    return _encode(TypingPush(conversation, user, on))


def encode_status(status: Status) -> bytes:
    """Encode how a user is seen."""
    seen = rfc3339(status.last_seen) if status.last_seen else None
    return _encode(PresencePush(status.user, status.state.value, seen, status.text))


def encode_resync(conversation: ConversationId | None, reason: str) -> bytes:
    """Encode the request to compare offsets."""
    return _encode(ResyncPush(reason, conversation))


def encode_drain(after_ms: int, spread_ms: int) -> bytes:
    """Encode that this node goes away."""
    return _encode(DrainPush(after_ms, spread_ms))


PING = _encode(PingPush())
"""The server's heartbeat."""
