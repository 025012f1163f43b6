"""The command that posts a message."""

from typing import ClassVar

import attrs

from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.messages.commands import MessageBatch
from parlour.domain.messages.kinds import BUNDLE
from parlour.domain.messages.model import (
    Content,
    Forwarded,
    IdempotencyMismatch,
    Message,
    Posted,
)


@attrs.frozen(kw_only=True)
class PostMessage:
    """Post a message: who says what, where, under which key, from which socket.

    A send is idempotent for ever: the key of an existing message returns that message again. The
    text and the members decide who is mentioned; what the client named is corrected.

    Raises `NotFound` to strangers, `IdempotencyMismatch` where the key was used for another
    content, and `Invalid` where `reply_to` is no message that the sender may see.

    `forwarded` says where the content comes from. A forwarded text mentions nobody, and its
    original may be edited until the request is repeated: the origin tells whether it is the same.
    """

    is_idempotent: ClassVar = True

    conversation: ConversationId
    sender: UserId
    session: SessionId | None
    key: SendKey
    content: Content
    forwarded: Forwarded | None = None

    def prepare(self, batch: MessageBatch) -> None:
        batch.sends.add((self.conversation, self.sender, self.key))
        if self._may_mention:
            batch.need_mentions(self.conversation, self.sender, self.content)

    def decide(self, batch: MessageBatch) -> Posted:
        # Before the membership: a sender who was removed since still gets the answer to a retry.
        known = batch.sent.get((self.conversation, self.sender, self.key))
        if known is not None:
            # What was posted under the key is not known any more after an edit.
            if not known.is_changed and not self._is_same_as(known):
                raise IdempotencyMismatch
            # Publish it again: the first try may have crashed between commit and publish.
            batch.events.append(known)
            return Posted(known, replayed=True)
        since = batch.since.get((self.conversation, self.sender))
        head = batch.heads.get(self.conversation)
        if since is None or head is None:
            raise NotFound
        reply_to = self.content.reply_to
        if reply_to is not None and not since < reply_to <= head.seq:
            raise Invalid("is not a message of this conversation", field="reply_to")
        content = self.content
        if batch.mentions is not None and self._may_mention:
            content = batch.resolve_mentions(self.conversation, self.sender, content)
        head.seq += 1
        head.offset += 1
        message = Message(
            conversation=self.conversation,
            seq=head.seq,
            offset=head.offset,
            sender=self.sender,
            session=self.session,
            key=self.key,
            at=batch.at,
            content=content,
            forwarded=self.forwarded,
        )
        batch.post(message)
        return Posted(message, replayed=False)

    @property
    def _may_mention(self) -> bool:
        return self.forwarded is None and self.content.may_mention

    def _is_same_as(self, known: Message) -> bool:
        if self.forwarded is not None or known.forwarded is not None:
            return self.forwarded == known.forwarded
        if self.content.kind == BUNDLE:
            return known.content.kind == BUNDLE
        return known.content.is_same_as(self.content)
