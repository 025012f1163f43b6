"""What messages need of a backend."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from domain.conversations import Membership
from domain.conversations import Stores as ConversationStores
from domain.kernel.ids import ConversationId, SendKey, UserId
from domain.messages.model import Message

SendIdentity = tuple[ConversationId, UserId, SendKey]


class MessageStore(Protocol):
    """Keeps messages, each (conversation, seq) and each (conversation, sender, key) once."""

    def add(self, messages: Sequence[Message]) -> None:
        """Keep new messages, and whom they mention; raise `AlreadyExists` for a known key."""
        ...

    def find_sent(self, sends: Collection[SendIdentity]) -> Mapping[SendIdentity, Message]:
        """Return the messages that earlier sends with these keys made."""
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
