"""The frames that change a message after it was posted, and what one user sees of messages."""

from typing import Any
from uuid import UUID

from msgspec import field

from parlour.domain.messages import PinSet, ReactionSet
from parlour.entrypoints.websocket.frames.base import Answer, Request, Seq
from parlour.entrypoints.wire.bounds import Choice, EmojiText, Seqs
from parlour.entrypoints.wire.mentions import Mentions
from parlour.entrypoints.wire.views import PlaceView


class MessageEdit(Request, tag="message.edit"):
    """Give one's own message another text; `revision` is the one that the user has seen."""

    conversation: UUID
    seq: Seq
    body: dict[str, Any]
    mentions: Mentions = field(default_factory=list)
    revision: Seq | None = None


class MessageRecall(Request, tag="message.recall"):
    """Take a message back on every device: nothing of its content is left."""

    conversation: UUID
    seq: Seq


class MessageHide(Request, tag="message.hide"):
    """Hide messages from the user alone, on all of their devices."""

    conversation: UUID
    seqs: Seqs


class MessageForward(Request, tag="message.forward"):
    """Post messages of one conversation in another; `merged` makes one message of them."""

    from_: UUID = field(name="from")
    seqs: Seqs
    to: UUID
    key: UUID
    merged: bool = False


class SetReaction(Request, tag=ReactionSet.KIND):
    """React to a message with an emoji, or take the reaction back."""

    conversation: UUID
    seq: Seq
    emoji: EmojiText
    on: bool


class SetPin(Request, tag=PinSet.KIND):
    """Pin a message to its conversation, or unpin it."""

    conversation: UUID
    seq: Seq
    on: bool


class PollVote(Request, tag="poll.vote"):
    """Vote for options of a poll by their index; an empty list takes the vote back."""

    conversation: UUID
    seq: Seq
    options: Choice


class DraftSet(Request, tag="draft.set"):
    """Keep a text that is not sent yet for all devices of the user; null removes it."""

    conversation: UUID
    text: str | None
    reply_to: Seq | None = None


class HistoryClear(Request, tag="history.clear"):
    """Hide all messages up to `up_to` from the user alone."""

    conversation: UUID
    up_to: Seq


class Edited(Answer, tag="ok"):
    """The revision after an edit; `replayed` where the message had this text already."""

    offset: int
    revision: int
    replayed: bool


class Changed(Answer, tag="ok"):
    """The change is committed; `replayed` where everything was like this already."""

    offset: int
    replayed: bool


class Reacted(Answer, tag="ok"):
    """How many react with this emoji now; `replayed` where the reaction was like this already."""

    offset: int
    count: int
    replayed: bool


class OwnChanged(Answer, tag="ok"):
    """The last offset of the private log."""

    offset: int


class Forwarded(Answer, tag="ok"):
    """The messages that were made, in the order of those that were forwarded."""

    messages: list[PlaceView]
