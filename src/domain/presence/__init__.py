"""Presence: leases on being seen, and who may look."""

from domain.presence.model import (
    MOST_WATCHED,
    Lease,
    Sighting,
    State,
    Status,
    parse_status_text,
)
from domain.presence.ports import PresenceStore, Stores
from domain.presence.use_cases import ChangePresence, MayWatch, ReadPresence, RenewPresence

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
