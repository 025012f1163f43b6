"""Appearing, vanishing, and watching others."""

from collections.abc import Collection, Sequence
from datetime import timedelta

import attrs

from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.presence.model import MAX_WATCHED, Lease, Status
from parlour.domain.presence.ports import PresenceStore, Stores


@attrs.frozen(kw_only=True)
class ChangePresence:
    """Let sockets appear, change their state and vanish, many at a time."""

    presence: PresenceStore
    clock: Clock
    lease: timedelta

    def __call__(
        self, *, hold: Sequence[Lease] = (), release: Sequence[Lease] = ()
    ) -> list[Status]:
        """Hold and release leases; return the statuses that others now see differently."""
        users = {lease.user for lease in (*hold, *release)}
        now = self.clock()
        before = self.presence.read(users, now)
        if hold:
            self.presence.hold(hold, now, now + self.lease)
        if release:
            self.presence.release(release, now)
        after = self.presence.read(users, now)
        return [
            status
            for user in users
            if (status := Status.merge_records(user, after[user])).state
            is not (was := Status.merge_records(user, before[user])).state
            or status.text != was.text
        ]


@attrs.frozen(kw_only=True)
class RenewPresence:
    """Keep leases from running out."""

    presence: PresenceStore
    clock: Clock
    lease: timedelta

    def __call__(self, leases: Sequence[Lease]) -> None:
        """Hold *leases* for another term."""
        now = self.clock()
        self.presence.hold(leases, now, now + self.lease)


@attrs.frozen
class ReadPresence:
    """Tell how users are seen; for those who were let watch them before."""

    presence: PresenceStore
    clock: Clock

    def __call__(self, users: Collection[UserId]) -> list[Status]:
        """Return one status a user."""
        found = self.presence.read(users, self.clock())
        return [Status.merge_records(user, found[user]) for user in users]


@attrs.frozen
class MayWatch:
    """Tell whose presence somebody may see: those with whom they share a conversation."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, users: Collection[UserId]) -> set[UserId]:
        """Return those of *users* whom *actor* may watch; raise `Invalid` for too many."""
        if len(users) > MAX_WATCHED:
            raise Invalid(f"must name at most {MAX_WATCHED} users", field="users")
        return self.uow.read(lambda stores: stores.members.sharing(actor, users)) | (
            {actor} & set(users)
        )
