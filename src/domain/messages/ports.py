"""The ports of messages: what a storage backend provides for them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import attrs

from parlour.domain.conversations import LogPosition, Membership, Role
from parlour.domain.conversations import Stores as ConversationStores
from parlour.domain.kernel.ids import ConversationId, SendKey, UserId
from parlour.domain.messages.life import (
    Draft,
    MessageDetails,
    Pin,
    Reaction,
    ReactionKey,
    ReactionTally,
    Revision,
    VoteKey,
    VoteTally,
)
from parlour.domain.messages.model import Message, MessageNumber

SendIdentity = tuple[ConversationId, UserId, SendKey]


@attrs.frozen
class MemberHandle:
    """A member with handle and role: what a mention needs."""

    conversation: ConversationId
    user: UserId
    handle: str
    role: Role


@attrs.frozen
class MentionQuery:
    """The members that mentions need: those with these handles, and those with these ids."""

    handles: Mapping[ConversationId, Collection[str]]
    users: Collection[Membership]


@attrs.frozen
class SendContext:
    """What is needed to decide sends.

    `positions` has the conversations that exist; `since` the senders that are members, each with
    the seq above which they may see messages; `sent` the messages that earlier sends with the same
    keys have posted; `members` those whom the query for mentions found.
    """

    positions: Mapping[ConversationId, LogPosition]
    since: Mapping[Membership, int]
    sent: Mapping[SendIdentity, Message]
    members: Sequence[MemberHandle] = ()


@attrs.frozen
class UnreadParts:
    """What an unread count is made of: own messages, messages of others that mention one.

    Messages of others that were recalled are among the own ones: they do not count as unread.
    """

    own: int
    mentions: int


class MessageStore(Protocol):
    """Stores messages; (conversation, seq) and (conversation, sender, key) are unique."""

    def add(self, messages: Sequence[Message]) -> None:
        """Store new messages and their mentions; raise `AlreadyExists` for a known key."""
        ...

    def save(self, changes: Sequence[tuple[Message, Message]]) -> None:
        """Replace messages, each given as it was and as it is now.

        Content, revision, time of the edit, recall and flags may change. Who counts as mentioned,
        and what counts as unread, follow.
        """
        ...

    def lock_for(
        self, sends: Collection[SendIdentity], mentions: MentionQuery | None = None
    ) -> SendContext:
        """Lock the conversations of *sends*, in the order of their ids, and load their context.

        Nothing of the result changes before the end of the transaction. It is one method, so that
        a remote database needs one round trip for a batch. *mentions* asks for members of these
        conversations, too; None is the case that costs nothing.
        """
        ...

    def find_many(
        self, numbers: Collection[tuple[ConversationId, int]]
    ) -> Mapping[tuple[ConversationId, int], Message]:
        """Return messages by conversation and seq."""
        ...

    def after(
        self,
        conversation: ConversationId,
        seq: int,
        limit: int,
        *,
        hidden_from: UserId | None = None,
    ) -> list[Message]:
        """Return at most *limit* messages with a greater seq, in order.

        Those that the user *hidden_from* hid are left out.
        """
        ...

    def before(
        self,
        conversation: ConversationId,
        seq: int,
        limit: int,
        *,
        since: int = 0,
        hidden_from: UserId | None = None,
    ) -> list[Message]:
        """Return the last *limit* messages with `since < seq' < seq`, in order of seq.

        Those that the user *hidden_from* hid are left out.
        """
        ...

    def details(
        self,
        viewer: UserId,
        reacted: Collection[MessageNumber],
        voted: Collection[MessageNumber],
    ) -> MessageDetails:
        """Return the reactions to messages and the results of polls, as *viewer* sees them.

        Reactions are in the order of `ReactionTally.since`; messages without any are missing. A
        remote database needs one round trip for it.
        """
        ...

    def count_own(self, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
        """Count what never counts as unread above a seq; zeros may be missing.

        That is what each member sent, and what others took back.
        For members that are not far behind: the cost may grow with the number of messages.
        """
        ...

    def count_mentions(self, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
        """Count messages of others above a seq that mention each member, or everyone.

        Zeros may be missing. For members that are not far behind, as `count_own`.
        """
        ...

    def count_far(self, after: Mapping[Membership, int]) -> Mapping[Membership, UnreadParts]:
        """Count what `count_own` and `count_mentions` do, at a cost that hardly grows.

        For members that are far behind. Every one of *after* is in the result.
        """
        ...


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


class Stores(ConversationStores, Protocol):
    """The stores that a unit of work of this concept uses."""

    @property
    def messages(self) -> MessageStore: ...
    @property
    def reactions(self) -> ReactionStore: ...
    @property
    def pins(self) -> PinStore: ...
    @property
    def votes(self) -> VoteStore: ...
    @property
    def revisions(self) -> RevisionStore: ...
    @property
    def drafts(self) -> DraftStore: ...
    @property
    def hidden(self) -> HiddenStore: ...
