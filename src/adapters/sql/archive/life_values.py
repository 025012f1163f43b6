"""Rows that the domain has no value for, as values of an archive."""

import attrs

from parlour.adapters.sql.values import Row, uuid
from parlour.domain.kernel.ids import ConversationId, UserId


@attrs.frozen(kw_only=True)
class CastVote:
    """The options of a poll that one user chose."""

    conversation: ConversationId
    seq: int
    user: UserId
    options: tuple[int, ...]


@attrs.frozen(kw_only=True)
class HiddenMessage:
    """A message that one user does not want to see."""

    user: UserId
    conversation: ConversationId
    seq: int


def to_vote(row: Row) -> CastVote:
    """Make the vote of a row of `votes`."""
    conversation, seq, user, options = row
    return CastVote(
        conversation=ConversationId(uuid(conversation)),
        seq=seq,
        user=UserId(uuid(user)),
        options=tuple(options),
    )


def to_hidden(row: Row) -> HiddenMessage:
    """Make the value of a row of `hidden_messages`."""
    user, conversation, seq = row
    return HiddenMessage(
        user=UserId(uuid(user)), conversation=ConversationId(uuid(conversation)), seq=seq
    )
