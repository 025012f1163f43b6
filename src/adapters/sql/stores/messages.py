"""Messages in a table, clustered by conversation and number, and whom they mention."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import (
    ColumnElement,
    Table,
    func,
    select,
)

from adapters.sql.connection import Connection
from adapters.sql.rows import EVERYONE, mention_rows, message_row, to_message
from adapters.sql.statements import Statement, beyond, by_primary_key, one_of, param
from adapters.sql.tables import mentions, messages
from adapters.sql.values import uuid
from domain.kernel.ids import ConversationId, UserId
from domain.messages import Message, MessageStore, SendIdentity

_CONVERSATION = param("conversation")
_USER = param("user")
_MOST = param("most")

_FIND = Statement(
    by_primary_key(select(messages), messages).where(
        one_of(messages.c.conversation_id, messages.c.seq)
    )
)
# Nearly always there is none: so only numbers are asked for, and the index alone answers.
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


def _count(table: Table, *conditions: ColumnElement[bool]) -> Statement:
    counted = by_primary_key(select(table.c.conversation_id, func.count()), table)
    marks = beyond(table.c.conversation_id, table.c.seq)
    return Statement(counted.where(*conditions, marks).group_by(table.c.conversation_id))


# Read along the primary key, from the mark to the end: callers ask only where that is not far.
_COUNT_OWN = _count(messages, messages.c.sender_id == _USER)
_COUNT_MENTIONS = _count(
    mentions, mentions.c.user_id.in_([_USER, param("everyone")]), mentions.c.sender_id != _USER
)


class SqlMessageStore(MessageStore):
    """Messages by number and by key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, messages_: Sequence[Message]) -> None:
        self._connection.insert(messages, [message_row(message) for message in messages_])
        mentioned = [row for message in messages_ for row in mention_rows(message)]
        self._connection.insert(mentions, mentioned)

    def find_sent(self, sends: Collection[SendIdentity]) -> Mapping[SendIdentity, Message]:
        identities = sorted(
            (conversation.bytes, sender.bytes, key.bytes) for conversation, sender, key in sends
        )
        numbers = [tuple(row) for row in self._connection.run_for(_SENT, identities)]
        return {
            (message.conversation, message.sender, message.key): message
            for message in self._find(numbers)
        }

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

    def count_own(
        self, user: UserId, after: Mapping[ConversationId, int]
    ) -> Mapping[ConversationId, int]:
        return self._counts(_COUNT_OWN, user, after)

    def count_mentions(
        self, user: UserId, after: Mapping[ConversationId, int]
    ) -> Mapping[ConversationId, int]:
        return self._counts(_COUNT_MENTIONS, user, after)

    def _find(self, numbers: Sequence[tuple[bytes, int]]) -> list[Message]:
        return [to_message(row) for row in self._connection.run_for(_FIND, numbers)]

    def _counts(
        self, statement: Statement, user: UserId, after: Mapping[ConversationId, int]
    ) -> Mapping[ConversationId, int]:
        marks = [(conversation.bytes, seq) for conversation, seq in after.items()]
        rows = self._connection.run_for(statement, marks, user=user.bytes, everyone=EVERYONE)
        return {ConversationId(uuid(conversation)): count for conversation, count in rows}
