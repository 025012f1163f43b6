"""The ports of notifications: their stores, and a sender of pushes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

import attrs

from parlour.domain.access import Stores as AccessStores
from parlour.domain.kernel.ids import UserId
from parlour.domain.messages import Stores as MessageStores
from parlour.domain.notifications.model import (
    Notification,
    NotificationKey,
    Push,
    PushId,
    Subscription,
    SubscriptionId,
)


class NotificationStore(Protocol):
    """Keeps notifications, each (user, conversation, seq) once."""

    def add(self, notifications: Sequence[Notification]) -> None:
        """Add notifications; raise `AlreadyExists` for a known one."""
        ...

    def find(
        self, user: UserId, keys: Collection[NotificationKey]
    ) -> Mapping[NotificationKey, Notification]:
        """Return those of *user* that exist."""
        ...

    def known(self, key: NotificationKey, users: Collection[UserId]) -> set[UserId]:
        """Return those of *users* who have a notification about the message *key*."""
        ...

    def page(self, user: UserId, before: int | None, limit: int) -> list[Notification]:
        """Return notifications of *user* with a number below *before*, the last first."""
        ...

    def mark(self, notifications: Sequence[Notification]) -> None:
        """Mark existing notifications as read."""
        ...

    def remove(self, key: NotificationKey, users: Collection[UserId]) -> None:
        """Delete the notifications of *users* about the message *key*."""
        ...

    def trim(self, user: UserId, keep: int) -> None:
        """Delete all but the last *keep* of *user*."""
        ...


class SubscriptionStore(Protocol):
    """Keeps subscriptions, each endpoint once."""

    def put(self, subscription: Subscription) -> None:
        """Add a subscription; it replaces the former one of the same endpoint."""
        ...

    def find(self, subscriptions: Collection[SubscriptionId]) -> list[Subscription]:
        """Return those that exist."""
        ...

    def of_users(self, users: Collection[UserId]) -> list[Subscription]:
        """Return the subscriptions of *users*, the newest of each user first."""
        ...

    def remove(self, subscriptions: Collection[SubscriptionId]) -> None:
        """Delete subscriptions; those that do not exist are ignored."""
        ...


class PushOutbox(Protocol):
    """The queue of pushes that have to be delivered (transactional outbox)."""

    def add(self, pushes: Sequence[Push]) -> None:
        """Add pushes."""
        ...

    def due(self, now: datetime, limit: int) -> list[Push]:
        """Lock and return at most *limit* pushes that are due at *now*, the longest due first."""
        ...

    def save(self, pushes: Sequence[Push]) -> None:
        """Replace `tries` and `due_at` of those that exist."""
        ...

    def remove(self, pushes: Collection[PushId]) -> None:
        """Delete pushes; those that do not exist are ignored."""
        ...


class KeyStore(Protocol):
    """Keeps the keys of the service, each name once."""

    def add(self, name: str, key: bytes) -> None:
        """Add a key of at most 1,024 bytes; raise `AlreadyExists` where the name has one."""
        ...

    def find(self, name: str) -> bytes | None:
        """Return the key of this name."""
        ...


class DeliveryStatus(Enum):
    """The result of an attempt to deliver a push."""

    DONE = auto()
    GONE = auto()
    """The subscription is not valid any more, or never was."""
    REFUSED = auto()
    """The push service rejects this push for good."""
    LATER = auto()
    """The push service does not answer, or asks to try again later."""


@attrs.frozen
class PushRequest:
    """A push to send: a newer push of the same *topic* replaces it (RFC 8030 section 5.4)."""

    subscription: Subscription
    payload: bytes
    topic: str


class PushSender(Protocol):
    """Sends pushes to push services, encrypted for the browser (RFC 8291)."""

    @property
    def public_key(self) -> str:
        """The public VAPID key of this service (RFC 8292), in base64url."""
        ...

    def send(self, request: PushRequest) -> DeliveryStatus:
        """Send one push, in bounded time; network errors are a result and never raise."""
        ...


class Stores(MessageStores, AccessStores, Protocol):
    """The stores that the use cases of this concept need."""

    @property
    def notifications(self) -> NotificationStore: ...
    @property
    def subscriptions(self) -> SubscriptionStore: ...
    @property
    def outbox(self) -> PushOutbox: ...
    @property
    def service_keys(self) -> KeyStore: ...
