"""The frames of clients: what a socket may ask for, but for what changes messages."""

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from parlour.entrypoints.websocket.frames.base import Id, Request, Seq
from parlour.entrypoints.wire.attachments import Attachments
from parlour.entrypoints.wire.mentions import Mentions
from parlour.entrypoints.wire.views import ClientDevice

Limit = Annotated[int, Meta(ge=1, le=200)]
Secret = Annotated[str, Meta(min_length=1, max_length=256)]
Position = Annotated[str, Meta(max_length=512)]


class Hello(Request, tag="hello"):
    """The first frame; answered by `welcome`."""

    v: int
    token: Secret
    device: ClientDevice | None = None
    cursor: Position | None = None


class AuthRefresh(Request, tag="auth.refresh"):
    """Replace the access token of this socket by a newer one."""

    token: Secret


class MessageSend(Request, tag="message.send"):
    """Post a message with a key that the client made."""

    conversation: UUID
    key: UUID
    body: dict[str, Any]
    kind: Annotated[str, Meta(max_length=64)] = "text"
    reply_to: Seq | None = None
    mentions: Mentions = field(default_factory=list)
    attachments: Attachments = field(default_factory=list)


class Read(Request, tag="read"):
    """Move the read mark of the user to `seq`."""

    conversation: UUID
    seq: Seq
    private: bool = False


class Received(Request, tag="received"):
    """Move the received marks of the user to these numbers."""

    marks: Annotated[dict[UUID, Seq], Meta(max_length=200)]


class Sync(Request, tag="sync"):
    """Read the log of a conversation after an offset."""

    conversation: UUID
    after: Seq
    limit: Limit = 200


class SyncMe(Request, tag="sync.me"):
    """Read the private log of the user after a cursor."""

    cursor: Position
    limit: Limit = 200


class Conversations(Request, tag="conversations"):
    """List the heads of conversations, last changed first."""

    before: Position | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class Focus(Request, tag="focus"):
    """Set the conversation that the user is looking at, or none."""

    conversation: UUID | None = None


class Typing(Struct, tag_field="type", tag="typing", gc=False):
    """The user is typing, or stopped; not answered."""

    conversation: UUID
    on: bool


class PresenceWatch(Request, tag="presence.watch"):
    """Watch the presence of these users; replaces the former list."""

    users: Annotated[list[UUID], Meta(max_length=200)]


class PresenceSet(Request, tag="presence.set"):
    """Choose how others see the user, or report that they are away from this device."""

    state: Literal["online", "away", "busy", "invisible"]
    text: Annotated[str, Meta(max_length=512)] | None = None


class Ping(Struct, tag_field="type", tag="ping", gc=False):
    """A heartbeat; answered by `pong`, with the same id if it has one."""

    id: Id | None = None


class Pong(Struct, tag_field="type", tag="pong", gc=False):
    """The answer to a `ping`."""

    id: Id | None = None
