"""Conversations and members, and the rules of who may change them."""

from datetime import datetime
from enum import StrEnum

import attrs

from parlour.domain.kernel.errors import Conflict, Forbidden, Invalid
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.text import clean_line

MAX_ADDED = 100
"""The number of members that one request may add."""


class GroupFull(Conflict):
    """The group has the maximum number of members."""

    title = "The group is full"


class OwnerMustStay(Conflict):
    """The owner may leave only after transferring the ownership, or as the last member."""

    title = "Hand the group over before you leave"


class ConversationKind(StrEnum):
    """A direct conversation of two users (or notes to self), or a group."""

    DIRECT = "direct"
    GROUP = "group"


class Role(StrEnum):
    """The role of a member of a group; every group has exactly one owner."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


@attrs.frozen
class Title:
    """The name of a group: one line of any script."""

    MAX_LENGTH = 128

    value: str

    @classmethod
    def parse(cls, raw: str) -> "Title":
        """Check and clean a title; raise `Invalid` if nothing visible is left."""
        return cls(clean_line(raw, most=cls.MAX_LENGTH, field="title"))

    def __str__(self) -> str:
        return self.value


@attrs.frozen
class Pair:
    """The two users of a direct conversation, in id order; equal for notes to self."""

    low: UserId
    high: UserId

    @classmethod
    def of(cls, one: UserId, other: UserId) -> "Pair":
        """Return the pair of two users, in either order."""
        return cls(min(one, other), max(one, other))

    def peer_of(self, user: UserId) -> UserId:
        """Return the other user, or *user* for notes to self."""
        return self.high if user == self.low else self.low


@attrs.frozen(kw_only=True)
class Conversation:
    """A log with members.

    `seq` is the number of its last message and `offset` of its last event; both move only under
    the lock of the conversation, so the order of allocation is the order of commit. Members see
    all messages above `joined_seq`; some joined later than those before.
    """

    id: ConversationId
    kind: ConversationKind
    title: Title | None
    pair: Pair | None
    members: int
    seq: int = 0
    offset: int = 0
    joined_seq: int = 0
    created_at: datetime
    changed_at: datetime


@attrs.frozen
class LogHead:
    """The last offset of a conversation, and the time of its last change."""

    offset: int
    changed_at: datetime


@attrs.frozen
class LogPosition:
    """The last seq and offset of a conversation, and the time of its last change."""

    seq: int
    offset: int
    changed_at: datetime


@attrs.frozen(kw_only=True)
class Member:
    """The membership of one user in one conversation.

    A member sees messages with a seq above `since_seq` and events with an offset above
    `since_offset`. Others see `read` and `received`; `private_read` only changes the member's own
    unread count. `marked_unread` is a reminder that only the member sees; reading clears it. They
    have cleared their history up to `cleared_seq`. `hides` and `has_draft` tell whether they ever
    hid a message here, and whether they have a draft.
    """

    conversation: ConversationId
    user: UserId
    role: Role
    joined_at: datetime
    since_seq: int = 0
    since_offset: int = 0
    read: int = 0
    private_read: int = 0
    received: int = 0
    muted_until: datetime | None = None
    pinned: bool = False
    marked_unread: bool = False
    cleared_seq: int = 0
    hides: bool = False
    has_draft: bool = False

    @property
    def visible_since(self) -> int:
        """The seq above which the member sees messages."""
        return max(self.since_seq, self.cleared_seq)

    @property
    def read_up_to(self) -> int:
        """The seq up to which messages count as read for the member's own unread count."""
        return max(self.read, self.private_read, self.visible_since)


def require_manager(conversation: Conversation, actor: Member) -> None:
    """Raise `Forbidden` unless *actor* is the owner or an admin of a group."""
    if conversation.kind is not ConversationKind.GROUP:
        raise Forbidden("A direct conversation cannot be changed")
    if actor.role is Role.MEMBER:
        raise Forbidden("Only the owner and admins of the group may do this")


def require_may_remove(conversation: Conversation, actor: Member, target: Member) -> None:
    """Raise `Forbidden` unless *actor* may remove *target*: admins remove plain members only."""
    require_manager(conversation, actor)
    if actor.role is not Role.OWNER and target.role is not Role.MEMBER:
        raise Forbidden("Only the owner may remove an admin")


def require_may_leave(conversation: Conversation, actor: Member) -> None:
    """Raise `Forbidden` in a direct conversation, `OwnerMustStay` if others would remain."""
    if conversation.kind is not ConversationKind.GROUP:
        raise Forbidden("A direct conversation cannot be left")
    if actor.role is Role.OWNER and conversation.members > 1:
        raise OwnerMustStay


def require_may_change_role(conversation: Conversation, actor: Member, target: Member) -> None:
    """Raise `Forbidden` unless *actor* owns the group, `Invalid` for the owner's own role."""
    if conversation.kind is not ConversationKind.GROUP:
        raise Forbidden("A direct conversation has no roles")
    if actor.role is not Role.OWNER:
        raise Forbidden("Only the owner may change roles")
    if target.user == actor.user:
        raise Invalid("is yours: hand the group over to somebody else", field="role")
