"""Appending to private logs within the transaction of a larger change."""

from collections.abc import Sequence
from datetime import datetime

from parlour.domain.kernel.ids import UserId
from parlour.domain.logs.model import Changes, Noted, PrivateEvent, PrivateNote
from parlour.domain.logs.payload import PrivatePayload
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


def write_note(log: PrivateLogStore, user: UserId, payload: PrivatePayload, at: datetime) -> Noted:
    """Append *payload* to the private log of *user*, who has one."""
    events = write_private(log, [PrivateNote(user=user, payload=payload)], at)
    return Noted(events[-1].offset, Changes(private=events))
