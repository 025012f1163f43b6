"""Members in a table, by conversation and by user."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select

from parlour.adapters.sql import tables
from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.row_mapping import RowMapping
from parlour.adapters.sql.statements import Statement, UpdateByKey, by_primary_key, one_of, param
from parlour.adapters.sql.stores.conversations import CONVERSATIONS
from parlour.adapters.sql.tables import conversations, members, users
from parlour.adapters.sql.values import Row, timestamp, to_datetime, uuid
from parlour.domain.conversations import Conversation, LogHead, Member, Membership, MemberStore
from parlour.domain.kernel.ids import ConversationId, UserId

_USER = param("user")
_CONVERSATION = param("conversation")
_WIDTH = len(conversations.c)

MEMBERS = RowMapping(Member, members)


def _named(*columns: Any) -> Select[Any]:
    return by_primary_key(select(*columns), members).where(
        one_of(members.c.conversation_id, members.c.user_id)
    )


_NAMED = _named(members)
VISIBLE_SINCE = Statement(
    _named(
        members.c.conversation_id,
        members.c.user_id,
        members.c.since_seq,
        members.c.cleared_seq,
    )
)
_WITH_HANDLE = (
    members.c.conversation_id,
    members.c.user_id,
    users.c.handle,
    members.c.role,
)
# From the users to one conversation: the other way round would read all its members.
BY_HANDLE = Statement(
    by_primary_key(select(*_WITH_HANDLE), members)
    .prefix_with("STRAIGHT_JOIN", dialect="mysql")
    .select_from(users.join(members, members.c.user_id == users.c.id))
    .where(members.c.conversation_id == _CONVERSATION, one_of(users.c.handle))
)
WITH_HANDLE = Statement(
    by_primary_key(select(*_WITH_HANDLE), members)
    .join(users, users.c.id == members.c.user_id)
    .where(one_of(members.c.conversation_id, members.c.user_id))
)
_FIND = Statement(_NAMED)
_LOCK = Statement(_NAMED.order_by(members.c.conversation_id, members.c.user_id).with_for_update())
_UNLOCKED = Statement(
    _named(members.c.conversation_id, members.c.user_id)
    .order_by(members.c.conversation_id, members.c.user_id)
    .with_for_update(skip_locked=True)
)
_CHANGE = UpdateByKey(members)
_REMOVE = Statement(
    delete(members).where(members.c.conversation_id == _CONVERSATION, members.c.user_id == _USER)
)
_PAGE = Statement(
    select(members)
    .where(members.c.conversation_id == _CONVERSATION, members.c.user_id > param("after"))
    .order_by(members.c.user_id)
    .limit(param("most"))
)
_JOINED = Statement(
    select(members.c.user_id, members.c.conversation_id).where(one_of(members.c.user_id))
)
_ENTRIES = Statement(
    by_primary_key(select(conversations, members), members)
    .join(members, members.c.conversation_id == conversations.c.id)
    .where(one_of(members.c.conversation_id, members.c.user_id))
)
_LOG_HEADS = Statement(
    select(
        members.c.user_id,
        conversations.c.id,
        conversations.c.last_offset,
        conversations.c.changed_at,
    )
    .join(conversations, members.c.conversation_id == conversations.c.id)
    .where(one_of(members.c.user_id))
)
_others = members.alias("others")
_SHARING = Statement(
    select(_others.c.user_id)
    .distinct()
    .join(members, members.c.conversation_id == _others.c.conversation_id)
    .where(members.c.user_id == _USER, one_of(_others.c.user_id))
)


def _inbox(*, before: bool) -> Statement:
    found: Select[tuple[object, ...]] = (
        select(conversations, members)
        .join(members, members.c.conversation_id == conversations.c.id)
        .where(members.c.user_id == _USER)
    )
    changed, id_, at = conversations.c.changed_at, conversations.c.id, param("at")
    if before:
        same = and_(changed == at, id_ < _CONVERSATION)
        found = found.where(or_(changed < at, same))
    return Statement(found.order_by(changed.desc(), id_.desc()).limit(param("most")))


_INBOX = {before: _inbox(before=before) for before in (False, True)}


class SqlMemberStore(MemberStore):
    """Members by membership; the members of a conversation, the conversations of a user."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, members: Sequence[Member]) -> None:
        self._connection.insert(tables.members, [MEMBERS.to_row(member) for member in members])

    def save(self, members: Sequence[Member]) -> None:
        self._connection.update(_CHANGE, [MEMBERS.to_update(member) for member in members])

    def remove(self, conversation: ConversationId, user: UserId) -> None:
        self._connection.run(_REMOVE, conversation=conversation.bytes, user=user.bytes)

    def find(self, memberships: Collection[Membership]) -> Mapping[Membership, Member]:
        return self._find(_FIND, memberships)

    def lock(self, memberships: Collection[Membership]) -> Mapping[Membership, Member]:
        return self._find(_LOCK, memberships)

    def locked(self, memberships: Collection[Membership]) -> set[Membership]:
        keys = sorted((room.bytes, user.bytes) for room, user in memberships)
        unlocked = self._connection.run_for(_UNLOCKED, keys)
        free = {(ConversationId(uuid(room)), UserId(uuid(user))) for room, user in unlocked}
        return set(self.find(memberships)) - free

    def page(self, conversation: ConversationId, after: UserId | None, limit: int) -> list[Member]:
        # Nothing is before every id.
        start = b"" if after is None else after.bytes
        rows = self._connection.run(
            _PAGE, conversation=conversation.bytes, after=start, most=limit
        )
        return list(map(MEMBERS.from_row, rows))

    def inbox(
        self,
        user: UserId,
        *,
        before: tuple[datetime, ConversationId] | None = None,
        limit: int,
    ) -> list[tuple[Conversation, Member]]:
        rows = self._connection.run(
            _INBOX[before is not None],
            user=user.bytes,
            at=timestamp(before[0]) if before else None,
            conversation=before[1].bytes if before else None,
            most=limit,
        )
        return list(map(_entry, rows))

    def entries(
        self, memberships: Collection[Membership]
    ) -> Mapping[Membership, tuple[Conversation, Member]]:
        rows = self._connection.run_for(_ENTRIES, _keys(memberships))
        return {(found.id, member.user): (found, member) for found, member in map(_entry, rows)}

    def joined_by(self, users: Collection[UserId]) -> Mapping[UserId, Collection[ConversationId]]:
        found: dict[UserId, list[ConversationId]] = {user: [] for user in users}
        named = {user.bytes: theirs for user, theirs in found.items()}
        for user, id_ in self._connection.run_for(_JOINED, list(named)):
            named[user].append(ConversationId(uuid(id_)))
        return found

    def conversations_of(
        self, users: Collection[UserId]
    ) -> Mapping[UserId, Mapping[ConversationId, LogHead]]:
        found: dict[UserId, dict[ConversationId, LogHead]] = {user: {} for user in users}
        named = {user.bytes: theirs for user, theirs in found.items()}
        for user, id_, offset, at in self._connection.run_for(_LOG_HEADS, list(named)):
            named[user][ConversationId(uuid(id_))] = LogHead(offset, to_datetime(at))
        return found

    def sharing(self, user: UserId, others: Collection[UserId]) -> set[UserId]:
        rows = self._connection.run_for(
            _SHARING, [other.bytes for other in set(others)], user=user.bytes
        )
        return {UserId(uuid(id_)) for (id_,) in rows}

    def _find(
        self, statement: Statement, memberships: Collection[Membership]
    ) -> Mapping[Membership, Member]:
        rows = self._connection.run_for(statement, _keys(memberships))
        return {(found.conversation, found.user): found for found in map(MEMBERS.from_row, rows)}


def _keys(memberships: Collection[Membership]) -> list[tuple[bytes, bytes]]:
    # Lock in id order to avoid deadlocks (InnoDB would raise 1213).
    return sorted({(conversation.bytes, user.bytes) for conversation, user in memberships})


def _entry(row: Row) -> tuple[Conversation, Member]:
    return CONVERSATIONS.from_row(row[:_WIDTH]), MEMBERS.from_row(row[_WIDTH:])
