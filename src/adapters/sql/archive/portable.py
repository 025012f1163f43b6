"""The lines of an export: one JSON object each, distinguished by its `type`.

Ids are UUIDs, times RFC 3339 in UTC, numbers those of the protocol. Lines come in this order:
`export` first, then users, conversations, members, events, messages, private events, `end` last.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

FORMAT = "parlour-export"
VERSION = 1


class Line(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One line."""


class ExportLine(Line, tag="export"):
    """What the file is."""

    format: str
    version: int
    made_at: datetime
    made_by: str


class UserLine(Line, tag="user"):
    """Somebody with an account; passwords and sessions are never exported."""

    id: UUID
    handle: str
    display_name: str
    role: Literal["user", "admin"]
    disabled: bool
    created_at: datetime
    presence: Literal["online", "busy", "invisible"] = "online"
    presence_text: str | UnsetType = UNSET


class ConversationLine(Line, tag="conversation"):
    """A conversation: `pair` of a direct one, `title` of a group; the last `seq` and `offset`."""

    id: UUID
    kind: Literal["direct", "group"]
    members: int
    seq: int
    offset: int
    created_at: datetime
    changed_at: datetime
    title: str | UnsetType = UNSET
    pair: tuple[UUID, UUID] | UnsetType = UNSET


class MemberLine(Line, tag="member"):
    """Somebody's part in a conversation."""

    conversation: UUID
    user: UUID
    role: Literal["owner", "admin", "member"]
    joined_at: datetime
    since_seq: int
    since_offset: int
    read: int
    private_read: int
    received: int
    pinned: bool
    muted_until: datetime | UnsetType = UNSET
    marked_unread: bool = False


class EventLine(Line, tag="event"):
    """A change of a conversation that is no message; `seq` is the last message before it."""

    conversation: UUID
    offset: int
    kind: str
    by: UUID
    at: datetime
    data: dict[str, Any]
    seq: int


class MessageLine(Line, tag="message"):
    """A message."""

    conversation: UUID
    seq: int
    offset: int
    by: UUID
    key: UUID
    at: datetime
    kind: str
    body: dict[str, Any]
    revision: int
    session: UUID | UnsetType = UNSET
    reply_to: int | UnsetType = UNSET
    mentions: list[UUID] = []
    mentions_all: bool = False


class PrivateLine(Line, tag="private_event"):
    """A change that concerns one user alone."""

    user: UUID
    offset: int
    kind: str
    at: datetime
    data: dict[str, Any]


class EndLine(Line, tag="end"):
    """The end, and how many lines came before it."""

    lines: int


AnyLine = (
    ExportLine
    | UserLine
    | ConversationLine
    | MemberLine
    | EventLine
    | MessageLine
    | PrivateLine
    | EndLine
)
