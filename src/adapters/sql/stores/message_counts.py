"""Counts of own messages and mentions in full blocks of a log.

Counting along the primary key costs as much as there are messages. So full blocks of 1,000 are
counted in a transaction that adds a message, under the lock of the conversation: once in a
thousand messages, each conversation at a number of its own, so that conversations which grow in
step are not counted in step. `unread_counts` adds blocks up.

Nobody counts a recalled message as unread. It is `sent` by everyone, not by its sender, in a
counted block; a message that is recalled or edited later changes the rows of its block.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
from sqlalchemy import func, select

from parlour.adapters.sql import tables
from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.rows import EVERYONE, mentioned_users, mentions_column
from parlour.adapters.sql.statements import (
    Statement,
    UpdateByKey,
    by_primary_key,
    one_of,
    param,
)
from parlour.adapters.sql.tables import message_counts, messages
from parlour.adapters.sql.values import Row
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.messages import Message
from parlour.domain.messages.model import Flag

BLOCK = 1_000
MAX_BLOCKS = 10
"""Blocks that are counted at once, where nodes of an earlier release have left some uncounted."""

_CONVERSATION = param("conversation")

_LAST_BLOCK = Statement(
    select(func.max(message_counts.c.block)).where(
        message_counts.c.conversation_id == _CONVERSATION,
        message_counts.c.user_id == param("everyone"),
    )
)
_SENT = Statement(
    select(messages.c.sender_id, messages.c.mentions, messages.c.flags).where(
        messages.c.conversation_id == _CONVERSATION,
        messages.c.seq > param("after"),
        messages.c.seq <= param("until"),
    )
)
_COUNTED = Statement(
    by_primary_key(select(message_counts), message_counts).where(
        one_of(message_counts.c.conversation_id, message_counts.c.user_id, message_counts.c.block)
    )
)
_RECOUNT = UpdateByKey(message_counts)


@attrs.define
class _Sums:
    sent: int = 0
    mentioned: int = 0
    sent_to_everyone: int = 0

    def add(self, other: "_Sums", sign: int = 1) -> None:
        self.sent += sign * other.sent
        self.mentioned += sign * other.mentioned
        self.sent_to_everyone += sign * other.sent_to_everyone


def count_full_blocks(connection: Connection, added: Sequence[Message]) -> None:
    """Count the full blocks of the conversations whose turn has come with these messages."""
    for conversation in {
        each.conversation for each in added if each.seq % BLOCK == turn(each.conversation)
    }:
        last = max(each.seq for each in added if each.conversation == conversation)
        if full := last // BLOCK:
            _count(connection, conversation.bytes, full)


def turn(conversation: ConversationId) -> int:
    """Return the place in a block at which the blocks before it are counted."""
    return conversation.int % BLOCK


def _count(connection: Connection, conversation: bytes, full: int) -> None:
    ((last,),) = connection.run(_LAST_BLOCK, conversation=conversation, everyone=EVERYONE)
    first = 0 if last is None else last + 1
    for block in range(first, min(full, first + MAX_BLOCKS)):
        after = block * BLOCK
        rows = connection.run(_SENT, conversation=conversation, after=after, until=after + BLOCK)
        connection.insert(
            tables.message_counts,
            [
                (conversation, user, block, sums.sent, sums.mentioned, sums.sent_to_everyone)
                for user, sums in sorted(_sums(rows).items(), key=lambda each: each[0])
            ],
        )


def _sums(rows: Iterable[Row]) -> Mapping[bytes, _Sums]:
    found = defaultdict[bytes, _Sums](_Sums, {EVERYONE: _Sums()})
    for sender, mentioned, flags in rows:
        for user, sums in _shares(sender, mentioned, flags):
            found[user].add(sums)
    return found


def _shares(sender: bytes, mentioned: bytes | None, flags: int) -> Iterator[tuple[bytes, _Sums]]:
    """Return what a message adds to the rows of users."""
    if flags & Flag.RECALLED:
        yield EVERYONE, _Sums(sent=1)
        return
    yield sender, _Sums(sent=1)
    for user in mentioned_users(mentioned):
        if user == EVERYONE:
            yield sender, _Sums(sent_to_everyone=1)
        if user != sender:
            yield user, _Sums(mentioned=1)


_Block = tuple[bytes, bytes, int]
"""A conversation, a user or `EVERYONE`, and a block."""


def recount(connection: Connection, changes: Sequence[tuple[Message, Message]]) -> None:
    """Change the rows of the counted blocks of messages that changed, each before and after."""
    shares = defaultdict[_Block, _Sums](_Sums)
    for before, after in changes:
        for message, sign in ((before, -1), (after, 1)):
            block = (message.seq - 1) // BLOCK
            mentioned = mentions_column(message.content)
            for user, sums in _shares(message.sender.bytes, mentioned, message.flags):
                shares[message.conversation.bytes, user, block].add(sums, sign)
    moved = {key: sums for key, sums in shares.items() if sums != _Sums()}
    blocks = {(room, EVERYONE, block) for room, _, block in moved}
    rows = connection.run_for(_COUNTED, sorted(blocks | moved.keys()))
    found = {(room, user, block): _Sums(*sums) for room, user, block, *sums in rows}
    known, new = list[Row](), list[Row]()
    for (room, user, block), sums in sorted(moved.items(), key=lambda each: each[0]):
        if (room, EVERYONE, block) not in found:
            continue  # it is counted later, as it is then
        if kept := found.get((room, user, block)):
            sums.add(kept)
        counts = (sums.sent, sums.mentioned, sums.sent_to_everyone)
        if kept:
            known.append((*counts, room, user, block))
        else:
            new.append((room, user, block, *counts))
    connection.update(_RECOUNT, known)
    connection.insert(tables.message_counts, new)
