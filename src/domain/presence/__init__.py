"""Presence: leases on being seen, and who may look."""

from parlour.domain.presence.model import (
    MOST_WATCHED,
    Lease,
    Sighting,
    State,
    Status,
    parse_status_text,
)
from parlour.domain.presence.ports import PresenceStore, Stores
from parlour.domain.presence.use_cases import ChangePresence, MayWatch, ReadPresence, RenewPresence

__all__ = [
    "MOST_WATCHED",
    "ChangePresence",
    "Lease",
    "MayWatch",
    "PresenceStore",
    "ReadPresence",
    "RenewPresence",
    "Sighting",
    "State",
    "Status",
    "Stores",
    "parse_status_text",
]
