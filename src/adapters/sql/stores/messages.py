"""Messages, clustered by conversation and seq, and their mentions."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import ColumnElement, and_, select

from parlour.adapters.sql import tables
from parlour.adapters.sql.connection import Connection, Query
from parlour.adapters.sql.rows import (
    mention_rows,
    message_change,
    message_row,
    to_message,
)
from parlour.adapters.sql.statements import (
    DeleteByKey,
    Statement,
    UpdateByKey,
    by_primary_key,
    one_of,
    param,
)
from parlour.adapters.sql.stores import message_counts, message_details, unread_counts
from parlour.adapters.sql.stores.conversations import LOCK_POSITIONS, positions
from parlour.adapters.sql.stores.members import BY_HANDLE, VISIBLE_SINCE, WITH_HANDLE
from parlour.adapters.sql.tables import hidden_messages, mentions, messages
from parlour.adapters.sql.values import Row, uuid
from parlour.domain.conversations import Membership, Role
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import (
    MemberHandle,
    MentionQuery,
    Message,
    MessageStore,
    SendContext,
    SendIdentity,
    UnreadParts,
)
from parlour.domain.messages.life import MessageDetails
from parlour.domain.messages.model import MessageNumber

_CONVERSATION = param("conversation")
_MOST = param("most")

_FIND = Statement(
    by_primary_key(select(messages), messages).where(
        one_of(messages.c.conversation_id, messages.c.seq)
    )
)
# Nearly always there is none: only columns of the index are read (a covering index).
_SENT = Statement(
    select(messages.c.conversation_id, messages.c.seq)
    .where(one_of(messages.c.conversation_id, messages.c.sender_id, messages.c.send_key))
    .with_hint(messages, "FORCE INDEX (messages_by_key)", "mysql")
)


def _page(where: ColumnElement[bool], order: Any, *, hides: bool) -> Statement:
    found = select(messages).where(messages.c.conversation_id == _CONVERSATION, where)
    if hides:
        # One look-up for each message, where a subquery may read all that the user ever hid here.
        hidden = and_(
            hidden_messages.c.user_id == param("viewer"),
            hidden_messages.c.conversation_id == messages.c.conversation_id,
            hidden_messages.c.seq == messages.c.seq,
        )
        found = found.outerjoin(hidden_messages, hidden).where(hidden_messages.c.seq.is_(None))
    return Statement(found.order_by(order).limit(_MOST))


_seq = messages.c.seq
_BETWEEN = and_(_seq < param("before"), _seq > param("after"))
_AFTER, _AFTER_SHOWN = (_page(_seq > param("after"), _seq, hides=hides) for hides in (False, True))
_BEFORE, _BEFORE_SHOWN = (_page(_BETWEEN, _seq.desc(), hides=hides) for hides in (False, True))

_CHANGE = UpdateByKey(
    messages, ("kind", "body", "reply_to", "mentions", "revision", "flags", "details")
)
_FLAG = UpdateByKey(messages, ("flags",))
_UNMENTION = DeleteByKey(mentions)


class SqlMessageStore(MessageStore):
    """Messages by seq and by send key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, messages: Sequence[Message]) -> None:
        self._connection.insert(tables.messages, [message_row(message) for message in messages])
        mentioned = [row for message in messages for row in mention_rows(message)]
        self._connection.insert(mentions, mentioned)
        message_counts.count_full_blocks(self._connection, messages)

    def save(self, changes: Sequence[tuple[Message, Message]]) -> None:
        flagged = [
            (after.flags, after.conversation.bytes, after.seq)
            for before, after in changes
            if _has_same_content(before, after)
        ]
        self._connection.update(_FLAG, flagged)
        changed = [each for each in changes if not _has_same_content(*each)]
        if not changed:
            return
        self._connection.update(_CHANGE, [message_change(after) for _, after in changed])
        old = {row for before, _ in changed for row in mention_rows(before)}
        new = {row for _, after in changed for row in mention_rows(after)}
        self._connection.delete(_UNMENTION, sorted((row[:3] for row in old - new), key=tuple))
        self._connection.insert(mentions, sorted(new - old, key=tuple))
        message_counts.recount(self._connection, changed)

    def lock_for(
        self, sends: Collection[SendIdentity], mentions: MentionQuery | None = None
    ) -> SendContext:
        identities = sorted((room.bytes, sender.bytes, key.bytes) for room, sender, key in sends)
        senders = sorted({(room.bytes, sender.bytes) for room, sender, _ in sends})
        queries: list[Query] = [
            (LOCK_POSITIONS, sorted({room.bytes for room, _, _ in sends}), {}),
            (VISIBLE_SINCE, senders, {}),
            (_SENT, identities, {}),
        ]
        if mentions is not None:
            queries += _member_queries(mentions)
        rooms, since, numbers, *members = self._connection.run_all(queries)
        replayed = self._find([tuple(row) for row in numbers])
        return SendContext(
            positions(rooms),
            {
                (ConversationId(uuid(room)), UserId(uuid(user))): max(marks)
                for room, user, *marks in since
            },
            {(each.conversation, each.sender, each.key): each for each in replayed},
            [_to_member_handle(row) for rows in members for row in rows],
        )

    def find_many(
        self, numbers: Collection[tuple[ConversationId, int]]
    ) -> Mapping[tuple[ConversationId, int], Message]:
        found = self._find([(conversation.bytes, seq) for conversation, seq in set(numbers)])
        return {(message.conversation, message.seq): message for message in found}

    def after(
        self,
        conversation: ConversationId,
        seq: int,
        limit: int,
        *,
        hidden_from: UserId | None = None,
    ) -> list[Message]:
        shown = {"viewer": hidden_from.bytes} if hidden_from else {}
        rows = self._connection.run(
            _AFTER_SHOWN if hidden_from else _AFTER,
            conversation=conversation.bytes,
            after=seq,
            most=limit,
            **shown,
        )
        return [to_message(row) for row in rows]

    def before(
        self,
        conversation: ConversationId,
        seq: int,
        limit: int,
        *,
        since: int = 0,
        hidden_from: UserId | None = None,
    ) -> list[Message]:
        shown = {"viewer": hidden_from.bytes} if hidden_from else {}
        rows = self._connection.run(
            _BEFORE_SHOWN if hidden_from else _BEFORE,
            conversation=conversation.bytes,
            before=seq,
            after=since,
            most=limit,
            **shown,
        )
        return [to_message(row) for row in reversed(rows)]

    def details(
        self,
        viewer: UserId,
        reacted: Collection[MessageNumber],
        voted: Collection[MessageNumber],
    ) -> MessageDetails:
        return message_details.read(self._connection, viewer, reacted, voted)

    def count_own(self, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
        return unread_counts.count_own(self._connection, after)

    def count_mentions(self, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
        return unread_counts.count_mentions(self._connection, after)

    def count_far(self, after: Mapping[Membership, int]) -> Mapping[Membership, UnreadParts]:
        return unread_counts.count_far(self._connection, after)

    def _find(self, numbers: Sequence[tuple[bytes, int]]) -> list[Message]:
        return [to_message(row) for row in self._connection.run_for(_FIND, numbers)]


def _has_same_content(before: Message, after: Message) -> bool:
    return attrs.evolve(before, flags=after.flags) == after and not after.recalled


def _member_queries(mentions: MentionQuery) -> list[Query]:
    queries: list[Query] = [
        (BY_HANDLE, sorted(handles), {"conversation": conversation.bytes})
        for conversation, handles in mentions.handles.items()
    ]
    ids = sorted({(conversation.bytes, user.bytes) for conversation, user in mentions.users})
    return [*queries, (WITH_HANDLE, ids, {})]


def _to_member_handle(row: Row) -> MemberHandle:
    conversation, user, handle, role = row
    return MemberHandle(ConversationId(uuid(conversation)), UserId(uuid(user)), handle, Role(role))
