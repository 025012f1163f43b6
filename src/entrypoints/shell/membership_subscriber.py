"""Subscribe a new member's open sockets to the conversation."""

from collections.abc import Callable
from functools import partial

from parlour.adapters.resilience import retry_until_done
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.sync import ListTopics
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.workers import Workers


class MembershipSubscriber:
    """Attaches the sockets of new members to what they follow from now on."""

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
        self._topics_of = list_topics
        self._failed = failed

    async def join(self, user: UserId, conversation: ConversationId) -> None:
        """Subscribe the sockets of *user* to *conversation*; retry as long as there are any."""
        await retry_until_done(partial(self._subscribe, user, conversation), self._failed)

    async def _subscribe(self, user: UserId, conversation: ConversationId) -> None:
        sockets = self._hub.sockets_of(user)
        if not sockets:
            return
        await self._hub.attach(sockets, [conversation])
        private, ends = await self._workers.run(self._topics_of, user)
        for socket in sockets:
            self._hub.settle(socket, private, ends, [conversation])
            if self._hub.follows(socket, conversation):
                socket.resync(conversation, "joined")
