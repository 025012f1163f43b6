"""What one user does not want to see any more: single messages, or all up to one.

Other members still see them, and nobody else learns of it.
"""

from collections.abc import Collection

import attrs

from parlour.domain.conversations import lock_member
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Noted, write_note
from parlour.domain.messages.events import HistoryCleared, MessageHidden
from parlour.domain.messages.model import MAX_NUMBER
from parlour.domain.messages.ports import Stores

MAX_HIDDEN = 100
"""Messages that one request may hide."""


@attrs.frozen
class HideMessages:
    """Hide messages from the actor, on all of their devices."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(
        self, actor: UserId, conversation: ConversationId, seqs: Collection[int]
    ) -> Noted:
        """Hide messages; those that the actor does not see anyway are ignored.

        Raises:
            Invalid: none is named, or more than `MAX_HIDDEN`.
            NotFound: the actor is not a member, or there is no such message.
        """
        if not 1 <= len(seqs) <= MAX_HIDDEN:
            raise Invalid(f"must name 1 to {MAX_HIDDEN} messages", field="seqs")

        def work(stores: Stores) -> Noted:
            member = lock_member(stores.members, conversation, actor)
            last = stores.private_logs.lock([actor]).get(actor, 0)
            found = stores.conversations.find_many([conversation])[conversation]
            if not all(1 <= seq <= found.seq for seq in seqs):
                raise NotFound
            numbers = {(conversation, seq) for seq in seqs if seq > member.visible_since}
            new = numbers - stores.hidden.among(actor, numbers) if numbers else numbers
            if not new:
                return Noted(last)
            stores.hidden.add(actor, new)
            if not member.hides:
                stores.members.save([attrs.evolve(member, hides=True)])
            payload = MessageHidden(
                conversation=conversation, seqs=tuple(sorted(seq for _, seq in new))
            )
            return write_note(stores.private_logs, actor, payload, self.clock())

        return self.uow(work, idempotent=True)


@attrs.frozen
class ClearHistory:
    """Hide all messages of a conversation up to one from the actor, on all of their devices."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, actor: UserId, conversation: ConversationId, up_to: int) -> Noted:
        """Clear up to the seq *up_to*, or to the last message; it never comes back.

        Cleared messages count as read for the actor alone. Raises `NotFound` to strangers,
        `Invalid` where *up_to* is no number of a message.
        """
        if not 1 <= up_to <= MAX_NUMBER:
            raise Invalid("is not the number of a message", field="up_to")

        def work(stores: Stores) -> Noted:
            member = lock_member(stores.members, conversation, actor)
            last = stores.private_logs.lock([actor]).get(actor, 0)
            end = min(up_to, stores.conversations.find_many([conversation])[conversation].seq)
            if end <= member.visible_since:
                return Noted(last)
            stores.members.save([attrs.evolve(member, cleared_seq=end)])
            payload = HistoryCleared(conversation=conversation, up_to=end)
            return write_note(stores.private_logs, actor, payload, self.clock())

        return self.uow(work, idempotent=True)
