"""Presence: who is online. Soft state, held by leases that expire by themselves."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import attrs

from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.kernel.text import clean_line

MAX_WATCHED = 200
MAX_STATUS_TEXT = 80


class State(StrEnum):
    """What a user shows to others; `offline` is never set, it follows from having no lease."""

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
        """Merge the leases of all devices of *user* into one status; invisible means offline."""
        for state in _PRECEDENCE:
            leases = [lease for lease in record.leases if lease.state is state]
            if leases:
                return cls(user, state, text=_first_text(leases))
        return cls(user, State.OFFLINE, last_seen=record.last_seen)


def _first_text(leases: Sequence[Lease]) -> str | None:
    return next((lease.text for lease in leases if lease.text), None)


def parse_status_text(raw: str | None) -> str | None:
    """Read the status text; raise `Invalid` where it cannot be displayed."""
    return clean_line(raw, most=MAX_STATUS_TEXT, field="text") if raw else None
