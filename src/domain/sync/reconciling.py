"""Reconciling a node with the logs: where they end, and which events the node has missed.

For the service itself, which delivers events to members only: no rights are checked here.
"""

from collections.abc import Collection, Mapping

import attrs

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import PrivateEvent
from parlour.domain.messages import LogEvent, Stores
from parlour.domain.sync.reading import read_events, read_private, without_older


@attrs.frozen
class LogHeads:
    """The last offset of each log; a log that is missing here does not exist."""

    conversations: Mapping[ConversationId, int]
    users: Mapping[UserId, int]


@attrs.frozen
class Backlog:
    """The events of logs after known offsets, in order."""

    conversations: Mapping[ConversationId, list[LogEvent]]
    users: Mapping[UserId, list[PrivateEvent]]


@attrs.frozen
class ReadLogHeads:
    """Read the last offsets of many logs, in two queries."""

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
    """Read the events of many logs after an offset each."""

    uow: UnitOfWork[Stores]

    def __call__(
        self,
        conversations: Mapping[ConversationId, int],
        users: Mapping[UserId, int],
        limit: int,
    ) -> Backlog:
        """Return at most *limit* events of each log."""

        def work(stores: Stores) -> Backlog:
            found = stores.conversations.find_many(conversations)
            return Backlog(
                {
                    id_: [
                        # All members of this node receive the same.
                        *without_older(
                            read_events(stores, id_, offset, limit), found[id_].joined_seq
                        )
                    ]
                    for id_, offset in conversations.items()
                    if id_ in found
                },
                {
                    user: read_private(stores, user, offset, limit)
                    for user, offset in users.items()
                },
            )

        return self.uow.read(work)


@attrs.frozen
class FilterMembers:
    """Filter users by membership, for a node that may have missed a removal."""

    uow: UnitOfWork[Stores]

    def __call__(self, conversation: ConversationId, users: Collection[UserId]) -> set[UserId]:
        """Return the members among *users*."""
        keys = [(conversation, user) for user in users]
        return {user for _, user in self.uow.read(lambda stores: stores.members.find(keys))}


@attrs.frozen
class ListTopics:
    """List the last offsets of a user's private log and of each of their conversations."""

    uow: UnitOfWork[Stores]

    def __call__(self, user: UserId) -> tuple[int, Mapping[ConversationId, int]]:
        """Return the end of the user's private log, and the end of each conversation."""

        def work(stores: Stores) -> tuple[int, Mapping[ConversationId, int]]:
            ends = stores.members.conversations_of([user]).get(user, {})
            return stores.private_logs.heads([user]).get(user, 0), {
                conversation: end.offset for conversation, end in ends.items()
            }

        return self.uow.read(work)
