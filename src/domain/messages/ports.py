"""What messages need of a backend."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import attrs

from parlour.domain.conversations import LogPosition, Membership
from parlour.domain.conversations import Stores as ConversationStores
from parlour.domain.kernel.ids import ConversationId, SendKey, UserId
from parlour.domain.messages.model import Message

SendIdentity = tuple[ConversationId, UserId, SendKey]


@attrs.frozen
class SendContext:
    """What decides about sends.

    `tips` has the conversations that exist, `since` the members among the senders, each with the
    seq from which on (exclusive) messages are theirs to see, `sent` the messages that earlier
    sends with these keys made.
    """

    positions: Mapping[ConversationId, LogPosition]
    since: Mapping[Membership, int]
    sent: Mapping[SendIdentity, Message]


class MessageStore(Protocol):
    """Keeps messages, each (conversation, seq) and each (conversation, sender, key) once."""

    def add(self, messages: Sequence[Message]) -> None:
        """Keep new messages, and whom they mention; raise `AlreadyExists` for a known key."""
        ...

    def lock_for(self, sends: Collection[SendIdentity]) -> SendContext:
        """Lock the conversations of *sends*, in the order of their ids, and look around.

        None of what it returns changes before the end of the work. One method for all of it, so
        that a database far away is asked once for a batch.
        """
        ...

    def find_many(
        self, numbers: Collection[tuple[ConversationId, int]]
    ) -> Mapping[tuple[ConversationId, int], Message]:
        """Return messages by conversation and seq."""
        ...

    def after(self, conversation: ConversationId, seq: int, limit: int) -> list[Message]:
        """Return at most *limit* messages with a greater seq, in order."""
        ...

    def before(
        self, conversation: ConversationId, seq: int, limit: int, *, since: int = 0
    ) -> list[Message]:
        """Return the last *limit* messages with `since < seq' < seq`, in order of seq."""
        ...

    def count_own(self, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
        """Count the messages that each member sent beyond a seq; zeros may be left out."""
        ...

    def count_mentions(self, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
        """Count messages of others beyond a seq that mention each member, or everyone.

        Zeros may be left out.
        """
        ...


class Stores(ConversationStores, Protocol):
    """What the work of this concept sees."""

    @property
    def messages(self) -> MessageStore: ...
