"""Presence: who is here. Soft state, held by leases that run out by themselves."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import attrs

from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.kernel.text import clean_line

MAX_WATCHED = 200
MAX_STATUS_TEXT = 80


class State(StrEnum):
    """How somebody wants to be seen; `offline` is only ever concluded."""

    ONLINE = "online"
    AWAY = "away"
    BUSY = "busy"
    INVISIBLE = "invisible"
    OFFLINE = "offline"


# Where several devices disagree, the first of these that one of them says is what others see.
_PRECEDENCE = (State.BUSY, State.ONLINE, State.AWAY)


@attrs.frozen
class Lease:
    """One socket says how its user is, for a while."""

    user: UserId
    session: SessionId
    state: State = State.ONLINE
    text: str | None = None


@attrs.frozen
class PresenceRecord:
    """What a store knows of one user: the leases that hold, and when one was last renewed."""

    leases: tuple[Lease, ...] = ()
    last_seen: datetime | None = None


@attrs.frozen
class Status:
    """How others see a user."""

    user: UserId
    state: State
    last_seen: datetime | None = None
    text: str | None = None

    @classmethod
    def unknown(cls, user: UserId) -> "Status":
        """Return what somebody sees who may not see more."""
        return cls(user, State.OFFLINE)

    @classmethod
    def merge_records(cls, user: UserId, sighting: PresenceRecord) -> "Status":
        """Fold what all devices of *user* say into one status; the invisible are offline."""
        for state in _PRECEDENCE:
            leases = [lease for lease in sighting.leases if lease.state is state]
            if leases:
                return cls(user, state, text=_first_text(leases))
        return cls(user, State.OFFLINE, last_seen=sighting.last_seen)


def _first_text(leases: Sequence[Lease]) -> str | None:
    return next((lease.text for lease in leases if lease.text), None)


def parse_status_text(raw: str | None) -> str | None:
    """Read the line beside a state; raise `Invalid` for what cannot be shown."""
    return clean_line(raw, most=MAX_STATUS_TEXT, field="text") if raw else None
