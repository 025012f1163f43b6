"""Logs in tables: events of conversations, and private ones."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.rows import event_row, private_event_row, to_event, to_private_event
from parlour.adapters.sql.statements import Statement, UpdateByKey, by_primary_key, one_of, param
from parlour.adapters.sql.tables import conversation_events, private_events, private_logs
from parlour.adapters.sql.values import uuid
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Event, EventStore, PrivateEvent, PrivateLogStore

_AFTER = Statement(
    select(conversation_events)
    .where(
        conversation_events.c.conversation_id == param("conversation"),
        conversation_events.c.log_offset > param("offset"),
    )
    .order_by(conversation_events.c.log_offset)
    .limit(param("most"))
)
_LAST_UNTIL = Statement(
    select(conversation_events)
    .where(
        conversation_events.c.conversation_id == param("conversation"),
        conversation_events.c.log_offset <= param("offset"),
    )
    .order_by(conversation_events.c.log_offset.desc())
    .limit(param("most"))
)
_HEADS_OF = by_primary_key(select(private_logs), private_logs).where(
    one_of(private_logs.c.user_id)
)
_HEADS = Statement(_HEADS_OF)
_last_event = (
    select(private_events.c.log_offset)
    .where(private_events.c.user_id == private_logs.c.user_id)
    .order_by(private_events.c.log_offset.desc())
    .limit(1)
    .scalar_subquery()
)
_LOCK = Statement(
    _HEADS_OF.add_columns(_last_event).order_by(private_logs.c.user_id).with_for_update()
)
_UNLOCKED = Statement(_HEADS_OF.order_by(private_logs.c.user_id).with_for_update(skip_locked=True))
_MOVE = UpdateByKey(private_logs, ("last_offset",))
_PRIVATE_AFTER = Statement(
    select(private_events)
    .where(
        private_events.c.user_id == param("user"),
        private_events.c.log_offset > param("offset"),
    )
    .order_by(private_events.c.log_offset)
    .limit(param("most"))
)


class SqlEventStore(EventStore):
    """The events of each conversation, clustered in the order of their offsets."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, events: Sequence[Event]) -> None:
        self._connection.insert(conversation_events, [event_row(event) for event in events])

    def after(self, conversation: ConversationId, offset: int, limit: int) -> list[Event]:
        rows = self._connection.run(
            _AFTER, conversation=conversation.bytes, offset=offset, most=limit
        )
        return [to_event(row) for row in rows]

    def last_until(self, conversation: ConversationId, offset: int) -> Event | None:
        rows = self._connection.run(
            _LAST_UNTIL, conversation=conversation.bytes, offset=offset, most=1
        )
        return to_event(rows[0]) if rows else None


class SqlPrivateLogStore(PrivateLogStore):
    """The private log of each user, and its last offset in a row to lock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, user: UserId) -> None:
        self._connection.insert(private_logs, [(user.bytes, 0)])

    def lock(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        # A damaged log may go beyond its head: what is written next moves the head behind it.
        rows = self._connection.run_for(_LOCK, _ids(users))
        return {UserId(uuid(user)): max(head, last or 0) for user, head, last in rows}

    def locked(self, users: Collection[UserId]) -> set[UserId]:
        return set(self.heads(users)) - set(self._heads(_UNLOCKED, users))

    def heads(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        return self._heads(_HEADS, users)

    def add(self, events: Sequence[PrivateEvent]) -> None:
        self._connection.insert(private_events, [private_event_row(event) for event in events])
        heads = {
            event.user: event.offset for event in sorted(events, key=lambda event: event.offset)
        }
        self._connection.update(_MOVE, [(offset, user.bytes) for user, offset in heads.items()])

    def after(self, user: UserId, offset: int, limit: int) -> list[PrivateEvent]:
        rows = self._connection.run(_PRIVATE_AFTER, user=user.bytes, offset=offset, most=limit)
        return [to_private_event(row) for row in rows]

    def _heads(self, statement: Statement, users: Collection[UserId]) -> Mapping[UserId, int]:
        rows = self._connection.run_for(statement, _ids(users))
        return {UserId(uuid(user)): offset for user, offset in rows}


def _ids(users: Collection[UserId]) -> list[bytes]:
    # Lock in id order to avoid deadlocks (InnoDB would raise 1213).
    return sorted({user.bytes for user in users})
