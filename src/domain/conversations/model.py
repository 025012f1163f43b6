"""Conversations and their members, and the rules of who may change them."""

from datetime import datetime
from enum import StrEnum

import attrs

from parlour.domain.kernel.errors import Conflict, Forbidden, Invalid
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.text import clean_line
from parlour.domain.logs import ConversationPayload, Event

MAX_ADDED = 100
"""How many members one request may add."""


class GroupFull(Conflict):
    """The group has as many members as a group may have."""

    title = "The group is full"


class OwnerMustStay(Conflict):
    """The owner leaves only after handing the group over, or as its last member."""

    title = "Hand the group over before you leave"


class ConversationKind(StrEnum):
    """Two people, or a group."""

    DIRECT = "direct"
    GROUP = "group"


class Role(StrEnum):
    """What a member may do: every group has one owner."""

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
        """Read a title; raise `Invalid` where nothing visible is left."""
        return cls(clean_line(raw, most=cls.MAX_LENGTH, field="title"))

    def __str__(self) -> str:
        return self.value


@attrs.frozen
class Pair:
    """The two people of a direct conversation, in a fixed order; both are one in notes to self."""

    low: UserId
    high: UserId

    @classmethod
    def of(cls, one: UserId, other: UserId) -> "Pair":
        """Return the same pair whichever of the two comes first."""
        return cls(min(one, other), max(one, other))

    def peer_of(self, user: UserId) -> UserId:
        """Return the other one, or *user* where this is a note to self."""
        return self.high if user == self.low else self.low


@attrs.frozen(kw_only=True)
class Conversation:
    """A log with members.

    `seq` is the number of its last message and `offset` of its last event; both move only under
    the lock of the conversation, so the order of allocation is the order of commit.
    """

    id: ConversationId
    kind: ConversationKind
    title: Title | None
    pair: Pair | None
    members: int
    seq: int = 0
    offset: int = 0
    created_at: datetime
    changed_at: datetime


@attrs.frozen
class LogHead:
    """Where the log of a conversation ends, and when it came to that."""

    offset: int
    changed_at: datetime


@attrs.frozen
class LogPosition:
    """The last numbers of a conversation, and when it came to them."""

    seq: int
    offset: int
    changed_at: datetime


@attrs.frozen(kw_only=True)
class Member:
    """One user's part in one conversation.

    What came before `since_seq` and `since_offset` (exclusive both) is not theirs to see. `read`
    and `received` are shown to others, `private_read` only moves the own unread count.
    `marked_unread` is the user's own reminder to come back; reading takes it away.
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

    @property
    def read_up_to(self) -> int:
        """The number of the last message that counts as read for the user's own eyes."""
        return max(self.read, self.private_read, self.since_seq)


def require_manager(conversation: Conversation, actor: Member) -> None:
    """Let the owner and admins of a group pass; raise `Forbidden` for anybody else."""
    if conversation.kind is not ConversationKind.GROUP:
        raise Forbidden("A direct conversation cannot be changed")
    if actor.role is Role.MEMBER:
        raise Forbidden("Only the owner and admins of the group may do this")


def require_may_remove(conversation: Conversation, actor: Member, target: Member) -> None:
    """Let the owner remove anybody else, and admins remove plain members; raise `Forbidden`."""
    require_manager(conversation, actor)
    if actor.role is not Role.OWNER and target.role is not Role.MEMBER:
        raise Forbidden("Only the owner may remove an admin")


def require_may_leave(conversation: Conversation, actor: Member) -> None:
    """Let members leave a group, the owner only as the last one."""
    if conversation.kind is not ConversationKind.GROUP:
        raise Forbidden("A direct conversation cannot be left")
    if actor.role is Role.OWNER and conversation.members > 1:
        raise OwnerMustStay


def require_may_change_role(conversation: Conversation, actor: Member, target: Member) -> None:
    """Let the owner change the role of another member; raise `Forbidden` or `Invalid`."""
    if conversation.kind is not ConversationKind.GROUP:
        raise Forbidden("A direct conversation has no roles")
    if actor.role is not Role.OWNER:
        raise Forbidden("Only the owner may change roles")
    if target.user == actor.user:
        raise Invalid("is yours: hand the group over to somebody else", field="role")


def next_event(
    conversation: Conversation, by: UserId, at: datetime, payload: ConversationPayload
) -> tuple[Conversation, Event]:
    """Append one event that is not a message; the caller holds the lock of the conversation."""
    moved = attrs.evolve(
        conversation,
        offset=conversation.offset + 1,
        # The clocks of nodes differ, and lists go by this time: it never runs backwards.
        changed_at=max(conversation.changed_at, at),
    )
    event = Event(
        conversation=conversation.id,
        offset=moved.offset,
        by=by,
        at=at,
        payload=payload,
        seq=conversation.seq,
    )
    return moved, event
