"""A node with a running log reconciler, on virtual time."""

from parlour.domain.kernel.ids import UserId
from parlour.domain.messages import LogEvent, Message
from parlour.entrypoints.harness.virtual_time import VirtualTimeLoop
from parlour.entrypoints.shell.log_reconciler import LogReconciler
from tests.support.hub import Node
from tests.support.shell import HeldWorkers
from tests.support.sockets import HeardSocket
from tests.support.world import World, new_world

EVERY, HOLD = 10.0, 0.05


class ReconciledNode:
    """A node whose bus drops everything: its sockets get only what the reconciler reads."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self.loop = loop
        self.world: World = new_world()
        self.node = Node()
        self.workers = HeldWorkers(is_open=True)
        self.failed: list[BaseException] = []
        self.reconciler = LogReconciler(
            self.node.hub,
            self.node.publisher,
            self.workers,
            read_log_heads=self.world.do.read_log_heads,
            read_backlog=self.world.do.read_backlog,
            filter_members=self.world.do.filter_members,
            every=EVERY,
            hold=HOLD,
            failed=self.failed.append,
        )
        self.alice, self.bob = self.world.people("alice", "bob")
        self.lobby = self.world.group(self.alice, self.bob)

    def start(self) -> None:
        self.loop.create_task(self.reconciler.run())
        self.loop.settle()

    def socket(self, user: UserId) -> HeardSocket:
        """Subscribe a socket that is caught up."""
        socket = HeardSocket(user)
        private, ends = self.world.do.list_topics(user)

        async def subscribe() -> None:
            self.node.hub.register(socket)
            await self.node.hub.subscribe([socket], ends.keys())
            self.node.hub.complete_subscription(socket, private, ends, ends.keys())

        self.loop.finish(subscribe())
        return socket

    def hint(self, event: LogEvent) -> None:
        """Deliver a signal that the bus did not drop."""
        self.node.hub.publish(self.node.publisher.entry(event))
        self.loop.settle()

    def say(self, *texts: str) -> Message:
        """Post messages whose signals the bus drops; return the last."""
        return self.world.say(self.alice, self.lobby, *texts)
