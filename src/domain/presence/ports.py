"""The port of presence: a store of leases, which may lose everything at any time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from parlour.domain.conversations.ports import MemberStore
from parlour.domain.kernel.ids import UserId
from parlour.domain.logs.ports import PrivateLogStore
from parlour.domain.presence.model import Lease, PresenceRecord
from parlour.domain.users.ports import UserStore


class PresenceStore(Protocol):
    """Keeps leases until they expire. Every call is one round trip, however many it names.

    All times are those of one clock, the store's: the clocks of nodes may be minutes apart.
    """

    def hold(self, leases: Sequence[Lease], term: timedelta) -> None:
        """Keep *leases* for *term* from now; each replaces the former lease of its session.

        A lease that is not invisible also notes that its user was seen now.
        """
        ...

    def release(self, leases: Sequence[Lease]) -> None:
        """Delete the leases of these sessions; notes that their users were seen now.

        Except where the lease is invisible.
        """
        ...

    def read(self, users: Collection[UserId]) -> Mapping[UserId, PresenceRecord]:
        """Return a record for each of *users*, empty where nothing is known.

        Leases that have expired are left out; the others are ordered by session.
        """
        ...


class Stores(Protocol):
    """The stores that the use cases of this concept need."""

    @property
    def members(self) -> MemberStore: ...
    @property
    def users(self) -> UserStore: ...
    @property
    def private_logs(self) -> PrivateLogStore: ...
