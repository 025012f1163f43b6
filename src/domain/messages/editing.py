"""The commands of a sender who changes their mind: edit a message, or take it back."""

from datetime import datetime, timedelta
from typing import ClassVar

import attrs

from parlour.domain.conversations import Changed, ConversationKind, Member, Role
from parlour.domain.kernel.errors import Forbidden
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages.commands import MessageBatch
from parlour.domain.messages.events import MessageRecalled
from parlour.domain.messages.kinds import is_editable
from parlour.domain.messages.life import RevisionConflict
from parlour.domain.messages.model import Content, Message


@attrs.frozen
class Edited:
    """The revision of a message after an edit; `replayed` if it had this content already."""

    offset: int
    revision: int
    replayed: bool = False


@attrs.frozen(kw_only=True)
class EditMessage:
    """Give a text message another text.

    *seen_revision* is the one that the actor saw, None to edit whatever is there. Raises
    `NotFound` to strangers and for recalled messages, `Forbidden` to others than the sender and
    after `Limits.edit_window`, and `RevisionConflict` where the message has another revision.
    """

    is_idempotent: ClassVar = True

    actor: UserId
    conversation: ConversationId
    seq: int
    content: Content
    seen_revision: int | None = None

    def prepare(self, batch: MessageBatch) -> None:
        batch.need_message(self.conversation, self.seq, self.actor)
        if self.content.may_mention:
            batch.need_mentions(self.conversation, self.actor, self.content)

    def decide(self, batch: MessageBatch) -> Edited:
        _, message = batch.require_present(self.conversation, self.seq, self.actor)
        if message.sender != self.actor:
            raise Forbidden("Only its sender may edit a message")
        if message.forwarded is not None:
            raise Forbidden("The words of others cannot be edited")
        kind = message.content.kind
        if not is_editable(kind) or self.content.kind != kind:
            raise Forbidden("A message of this kind cannot be edited")
        content = batch.resolve_mentions(self.conversation, self.actor, self.content)
        offset = batch.heads[self.conversation].offset
        if message.content.body == content.body:
            return Edited(offset, message.revision, replayed=True)
        if self.seen_revision not in {None, message.revision}:
            raise RevisionConflict(message)
        _require_in_time(message, batch.limits.edit_window, batch.at)
        edited = message.edited(content, batch.at)
        batch.changes.edit(edited)
        payload = edited.as_edit()
        if message.seq <= batch.conversation(self.conversation).joined_seq:
            # Some members joined after the message, and may not see it: all others ask for it.
            payload = payload.stored()
        event = batch.append(self.conversation, self.actor, payload)
        return Edited(event.offset, edited.revision)


@attrs.frozen(kw_only=True)
class RecallMessage:
    """Take a message back: nothing of what it said is left.

    For the sender within `Limits.recall_window`, and at any time for the owner and the admins of a
    group. Raises `NotFound` to strangers, `Forbidden` to others and after the time.
    """

    is_idempotent: ClassVar = True

    actor: UserId
    conversation: ConversationId
    seq: int

    def prepare(self, batch: MessageBatch) -> None:
        batch.need_message(self.conversation, self.seq, self.actor)

    def decide(self, batch: MessageBatch) -> Changed:
        member, message = batch.require_message(self.conversation, self.seq, self.actor)
        if message.recalled is not None:
            return Changed(batch.heads[self.conversation].offset, replayed=True)
        if not self._is_manager(batch, member):
            if message.sender != self.actor:
                raise Forbidden("Only its sender may take a message back")
            _require_in_time(message, batch.limits.recall_window, batch.at)
        batch.changes.recall(message, self.actor, batch.at)
        event = batch.append(self.conversation, self.actor, MessageRecalled(seq=self.seq))
        return Changed(event.offset)

    def _is_manager(self, batch: MessageBatch, member: Member) -> bool:
        group = batch.conversation(self.conversation).kind is ConversationKind.GROUP
        return group and member.role is not Role.MEMBER


def _require_in_time(message: Message, window: timedelta, now: datetime) -> None:
    """Raise `Forbidden` after the window; a window of zero never ends."""
    if window and now - message.at > window:
        raise Forbidden("The time for this is over")
