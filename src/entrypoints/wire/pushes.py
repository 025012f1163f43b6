"""Push frames: what the service sends unasked, encoded once for all receivers."""

from uuid import UUID

import msgspec
from msgspec import Struct

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.time import rfc3339
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import Message, Receipt
from parlour.domain.presence import State, Status
from parlour.domain.users import ChosenState, PresenceChoice, User
from parlour.entrypoints.wire.lookalikes import mixes_alphabets, skeletons
from parlour.entrypoints.wire.views import (
    ChoiceView,
    EventView,
    PrivateEventView,
    StatusView,
    event_fields,
    message_fields,
    private_event_fields,
)

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
    """A member types, or stopped; it ends by itself after 6 s."""

    conversation: UUID
    user: UUID
    on: bool


class PresencePush(StatusView, tag_field="type", tag="presence", omit_defaults=True, gc=False):
    """The presence of a watched user changed."""


class ProfilePush(Struct, tag_field="type", tag="profile", omit_defaults=True, gc=False):
    """A watched user has another name; `skeletons` and `mixed_alphabets` are those of a user."""

    user: UUID
    display_name: str
    skeletons: list[str] = []
    mixed_alphabets: bool = False


class ChosenPush(Struct, tag_field="type", tag="event.me", gc=False):
    """The part of a `presence.changed` event that says which presence its user chose."""

    data: ChoiceView


_decode_presence = msgspec.json.Decoder(PresencePush).decode
_decode_chosen = msgspec.json.Decoder(ChosenPush).decode


class ResyncPush(Struct, tag_field="type", tag="resync", omit_defaults=True, gc=False):
    """The client is to compare its offsets with the log of one conversation, or of all."""

    reason: str
    conversation: UUID | None = None


class DrainPush(Struct, tag_field="type", tag="drain", gc=False):
    """This node shuts down: the client is to reconnect at a random moment of the spread."""

    after_ms: int
    spread_ms: int


class PingPush(Struct, tag_field="type", tag="ping", gc=False):
    """The heartbeat of the service; answered by `pong`."""


def encode_message(message: Message) -> bytes:
    """Encode the event of a posted message, without making the event."""
    return _encode(EventPush(*message_fields(message)))


def encode_event(event: Event) -> bytes:
    """Encode one event of a conversation."""
    return _encode(EventPush(*event_fields(event)))


def encode_private(event: PrivateEvent) -> bytes:
    """Encode one event of a private log."""
    return _encode(PrivatePush(*private_event_fields(event)))


def encode_receipt(receipt: Receipt) -> bytes:
    """Encode the watermarks of a member."""
    return _encode(ReceiptPush(receipt.conversation, receipt.user, receipt.received, receipt.read))


def encode_typing(conversation: ConversationId, user: UserId, *, on: bool) -> bytes:
    """Encode that a member types, or stopped."""
    return _encode(TypingPush(conversation, user, on))


def encode_status(status: Status) -> bytes:
    """Encode the presence of a user."""
    seen = rfc3339(status.last_seen) if status.last_seen else None
    return _encode(PresencePush(status.user, status.state.value, seen, status.text))


def encode_profile(user: User) -> bytes:
    """Encode the name of a user."""
    name = user.display_name.value
    return _encode(ProfilePush(user.id, name, skeletons(user), mixes_alphabets(name)))


def decode_status(frame: bytes) -> Status:
    """Read what `encode_status` wrote, but for the time of being last seen."""
    found = _decode_presence(frame)
    return Status(UserId(found.user), State(found.state), text=found.text)


def decode_choice(frame: bytes) -> PresenceChoice:
    """Read what the event of a choice of presence says."""
    chosen = _decode_chosen(frame).data
    return PresenceChoice(ChosenState(chosen.state), chosen.text)


def encode_resync(conversation: ConversationId | None, reason: str) -> bytes:
    """Encode the request to compare offsets with the log; None is all logs."""
    return _encode(ResyncPush(reason, conversation))


def encode_drain(after_ms: int, spread_ms: int) -> bytes:
    """Encode that this node shuts down."""
    return _encode(DrainPush(after_ms, spread_ms))


PING = _encode(PingPush())
"""The encoded heartbeat."""
