"""What notifications need: stores, and somebody who carries a push to a browser."""

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
        """Keep new notifications; raise `AlreadyExists` for a known one."""
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
        """Return notifications of *user*, the last first (by number), below *before*."""
        ...

    def mark(self, notifications: Sequence[Notification]) -> None:
        """Mark existing notifications as read."""
        ...

    def trim(self, user: UserId, keep: int) -> None:
        """Forget all but the last *keep* of *user*."""
        ...


class SubscriptionStore(Protocol):
    """Keeps subscriptions, each endpoint once."""

    def put(self, subscription: Subscription) -> None:
        """Keep a subscription, in the place of the one that its endpoint had."""
        ...

    def find(self, subscriptions: Collection[SubscriptionId]) -> list[Subscription]:
        """Return those that exist."""
        ...

    def of_users(self, users: Collection[UserId]) -> list[Subscription]:
        """Return the subscriptions of *users*, the newest of each user first."""
        ...

    def remove(self, subscriptions: Collection[SubscriptionId]) -> None:
        """Forget subscriptions; those that do not exist are passed over."""
        ...


class PushOutbox(Protocol):
    """Keeps pushes until they were carried, or given up."""

    def add(self, pushes: Sequence[Push]) -> None:
        """Keep new pushes."""
        ...

    def due(self, now: datetime, limit: int) -> list[Push]:
        """Lock and return at most *limit* pushes that are due by *now*, the longest due first."""
        ...

    def save(self, pushes: Sequence[Push]) -> None:
        """Replace `tries` and `due_at` of those that exist."""
        ...

    def remove(self, pushes: Collection[PushId]) -> None:
        """Forget pushes; those that do not exist are passed over."""
        ...


class KeyStore(Protocol):
    """Keeps the keys of the service itself, each name once."""

    def add(self, name: str, key: bytes) -> None:
        """Keep a key of at most 1,024 bytes; raise `AlreadyExists` where there is one."""
        ...

    def find(self, name: str) -> bytes | None:
        """Return the key of this name."""
        ...


class DeliveryStatus(Enum):
    """What became of a push."""

    DONE = auto()
    GONE = auto()
    """The browser is not subscribed any more, or never could be."""
    REFUSED = auto()
    """The push service does not take this push, now or later."""
    LATER = auto()
    """The push service does not answer, or asks to come back later."""


@attrs.frozen
class PushRequest:
    """A push on its way: for whom, what it says in plain, and what it replaces on the way."""

    subscription: Subscription
    payload: bytes
    topic: str


class PushSender(Protocol):
    """Carries pushes to push services, encrypted for the browser."""

    @property
    def public_key(self) -> str:
        """The key by which push services know this service, in base64url."""
        ...

    def send(self, parcel: PushRequest) -> DeliveryStatus:
        """Carry one push, in bounded time; never raise for what the network does."""
        ...


class Stores(MessageStores, AccessStores, Protocol):
    """What the work of this concept sees."""

    @property
    def notifications(self) -> NotificationStore: ...
    @property
    def subscriptions(self) -> SubscriptionStore: ...
    @property
    def outbox(self) -> PushOutbox: ...
    @property
    def service_keys(self) -> KeyStore: ...
