"""Which sockets of one node watch the presence of which users."""

from collections.abc import Callable, Iterable

from parlour.domain.kernel.broadcast import Bus
from parlour.domain.kernel.ids import UserId
from parlour.entrypoints.shell.signals import Signal, SignalKind, presence_topic
from parlour.entrypoints.shell.topic import Subscriber


class PresenceWatchers:
    """Knows whose presence is watched from this node, and follows their topics on the bus.

    `watchers` maps each watched user to the sockets that watch. `on_shown` is called with the
    frame of a presence that is pushed to them.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._watched_by: dict[Subscriber, frozenset[UserId]] = {}
        self.watchers: dict[UserId, set[Subscriber]] = {}
        self.on_shown: Callable[[UserId, bytes], None] = lambda *_: None

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

    def watched_by(self, socket: Subscriber) -> frozenset[UserId]:
        """Return whom *socket* watches."""
        return self._watched_by.get(socket, frozenset())

    def is_concerned(self, user: UserId, sockets: Iterable[Subscriber]) -> bool:
        """Return whether *user* is watched from here, or watches with one of *sockets*."""
        return user in self.watchers or any(map(self.watched_by, sockets))

    def unwatch(self, socket: Subscriber, users: frozenset[UserId]) -> None:
        """End the watching of *users* by *socket*, where it watches them."""
        if socket in self._watched_by:
            ended = self._watched_by[socket] & users
            self._watched_by[socket] -= ended
            self._unwatch(socket, ended)

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
        """Push the presence or the name of *user* to the sockets that watch."""
        if user not in self.watchers:
            return
        is_name = signal.kind is SignalKind.PROFILE
        for socket in self.watchers[user]:
            socket.push_soft(f"{'profile' if is_name else 'presence'}:{user}", signal.frame)
        if not is_name:
            self.on_shown(user, signal.frame)
