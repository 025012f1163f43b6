"""A hub without a service."""

import json
from collections.abc import Sequence
from uuid import UUID

from parlour.adapters.memory import MemoryBus
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import Receipt
from parlour.domain.presence import State, Status
from parlour.entrypoints.shell.event_publisher import EventPublisher
from parlour.entrypoints.shell.hub import Hub
from tests.support import builders as b
from tests.support.shell import DeafBus
from tests.support.sockets import HeardSocket


class Node:
    """A hub, and the calls of its callbacks."""

    def __init__(self, bus: DeafBus | MemoryBus | None = None) -> None:
        self.id = UUID(int=b.next_id().int)
        self.bus = bus or DeafBus()
        self.hub = Hub(self.bus, self.id)
        self.publisher = EventPublisher(self.id)
        self.missing: list[bool] = []
        self.joined: list[tuple[UserId, ConversationId]] = []
        self.failed: list[BaseException] = []
        self.hub.on_missing = self.missing.append
        self.hub.on_joined = lambda user, conversation: self.joined.append((user, conversation))
        self.hub.on_failed = self.failed.append

    async def connect(
        self,
        *sockets: HeardSocket,
        end: int = 0,
        private: int = 0,
        into: Sequence[UUID] = (b.LOBBY,),
    ) -> None:
        conversations = [ConversationId(each) for each in into]
        for socket in sockets:
            self.hub.register(socket)
            await self.hub.subscribe([socket], conversations)
            self.hub.complete_subscription(
                socket, private, dict.fromkeys(conversations, end), conversations
            )

    def say(
        self, offset: int, *, by: HeardSocket | None = None, to: ConversationId = b.LOBBY
    ) -> None:
        session = by.session if by else None
        message = b.message(offset, str(offset), of=to, session=session)
        self.hub.publish(self.publisher.message(message))

    def remove(self, user: UserId, offset: int) -> None:
        data = {"user": str(user), "left": False}
        self.hub.publish(self.publisher.event(b.event(offset, "member.removed", data=data)))

    def note(self, offset: int, kind: str = "read.moved", *, of: UserId = b.ALICE) -> None:
        data = {"conversation": str(b.LOBBY), "seq": 1, "removed": True}
        self.hub.publish(self.publisher.private(b.private(offset, of, data, kind=kind)))

    def receipt(self, user: UserId, *, members: int = 2) -> None:
        moved = Receipt(conversation=b.LOBBY, user=user, received=1, read=1, members=members)
        self.hub.publish(*self.publisher.receipts([moved]))

    def type(self, user: UserId) -> None:
        self.hub.publish(self.publisher.typing(b.LOBBY, user, on=True))

    def appear(self, user: UserId) -> None:
        self.hub.publish(self.publisher.status(Status(user, State.ONLINE)))


def kinds(socket: HeardSocket) -> list[str]:
    return [json.loads(frame)["kind"] for frame in socket.pushed]


def texts(socket: HeardSocket) -> list[str]:
    """Return the texts of the messages that a socket got."""
    found = [json.loads(frame) for frame in socket.pushed]
    return [each["data"]["body"]["text"] for each in found if each["kind"] == "message.posted"]


def assert_empty(hub: Hub) -> None:
    assert not hub.conversations
    assert not hub.users
    assert not hub.watching.watchers
    assert not hub._subscriptions
    assert not hub.watching._watched_by
