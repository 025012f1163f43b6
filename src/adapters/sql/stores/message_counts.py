"""Counts of own messages and mentions far beyond a read mark, from blocks that are counted once.

Counting along the primary key costs as much as there are messages. So full blocks of 1,000 are
counted in a transaction that adds a message, under the lock of the conversation: once in a
thousand messages, each conversation at a number of its own, so that conversations which grow in
step are not counted in step. A count beyond a mark adds up blocks; it reads messages only from
the mark to the end of its block, and from the last counted block to the end of the log.

Nobody counts a recalled message as unread. It is `sent` by everyone, not by its sender, in a
counted block; a message that is recalled or edited later changes the rows of its block.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
from sqlalchemy import Select, case, func, literal_column, select

from parlour.adapters.sql import tables
from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.rows import EVERYONE, mentioned_users, mentions_column
from parlour.adapters.sql.statements import (
    KeyListCondition,
    Statement,
    UpdateByKey,
    beyond,
    by_primary_key,
    one_of,
    param,
    within,
)
from parlour.adapters.sql.tables import mentions, message_counts, messages
from parlour.adapters.sql.values import Row
from parlour.domain.conversations import Membership
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.messages import MAX_NUMBER, Message, UnreadParts
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
_BLOCKS = Statement(
    by_primary_key(select(message_counts), message_counts).where(
        beyond(message_counts.c.conversation_id, message_counts.c.user_id, message_counts.c.block)
    )
)
_COUNTED = Statement(
    by_primary_key(select(message_counts), message_counts).where(
        one_of(message_counts.c.conversation_id, message_counts.c.user_id, message_counts.c.block)
    )
)
_RECOUNT = UpdateByKey(message_counts)
RECALLED = messages.c.flags == literal_column(str(Flag.RECALLED))


def count_own(marks: KeyListCondition) -> Statement:
    """Return the statement that counts messages by sender, and gives each recalled one its seq.

    Its rows are conversation, sender, 0 or the seq of a recalled message, and how many. *marks*
    exempts recalled messages from having the sender of a mark.
    """
    recalled = case((RECALLED, messages.c.seq), else_=literal_column("0"))
    shown: Select[tuple[object, ...]] = select(
        messages.c.conversation_id, messages.c.sender_id, recalled, func.count()
    )
    grouped = shown.where(marks).group_by(
        messages.c.conversation_id, messages.c.sender_id, recalled
    )
    return Statement(by_primary_key(grouped, messages))


_OWN = count_own(
    within(messages.c.conversation_id, messages.c.sender_id, messages.c.seq, exempt=RECALLED)
)
_MENTIONED = Statement(
    by_primary_key(select(mentions), mentions).where(
        within(mentions.c.conversation_id, mentions.c.user_id, mentions.c.seq)
    )
)

_Key = tuple[bytes, bytes]
"""A conversation, and a user or `EVERYONE`."""

_Range = tuple[int, int]
"""Messages above the first seq, up to the second."""


@attrs.define
class _Sums:
    sent: int = 0
    mentioned: int = 0
    sent_to_everyone: int = 0

    def add(self, other: "_Sums", sign: int = 1) -> None:
        self.sent += sign * other.sent
        self.mentioned += sign * other.mentioned
        self.sent_to_everyone += sign * other.sent_to_everyone


# -- counting blocks ---------------------------------------------------------------------------


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


# -- counting beyond marks ---------------------------------------------------------------------


def count_far(
    connection: Connection, after: Mapping[Membership, int]
) -> Mapping[Membership, UnreadParts]:
    """Count own messages and mentions beyond a seq for each membership."""
    marks = {(room.bytes, user.bytes): seq for (room, user), seq in after.items()}
    blocks = _blocks(connection, marks)
    ranges = {key: _ranges(seq, blocks[key[0], EVERYONE]) for key, seq in marks.items()}
    own = _own(connection, ranges)
    mentioned = _mentioned(connection, ranges)

    def parts(key: _Key) -> UnreadParts:
        first = _first_full(marks[key])
        mine = [row for row in blocks[key] if row[2] >= first]
        all_ = [row for row in blocks[key[0], EVERYONE] if row[2] >= first]
        return UnreadParts(
            own[key] + sum(row[3] for row in (*mine, *all_)),
            mentioned[key] + sum(row[4] for row in all_) + sum(row[4] - row[5] for row in mine),
        )

    return {(room, user): parts((room.bytes, user.bytes)) for room, user in after}


def _first_full(mark: int) -> int:
    """Return the first block whose messages are all beyond *mark*."""
    return -(-mark // BLOCK)


def _blocks(connection: Connection, marks: Mapping[_Key, int]) -> Mapping[_Key, list[Row]]:
    """Read the blocks beyond each mark; those of everyone once for each conversation."""
    before = {key: _first_full(seq) - 1 for key, seq in marks.items()}
    for (room, _), block in list(before.items()):
        before[room, EVERYONE] = min(block, before.get((room, EVERYONE), block))
    found = defaultdict[_Key, list[Row]](list)
    for row in connection.run_for(_BLOCKS, [(*key, block) for key, block in before.items()]):
        found[row[0], row[1]].append(row)
    return found


def _ranges(mark: int, counted: Sequence[Row]) -> list[_Range]:
    """Return the ranges beyond *mark* that no counted block covers."""
    first = _first_full(mark)
    end = max((row[2] + 1 for row in counted), default=0)
    if end <= first:
        return [(mark, MAX_NUMBER)]
    return [(mark, first * BLOCK), (end * BLOCK, MAX_NUMBER)]


def _own(connection: Connection, ranges: Mapping[_Key, list[_Range]]) -> Mapping[_Key, int]:
    keys = [(*key, *each) for key, parts in ranges.items() for each in parts]
    return sum_up(connection.run_for(_OWN, keys), ranges)


def sum_up(rows: Iterable[Row], ranges: Mapping[_Key, list[_Range]]) -> Mapping[_Key, int]:
    """Return the messages that are never unread for a user, from the rows of `count_own`."""
    own = defaultdict[_Key, int](int)
    # The ranges of one key may be in two statements, and each gives the recalled messages.
    recalled = defaultdict[bytes, set[int]](set)
    for room, sender, seq, count in rows:
        if seq:
            recalled[room].add(seq)
        else:
            own[room, sender] += count
    return {
        key: own[key] + sum(low < seq <= high for seq in recalled[key[0]] for low, high in parts)
        for key, parts in ranges.items()
    }


def _mentioned(connection: Connection, ranges: Mapping[_Key, list[_Range]]) -> Mapping[_Key, int]:
    keys = {
        (room, mentioned, *each)
        for (room, user), parts in ranges.items()
        for each in parts
        for mentioned in (user, EVERYONE)
    }
    rows = defaultdict[bytes, set[Row]](set)
    for row in connection.run_for(_MENTIONED, sorted(keys)):
        rows[row[0]].add(tuple(row))
    return {
        (room, user): sum(
            mentioned in (user, EVERYONE)
            and sender != user
            and any(low < seq <= high for low, high in parts)
            for _, mentioned, seq, sender in rows[room]
        )
        for (room, user), parts in ranges.items()
    }
