"""The kinds of events that are about messages."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import attrs

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import ConversationPayload, PrivatePayload, described

Mention = Literal["all"] | UserId
"""Somebody who is mentioned, or everybody in the conversation."""


@attrs.frozen(kw_only=True)
class MessagePosted(ConversationPayload):
    """A message was posted."""

    KIND: ClassVar[str] = "message.posted"

    kind: str = attrs.field(metadata=described("of the message: `text`"))
    body: Mapping[str, Any] = attrs.field(metadata=described("by kind: {`text`}"))
    reply_to: int | None = attrs.field(default=None, metadata=described("seq"))
    mentions: tuple[Mention, ...] = attrs.field(default=(), metadata=described("[user or `all`]"))
    revision: int


@attrs.frozen(kw_only=True)
class ReadMoved(PrivatePayload):
    """The user has read further; the conversation is not marked as unread any more."""

    KIND: ClassVar[str] = "read.moved"

    conversation: ConversationId
    seq: int = attrs.field(metadata=described("the last message that counts as read"))
