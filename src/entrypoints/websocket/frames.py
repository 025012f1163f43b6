"""The frames of the socket as types, version 1 of the protocol (protocol.md, section 2).

Unknown fields are ignored, so that clients may be newer than the service.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Raw, Struct

from parlour.entrypoints.wire.attachments import Attachments
from parlour.entrypoints.wire.mentions import Mentions
from parlour.entrypoints.wire.views import (
    ChoiceView,
    ClientDevice,
    HeadView,
    PrivateEventView,
    StatusView,
)

VERSION = 1
LEVEL = 5
"""Raised by each addition to the protocol: what each brought stands in protocol.md."""

Id = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Limit = Annotated[int, Meta(ge=1, le=200)]
Secret = Annotated[str, Meta(min_length=1, max_length=256)]
Position = Annotated[str, Meta(max_length=512)]


class Request(Struct, tag_field="type", kw_only=True, gc=False):
    """Base of the frames that get an answer with the same id."""

    id: Id


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
    mentions: Mentions = []
    attachments: Attachments = []


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


Asked = (
    Hello
    | AuthRefresh
    | MessageSend
    | Read
    | Received
    | Sync
    | SyncMe
    | Conversations
    | Focus
    | PresenceWatch
    | PresenceSet
)
"""The frames that are answered."""

ClientFrame = Asked | Typing | Ping | Pong


class Answer(Struct, tag_field="type", tag="ok", omit_defaults=True, gc=False):
    """The request is done; a durable one is committed."""

    id: int


class Welcome(Answer, tag="welcome"):
    """The answer to `hello`: the session, and what changed since the cursor."""

    session: UUID
    user: UUID
    level: int
    features: list[str]
    limits: dict[str, int]
    heartbeat_ms: int
    time: str
    cursor: str
    heads: list[HeadView]
    more: bool
    presence: ChoiceView


class Refreshed(Answer, tag="ok"):
    """When the new token expires."""

    expires_at: str


class Sent(Answer, tag="ok"):
    """The message is committed; `replayed` if an earlier send with this key did it.

    `mentions` are those that the service found, or left of those that were named.
    """

    conversation: UUID
    seq: int
    offset: int
    at: str
    key: UUID
    replayed: bool
    mentions: list[str] | None = None


class ReadUpTo(Answer, tag="ok"):
    """The read mark after the request."""

    seq: int


class Synced(Answer, tag="ok"):
    """A page of the log of a conversation."""

    events: Raw
    last: int
    more: bool
    reset: bool


class SyncedMe(Answer, tag="ok"):
    """A page of the private log."""

    events: list[PrivateEventView]
    cursor: str
    more: bool
    reset: bool


class Listed(Answer, tag="ok"):
    """A page of heads."""

    heads: list[HeadView]
    next: str | None = None


class Watching(Answer, tag="ok"):
    """The presence of the watched users."""

    states: list[StatusView]
