"""Setting one's presence, and watching that of others."""

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
    """Set or end the presence of many sockets at once."""

    presence: PresenceStore
    clock: Clock
    lease: timedelta

    def __call__(
        self, *, hold: Sequence[Lease] = (), release: Sequence[Lease] = ()
    ) -> list[Status]:
        """Keep and delete leases; return the statuses that changed for others."""
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
    """Renew leases before they expire."""

    presence: PresenceStore
    clock: Clock
    lease: timedelta

    def __call__(self, leases: Sequence[Lease]) -> None:
        """Extend *leases* from now on."""
        now = self.clock()
        self.presence.hold(leases, now, now + self.lease)


@attrs.frozen
class ReadPresence:
    """Read the presence of users; `MayWatch` has checked before who may see it."""

    presence: PresenceStore
    clock: Clock

    def __call__(self, users: Collection[UserId]) -> list[Status]:
        """Return the status of each user."""
        found = self.presence.read(users, self.clock())
        return [Status.merge_records(user, found[user]) for user in users]


@attrs.frozen
class MayWatch:
    """Find whose presence a user may see: that of everybody they share a conversation with."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, users: Collection[UserId]) -> set[UserId]:
        """Return those of *users* whom *actor* may watch; raise `Invalid` for too many."""
        if len(users) > MAX_WATCHED:
            raise Invalid(f"must name at most {MAX_WATCHED} users", field="users")
        return self.uow.read(lambda stores: stores.members.sharing(actor, users)) | (
            {actor} & set(users)
        )
