"""Lets those hear a conversation who are connected here when they come to belong to it."""

import asyncio
from collections.abc import Callable

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
        """Let the sockets of *user* hear *conversation*; try again as long as there are any."""
        pause = 0.25
        while sockets := self._hub.sockets_of(user):
            try:
                await self._hub.attach(sockets, [conversation])
                private, ends = await self._workers.run(self._topics_of, user)
            except Exception as error:  # noqa: BLE001 - reported, and tried again
                self._failed(error)
                await asyncio.sleep(pause)
                pause = min(5.0, pause * 2)
                continue
            for socket in sockets:
                self._hub.settle(socket, private, ends, [conversation])
                if self._hub.follows(socket, conversation):
                    socket.resync(conversation, "joined")
            return
