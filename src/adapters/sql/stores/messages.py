"""Messages, clustered by conversation and seq, and their mentions."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select

from parlour.adapters.sql import tables
from parlour.adapters.sql.connection import Connection, Query
from parlour.adapters.sql.rows import EVERYONE, mention_rows, message_row, to_message
from parlour.adapters.sql.statements import Statement, beyond, by_primary_key, one_of, param
from parlour.adapters.sql.stores import message_counts
from parlour.adapters.sql.stores.conversations import LOCK_POSITIONS, positions
from parlour.adapters.sql.stores.members import BY_HANDLE, VISIBLE_SINCE, WITH_HANDLE
from parlour.adapters.sql.tables import mentions, messages
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
_AFTER = Statement(
    select(messages)
    .where(messages.c.conversation_id == _CONVERSATION, messages.c.seq > param("after"))
    .order_by(messages.c.seq)
    .limit(_MOST)
)
_BEFORE = Statement(
    select(messages)
    .where(
        messages.c.conversation_id == _CONVERSATION,
        messages.c.seq < param("before"),
        messages.c.seq > param("after"),
    )
    .order_by(messages.c.seq.desc())
    .limit(_MOST)
)


# Reads from the mark to the end along the primary key; callers make sure that is short.
_COUNT_OWN = Statement(
    by_primary_key(
        select(messages.c.conversation_id, messages.c.sender_id, func.count()), messages
    )
    .where(beyond(messages.c.conversation_id, messages.c.sender_id, messages.c.seq))
    .group_by(messages.c.conversation_id, messages.c.sender_id)
)
_MENTIONED = Statement(
    by_primary_key(select(mentions), mentions).where(
        beyond(mentions.c.conversation_id, mentions.c.user_id, mentions.c.seq)
    )
)


class SqlMessageStore(MessageStore):
    """Messages by seq and by send key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, messages: Sequence[Message]) -> None:
        self._connection.insert(tables.messages, [message_row(message) for message in messages])
        mentioned = [row for message in messages for row in mention_rows(message)]
        self._connection.insert(mentions, mentioned)
        message_counts.count_full_blocks(self._connection, messages)

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
            {(ConversationId(uuid(room)), UserId(uuid(user))): seq for room, user, seq in since},
            {(each.conversation, each.sender, each.key): each for each in replayed},
            [_to_member_handle(row) for rows in members for row in rows],
        )

    def find_many(
        self, numbers: Collection[tuple[ConversationId, int]]
    ) -> Mapping[tuple[ConversationId, int], Message]:
        found = self._find([(conversation.bytes, seq) for conversation, seq in set(numbers)])
        return {(message.conversation, message.seq): message for message in found}

    def after(self, conversation: ConversationId, seq: int, limit: int) -> list[Message]:
        rows = self._connection.run(_AFTER, conversation=conversation.bytes, after=seq, most=limit)
        return [to_message(row) for row in rows]

    def before(
        self, conversation: ConversationId, seq: int, limit: int, *, since: int = 0
    ) -> list[Message]:
        rows = self._connection.run(
            _BEFORE, conversation=conversation.bytes, before=seq, after=since, most=limit
        )
        return [to_message(row) for row in reversed(rows)]

    def count_own(self, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
        marks = [(room.bytes, user.bytes, seq) for (room, user), seq in after.items()]
        rows = self._connection.run_for(_COUNT_OWN, marks)
        return {(ConversationId(uuid(room)), UserId(uuid(user))): n for room, user, n in rows}

    def count_mentions(self, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
        marks = {(room.bytes, user.bytes): seq for (room, user), seq in after.items()}
        # Mentions of everyone are read once a conversation, from its lowest mark on.
        for (room, _), seq in list(marks.items()):
            marks[room, EVERYONE] = min(seq, marks.get((room, EVERYONE), seq))
        rows = self._connection.run_for(_MENTIONED, [(*at, seq) for at, seq in marks.items()])
        seen: dict[bytes, list[Row]] = defaultdict(list)
        for row in rows:
            seen[row[0]].append(row)
        return {
            (room, user): sum(
                mentioned in (user.bytes, EVERYONE) and at > seq and sender != user.bytes
                for _, mentioned, at, sender in seen[room.bytes]
            )
            for (room, user), seq in after.items()
        }

    def count_far(self, after: Mapping[Membership, int]) -> Mapping[Membership, UnreadParts]:
        return message_counts.count_far(self._connection, after)

    def _find(self, numbers: Sequence[tuple[bytes, int]]) -> list[Message]:
        return [to_message(row) for row in self._connection.run_for(_FIND, numbers)]


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
