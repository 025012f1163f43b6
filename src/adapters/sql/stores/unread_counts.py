"""Counts of own messages and mentions beyond read marks.

Near marks are counted message by message. A count far beyond a mark adds up blocks that were
counted (`message_counts`); it reads messages only from the mark to the end of its block, and from
the last counted block to the end of the log.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, case, func, literal_column, select

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.rows import EVERYONE
from parlour.adapters.sql.statements import (
    KeyListCondition,
    Statement,
    beyond,
    by_primary_key,
    within,
)
from parlour.adapters.sql.stores.message_counts import BLOCK
from parlour.adapters.sql.tables import mentions, message_counts, messages
from parlour.adapters.sql.values import Row
from parlour.domain.conversations import Membership
from parlour.domain.messages import MAX_NUMBER, UnreadParts
from parlour.domain.messages.model import Flag

_BLOCKS = Statement(
    by_primary_key(select(message_counts), message_counts).where(
        beyond(message_counts.c.conversation_id, message_counts.c.user_id, message_counts.c.block)
    )
)
_RECALLED = messages.c.flags == literal_column(str(Flag.RECALLED))


def _count(marks: KeyListCondition) -> Statement:
    """Return the statement that counts messages by sender, and gives each recalled one its seq.

    Its rows are conversation, sender, 0 or the seq of a recalled message, and how many. *marks*
    exempts recalled messages from having the sender of a mark.
    """
    recalled = case((_RECALLED, messages.c.seq), else_=literal_column("0"))
    shown: Select[tuple[object, ...]] = select(
        messages.c.conversation_id, messages.c.sender_id, recalled, func.count()
    )
    grouped = shown.where(marks).group_by(
        messages.c.conversation_id, messages.c.sender_id, recalled
    )
    return Statement(by_primary_key(grouped, messages))


# Reads from the mark to the end along the primary key; callers make sure that is short.
_OWN_BEYOND = _count(
    beyond(messages.c.conversation_id, messages.c.sender_id, messages.c.seq, exempt=_RECALLED)
)
_OWN = _count(
    within(messages.c.conversation_id, messages.c.sender_id, messages.c.seq, exempt=_RECALLED)
)
_MENTIONED_BEYOND = Statement(
    by_primary_key(select(mentions), mentions).where(
        beyond(mentions.c.conversation_id, mentions.c.user_id, mentions.c.seq)
    )
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


def count_own(connection: Connection, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
    """Count own messages, and recalled ones of anybody, beyond a seq for each membership."""
    marks = {(room.bytes, user.bytes): seq for (room, user), seq in after.items()}
    rows = connection.run_for(_OWN_BEYOND, [(*key, seq) for key, seq in marks.items()])
    counts = _sum_up(rows, {key: [(seq, MAX_NUMBER)] for key, seq in marks.items()})
    return {(room, user): counts[room.bytes, user.bytes] for room, user in after}


def count_mentions(
    connection: Connection, after: Mapping[Membership, int]
) -> Mapping[Membership, int]:
    """Count messages of others that mention a member, beyond a seq for each membership."""
    marks = {(room.bytes, user.bytes): seq for (room, user), seq in after.items()}
    # Mentions of everyone are read once a conversation, from its lowest mark on.
    for (room, _), seq in list(marks.items()):
        marks[room, EVERYONE] = min(seq, marks.get((room, EVERYONE), seq))
    rows = connection.run_for(_MENTIONED_BEYOND, [(*at, seq) for at, seq in marks.items()])
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
    return _sum_up(connection.run_for(_OWN, keys), ranges)


def _sum_up(rows: Iterable[Row], ranges: Mapping[_Key, list[_Range]]) -> Mapping[_Key, int]:
    """Return the messages that are never unread for a user, from the rows of `_count`."""
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
