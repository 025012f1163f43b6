"""Bodies of the routes for notifications and push subscriptions."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from parlour.domain.kernel.time import rfc3339
from parlour.domain.notifications import Notification, Subscription
from parlour.entrypoints.http.schemas import Body

Octets = Annotated[str, Meta(min_length=1, max_length=128)]


class NotificationView(Struct):
    """A mention of the caller. `id` is made of the conversation and the `seq` of the message."""

    id: str
    kind: str
    conversation: UUID
    seq: int
    by: UUID
    excerpt: str
    at: str
    read: bool


class NotificationsView(Struct, omit_defaults=True):
    """Notifications, newest first, and the cursor of the next page, if any."""

    notifications: list[NotificationView]
    next: str | None = None


class NotificationsRead(Body):
    """Mark notifications as read: those with these ids, or `all`."""

    ids: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=1_000)] = field(
        default_factory=list
    )
    all: bool = False


class PushKeyView(Struct):
    """The public key of the service (`applicationServerKey` of the Push API), in base64url."""

    key: str


class SubscriptionKeys(Body):
    """The keys of a browser that pushes to it are encrypted with (RFC 8291), in base64url."""

    p256dh: Octets
    auth: Octets


class NewSubscription(Body):
    """A push subscription. With `preview`, pushes contain the sender and the text."""

    endpoint: Annotated[str, Meta(max_length=2_048)]
    keys: SubscriptionKeys
    preview: bool = False


class SubscriptionView(Struct):
    """A push subscription; `current` if it belongs to the device of the caller."""

    id: UUID
    device: UUID
    endpoint: str
    preview: bool
    created_at: str
    current: bool


class SubscriptionsView(Struct):
    """The subscriptions of the caller, newest first."""

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
