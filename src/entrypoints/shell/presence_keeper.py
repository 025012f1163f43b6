"""Holds the presence leases of this node's sockets, and pushes changes to watchers.

Presence is shed first: while its store is out of reach, sockets and messages go on without it, and
the next round makes up for what was missed.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Self

from parlour.adapters.resilience import keep_running
from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.presence import (
    ChangePresence,
    Lease,
    ReadPresence,
    RenewPresence,
    State,
    Status,
)
from parlour.entrypoints.shell.dependencies import Dependencies
from parlour.entrypoints.shell.event_publisher import EventPublisher
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.supervisor import wait_until_set
from parlour.entrypoints.shell.workers import Workers
from parlour.entrypoints.wire.pushes import decode_status

CHUNK = 500
"""Leases or users that one call to the store names."""


class PresenceKeeper:
    """Holds a lease for every socket, from its hello until it closes.

    Changes go to the store at once. Leases are renewed every third of their duration; every ninth
    of it the users that are shown as present are read again, and at each renewal all watched ones.
    """

    def __init__(
        self,
        hub: Hub,
        publisher: EventPublisher,
        workers: Workers,
        *,
        change: ChangePresence,
        renew: RenewPresence,
        read: ReadPresence,
        lease: timedelta,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._hub = hub
        self._publisher = publisher
        self._workers = workers
        self._change, self._renew, self._read = change, renew, read
        self._step = lease.total_seconds() / 9
        self._steps = 0
        self._failed = failed
        self._leases: dict[SessionId, Lease] = {}
        self._hold: dict[SessionId, Lease] = {}
        self._release: dict[SessionId, Lease] = {}
        self._shown: dict[UserId, Status] = {}
        self._woken = asyncio.Event()
        hub.watching.on_shown = self._note_shown

    @classmethod
    def build(cls, dependencies: Dependencies, hub: Hub, publisher: EventPublisher) -> Self:
        """Make the presence keeper of a service."""
        use = dependencies.use_cases
        return cls(
            hub,
            publisher,
            dependencies.pools.presence,
            change=use.change_presence,
            renew=use.renew_presence,
            read=use.read_presence,
            lease=dependencies.settings.presence.lease,
            failed=dependencies.failed,
        )

    def __len__(self) -> int:
        return len(self._leases)

    def hold(self, lease: Lease) -> None:
        """Show a socket's user as *lease* says, soon."""
        self._leases[lease.session] = self._hold[lease.session] = lease
        self._release.pop(lease.session, None)
        self._woken.set()

    def release(self, session: SessionId) -> None:
        """End the lease of a closed socket, soon."""
        lease = self._leases.pop(session, None)
        if lease is not None:
            self._hold.pop(session, None)
            self._release[session] = lease
            self._woken.set()

    async def statuses(self, users: list[UserId]) -> list[Status]:
        """Return the presence of *users*; raise `Unavailable` where the store is away."""
        found = await self._workers.run(self._read, users)
        self._shown.update({status.user: status for status in found})
        return found

    async def run(self) -> None:
        """Publish changes, renew leases and refresh what is shown, until cancelled."""
        await keep_running(self._rounds, self._failed)

    async def _rounds(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + self._step
        while True:
            is_due = not await wait_until_set(self._woken, due - loop.time())
            self._woken.clear()
            await self.publish_changes()
            if is_due:
                due = loop.time() + self._step
                self._steps += 1
                if self._steps % 3 == 0:
                    await self.renew()
                await self.refresh(everybody=self._steps % 3 == 0)

    async def publish_changes(self) -> None:
        """Store and publish the leases that were held and released since the last call."""
        while self._hold or self._release:
            hold = dict(list(self._hold.items())[:CHUNK])
            release = dict(list(self._release.items())[:CHUNK])
            changed = await self._workers.run(
                self._change, hold=list(hold.values()), release=list(release.values())
            )
            # Only now: after a failure they are sent again, unless newer ones replaced them.
            _drop_done(self._hold, hold)
            _drop_done(self._release, release)
            for status in changed:
                self._publish(status)

    async def renew(self) -> None:
        """Renew all leases of this node."""
        leases = list(self._leases.values())
        for start in range(0, len(leases), CHUNK):
            await self._workers.run(self._renew, leases[start : start + CHUNK])

    async def refresh(self, *, everybody: bool) -> None:
        """Read the presence of watched users, and push changes whose signals were lost.

        Without *everybody*, only of those that are shown as present: their node may have died.
        """
        watchers = self._hub.watching.watchers
        if everybody:
            self._shown = {user: shown for user, shown in self._shown.items() if user in watchers}
        watched = [
            user
            for user in watchers
            if everybody or ((shown := self._shown.get(user)) and shown.state is not State.OFFLINE)
        ]
        for start in range(0, len(watched), CHUNK):
            chunk = watched[start : start + CHUNK]
            before = {user: self._shown.get(user) for user in chunk}
            for status in await self.statuses(chunk):
                was = before[status.user]
                if was is None or (was.state, was.text) != (status.state, status.text):
                    self._hub.watching.show(status.user, self._publisher.status(status)[1])

    async def release_all(self) -> None:
        """Release all leases: this node stops."""
        for session in list(self._leases):
            self.release(session)
        try:
            await self.publish_changes()
        except Exception as error:  # noqa: BLE001 - the leases expire by themselves
            self._failed(error)

    def _note_shown(self, user: UserId, frame: bytes) -> None:
        """Note what a signal of another node shows: should that node die, it is corrected."""
        self._shown[user] = decode_status(frame)

    def _publish(self, status: Status) -> None:
        self._shown[status.user] = status
        self._hub.publish(self._publisher.status(status))


def _drop_done(waiting: dict[SessionId, Lease], done: dict[SessionId, Lease]) -> None:
    for session, lease in done.items():
        if waiting.get(session) is lease:
            del waiting[session]
