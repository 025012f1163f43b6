"""The bodies around notifications and pushes."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from parlour.domain.kernel.time import rfc3339
from parlour.domain.notifications import Notification, Subscription
from parlour.entrypoints.http.schemas import Body

Octets = Annotated[str, Meta(min_length=1, max_length=128)]


class NotificationView(Struct):
    """Somebody mentioned the caller. `id` is the conversation and the number of the message."""

    id: str
    kind: str
    conversation: UUID
    seq: int
    by: UUID
    excerpt: str
    at: str
    read: bool


class NotificationsView(Struct, omit_defaults=True):
    """Notifications, the last first, and the cursor of the next page where there is one."""

    notifications: list[NotificationView]
    next: str | None = None


class NotificationsRead(Body):
    """Which notifications are read: those with these ids, or `all`."""

    ids: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=1_000)] = field(
        default_factory=list
    )
    all: bool = False


class PushKeyView(Struct):
    """What a browser subscribes with (`applicationServerKey`), in base64url."""

    key: str


class SubscriptionKeys(Body):
    """What a browser gave to encrypt for it, in base64url."""

    p256dh: Octets
    auth: Octets


class NewSubscription(Body):
    """A browser's subscription. With `preview`, pushes tell who wrote what."""

    endpoint: Annotated[str, Meta(max_length=2_048)]
    keys: SubscriptionKeys
    preview: bool = False


class SubscriptionView(Struct):
    """A browser that is pushed to; `current` where it is on the caller's own device."""

    id: UUID
    device: UUID
    endpoint: str
    preview: bool
    created_at: str
    current: bool


class SubscriptionsView(Struct):
    """One's own subscriptions, the newest first."""

    subscriptions: list[SubscriptionView]


def view_notification(each: Notification) -> NotificationView:
    """Show a notification."""
    return NotificationView(
        each.id,
        each.reason.value,
        each.conversation,
        each.seq,
        each.by,
        each.excerpt,
        rfc3339(each.at),
        each.read,
    )


def view_subscription(each: Subscription, device: UUID) -> SubscriptionView:
    """Show a subscription to its user, who acts on *device*."""
    return SubscriptionView(
        each.id,
        each.device,
        each.endpoint,
        each.preview,
        rfc3339(each.created_at),
        each.device == device,
    )
