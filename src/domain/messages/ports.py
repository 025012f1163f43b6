"""The ports of messages: what a storage backend provides for them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import attrs

from parlour.domain.conversations import LogPosition, Membership, Role
from parlour.domain.conversations import Stores as ConversationStores
from parlour.domain.kernel.ids import ConversationId, SendKey, UserId
from parlour.domain.messages.life import MessageDetails
from parlour.domain.messages.life_ports import (
    DraftStore,
    HiddenStore,
    PinStore,
    ReactionStore,
    RevisionStore,
    VoteStore,
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
