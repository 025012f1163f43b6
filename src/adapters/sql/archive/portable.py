"""The lines of an export: one JSON object each, distinguished by its `type`.

Ids are UUIDs, times RFC 3339 in UTC, numbers those of the protocol. Lines come in the order of
`ORDER` between `export`, the first, and `end`, the last.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

FORMAT = "parlour-export"
VERSION = 2
"""2: what happens to messages after they were posted. This program reads 1 as well."""


class Part(Struct, forbid_unknown_fields=True):
    """An object within a line."""


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
    joined_seq: int = 0
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
    cleared_seq: int = 0
    hides: bool = False
    has_draft: bool = False


class EventLine(Line, tag="event"):
    """A change of a conversation that is no message; `seq` is the last message before it."""

    conversation: UUID
    offset: int
    kind: str
    by: UUID
    at: datetime
    data: dict[str, Any]
    seq: int


class RevisionLine(Line, tag="revision"):
    """An earlier content of a message, and when it was written."""

    conversation: UUID
    seq: int
    revision: int
    at: datetime
    kind: str
    body: dict[str, Any]


class ReactionTallyLine(Line, tag="reaction_tally"):
    """How many users reacted with an emoji, and the first of them.

    `since` is the offset of the event that brought the emoji.
    """

    conversation: UUID
    seq: int
    emoji: str
    count: int
    users: tuple[UUID, ...]
    since: int


class ReactionLine(Line, tag="reaction"):
    """A reaction of one user."""

    conversation: UUID
    seq: int
    emoji: str
    user: UUID
    at: datetime


class PinLine(Line, tag="pin"):
    """A pinned message; `offset` is that of the event that pinned it."""

    conversation: UUID
    seq: int
    by: UUID
    at: datetime
    offset: int


class VoteTallyLine(Line, tag="vote_tally"):
    """The result of a poll: votes for each option, and how many users voted."""

    conversation: UUID
    seq: int
    counts: tuple[int, ...]
    voters: int


class VoteLine(Line, tag="vote"):
    """The options of a poll that one user chose."""

    conversation: UUID
    seq: int
    user: UUID
    options: tuple[int, ...]


class RecallPart(Part):
    """Who took a message back, and when."""

    by: UUID
    at: datetime


class OriginPart(Part):
    """The message that one was forwarded from."""

    by: UUID
    at: datetime
    conversation: UUID
    seq: int


class MessageLine(Line, tag="message"):
    """A message, with its present content; one that was recalled has none."""

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
    edited_at: datetime | UnsetType = UNSET
    recalled: RecallPart | UnsetType = UNSET
    forwarded: OriginPart | UnsetType = UNSET


class PrivateLine(Line, tag="private_event"):
    """A change that concerns one user alone."""

    user: UUID
    offset: int
    kind: str
    at: datetime
    data: dict[str, Any]


class DraftLine(Line, tag="draft"):
    """A text that a user has not sent yet."""

    user: UUID
    conversation: UUID
    text: str
    at: datetime
    reply_to: int | UnsetType = UNSET


class HiddenLine(Line, tag="hidden_message"):
    """A message that one user does not want to see."""

    user: UUID
    conversation: UUID
    seq: int


class EndLine(Line, tag="end"):
    """The end, and how many lines came before it."""

    lines: int


# What belongs to messages comes before them: it tells what stands in `Message.flags`.
ORDER = (
    UserLine,
    ConversationLine,
    MemberLine,
    EventLine,
    RevisionLine,
    ReactionTallyLine,
    ReactionLine,
    PinLine,
    VoteTallyLine,
    VoteLine,
    MessageLine,
    PrivateLine,
    DraftLine,
    HiddenLine,
)

AnyLine = (
    ExportLine
    | UserLine
    | ConversationLine
    | MemberLine
    | EventLine
    | RevisionLine
    | ReactionTallyLine
    | ReactionLine
    | PinLine
    | VoteTallyLine
    | VoteLine
    | MessageLine
    | PrivateLine
    | DraftLine
    | HiddenLine
    | EndLine
)
