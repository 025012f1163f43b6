"""Notifications, push subscriptions, the push outbox and service keys in memory."""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

import attrs

from parlour.adapters.memory.transaction import UndoLog
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import UserId
from parlour.domain.notifications import (
    KeyStore,
    Notification,
    NotificationKey,
    NotificationStore,
    Push,
    PushId,
    PushOutbox,
    Subscription,
    SubscriptionId,
    SubscriptionStore,
)

_NUMBER = attrgetter("number")


class MemoryNotificationStore(NotificationStore):
    """Notifications by user and message, and those of each user in order."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._kept: dict[tuple[UserId, NotificationKey], Notification] = {}
        self._by_user: dict[UserId, list[Notification]] = {}

    def add(self, notifications: Sequence[Notification]) -> None:
        for each in notifications:
            if not self._undo_log.claim(self._kept, (each.user, each.key), each):
                raise AlreadyExists
            if each.user not in self._by_user:
                self._undo_log.put(self._by_user, each.user, [])
            self._undo_log.insert(self._by_user[each.user], each, _NUMBER)

    def find(
        self, user: UserId, keys: Collection[NotificationKey]
    ) -> Mapping[NotificationKey, Notification]:
        return {key: self._kept[user, key] for key in keys if (user, key) in self._kept}

    def known(self, key: NotificationKey, users: Collection[UserId]) -> set[UserId]:
        return {user for user in users if (user, key) in self._kept}

    def page(self, user: UserId, before: int | None, limit: int) -> list[Notification]:
        kept = self._by_user.get(user, [])
        end = len(kept) if before is None else bisect_left(kept, before, key=_NUMBER)
        return [self._kept[user, each.key] for each in kept[max(0, end - limit) : end][::-1]]

    def mark(self, notifications: Sequence[Notification]) -> None:
        for each in notifications:
            if (each.user, each.key) in self._kept:
                read = attrs.evolve(self._kept[each.user, each.key], read=True)
                self._undo_log.put(self._kept, (each.user, each.key), read)

    def remove(self, key: NotificationKey, users: Collection[UserId]) -> None:
        for user in users:
            if (found := self._kept.get((user, key))) is not None:
                self._undo_log.drop(self._kept, (user, key))
                kept = self._by_user[user]
                self._undo_log.delete(kept, bisect_left(kept, found.number, key=_NUMBER))

    def trim(self, user: UserId, keep: int) -> None:
        kept = self._by_user.get(user, [])
        for _ in range(len(kept) - keep):
            self._undo_log.drop(self._kept, (user, kept[0].key))
            self._undo_log.delete(kept, 0)


class MemorySubscriptionStore(SubscriptionStore):
    """Subscriptions by id, by endpoint and by user."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._kept: dict[SubscriptionId, Subscription] = {}
        self._by_digest: dict[bytes, SubscriptionId] = {}
        self._by_user: dict[UserId, set[SubscriptionId]] = {}

    def put(self, subscription: Subscription) -> None:
        former = self._by_digest.get(subscription.digest)
        if former is not None:
            self.remove([former])
        self._undo_log.put(self._kept, subscription.id, subscription)
        self._undo_log.put(self._by_digest, subscription.digest, subscription.id)
        if subscription.user not in self._by_user:
            self._undo_log.put(self._by_user, subscription.user, set())
        self._undo_log.include(self._by_user[subscription.user], subscription.id)

    def find(self, subscriptions: Collection[SubscriptionId]) -> list[Subscription]:
        return [self._kept[id_] for id_ in sorted(subscriptions) if id_ in self._kept]

    def of_users(self, users: Collection[UserId]) -> list[Subscription]:
        return [
            self._kept[id_]
            for user in sorted(users)
            for id_ in sorted(self._by_user.get(user, ()), reverse=True)
        ]

    def remove(self, subscriptions: Collection[SubscriptionId]) -> None:
        for id_ in subscriptions:
            found = self._kept.get(id_)
            if found is not None:
                self._undo_log.drop(self._kept, id_)
                self._undo_log.drop(self._by_digest, found.digest)
                self._undo_log.exclude(self._by_user[found.user], id_)


class MemoryPushOutbox(PushOutbox):
    """Pushes by id."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._kept: dict[PushId, Push] = {}

    def add(self, pushes: Sequence[Push]) -> None:
        for push in pushes:
            self._undo_log.put(self._kept, push.id, push)

    def due(self, now: datetime, limit: int) -> list[Push]:
        due = [push for push in self._kept.values() if push.due_at <= now]
        return sorted(due, key=lambda push: (push.due_at, push.id))[:limit]

    def save(self, pushes: Sequence[Push]) -> None:
        for push in pushes:
            if push.id in self._kept:
                changed = attrs.evolve(self._kept[push.id], tries=push.tries, due_at=push.due_at)
                self._undo_log.put(self._kept, push.id, changed)

    def remove(self, pushes: Collection[PushId]) -> None:
        for id_ in pushes:
            if id_ in self._kept:
                self._undo_log.drop(self._kept, id_)


class MemoryKeyStore(KeyStore):
    """Keys by name."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._keys: dict[str, bytes] = {}

    def add(self, name: str, key: bytes) -> None:
        if not self._undo_log.claim(self._keys, name, key):
            raise AlreadyExists

    def find(self, name: str) -> bytes | None:
        return self._keys.get(name)
