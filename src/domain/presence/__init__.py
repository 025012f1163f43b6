"""Presence: who is online, as leases that expire, and who may see it."""

from parlour.domain.presence.events import PresenceChanged
from parlour.domain.presence.model import (
    MAX_WATCHED,
    DeviceReport,
    Lease,
    PresenceRecord,
    State,
    Status,
)
from parlour.domain.presence.ports import PresenceStore, Stores
from parlour.domain.presence.use_cases import (
    ChangePresence,
    ChoosePresence,
    MayWatch,
    ReadPresence,
    RenewPresence,
)

__all__ = [
    "MAX_WATCHED",
    "ChangePresence",
    "ChoosePresence",
    "DeviceReport",
    "Lease",
    "MayWatch",
    "PresenceChanged",
    "PresenceRecord",
    "PresenceStore",
    "ReadPresence",
    "RenewPresence",
    "State",
    "Status",
    "Stores",
]
