"""Notifications in a table, by message and by number."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, select

from parlour.adapters.sql import tables
from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.row_mapping import RowMapping
from parlour.adapters.sql.statements import (
    DeleteByKey,
    Statement,
    UpdateByKey,
    by_primary_key,
    one_of,
    param,
)
from parlour.adapters.sql.tables import notifications
from parlour.adapters.sql.values import uuid
from parlour.domain.kernel.ids import UserId
from parlour.domain.notifications import Notification, NotificationKey, NotificationStore

_columns = notifications.c
NOTIFICATIONS = RowMapping(Notification, notifications)
_OWN = _columns.user_id == param("user")
_FIND = Statement(
    by_primary_key(select(notifications), notifications).where(
        one_of(_columns.user_id, _columns.conversation_id, _columns.seq)
    )
)
_PAGE = Statement(
    select(notifications)
    .where(_OWN, _columns.number < param("before"))
    .order_by(_columns.number.desc())
    .limit(param("most"))
)
_NEWEST = 2**63 - 1
_MARK = UpdateByKey(notifications, ("is_read",))
_OLDEST_KEPT = Statement(
    select(_columns.number)
    .where(_OWN)
    .order_by(_columns.number.desc())
    .limit(1)
    .offset(param("beyond"))
)
_REMOVE = DeleteByKey(notifications)
_TRIM = Statement(delete(notifications).where(_OWN, _columns.number < param("before")))


class SqlNotificationStore(NotificationStore):
    """Notifications of each user, clustered by message."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, notifications: Sequence[Notification]) -> None:
        self._connection.insert(
            tables.notifications, [NOTIFICATIONS.to_row(each) for each in notifications]
        )

    def find(
        self, user: UserId, keys: Collection[NotificationKey]
    ) -> Mapping[NotificationKey, Notification]:
        named = sorted((user.bytes, conversation.bytes, seq) for conversation, seq in set(keys))
        rows = self._connection.run_for(_FIND, named)
        return {found.key: found for found in map(NOTIFICATIONS.from_row, rows)}

    def known(self, key: NotificationKey, users: Collection[UserId]) -> set[UserId]:
        conversation, seq = key
        named = sorted((user.bytes, conversation.bytes, seq) for user in set(users))
        return {UserId(uuid(row[0])) for row in self._connection.run_for(_FIND, named)}

    def page(self, user: UserId, before: int | None, limit: int) -> list[Notification]:
        start = _NEWEST if before is None else before
        rows = self._connection.run(_PAGE, user=user.bytes, before=start, most=limit)
        return list(map(NOTIFICATIONS.from_row, rows))

    def mark(self, notifications: Sequence[Notification]) -> None:
        rows = [(1, each.user.bytes, each.conversation.bytes, each.seq) for each in notifications]
        self._connection.update(_MARK, sorted(rows))

    def remove(self, key: NotificationKey, users: Collection[UserId]) -> None:
        conversation, seq = key
        named = sorted((user.bytes, conversation.bytes, seq) for user in set(users))
        self._connection.delete(_REMOVE, named)

    def trim(self, user: UserId, keep: int) -> None:
        found = self._connection.run(_OLDEST_KEPT, user=user.bytes, beyond=keep - 1)
        if found:
            self._connection.run(_TRIM, user=user.bytes, before=found[0][0])
