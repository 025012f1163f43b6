"""Choosing how others see oneself, holding leases, and watching the presence of others."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import attrs

from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Changes, PrivateNote, write_private
from parlour.domain.presence.events import PresenceChanged
from parlour.domain.presence.model import MAX_WATCHED, Lease, PresenceRecord, Status
from parlour.domain.presence.ports import PresenceStore, Stores
from parlour.domain.users import PresenceChoice, User


@attrs.frozen
class ChoosePresence:
    """Choose how others see oneself, on all devices and until the next choice."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, actor: UserId, choice: PresenceChoice) -> tuple[User, Changes]:
        """Return the user as it now is, and no changes where the choice is the same as before.

        Raises `NotFound` where the account is gone.
        """

        def work(stores: Stores) -> tuple[User, Changes]:
            user = stores.users.lock(actor)
            if user is None:
                raise NotFound
            if user.presence == choice:
                return user, Changes()
            chosen = attrs.evolve(user, presence=choice)
            stores.users.save(chosen)
            note = PrivateNote(user=actor, payload=PresenceChanged.of(choice))
            events = write_private(stores.private_logs, [note], self.clock())
            return chosen, Changes(private=events)

        return self.uow(work)


@attrs.frozen(kw_only=True)
class ChangePresence:
    """Set or end the presence of many sockets at once."""

    presence: PresenceStore
    lease: timedelta

    def __call__(
        self, *, hold: Sequence[Lease] = (), release: Sequence[Lease] = ()
    ) -> list[Status]:
        """Keep and delete leases; return the statuses that changed for others.

        Who becomes invisible leaves as if they went offline, last seen now.
        """
        users = {lease.user for lease in (*hold, *release)}
        before = self.presence.read(users)
        leaving = _becoming_hidden(hold, before)
        if leaving:
            self.presence.release(leaving)
        if hold:
            self.presence.hold(hold, self.lease)
        if release:
            self.presence.release(release)
        after = self.presence.read(users)
        return [
            status
            for user in users
            if (status := Status.merge_records(user, after[user])).state
            is not (was := Status.merge_records(user, before[user])).state
            or status.text != was.text
        ]


def _becoming_hidden(
    hold: Sequence[Lease], before: Mapping[UserId, PresenceRecord]
) -> list[Lease]:
    """Return the leases in force that others see and that *hold* replaces by invisible ones."""
    hidden = {lease.session for lease in hold if lease.is_hidden}
    return [
        lease
        for record in before.values()
        for lease in record.leases
        if lease.session in hidden and not lease.is_hidden
    ]


@attrs.frozen(kw_only=True)
class RenewPresence:
    """Renew leases before they expire."""

    presence: PresenceStore
    lease: timedelta

    def __call__(self, leases: Sequence[Lease]) -> None:
        """Extend *leases* from now on."""
        self.presence.hold(leases, self.lease)


@attrs.frozen
class ReadPresence:
    """Read the presence of users; `MayWatch` has checked before who may see it."""

    presence: PresenceStore

    def __call__(self, users: Collection[UserId]) -> list[Status]:
        """Return the status of each user."""
        found = self.presence.read(users)
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
