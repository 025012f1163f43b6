"""Writing to private logs, as part of a larger change."""

from collections.abc import Sequence
from datetime import datetime

from parlour.domain.logs.model import PrivateEvent, PrivateNote
from parlour.domain.logs.ports import PrivateLogStore


def write_private(
    log: PrivateLogStore, notes: Sequence[PrivateNote], at: datetime
) -> tuple[PrivateEvent, ...]:
    """Number *notes* in their users' logs and keep them; a user without a log is passed over."""
    if not notes:
        return ()
    heads = dict(log.lock({note.user for note in notes}))
    events = []
    for note in notes:
        if note.user in heads:
            heads[note.user] += 1
            events.append(
                PrivateEvent(
                    user=note.user,
                    offset=heads[note.user],
                    kind=note.kind,
                    at=at,
                    data=note.data,
                )
            )
    log.add(events)
    return tuple(events)
