"""Subscribes the open sockets of a new member to the conversation."""

from collections.abc import Callable
from functools import partial

from parlour.adapters.resilience import retry_until_done
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.sync import ListTopics
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.workers import Workers


class MembershipSubscriber:
    """Subscribes sockets when their user becomes a member while they are open."""

    def __init__(
        self,
        hub: Hub,
        workers: Workers,
        *,
        list_topics: ListTopics,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._hub = hub
        self._workers = workers
        self._list_topics = list_topics
        self._failed = failed

    async def subscribe(self, user: UserId, conversation: ConversationId) -> None:
        """Subscribe the sockets of *user* to *conversation*; retry while any of them is open."""
        await retry_until_done(partial(self._subscribe, user, conversation), self._failed)

    async def _subscribe(self, user: UserId, conversation: ConversationId) -> None:
        sockets = self._hub.sockets_of(user)
        if not sockets:
            return
        await self._hub.subscribe(sockets, [conversation])
        private, ends = await self._workers.run(self._list_topics, user)
        for socket in sockets:
            self._hub.complete_subscription(socket, private, ends, [conversation])
            if self._hub.is_subscribed(socket, conversation):
                socket.resync(conversation, "joined")
