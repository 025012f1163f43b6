"""The ports of what is stored beside messages, and of what users keep about them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from parlour.domain.conversations import Membership
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages.life import (
    Draft,
    Pin,
    Reaction,
    ReactionKey,
    ReactionTally,
    Revision,
    VoteKey,
    VoteTally,
)
from parlour.domain.messages.model import MessageNumber


class ReactionStore(Protocol):
    """Stores who reacted to which message, and how many did with each emoji."""

    def tallies(
        self, messages: Collection[MessageNumber]
    ) -> Mapping[MessageNumber, Sequence[ReactionTally]]:
        """Return the tallies of messages in the order of `since`; messages without are missing."""
        ...

    def held(self, reactions: Collection[ReactionKey]) -> set[ReactionKey]:
        """Return those that exist."""
        ...

    def add(self, reactions: Sequence[Reaction]) -> None:
        """Store new reactions; the caller has locked their conversations."""
        ...

    def remove(self, reactions: Collection[ReactionKey]) -> None:
        """Delete reactions."""
        ...

    def save_tallies(self, tallies: Sequence[ReactionTally]) -> None:
        """Store new values of tallies; one with the count 0 is deleted."""
        ...

    def remove_all(self, messages: Collection[MessageNumber]) -> None:
        """Delete all reactions and tallies of messages."""
        ...

    def page(
        self,
        conversation: ConversationId,
        seq: int,
        *,
        emoji: str | None,
        after: tuple[str, UserId] | None,
        limit: int,
    ) -> list[Reaction]:
        """Return reactions to a message in the order of emoji and user, those after *after*.

        With *emoji* only those with this one. Emojis are ordered by their UTF-8.
        """
        ...


class PinStore(Protocol):
    """Stores which messages are pinned."""

    def of(
        self, conversations: Collection[ConversationId]
    ) -> Mapping[ConversationId, Sequence[Pin]]:
        """Return the pins of conversations in the order of their offsets."""
        ...

    def add(self, pins: Sequence[Pin]) -> None:
        """Store new pins; the caller has locked their conversations."""
        ...

    def remove(self, messages: Collection[MessageNumber]) -> None:
        """Delete the pins of messages."""
        ...


class VoteStore(Protocol):
    """Stores the votes in polls, and their results."""

    def tallies(self, messages: Collection[MessageNumber]) -> Mapping[MessageNumber, VoteTally]:
        """Return the results of polls; polls without a vote are missing."""
        ...

    def cast(self, votes: Collection[VoteKey]) -> Mapping[VoteKey, tuple[int, ...]]:
        """Return the chosen options of those who voted, in order."""
        ...

    def save(self, votes: Mapping[VoteKey, tuple[int, ...]]) -> None:
        """Store votes; an empty choice deletes one."""
        ...

    def save_tallies(self, tallies: Sequence[VoteTally]) -> None:
        """Store new results; one without voters is deleted."""
        ...

    def remove_all(self, messages: Collection[MessageNumber]) -> None:
        """Delete all votes and results of polls."""
        ...


class RevisionStore(Protocol):
    """Stores the earlier contents of messages, the newest `MAX_REVISIONS` of each."""

    def add(self, revisions: Sequence[Revision]) -> None:
        """Store earlier contents, and delete the oldest beyond the maximum."""
        ...

    def page(self, conversation: ConversationId, seq: int, limit: int) -> list[Revision]:
        """Return at most *limit* earlier contents of a message, the newest first."""
        ...

    def remove_all(self, messages: Collection[MessageNumber]) -> None:
        """Delete all earlier contents of messages."""
        ...


class DraftStore(Protocol):
    """Stores drafts, one for each user and conversation."""

    def put(self, draft: Draft) -> None:
        """Store a draft in the place of the former one."""
        ...

    def remove(self, user: UserId, conversation: ConversationId) -> None:
        """Delete a draft, if there is one."""
        ...

    def find(self, drafts: Collection[Membership]) -> Mapping[Membership, Draft]:
        """Return those that exist."""
        ...

    def count(self, user: UserId) -> int:
        """Return how many drafts a user has."""
        ...


HiddenKey = tuple[UserId, ConversationId, int]
"""Who has hidden a message, its conversation and seq."""


class HiddenStore(Protocol):
    """Stores which messages a user does not want to see."""

    def add(self, user: UserId, messages: Collection[MessageNumber]) -> None:
        """Hide messages from *user*; those that are hidden already are ignored."""
        ...

    def held(self, hidden: Collection[HiddenKey]) -> set[HiddenKey]:
        """Return those that are hidden, of any users."""
        ...

    def among(self, user: UserId, messages: Collection[MessageNumber]) -> set[MessageNumber]:
        """Return those of *messages* that are hidden from *user*."""
        ...
