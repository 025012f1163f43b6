"""Subscriptions, pushes that wait, and keys of the service in tables."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from parlour.adapters.sql import tables
from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.row_mapping import RowMapping
from parlour.adapters.sql.statements import Statement, UpdateByKey, by_primary_key, one_of, param
from parlour.adapters.sql.tables import push_outbox, push_subscriptions, service_keys
from parlour.adapters.sql.values import timestamp
from parlour.domain.kernel.ids import UserId
from parlour.domain.notifications import (
    KeyStore,
    Push,
    PushId,
    PushOutbox,
    Subscription,
    SubscriptionId,
    SubscriptionStore,
)

SUBSCRIPTIONS = RowMapping(Subscription, push_subscriptions)
PUSHES = RowMapping(Push, push_outbox)

_FIND = Statement(
    by_primary_key(select(push_subscriptions), push_subscriptions)
    .where(one_of(push_subscriptions.c.id))
    .order_by(push_subscriptions.c.id)
)
_OF_USERS = Statement(select(push_subscriptions).where(one_of(push_subscriptions.c.user_id)))
_FORGET_ENDPOINT = Statement(
    delete(push_subscriptions).where(push_subscriptions.c.digest == param("digest"))
)
_FORGET = Statement(delete(push_subscriptions).where(one_of(push_subscriptions.c.id)))
_DUE = Statement(
    select(push_outbox)
    .where(push_outbox.c.due_at <= param("now"))
    .order_by(push_outbox.c.due_at, push_outbox.c.id)
    .limit(param("most"))
    .with_for_update()
)
_LEASE = UpdateByKey(push_outbox, ("tries", "due_at"))
_DROP = Statement(delete(push_outbox).where(one_of(push_outbox.c.id)))
_KEY = Statement(select(service_keys.c.value).where(service_keys.c.name == param("name")))


class SqlSubscriptionStore(SubscriptionStore):
    """Subscriptions by id, by user and by what stands for the endpoint."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, subscription: Subscription) -> None:
        self._connection.run(_FORGET_ENDPOINT, digest=subscription.digest)
        self._connection.insert(push_subscriptions, [SUBSCRIPTIONS.to_row(subscription)])

    def find(self, subscriptions: Collection[SubscriptionId]) -> list[Subscription]:
        rows = self._connection.run_for(_FIND, _sorted(subscriptions))
        return list(map(SUBSCRIPTIONS.from_row, rows))

    def of_users(self, users: Collection[UserId]) -> list[Subscription]:
        rows = self._connection.run_for(_OF_USERS, _sorted(users))
        found = list(map(SUBSCRIPTIONS.from_row, rows))
        found.sort(key=lambda each: each.id, reverse=True)
        return sorted(found, key=lambda each: each.user)

    def remove(self, subscriptions: Collection[SubscriptionId]) -> None:
        self._connection.run_for(_FORGET, _sorted(subscriptions))


class SqlPushOutbox(PushOutbox):
    """Pushes by id and by when they are due."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, pushes: Sequence[Push]) -> None:
        self._connection.insert(tables.push_outbox, [PUSHES.to_row(push) for push in pushes])

    def due(self, now: datetime, limit: int) -> list[Push]:
        return list(
            map(PUSHES.from_row, self._connection.run(_DUE, now=timestamp(now), most=limit))
        )

    def save(self, pushes: Sequence[Push]) -> None:
        rows = [(push.tries, timestamp(push.due_at), push.id.bytes) for push in pushes]
        self._connection.update(_LEASE, rows)

    def remove(self, pushes: Collection[PushId]) -> None:
        self._connection.run_for(_DROP, _sorted(pushes))


class SqlKeyStore(KeyStore):
    """Keys by name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, name: str, key: bytes) -> None:
        self._connection.insert(service_keys, [(name, key)])

    def find(self, name: str) -> bytes | None:
        rows = self._connection.run(_KEY, name=name)
        return bytes(rows[0][0]) if rows else None


def _sorted(
    ids: Collection[SubscriptionId] | Collection[PushId] | Collection[UserId],
) -> list[bytes]:
    # Lock in id order to avoid deadlocks (InnoDB would raise 1213).
    return sorted({id_.bytes for id_ in ids})
