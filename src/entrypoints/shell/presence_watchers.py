"""Which sockets of one node hear how which users are seen."""

from collections.abc import Iterable

from parlour.domain.kernel.broadcast import Bus
from parlour.domain.kernel.ids import UserId
from parlour.entrypoints.shell.signals import Signal, presence_topic
from parlour.entrypoints.shell.subscriber import Subscriber


class PresenceWatchers:
    """Knows who is watched from this node, and has the bus bring what is told about them.

    `watchers` has the sockets of everybody who is watched at all.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._watched_by: dict[Subscriber, frozenset[UserId]] = {}
        self.watchers: dict[UserId, set[Subscriber]] = {}

    def enter(self, socket: Subscriber) -> None:
        """Know *socket*, until `detach`; it watches nobody yet."""
        self._watched_by[socket] = frozenset()

    async def watch(self, socket: Subscriber, users: Iterable[UserId]) -> None:
        """Let *socket* hear how *users* are seen, in the place of those it watched before."""
        before = self._watched_by.get(socket)
        if before is None:
            return  # it has gone meanwhile
        watched = frozenset(users)
        self._watched_by[socket] = watched
        self._unwatch(socket, before - watched)
        new = [presence_topic(user) for user in watched if user not in self.watchers]
        for user in watched - before:
            self.watchers.setdefault(user, set()).add(socket)
        if new:
            await self._bus.follow(new)

    def detach(self, socket: Subscriber) -> None:
        """Forget *socket*; nothing happens where it was never known."""
        self._unwatch(socket, self._watched_by.pop(socket, frozenset()))

    def _unwatch(self, socket: Subscriber, users: Iterable[UserId]) -> None:
        for user in users:
            self.watchers[user].discard(socket)
            if not self.watchers[user]:
                del self.watchers[user]
                self._bus.unfollow([presence_topic(user)])

    def show(self, user: UserId, signal: Signal) -> None:
        """Bring how *user* is seen to those who watch on this node."""
        for socket in self.watchers.get(user, ()):
            socket.push_soft(f"presence:{user}", signal.frame)
