"""Reactions, pins and votes: a row for each, and sums of them that a page reads instead."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, and_, or_, select

from parlour.adapters.sql import tables
from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.row_mapping import RowMapping
from parlour.adapters.sql.statements import (
    DeleteByKey,
    Statement,
    by_primary_key,
    one_of,
    param,
)
from parlour.adapters.sql.tables import pins, reaction_tallies, reactions, vote_tallies, votes
from parlour.adapters.sql.values import Row, json, to_json, uuid
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import (
    MessageNumber,
    Pin,
    PinStore,
    Reaction,
    ReactionKey,
    ReactionStore,
    ReactionTally,
    VoteKey,
    VoteStore,
    VoteTally,
)


def _user_bytes(users: tuple[UserId, ...]) -> bytes:
    return b"".join(user.bytes for user in users)


def _to_users(stored: bytes) -> tuple[UserId, ...]:
    return tuple(UserId(uuid(stored[at : at + 16])) for at in range(0, len(stored), 16))


def _to_counts(stored: str) -> tuple[int, ...]:
    return tuple(to_json(stored))


REACTIONS = RowMapping(Reaction, reactions)
REACTION_TALLIES = RowMapping(ReactionTally, reaction_tallies, {tuple: (_user_bytes, _to_users)})
PINS = RowMapping(Pin, pins)
VOTE_TALLIES = RowMapping(VoteTally, vote_tallies, {tuple: (json, _to_counts)})

_TALLIES = Statement(
    by_primary_key(select(reaction_tallies), reaction_tallies).where(
        one_of(reaction_tallies.c.conversation_id, reaction_tallies.c.seq)
    )
)
_HELD = Statement(
    by_primary_key(
        select(
            reactions.c.conversation_id, reactions.c.seq, reactions.c.emoji, reactions.c.user_id
        ),
        reactions,
    ).where(
        one_of(
            reactions.c.conversation_id, reactions.c.seq, reactions.c.emoji, reactions.c.user_id
        )
    )
)
_REMOVE = DeleteByKey(reactions)
_REMOVE_TALLY = DeleteByKey(reaction_tallies)
_REMOVE_OF_MESSAGE = (DeleteByKey(reactions, 2), DeleteByKey(reaction_tallies, 2))
_PINS = Statement(by_primary_key(select(pins), pins).where(one_of(pins.c.conversation_id)))
_UNPIN = DeleteByKey(pins)
_RESULTS = Statement(
    by_primary_key(select(vote_tallies), vote_tallies).where(
        one_of(vote_tallies.c.conversation_id, vote_tallies.c.seq)
    )
)
_CAST = Statement(
    by_primary_key(select(votes), votes).where(
        one_of(votes.c.conversation_id, votes.c.seq, votes.c.user_id)
    )
)
_TAKE_BACK = DeleteByKey(votes)
_REMOVE_RESULT = DeleteByKey(vote_tallies)
_REMOVE_OF_POLL = (DeleteByKey(votes, 2), _REMOVE_RESULT)


def _page(*, with_emoji: bool) -> Statement:
    found: Select[tuple[object, ...]] = select(reactions).where(
        reactions.c.conversation_id == param("conversation"), reactions.c.seq == param("seq")
    )
    emoji, beyond = reactions.c.emoji, reactions.c.user_id > param("user")
    if with_emoji:
        found = found.where(emoji == param("emoji"), beyond)
    else:
        same = and_(emoji == param("emoji"), beyond)
        found = found.where(or_(emoji > param("emoji"), same))
    return Statement(found.order_by(emoji, reactions.c.user_id).limit(param("most")))


_PAGE = {with_emoji: _page(with_emoji=with_emoji) for with_emoji in (False, True)}


class SqlReactionStore(ReactionStore):
    """Reactions and their tallies, clustered by message and emoji."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tallies(
        self, messages: Collection[MessageNumber]
    ) -> Mapping[MessageNumber, Sequence[ReactionTally]]:
        rows = self._connection.run_for(_TALLIES, number_keys(messages))
        found = defaultdict[MessageNumber, list[ReactionTally]](list)
        for tally in sorted(map(REACTION_TALLIES.from_row, rows), key=lambda each: each.since):
            found[tally.conversation, tally.seq].append(tally)
        return dict(found)

    def held(self, reactions: Collection[ReactionKey]) -> set[ReactionKey]:
        rows = self._connection.run_for(_HELD, _reaction_keys(reactions))
        return {
            (ConversationId(uuid(room)), seq, emoji.decode(), UserId(uuid(user)))
            for room, seq, emoji, user in rows
        }

    def add(self, reactions: Sequence[Reaction]) -> None:
        self._connection.insert(
            tables.reactions, sorted(map(REACTIONS.to_row, reactions), key=tuple)
        )

    def remove(self, reactions: Collection[ReactionKey]) -> None:
        self._connection.delete(_REMOVE, _reaction_keys(reactions))

    def save_tallies(self, tallies: Sequence[ReactionTally]) -> None:
        rows = sorted(map(REACTION_TALLIES.to_row, tallies), key=tuple)
        self._connection.delete(_REMOVE_TALLY, [row[:3] for row in rows])
        self._connection.insert(reaction_tallies, [row for row in rows if row[3]])

    def remove_all(self, messages: Collection[MessageNumber]) -> None:
        for delete in _REMOVE_OF_MESSAGE:
            self._connection.delete(delete, number_keys(messages))

    def page(
        self,
        conversation: ConversationId,
        seq: int,
        *,
        emoji: str | None,
        after: tuple[str, UserId] | None,
        limit: int,
    ) -> list[Reaction]:
        last, user = after or ("", None)
        rows = self._connection.run(
            _PAGE[emoji is not None],
            conversation=conversation.bytes,
            seq=seq,
            emoji=(last if emoji is None else emoji).encode(),
            user=user.bytes if user else b"",  # nothing is before every id
            most=limit,
        )
        return list(map(REACTIONS.from_row, rows))


class SqlPinStore(PinStore):
    """Pins, clustered by conversation."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(
        self, conversations: Collection[ConversationId]
    ) -> Mapping[ConversationId, Sequence[Pin]]:
        ids = sorted({id_.bytes for id_ in conversations})
        found = defaultdict[ConversationId, list[Pin]](list)
        rows = self._connection.run_for(_PINS, ids)
        for pin in sorted(map(PINS.from_row, rows), key=lambda each: each.offset):
            found[pin.conversation].append(pin)
        return dict(found)

    def add(self, pins: Sequence[Pin]) -> None:
        self._connection.insert(tables.pins, [PINS.to_row(pin) for pin in pins])

    def remove(self, messages: Collection[MessageNumber]) -> None:
        self._connection.delete(_UNPIN, number_keys(messages))


class SqlVoteStore(VoteStore):
    """Votes and their results, clustered by message."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tallies(self, messages: Collection[MessageNumber]) -> Mapping[MessageNumber, VoteTally]:
        rows = self._connection.run_for(_RESULTS, number_keys(messages))
        found = map(VOTE_TALLIES.from_row, rows)
        return {(tally.conversation, tally.seq): tally for tally in found}

    def cast(self, votes: Collection[VoteKey]) -> Mapping[VoteKey, tuple[int, ...]]:
        rows = self._connection.run_for(_CAST, _vote_keys(votes))
        return {
            (ConversationId(uuid(room)), seq, UserId(uuid(user))): tuple(options)
            for room, seq, user, options in rows
        }

    def save(self, votes: Mapping[VoteKey, tuple[int, ...]]) -> None:
        rows = sorted(
            (room.bytes, seq, user.bytes, bytes(options))
            for (room, seq, user), options in votes.items()
        )
        self._connection.delete(_TAKE_BACK, [row[:3] for row in rows])
        self._connection.insert(tables.votes, [row for row in rows if row[3]])

    def save_tallies(self, tallies: Sequence[VoteTally]) -> None:
        rows = sorted(map(VOTE_TALLIES.to_row, tallies), key=tuple)
        self._connection.delete(_REMOVE_RESULT, [row[:2] for row in rows])
        self._connection.insert(vote_tallies, [row for row in rows if row[3]])

    def remove_all(self, messages: Collection[MessageNumber]) -> None:
        for delete in _REMOVE_OF_POLL:
            self._connection.delete(delete, number_keys(messages))


def number_keys(messages: Collection[MessageNumber]) -> list[tuple[bytes, int]]:
    """Return the keys of messages, in the order in which their rows are locked."""
    return sorted({(conversation.bytes, seq) for conversation, seq in messages})


def to_number(row: Row) -> MessageNumber:
    """Return the message of a row that begins with one."""
    return ConversationId(uuid(row[0])), row[1]


def _reaction_keys(reactions: Collection[ReactionKey]) -> list[tuple[bytes, int, bytes, bytes]]:
    return sorted(
        {(room.bytes, seq, emoji.encode(), user.bytes) for room, seq, emoji, user in reactions}
    )


def _vote_keys(votes: Collection[VoteKey]) -> list[tuple[bytes, int, bytes]]:
    return sorted({(room.bytes, seq, user.bytes) for room, seq, user in votes})
