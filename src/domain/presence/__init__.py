"""Presence: who is online, as leases that expire, and who may see it."""

from parlour.domain.presence.model import (
    MAX_WATCHED,
    Lease,
    PresenceRecord,
    State,
    Status,
    parse_status_text,
)
from parlour.domain.presence.ports import PresenceStore, Stores
from parlour.domain.presence.use_cases import ChangePresence, MayWatch, ReadPresence, RenewPresence

__all__ = [
    "MAX_WATCHED",
    "ChangePresence",
    "Lease",
    "MayWatch",
    "PresenceRecord",
    "PresenceStore",
    "ReadPresence",
    "RenewPresence",
    "State",
    "Status",
    "Stores",
    "parse_status_text",
]
