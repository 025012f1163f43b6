"""The kinds of events that are about a conversation, its members, and one's own view of it."""

from datetime import datetime
from typing import ClassVar

import attrs

from parlour.domain.conversations.model import ConversationKind, Role, Title
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import ConversationPayload, PrivatePayload, described


@attrs.frozen(kw_only=True)
class FirstMember:
    """A member of a new conversation."""

    user: UserId
    role: Role


@attrs.frozen(kw_only=True)
class ConversationCreated(ConversationPayload):
    """The conversation was created; the first event of every log."""

    KIND: ClassVar[str] = "conversation.created"

    kind: ConversationKind
    title: Title | None = attrs.field(metadata=described("null in a direct conversation"))
    members: tuple[FirstMember, ...]


@attrs.frozen(kw_only=True)
class ConversationChanged(ConversationPayload):
    """The group has another title."""

    KIND: ClassVar[str] = "conversation.changed"

    title: Title


@attrs.frozen(kw_only=True)
class MemberAdded(ConversationPayload):
    """A user was added to the group."""

    KIND: ClassVar[str] = "member.added"

    user: UserId
    role: Role


@attrs.frozen(kw_only=True)
class MemberRemoved(ConversationPayload):
    """A member was removed from the group, or left it."""

    KIND: ClassVar[str] = "member.removed"

    user: UserId
    left: bool = attrs.field(metadata=described("whether by themselves"))

    def ends_delivery_to(self) -> UserId:
        return self.user


@attrs.frozen(kw_only=True)
class MemberChanged(ConversationPayload):
    """A member has another role."""

    KIND: ClassVar[str] = "member.changed"

    user: UserId
    role: Role


@attrs.frozen(kw_only=True)
class ConversationJoined(PrivatePayload):
    """The user became a member of a conversation."""

    KIND: ClassVar[str] = "conversation.joined"

    conversation: ConversationId

    def starts_delivery_of(self) -> ConversationId:
        return self.conversation


@attrs.frozen(kw_only=True)
class ConversationLeft(PrivatePayload):
    """The user is no longer a member of a conversation."""

    KIND: ClassVar[str] = "conversation.left"

    conversation: ConversationId
    removed: bool = attrs.field(metadata=described("whether by another user"))

    def ends_delivery_of(self) -> ConversationId:
        return self.conversation


@attrs.frozen(kw_only=True)
class SettingsChanged(PrivatePayload):
    """The user muted, pinned or marked a conversation, or took that back."""

    KIND: ClassVar[str] = "settings.changed"

    conversation: ConversationId
    muted_until: datetime | None = attrs.field(metadata=described("null: not muted"))
    pinned: bool
    marked_unread: bool | None = attrs.field(default=None, metadata=described("since level 2"))
