"""The answers of the service to requests, but for those that change messages."""

from uuid import UUID

from msgspec import Raw

from parlour.entrypoints.websocket.frames.base import Answer
from parlour.entrypoints.wire.views import ChoiceView, HeadView, PrivateEventView, StatusView


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
