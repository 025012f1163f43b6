"""The kinds of events that are about notifications."""

from typing import ClassVar, Self

import attrs

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import PrivatePayload, described
from parlour.domain.notifications.model import Notification, Reason


@attrs.frozen(kw_only=True)
class NotificationAdded(PrivatePayload):
    """The user was mentioned."""

    KIND: ClassVar[str] = "notification.added"

    id: str = attrs.field(metadata=described("names the notification in requests"))
    kind: Reason
    conversation: ConversationId
    seq: int
    by: UserId
    excerpt: str

    @classmethod
    def of(cls, notification: Notification, excerpt: str) -> "NotificationAdded":
        """Return the payload of *notification*, with the excerpt of its message."""
        return cls(
            id=notification.id,
            kind=notification.reason,
            conversation=notification.conversation,
            seq=notification.seq,
            by=notification.by,
            excerpt=excerpt,
        )

    def stored(self) -> Self:
        """Return which message it is about, without what that says."""
        return attrs.evolve(self, excerpt="")


@attrs.frozen(kw_only=True)
class NotificationRead(PrivatePayload):
    """The user has seen notifications: those named, or all of them."""

    KIND: ClassVar[str] = "notification.read"

    all: bool = attrs.field(default=False, metadata=described("true, in the place of `ids`"))
    ids: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class NotificationRemoved(PrivatePayload):
    """Notifications are taken back: their messages were recalled, or do not mention the user."""

    KIND: ClassVar[str] = "notification.removed"
    SINCE: ClassVar[int] = 5

    ids: tuple[str, ...]
