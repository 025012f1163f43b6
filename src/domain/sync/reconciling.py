"""Following logs on behalf of a whole node: where they end, and what a node missed of them.

Serves the service itself, which passes events on to members only; nobody's rights are asked here.
"""

from collections.abc import Collection, Mapping

import attrs

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import Stores
from parlour.domain.sync.use_cases import read_events


@attrs.frozen
class LogHeads:
    """The last offset of logs; one that is missing does not exist."""

    conversations: Mapping[ConversationId, int]
    users: Mapping[UserId, int]


@attrs.frozen
class Backlog:
    """The events of logs beyond known offsets, in order."""

    conversations: Mapping[ConversationId, list[Event]]
    users: Mapping[UserId, list[PrivateEvent]]


@attrs.frozen
class ReadLogHeads:
    """Tell where many logs end, in one query a kind."""

    uow: UnitOfWork[Stores]

    def __call__(
        self, conversations: Collection[ConversationId], users: Collection[UserId]
    ) -> LogHeads:
        """Return the last offset of each."""

        def work(stores: Stores) -> LogHeads:
            return LogHeads(
                stores.conversations.offsets(conversations) if conversations else {},
                stores.private_logs.heads(users) if users else {},
            )

        return self.uow.read(work)


@attrs.frozen
class ReadBacklog:
    """Read what many logs hold beyond an offset each."""

    uow: UnitOfWork[Stores]

    def __call__(
        self,
        conversations: Mapping[ConversationId, int],
        users: Mapping[UserId, int],
        limit: int,
    ) -> Backlog:
        """Return at most *limit* events of each log."""

        def work(stores: Stores) -> Backlog:
            return Backlog(
                {
                    conversation: read_events(stores, conversation, offset, limit)
                    for conversation, offset in conversations.items()
                },
                {
                    user: stores.private_logs.after(user, offset, limit)
                    for user, offset in users.items()
                },
            )

        return self.uow.read(work)


@attrs.frozen
class FilterMembers:
    """Tell who of many belongs to a conversation, for a node that may have missed a change."""

    uow: UnitOfWork[Stores]

    def __call__(self, conversation: ConversationId, users: Collection[UserId]) -> set[UserId]:
        """Return the members among *users*."""
        keys = [(conversation, user) for user in users]
        return {user for _, user in self.uow.read(lambda stores: stores.members.find(keys))}


@attrs.frozen
class ListTopics:
    """List where the private log of a user ends, and each of their conversations."""

    uow: UnitOfWork[Stores]

    def __call__(self, user: UserId) -> tuple[int, Mapping[ConversationId, int]]:
        """Return the end of the user's private log, and the end of each conversation."""

        def work(stores: Stores) -> tuple[int, Mapping[ConversationId, int]]:
            ends = stores.members.conversations_of([user]).get(user, {})
            return stores.private_logs.heads([user]).get(user, 0), {
                conversation: end.offset for conversation, end in ends.items()
            }

        return self.uow.read(work)
