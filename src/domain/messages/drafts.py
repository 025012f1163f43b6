"""Drafts: texts that a user has not sent yet, on all of their devices."""

import attrs

from parlour.domain.conversations import lock_member
from parlour.domain.kernel.errors import Conflict, Invalid
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.text import holds_controls
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Noted, write_note
from parlour.domain.messages.bodies import MAX_CHARACTERS
from parlour.domain.messages.events import DraftChanged
from parlour.domain.messages.life import Draft
from parlour.domain.messages.model import MAX_NUMBER
from parlour.domain.messages.ports import Stores

MAX_DRAFTS = 500
"""Drafts of one user."""


class TooManyDrafts(Conflict):
    """The user has the maximum number of drafts."""

    title = "Too many messages are unfinished: send or discard one first"


@attrs.frozen
class SetDraft:
    """Keep what the actor is about to say in a conversation, one draft for each."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(
        self,
        actor: UserId,
        conversation: ConversationId,
        text: str | None,
        reply_to: int | None = None,
    ) -> Noted:
        """Store a draft in the place of the former one; without a visible text there is none.

        Posting a message leaves the draft alone: the client that sent it removes it.

        Raises:
            Invalid: the text could not be a message, or *reply_to* is no number of one.
            NotFound: the actor is not a member.
            TooManyDrafts: the actor has `MAX_DRAFTS` already.
        """
        if text is None or not text.strip():
            return self.uow(
                lambda stores: self._remove(stores, actor, conversation), idempotent=True
            )
        if len(text) > MAX_CHARACTERS:
            raise Invalid(f"must have at most {MAX_CHARACTERS} characters", field="text")
        if holds_controls(text):
            raise Invalid("holds control characters", field="text")
        if reply_to is not None and not 1 <= reply_to <= MAX_NUMBER:
            raise Invalid("is not the number of a message", field="reply_to")
        draft = Draft(
            user=actor, conversation=conversation, text=text, reply_to=reply_to, at=self.clock()
        )
        return self.uow(lambda stores: self._put(stores, draft), idempotent=True)

    def _put(self, stores: Stores, draft: Draft) -> Noted:
        member = lock_member(stores.members, draft.conversation, draft.user)
        # Under this lock two devices cannot both write the last draft that is allowed.
        last = stores.private_logs.lock([draft.user]).get(draft.user, 0)
        key = (draft.conversation, draft.user)
        known = stores.drafts.find([key]).get(key)
        if known is not None and (known.text, known.reply_to) == (draft.text, draft.reply_to):
            return Noted(last)
        if known is None and stores.drafts.count(draft.user) >= MAX_DRAFTS:
            raise TooManyDrafts
        stores.drafts.put(draft)
        if not member.has_draft:
            stores.members.save([attrs.evolve(member, has_draft=True)])
        payload = DraftChanged(
            conversation=draft.conversation, text=draft.text, reply_to=draft.reply_to
        )
        return write_note(stores.private_logs, draft.user, payload, draft.at)

    def _remove(self, stores: Stores, actor: UserId, conversation: ConversationId) -> Noted:
        member = lock_member(stores.members, conversation, actor)
        last = stores.private_logs.lock([actor]).get(actor, 0)
        if not member.has_draft:
            return Noted(last)
        stores.drafts.remove(actor, conversation)
        stores.members.save([attrs.evolve(member, has_draft=False)])
        payload = DraftChanged(conversation=conversation, text=None)
        return write_note(stores.private_logs, actor, payload, self.clock())
