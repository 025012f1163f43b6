"""Keeps the leases of this node's sockets, and tells watchers what changed.

Presence is shed first: where its store is out of reach, sockets and messages go on without it, and
the next round mends what was missed.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

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
from parlour.entrypoints.shell.event_publisher import EventPublisher
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.waiting import is_set_within
from parlour.entrypoints.shell.workers import Workers

CHUNK = 500
"""How many leases or users one call names."""


class PresenceKeeper:
    """Holds a lease for every socket that said hello."""

    def __init__(
        self,
        hub: Hub,
        announcer: EventPublisher,
        workers: Workers,
        *,
        change: ChangePresence,
        renew: RenewPresence,
        read: ReadPresence,
        lease: timedelta,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._hub = hub
        self._announcer = announcer
        self._workers = workers
        self._change, self._renew, self._read = change, renew, read
        # A third of a lease is the time to renew it, a third of that the time to look around.
        self._step = lease.total_seconds() / 9
        self._steps = 0
        self._failed = failed
        self._leases: dict[SessionId, Lease] = {}
        self._hold: dict[SessionId, Lease] = {}
        self._release: dict[SessionId, Lease] = {}
        self._told: dict[UserId, Status] = {}
        self._woken = asyncio.Event()

    def __len__(self) -> int:
        return len(self._leases)

    def hold(self, lease: Lease) -> None:
        """Let a socket's user be seen, from soon on, as *lease* says."""
        self._leases[lease.session] = self._hold[lease.session] = lease
        self._release.pop(lease.session, None)
        self._woken.set()

    def release(self, session: SessionId) -> None:
        """Let a socket's user be seen no more by it."""
        lease = self._leases.pop(session, None)
        if lease is not None:
            self._hold.pop(session, None)
            self._release[session] = lease
            self._woken.set()

    async def statuses(self, users: list[UserId]) -> list[Status]:
        """Return how *users* are seen; raise `Unavailable` where nobody knows."""
        found = await self._workers.run(self._read, users)
        self._told.update({status.user: status for status in found})
        return found

    async def run(self) -> None:
        """Tell changes as they come, renew and look in time, for ever, until cancelled."""
        await keep_running(self._rounds, self._failed)

    async def _rounds(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + self._step
        while True:
            is_due = not await is_set_within(self._woken, due - loop.time())
            self._woken.clear()
            await self.tell_changes()
            if is_due:
                due = loop.time() + self._step
                self._steps += 1
                if self._steps % 3 == 0:
                    await self.renew()
                await self.look(everybody=self._steps % 3 == 0)

    async def tell_changes(self) -> None:
        """Hold and release what came since the last call."""
        while self._hold or self._release:
            hold = dict(list(self._hold.items())[:CHUNK])
            release = dict(list(self._release.items())[:CHUNK])
            changed = await self._workers.run(
                self._change, hold=list(hold.values()), release=list(release.values())
            )
            # Only now forgotten: what failed is told again, unless it was overtaken.
            _drop_done(self._hold, hold)
            _drop_done(self._release, release)
            for status in changed:
                self._tell(status)

    async def renew(self) -> None:
        """Renew all leases here."""
        leases = list(self._leases.values())
        for start in range(0, len(leases), CHUNK):
            await self._workers.run(self._renew, leases[start : start + CHUNK])

    async def look(self, *, everybody: bool) -> None:
        """Look for changes that nobody told: nodes that died, hints that were lost.

        Whether somebody vanished is looked for often, whether they came now and then.
        """
        watchers = self._hub.watching.watchers
        if everybody:
            self._told = {user: told for user, told in self._told.items() if user in watchers}
        watched = [
            user
            for user in watchers
            if everybody or ((told := self._told.get(user)) and told.state is not State.OFFLINE)
        ]
        for start in range(0, len(watched), CHUNK):
            chunk = watched[start : start + CHUNK]
            before = {user: self._told.get(user) for user in chunk}
            for status in await self.statuses(chunk):
                was = before[status.user]
                if was is None or (was.state, was.text) != (status.state, status.text):
                    self._hub.watching.show(status.user, self._announcer.status(status)[1])

    async def leave(self) -> None:
        """Release everything: this node goes away."""
        for session in list(self._leases):
            self.release(session)
        try:
            await self.tell_changes()
        except Exception as error:  # noqa: BLE001 - the leases run out by themselves
            self._failed(error)

    def _tell(self, status: Status) -> None:
        self._told[status.user] = status
        self._hub.tell(self._announcer.status(status))


def _drop_done(waiting: dict[SessionId, Lease], done: dict[SessionId, Lease]) -> None:
    for session, lease in done.items():
        if waiting.get(session) is lease:
            del waiting[session]
