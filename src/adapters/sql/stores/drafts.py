"""What one user alone has of messages: drafts, and messages that the user does not want to see."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.row_mapping import RowMapping
from parlour.adapters.sql.statements import DeleteByKey, Statement, by_primary_key, one_of, param
from parlour.adapters.sql.tables import drafts, hidden_messages
from parlour.adapters.sql.values import uuid
from parlour.domain.conversations import Membership
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import Draft, DraftStore, HiddenKey, HiddenStore, MessageNumber

DRAFTS = RowMapping(Draft, drafts)

_FIND = Statement(
    by_primary_key(select(drafts), drafts).where(
        one_of(drafts.c.user_id, drafts.c.conversation_id)
    )
)
_COUNT = Statement(select(func.count()).where(drafts.c.user_id == param("user")))
_REMOVE = DeleteByKey(drafts)
_HELD = Statement(
    by_primary_key(select(hidden_messages), hidden_messages).where(
        one_of(hidden_messages.c.user_id, hidden_messages.c.conversation_id, hidden_messages.c.seq)
    )
)


class SqlDraftStore(DraftStore):
    """Drafts, clustered by user."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, draft: Draft) -> None:
        self.remove(draft.user, draft.conversation)
        self._connection.insert(drafts, [DRAFTS.to_row(draft)])

    def remove(self, user: UserId, conversation: ConversationId) -> None:
        self._connection.delete(_REMOVE, [(user.bytes, conversation.bytes)])

    def find(self, drafts: Collection[Membership]) -> Mapping[Membership, Draft]:
        keys = sorted({(user.bytes, room.bytes) for room, user in drafts})
        found = map(DRAFTS.from_row, self._connection.run_for(_FIND, keys))
        return {(draft.conversation, draft.user): draft for draft in found}

    def count(self, user: UserId) -> int:
        ((count,),) = self._connection.run(_COUNT, user=user.bytes)
        return int(count)


class SqlHiddenStore(HiddenStore):
    """Hidden messages, clustered by user and conversation."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, user: UserId, messages: Collection[MessageNumber]) -> None:
        new = set(messages) - self.among(user, messages)
        rows = sorted((user.bytes, conversation.bytes, seq) for conversation, seq in new)
        self._connection.insert(hidden_messages, rows)

    def held(self, hidden: Collection[HiddenKey]) -> set[HiddenKey]:
        keys = sorted({(user.bytes, room.bytes, seq) for user, room, seq in hidden})
        rows = self._connection.run_for(_HELD, keys)
        return {(UserId(uuid(user)), ConversationId(uuid(room)), seq) for user, room, seq in rows}

    def among(self, user: UserId, messages: Collection[MessageNumber]) -> set[MessageNumber]:
        found = self.held([(user, room, seq) for room, seq in messages])
        return {(room, seq) for _, room, seq in found}
