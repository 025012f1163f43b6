"""The kinds of events that are about messages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal, Self

import attrs

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import ConversationPayload, PrivatePayload, described

Mention = Literal["all"] | UserId
"""Somebody who is mentioned, or everybody in the conversation."""


@attrs.frozen(kw_only=True)
class Recalled:
    """Who took a message back, and when."""

    by: UserId
    at: datetime


@attrs.frozen(kw_only=True)
class Origin:
    """The author of a forwarded message, and when it was posted first."""

    by: UserId
    at: datetime


@attrs.frozen(kw_only=True)
class MessagePosted(ConversationPayload):
    """A message was posted."""

    KIND: ClassVar[str] = "message.posted"

    kind: str = attrs.field(metadata=described("of the message: `text`"))
    body: Mapping[str, Any] = attrs.field(metadata=described("by kind: {`text`}"))
    reply_to: int | None = attrs.field(default=None, metadata=described("seq"))
    mentions: tuple[Mention, ...] = attrs.field(default=(), metadata=described("[user or `all`]"))
    revision: int
    edited_at: datetime | None = attrs.field(
        default=None, metadata=described("when it got this content")
    )
    recalled: Recalled | None = attrs.field(default=None, metadata=described("{`by`, `at`}"))
    forwarded: Origin | None = attrs.field(
        default=None, metadata=described("{`by`, `at`} of the original")
    )


@attrs.frozen(kw_only=True)
class MessageEdited(ConversationPayload):
    """The sender gave a message another content. Read from a log, it has the present one."""

    KIND: ClassVar[str] = "message.edited"
    SINCE: ClassVar[int] = 5

    seq: int
    kind: str
    body: Mapping[str, Any]
    mentions: tuple[Mention, ...] = attrs.field(default=(), metadata=described("[user or `all`]"))
    revision: int
    edited_at: datetime | None = None
    recalled: Recalled | None = attrs.field(
        default=None, metadata=described("{`by`, `at`}, where it was recalled since")
    )

    def stored(self) -> Self:
        """Return which message changed, without what it says: that stands in the message alone."""
        return attrs.evolve(self, kind="", body={}, mentions=(), edited_at=None)


@attrs.frozen(kw_only=True)
class MessageRecalled(ConversationPayload):
    """A message was taken back: its content is gone, its reactions, pin and votes too."""

    KIND: ClassVar[str] = "message.recalled"
    SINCE: ClassVar[int] = 5

    seq: int


@attrs.frozen(kw_only=True)
class ReactionSet(ConversationPayload):
    """The author of the event reacted to a message, or took a reaction back."""

    KIND: ClassVar[str] = "reaction.set"
    SINCE: ClassVar[int] = 5

    seq: int
    emoji: str
    on: bool
    count: int = attrs.field(metadata=described("of this emoji, from now on"))


@attrs.frozen(kw_only=True)
class PinSet(ConversationPayload):
    """A message was pinned to the conversation, or unpinned."""

    KIND: ClassVar[str] = "pin.set"
    SINCE: ClassVar[int] = 5

    seq: int
    on: bool


@attrs.frozen(kw_only=True)
class PollVoted(ConversationPayload):
    """The author of the event voted, or took the vote back."""

    KIND: ClassVar[str] = "poll.voted"
    SINCE: ClassVar[int] = 5

    seq: int
    counts: tuple[int, ...] = attrs.field(metadata=described("votes for each option"))
    voters: int
    options: tuple[int, ...] | None = attrs.field(
        default=None, metadata=described("the choice, in a public poll")
    )


@attrs.frozen(kw_only=True)
class DraftChanged(PrivatePayload):
    """The user has another text to be sent. Read from the log, it is the present one."""

    KIND: ClassVar[str] = "draft.changed"
    SINCE: ClassVar[int] = 5

    conversation: ConversationId
    text: str | None = attrs.field(metadata=described("null: none any more"))
    reply_to: int | None = attrs.field(default=None, metadata=described("seq"))

    def stored(self) -> Self:
        """Return whose draft changed, without its text: that stands in the draft alone."""
        return attrs.evolve(self, text=None, reply_to=None)


@attrs.frozen(kw_only=True)
class MessageHidden(PrivatePayload):
    """The user does not want to see messages any more; others still do."""

    KIND: ClassVar[str] = "message.hidden"
    SINCE: ClassVar[int] = 5

    conversation: ConversationId
    seqs: tuple[int, ...]


@attrs.frozen(kw_only=True)
class HistoryCleared(PrivatePayload):
    """The user does not want to see the messages up to a seq any more; others still do."""

    KIND: ClassVar[str] = "history.cleared"
    SINCE: ClassVar[int] = 5

    conversation: ConversationId
    up_to: int = attrs.field(metadata=described("seq"))


@attrs.frozen(kw_only=True)
class ReadMoved(PrivatePayload):
    """The user has read further; the conversation is not marked as unread any more."""

    KIND: ClassVar[str] = "read.moved"

    conversation: ConversationId
    seq: int = attrs.field(metadata=described("the last message that counts as read"))
