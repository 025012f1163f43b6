"""Presence: who is online. Soft state, held by leases that expire by themselves."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import attrs

from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.users import ChosenState, PresenceChoice

MAX_WATCHED = 200


class State(StrEnum):
    """What others see of a user, or how a lease is held.

    `offline` is never held: it follows from having no lease, or an invisible one. `away` is what
    a device reports of itself; the others follow from what its user chose.
    """

    ONLINE = "online"
    AWAY = "away"
    BUSY = "busy"
    INVISIBLE = "invisible"
    OFFLINE = "offline"


# Where devices of one user disagree, others see the first of these that any device has.
_PRECEDENCE = (State.BUSY, State.ONLINE, State.AWAY)


@attrs.frozen
class Lease:
    """The presence that one socket sets for its user, until the lease expires."""

    user: UserId
    session: SessionId
    state: State = State.ONLINE
    text: str | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether others must not notice that this socket is open."""
        return self.state is State.INVISIBLE


@attrs.frozen
class DeviceReport:
    """What a device says of itself: whether its user is away from it, and a text for that time."""

    is_away: bool = False
    text: str | None = None

    def lease(self, user: UserId, session: SessionId, choice: PresenceChoice) -> Lease:
        """Return the lease of the device, as *choice* of its user allows it to be seen.

        Who is busy or invisible stays so while a device is away.
        """
        if choice.state is ChosenState.ONLINE and self.is_away:
            return Lease(user, session, State.AWAY, self.text or choice.text)
        return Lease(user, session, State(choice.state.value), choice.text)


@attrs.frozen
class PresenceRecord:
    """What a store knows of one user: the leases in force, and when the user was last seen."""

    leases: tuple[Lease, ...] = ()
    last_seen: datetime | None = None


@attrs.frozen
class Status:
    """The presence of a user as others see it."""

    user: UserId
    state: State
    last_seen: datetime | None = None
    text: str | None = None

    @classmethod
    def unknown(cls, user: UserId) -> "Status":
        """Return the status for somebody who may not see the real one."""
        return cls(user, State.OFFLINE)

    @classmethod
    def merge_records(cls, user: UserId, record: PresenceRecord) -> "Status":
        """Merge the leases of all devices of *user* into one status.

        One invisible lease hides all: nodes hear of a choice one after the other.
        """
        if any(lease.is_hidden for lease in record.leases):
            return cls(user, State.OFFLINE, last_seen=record.last_seen)
        for state in _PRECEDENCE:
            leases = [lease for lease in record.leases if lease.state is state]
            if leases:
                return cls(user, state, text=_first_text(leases))
        return cls(user, State.OFFLINE, last_seen=record.last_seen)


def _first_text(leases: Sequence[Lease]) -> str | None:
    return next((lease.text for lease in leases if lease.text), None)
