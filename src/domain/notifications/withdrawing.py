"""Taking notifications back: of messages that were recalled, or mention somebody no longer."""

import attrs

from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Changes, PrivateNote, write_private
from parlour.domain.messages import Message
from parlour.domain.notifications.events import NotificationRemoved
from parlour.domain.notifications.model import id_of
from parlour.domain.notifications.notifying import NotifyResult, find_candidates
from parlour.domain.notifications.ports import Stores
from parlour.domain.notifications.rule import is_mentioned


@attrs.frozen
class WithdrawNotifications:
    """Take back notifications of a message that was changed, at most `MAX_TOLD` at a time.

    Pushes that wait are left alone: whoever sends one looks at the message first.
    """

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, before: Message, *, after: UserId | None = None) -> NotifyResult:
        """Take them from members after *after* whom *before* mentioned, and the message does not.

        `next` of the result is the *after* of the next call.
        """
        return self.uow(lambda stores: self._withdraw(stores, before, after), idempotent=True)

    def _withdraw(self, stores: Stores, before: Message, after: UserId | None) -> NotifyResult:
        conversation = stores.conversations.find_many([before.conversation]).get(
            before.conversation
        )
        message = stores.messages.find_many([before.number]).get(before.number)
        if conversation is None or message is None:
            return NotifyResult(Changes())
        found, more = find_candidates(stores, before, conversation, after)
        users = [each.user for each in found if not is_mentioned(message, each.user)]
        known = stores.notifications.known(before.number, users) if users else set()
        payload = NotificationRemoved(ids=(id_of(before.number),))
        notes = [PrivateNote(user=user, payload=payload) for user in sorted(known)]
        events = write_private(stores.private_logs, notes, self.clock())
        if known:
            stores.notifications.remove(before.number, known)
        return NotifyResult(Changes(private=events), next=found[-1].user if more else None)
