"""Earlier contents of messages, clustered by message."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from parlour.adapters.sql import tables
from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.row_mapping import RowMapping
from parlour.adapters.sql.statements import DeleteByKey, Statement, param
from parlour.adapters.sql.stores.message_life import number_keys
from parlour.adapters.sql.tables import revisions
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.messages import MAX_REVISIONS, MessageNumber, Revision, RevisionStore

REVISIONS = RowMapping(Revision, revisions)

_PAGE = Statement(
    select(revisions)
    .where(revisions.c.conversation_id == param("conversation"), revisions.c.seq == param("seq"))
    .order_by(revisions.c.revision.desc())
    .limit(param("most"))
)
_REMOVE = DeleteByKey(revisions)
_REMOVE_OF_MESSAGE = DeleteByKey(revisions, 2)


class SqlRevisionStore(RevisionStore):
    """Revisions of each message, without holes: each that comes in moves the oldest one out."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, revisions: Sequence[Revision]) -> None:
        rows = sorted(map(REVISIONS.to_row, revisions), key=tuple)
        self._connection.insert(tables.revisions, rows)
        beyond = [
            (room, seq, revision - MAX_REVISIONS)
            for room, seq, revision, *_ in rows
            if revision > MAX_REVISIONS
        ]
        self._connection.delete(_REMOVE, beyond)

    def page(self, conversation: ConversationId, seq: int, limit: int) -> list[Revision]:
        rows = self._connection.run(_PAGE, conversation=conversation.bytes, seq=seq, most=limit)
        return list(map(REVISIONS.from_row, rows))

    def remove_all(self, messages: Collection[MessageNumber]) -> None:
        self._connection.delete(_REMOVE_OF_MESSAGE, number_keys(messages))
