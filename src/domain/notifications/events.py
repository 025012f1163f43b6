"""The kinds of events that are about notifications."""

from typing import ClassVar

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
    def of(cls, notification: Notification) -> "NotificationAdded":
        """Return the payload of *notification*."""
        return cls(
            id=notification.id,
            kind=notification.reason,
            conversation=notification.conversation,
            seq=notification.seq,
            by=notification.by,
            excerpt=notification.excerpt,
        )


@attrs.frozen(kw_only=True)
class NotificationRead(PrivatePayload):
    """The user has seen notifications: those named, or all of them."""

    KIND: ClassVar[str] = "notification.read"

    all: bool = attrs.field(default=False, metadata=described("true, in the place of `ids`"))
    ids: tuple[str, ...] = ()
