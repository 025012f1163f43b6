"""Appending to private logs within the transaction of a larger change."""

from collections.abc import Sequence
from datetime import datetime

from parlour.domain.logs.model import PrivateEvent, PrivateNote
from parlour.domain.logs.ports import PrivateLogStore


def write_private(
    log: PrivateLogStore, notes: Sequence[PrivateNote], at: datetime
) -> tuple[PrivateEvent, ...]:
    """Append *notes* to the private logs of their users; skip users who have no log."""
    if not notes:
        return ()
    heads = dict(log.lock({note.user for note in notes}))
    events = []
    for note in notes:
        if note.user in heads:
            heads[note.user] += 1
            events.append(
                PrivateEvent(user=note.user, offset=heads[note.user], at=at, payload=note.payload)
            )
    log.add(events)
    return tuple(events)
