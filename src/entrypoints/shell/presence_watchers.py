"""Which sockets of one node watch the presence of which users."""

from collections.abc import Iterable

from parlour.domain.kernel.broadcast import Bus
from parlour.domain.kernel.ids import UserId
from parlour.entrypoints.shell.signals import Signal, presence_topic
from parlour.entrypoints.shell.topic import Subscriber


class PresenceWatchers:
    """Knows whose presence is watched from this node, and follows their topics on the bus.

    `watchers` maps each watched user to the sockets that watch.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._watched_by: dict[Subscriber, frozenset[UserId]] = {}
        self.watchers: dict[UserId, set[Subscriber]] = {}

    def register(self, socket: Subscriber) -> None:
        """Add *socket*, until `unregister`; it watches nobody yet."""
        self._watched_by[socket] = frozenset()

    async def watch(self, socket: Subscriber, users: Iterable[UserId]) -> None:
        """Let *socket* watch *users* instead of those it watched before."""
        before = self._watched_by.get(socket)
        if before is None:
            return  # it was closed meanwhile
        watched = frozenset(users)
        self._watched_by[socket] = watched
        self._unwatch(socket, before - watched)
        new = [presence_topic(user) for user in watched if user not in self.watchers]
        for user in watched - before:
            self.watchers.setdefault(user, set()).add(socket)
        if new:
            await self._bus.follow(new)

    def unregister(self, socket: Subscriber) -> None:
        """Remove *socket*; an unknown one is ignored."""
        self._unwatch(socket, self._watched_by.pop(socket, frozenset()))

    def _unwatch(self, socket: Subscriber, users: Iterable[UserId]) -> None:
        for user in users:
            self.watchers[user].discard(socket)
            if not self.watchers[user]:
                del self.watchers[user]
                self._bus.unfollow([presence_topic(user)])

    def show(self, user: UserId, signal: Signal) -> None:
        """Push the presence of *user* to the sockets that watch."""
        for socket in self.watchers.get(user, ()):
            socket.push_soft(f"presence:{user}", signal.frame)
