"""The port of presence: a store of leases, which may lose everything at any time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from parlour.domain.conversations.ports import MemberStore
from parlour.domain.kernel.ids import UserId
from parlour.domain.logs.ports import PrivateLogStore
from parlour.domain.presence.model import Lease, PresenceRecord
from parlour.domain.users.ports import UserStore


class PresenceStore(Protocol):
    """Keeps leases until they expire. Every call is one round trip, however many it names."""

    def hold(self, leases: Sequence[Lease], now: datetime, until: datetime) -> None:
        """Keep *leases* until *until*; each replaces the former lease of its session.

        A lease that is not invisible also sets *now* as the time its user was last seen.
        """
        ...

    def release(self, leases: Sequence[Lease], now: datetime) -> None:
        """Delete the leases of these sessions; sets *now* as last seen unless invisible."""
        ...

    def read(self, users: Collection[UserId], now: datetime) -> Mapping[UserId, PresenceRecord]:
        """Return a record for each of *users*, empty where nothing is known.

        Leases that have expired by *now* are left out; the others are ordered by session.
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
