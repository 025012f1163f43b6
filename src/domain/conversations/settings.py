"""A member's own settings of a conversation, which no other user sees."""

from datetime import datetime
from enum import Enum
from typing import Final

import attrs

from parlour.domain.conversations.access import lock_member
from parlour.domain.conversations.events import SettingsChanged
from parlour.domain.conversations.ports import Stores
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Changes, PrivateNote, write_private


class Unchanged(Enum):
    """The type of `UNCHANGED`, the value of settings that are to be kept."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


@attrs.frozen(kw_only=True)
class ConversationSettings:
    """The settings to change; those that are `UNCHANGED` are kept."""

    muted_until: datetime | Unchanged | None = UNCHANGED
    pinned: bool | Unchanged = UNCHANGED
    marked_unread: bool | Unchanged = UNCHANGED


@attrs.frozen
class ChangeSettings:
    """Mute, pin or mark a conversation as unread, for the actor on all of their devices."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(
        self, actor: UserId, conversation: ConversationId, settings: ConversationSettings
    ) -> Changes:
        """Return the events to publish; none if the settings are the same as before."""

        def work(stores: Stores) -> Changes:
            member = lock_member(stores.members, conversation, actor)
            asked = attrs.asdict(settings, recurse=False).items()
            named = {name: value for name, value in asked if value is not UNCHANGED}
            changed = attrs.evolve(member, **named)
            if changed == member:
                return Changes()
            stores.members.save([changed])
            payload = SettingsChanged(
                conversation=conversation,
                muted_until=changed.muted_until,
                pinned=changed.pinned,
                marked_unread=changed.marked_unread,
            )
            note = PrivateNote(user=actor, payload=payload)
            return Changes(private=write_private(stores.private_logs, [note], self.clock()))

        return self.uow(work)
