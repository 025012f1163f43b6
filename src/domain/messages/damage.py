"""Damaged logs: conversations whose log goes beyond their last seq or offset.

A bad disk or a repair by hand can leave one. The next event would get a number that is taken, so
nothing can be committed there until an operator repairs it; all other conversations go on.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

import attrs

from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.kernel.time import Clock
from parlour.domain.messages.ports import Stores

RECHECK = timedelta(seconds=15)
"""How long a conversation is refused before its log is looked at again."""


class LogDamaged(DomainError):
    """Nothing can be written to this conversation until an operator has repaired its log."""

    code = "log_damaged"
    title = "This conversation is damaged: an operator has to repair it"


def find_damaged(stores: Stores, conversations: Collection[ConversationId]) -> set[ConversationId]:
    """Return those of *conversations* whose log goes beyond their last seq or offset."""
    found = stores.conversations.find_many(conversations)
    return {
        id_
        for id_, head in found.items()
        if stores.messages.after(id_, head.seq, 1) or stores.events.after(id_, head.offset, 1)
    }


@attrs.define
class DamagedLogs:
    """The conversations that this node refuses to write to; safe to use from many threads.

    *on_change* is called once with each conversation that is found damaged (True) or mended
    (False), in the thread that found it.
    """

    clock: Clock
    on_change: Callable[[ConversationId, bool], None] = lambda _conversation, _is_damaged: None
    _checked: dict[ConversationId, datetime] = attrs.field(init=False, factory=dict)

    def __len__(self) -> int:
        return len(self._checked)

    def __contains__(self, conversation: ConversationId) -> bool:
        return conversation in self._checked

    def due(self, conversations: Iterable[ConversationId]) -> set[ConversationId]:
        """Return those that were found damaged some time ago, and should be looked at again."""
        now = self.clock()
        known = ((id_, self._checked.get(id_)) for id_ in conversations)
        # A clock that was set back makes the check due, too.
        return {id_ for id_, at in known if at is not None and abs(now - at) >= RECHECK}

    def update(
        self, checked: Iterable[ConversationId], damaged: Collection[ConversationId]
    ) -> None:
        """Record which of the *checked* conversations are *damaged*."""
        for id_ in checked:
            was_damaged = id_ in self._checked
            if id_ in damaged:
                self._checked[id_] = self.clock()
            else:
                self._checked.pop(id_, None)
            if was_damaged != (id_ in damaged):
                self.on_change(id_, id_ in damaged)
