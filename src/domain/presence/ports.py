"""What presence needs: a store of leases, which may forget everything at any time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from parlour.domain.conversations.ports import MemberStore
from parlour.domain.kernel.ids import UserId
from parlour.domain.presence.model import Lease, PresenceRecord


class PresenceStore(Protocol):
    """Holds leases until they run out. Every call is one round trip, however many it names."""

    def hold(self, leases: Sequence[Lease], now: datetime, until: datetime) -> None:
        """Hold *leases* until *until*, each in the place of its session's former one.

        A lease that is not invisible also notes *now* as when its user was last seen.
        """
        ...

    def release(self, leases: Sequence[Lease], now: datetime) -> None:
        """Let the leases of these sessions go; the user was last seen *now* unless invisible."""
        ...

    def read(self, users: Collection[UserId], now: datetime) -> Mapping[UserId, PresenceRecord]:
        """Return what is known of each of *users*, be it nothing.

        Leases that have run out by *now* are left out, the others in the order of their sessions.
        """
        ...


class Stores(Protocol):
    """What the work of this concept sees."""

    @property
    def members(self) -> MemberStore: ...
