"""Conversations in a table."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.row_mapping import RowMapping
from parlour.adapters.sql.statements import Statement, UpdateByKey, by_primary_key, one_of, param
from parlour.adapters.sql.tables import conversations
from parlour.adapters.sql.values import Row, timestamp, to_datetime, uuid
from parlour.domain.conversations import Conversation, ConversationStore, LogPosition, Pair
from parlour.domain.kernel.ids import ConversationId, UserId


def _pair_bytes(pair: Pair) -> bytes:
    """Return both ids of a pair, the lower one first."""
    return pair.low.bytes + pair.high.bytes


def _to_pair(stored: bytes) -> Pair:
    return Pair(UserId(uuid(stored[:16])), UserId(uuid(stored[16:])))


CONVERSATIONS = RowMapping(Conversation, conversations, {Pair: (_pair_bytes, _to_pair)})

_FIND = Statement(
    by_primary_key(select(conversations), conversations).where(one_of(conversations.c.id))
)


def _locking(*columns: Any) -> Statement:
    return Statement(
        by_primary_key(select(*columns), conversations)
        .where(one_of(conversations.c.id))
        .order_by(conversations.c.id)
        .with_for_update()
    )


_LOCK = _locking(conversations)
_UNLOCKED = Statement(
    by_primary_key(select(conversations.c.id), conversations)
    .where(one_of(conversations.c.id))
    .order_by(conversations.c.id)
    .with_for_update(skip_locked=True)
)
LOCK_POSITIONS = _locking(
    conversations.c.id,
    conversations.c.last_seq,
    conversations.c.last_offset,
    conversations.c.changed_at,
)
_BY_PAIR = Statement(select(conversations).where(conversations.c.pair == param("pair")))
_CHANGE = UpdateByKey(conversations)
_ADVANCE = UpdateByKey(conversations, ("last_seq", "last_offset", "changed_at"))
_OFFSETS = Statement(
    by_primary_key(select(conversations.c.id, conversations.c.last_offset), conversations).where(
        one_of(conversations.c.id)
    )
)


class SqlConversationStore(ConversationStore):
    """Conversations by id and by pair."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, conversation: Conversation) -> None:
        self._connection.insert(conversations, [CONVERSATIONS.to_row(conversation)])

    def lock(
        self, conversations: Collection[ConversationId]
    ) -> Mapping[ConversationId, Conversation]:
        return self._find(_LOCK, conversations)

    def find_many(
        self, conversations: Collection[ConversationId]
    ) -> Mapping[ConversationId, Conversation]:
        return self._find(_FIND, conversations)

    def find_direct(self, pair: Pair) -> Conversation | None:
        rows = self._connection.run(_BY_PAIR, pair=_pair_bytes(pair))
        return CONVERSATIONS.from_row(rows[0]) if rows else None

    def save(self, conversations: Sequence[Conversation]) -> None:
        self._connection.update(_CHANGE, [CONVERSATIONS.to_update(each) for each in conversations])

    def advance(self, positions: Mapping[ConversationId, LogPosition]) -> None:
        self._connection.update(
            _ADVANCE,
            [
                (tip.seq, tip.offset, timestamp(tip.changed_at), id_.bytes)
                for id_, tip in positions.items()
            ],
        )

    def offsets(self, conversations: Collection[ConversationId]) -> Mapping[ConversationId, int]:
        rows = self._connection.run_for(_OFFSETS, _ids(conversations))
        return {ConversationId(uuid(id_)): offset for id_, offset in rows}

    def locked(self, conversations: Collection[ConversationId]) -> set[ConversationId]:
        unlocked = self._connection.run_for(_UNLOCKED, _ids(conversations))
        return set(self.offsets(conversations)) - {
            ConversationId(uuid(id_)) for (id_,) in unlocked
        }

    def _find(
        self, statement: Statement, conversations: Collection[ConversationId]
    ) -> Mapping[ConversationId, Conversation]:
        rows = self._connection.run_for(statement, _ids(conversations))
        return {found.id: found for found in map(CONVERSATIONS.from_row, rows)}


def positions(rows: Sequence[Row]) -> Mapping[ConversationId, LogPosition]:
    """Read what `LOCK_POSITIONS` found."""
    return {
        ConversationId(uuid(id_)): LogPosition(seq, offset, to_datetime(changed_at))
        for id_, seq, offset, changed_at in rows
    }


def _ids(conversations: Collection[ConversationId]) -> list[bytes]:
    # Lock in id order to avoid deadlocks (InnoDB would raise 1213).
    return sorted({id_.bytes for id_ in conversations})
