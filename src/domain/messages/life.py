"""What happens to a message after it was posted: reactions, pins, votes, earlier texts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from parlour.domain.kernel.errors import Conflict
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages.model import Message, MessageNumber

MAX_EMOJIS = 20
"""Different emojis of one message."""

MAX_PINS = 100
"""Pinned messages of one conversation."""

MAX_REVISIONS = 50
"""Earlier contents that are kept of one message."""

MAX_NAMED = 10
"""Users that a reaction names beside its count."""

ReactionKey = tuple[ConversationId, int, str, UserId]
"""Conversation and seq of the message, the emoji, and who reacted."""

VoteKey = tuple[ConversationId, int, UserId]
"""Conversation and seq of the poll, and who votes."""


class TooManyReactions(Conflict):
    """The message has the maximum number of different emojis."""

    title = "This message has all the emojis it can have"


class TooManyPins(Conflict):
    """The conversation has the maximum number of pinned messages."""

    title = "Unpin a message first: no more can be pinned here"


class PollClosed(Conflict):
    """The closing time of the poll is over."""

    title = "This poll is closed"


class RevisionConflict(Conflict):
    """The message was changed since the caller saw it; `message` is what it is now."""

    title = "The message was changed meanwhile"

    def __init__(self, message: Message) -> None:
        super().__init__()
        self.message = message


@attrs.frozen(kw_only=True)
class Reaction:
    """One user's reaction to a message."""

    conversation: ConversationId
    seq: int
    emoji: str
    user: UserId
    at: datetime


@attrs.frozen(kw_only=True)
class ReactionTally:
    """How many users reacted to a message with one emoji.

    `users` names at most `MAX_NAMED`: whoever reacts is added while there are fewer, whoever takes
    the reaction back is removed, and nobody moves up. Clients do the same with events, and so come
    to the same list. `since` is the offset of the event that brought the emoji: it orders the
    emojis of a message.
    """

    conversation: ConversationId
    seq: int
    emoji: str
    count: int
    users: tuple[UserId, ...]
    since: int

    def plus(self, user: UserId) -> "ReactionTally":
        """Return the tally with one more reaction."""
        users = (*self.users, user) if len(self.users) < MAX_NAMED else self.users
        return attrs.evolve(self, count=self.count + 1, users=users)

    def minus(self, user: UserId) -> "ReactionTally":
        """Return the tally without the reaction of *user*."""
        users = tuple(each for each in self.users if each != user)
        return attrs.evolve(self, count=self.count - 1, users=users)


@attrs.frozen(kw_only=True)
class Pin:
    """A pinned message; `offset` is that of the event that pinned it."""

    conversation: ConversationId
    seq: int
    by: UserId
    at: datetime
    offset: int


@attrs.frozen(kw_only=True)
class VoteTally:
    """The result of a poll: votes for each option, and how many users voted."""

    conversation: ConversationId
    seq: int
    counts: tuple[int, ...]
    voters: int

    def moved(self, before: tuple[int, ...], after: tuple[int, ...]) -> "VoteTally":
        """Return the result after one user's choice of options changed."""
        counts = list(self.counts)
        for option in before:
            counts[option] -= 1
        for option in after:
            counts[option] += 1
        voters = self.voters + bool(after) - bool(before)
        return attrs.evolve(self, counts=tuple(counts), voters=voters)


@attrs.frozen(kw_only=True)
class Revision:
    """An earlier content of a message; `at` is when it was posted or edited."""

    conversation: ConversationId
    seq: int
    revision: int
    at: datetime
    kind: str
    body: Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Draft:
    """A text that a user has not sent yet, one a conversation."""

    user: UserId
    conversation: ConversationId
    text: str
    reply_to: int | None
    at: datetime


@attrs.frozen(kw_only=True)
class ReactionSummary:
    """The reactions with one emoji, as one viewer sees them."""

    emoji: str
    count: int
    users: tuple[UserId, ...]
    mine: bool


@attrs.frozen(kw_only=True)
class VoteSummary:
    """The result of a poll as one viewer sees it; `mine` is None for who has not voted."""

    counts: tuple[int, ...]
    voters: int
    mine: tuple[int, ...] | None


@attrs.frozen
class MessageDetails:
    """What is stored beside some messages, as one viewer sees it."""

    reactions: Mapping[MessageNumber, tuple[ReactionSummary, ...]]
    votes: Mapping[MessageNumber, VoteSummary]


@attrs.frozen(kw_only=True)
class SeenMessage:
    """A message with what is beside it, as one viewer sees it.

    `shows_origin` tells whether the viewer may see the message that this one was forwarded from.
    """

    message: Message
    reactions: tuple[ReactionSummary, ...] = ()
    votes: VoteSummary | None = None
    shows_origin: bool = False
