"""Ends the watching of presence when the last conversation that allowed it has ended."""

from collections.abc import Callable
from functools import partial

from parlour.adapters.resilience import retry_until_done
from parlour.domain.kernel.ids import UserId
from parlour.domain.presence import MAX_WATCHED, MayWatch, Status
from parlour.entrypoints.shell.event_publisher import EventPublisher
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.topic import Subscriber
from parlour.entrypoints.shell.workers import Workers


class PresenceRevoker:
    """Checks who may still watch whom after a user left a conversation, or was removed."""

    def __init__(
        self,
        hub: Hub,
        publisher: EventPublisher,
        workers: Workers,
        *,
        may_watch: MayWatch,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._hub = hub
        self._publisher = publisher
        self._workers = workers
        self._may_watch = may_watch
        self._failed = failed

    async def revoke(self, user: UserId) -> None:
        """End what *user* and others watch of each other without sharing a conversation."""
        await retry_until_done(partial(self._revoke, user), self._failed)

    async def _revoke(self, user: UserId) -> None:
        watching = self._hub.watching
        mine = self._hub.sockets_of(user)
        watchers = tuple(watching.watchers.get(user, ()))
        others = {each.user for each in watchers}.union(*map(watching.watched_by, mine))
        strangers = await self._strangers(user, sorted(others))
        for socket in mine:
            self._end(socket, watching.watched_by(socket) & strangers)
        for socket in watchers:
            if socket.user in strangers:
                self._end(socket, watching.watched_by(socket) & {user})

    async def _strangers(self, user: UserId, others: list[UserId]) -> set[UserId]:
        """Return those of *others* who share no conversation with *user*."""
        strangers = set(others)
        for start in range(0, len(others), MAX_WATCHED):
            part = others[start : start + MAX_WATCHED]
            strangers -= await self._workers.run(self._may_watch, user, part)
        return strangers

    def _end(self, socket: Subscriber, users: frozenset[UserId]) -> None:
        """End the watching; a last frame says what anybody may know of these users: nothing."""
        self._hub.watching.unwatch(socket, users)
        for each in users:
            _, signal = self._publisher.status(Status.unknown(each))
            socket.push_soft(f"presence:{each}", signal.frame)
