"""Breaks logs as a bad disk or a repair by hand does, through the ports of the storage."""

import attrs

from parlour.domain.conversations import LogPosition
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.transaction import Storage
from parlour.domain.logs import PrivateEvent
from parlour.entrypoints.use_cases import Stores


def move_head(storage: Storage[Stores], conversation: ConversationId, by: int) -> None:
    """Move the last seq and offset of a conversation away from its log."""

    def work(stores: Stores) -> None:
        found = stores.conversations.find_many([conversation])[conversation]
        moved = LogPosition(found.seq + by, found.offset + by, found.changed_at)
        stores.conversations.advance({conversation: moved})

    storage.uow(work)


def skip_private_offset(storage: Storage[Stores], user: UserId) -> PrivateEvent:
    """Repeat the last event of a private log, one offset too far; return it."""

    def work(stores: Stores) -> PrivateEvent:
        last = stores.private_logs.heads([user])[user]
        (event,) = stores.private_logs.after(user, last - 1, 1)
        skipped = attrs.evolve(event, offset=last + 2)
        stores.private_logs.add([skipped])
        return skipped

    return storage.uow(work)
