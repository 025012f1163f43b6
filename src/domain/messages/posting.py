"""Posting messages, many at a time, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from parlour.domain.conversations import LogPosition, Membership
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages.model import Draft, IdempotencyMismatch, Message, Outcome, Posted
from parlour.domain.messages.ports import SendIdentity, Stores


@attrs.frozen
class PostMessages:
    """Post a batch of drafts, in their order; one draft is a batch of one.

    A send is idempotent for ever: the key of a message that stands already gives that message
    again. `seq` and `offset` come from the locked conversation, so they are dense and in the order
    of commit whatever else happens.
    """

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """Return one outcome a draft: `Posted`, or the refusal (`NotFound`, `Invalid`, …)."""
        return self.uow(
            lambda stores: _Batch.load(stores, drafts, self.clock()).post(stores, drafts),
            idempotent=True,
        )


@attrs.define
class _Batch:
    """What a batch knows while its drafts are decided one after the other."""

    positions: Mapping[ConversationId, LogPosition]
    since: Mapping[Membership, int]
    sent: dict[SendIdentity, Message]
    at: datetime
    heads: dict[ConversationId, list[int]]
    new: list[Message]

    @classmethod
    def load(cls, stores: Stores, drafts: Sequence[Draft], at: datetime) -> "_Batch":
        """Lock the conversations and read what cannot change under the batch from then on."""
        found = stores.messages.lock_for(
            {(draft.conversation, draft.sender, draft.key) for draft in drafts}
        )
        heads = {id_: [tip.seq, tip.offset] for id_, tip in found.positions.items()}
        return cls(found.positions, found.since, dict(found.sent), at, heads, [])

    def post(self, stores: Stores, drafts: Sequence[Draft]) -> list[Outcome]:
        """Decide every draft and write what is new, with one statement a table."""
        outcomes = [self._decide(draft) for draft in drafts]
        if self.new:
            stores.messages.add(self.new)
            stores.conversations.advance(
                {
                    id_: LogPosition(seq, offset, max(self.positions[id_].changed_at, self.at))
                    for id_, (seq, offset) in self.heads.items()
                    if seq > self.positions[id_].seq
                }
            )
        return outcomes

    def _decide(self, draft: Draft) -> Outcome:
        since = self.since.get((draft.conversation, draft.sender))
        if since is None or draft.conversation not in self.heads:
            return NotFound()
        identity = (draft.conversation, draft.sender, draft.key)
        known = self.sent.get(identity)
        if known is not None:
            if known.content != draft.content:
                return IdempotencyMismatch()
            return Posted(known, True)
        head = self.heads[draft.conversation]
        reply_to = draft.content.reply_to
        if reply_to is not None and not since < reply_to <= head[0]:
            return Invalid("is not a message of this conversation", field="reply_to")
        head[0] += 1
        head[1] += 1
        message = Message(
            conversation=draft.conversation,
            seq=head[0],
            offset=head[1],
            sender=draft.sender,
            session=draft.session,
            key=draft.key,
            at=self.at,
            content=draft.content,
        )
        self.sent[identity] = message
        self.new.append(message)
        return Posted(message, False)
