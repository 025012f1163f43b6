"""The bodies of requests and answers about what happens to a message after it was posted."""

from typing import Any
from uuid import UUID

from msgspec import Struct, field

from parlour.entrypoints.http.schemas import Body
from parlour.entrypoints.http.schemas_messages import Seq
from parlour.entrypoints.wire.bounds import Choice, Seqs
from parlour.entrypoints.wire.mentions import Mentions
from parlour.entrypoints.wire.views import MessageView, PlaceView


class MessageChange(Body, kw_only=True):
    """Another text of a message; `revision` is the one that the caller has seen."""

    body: dict[str, Any]
    mentions: Mentions = field(default_factory=list)
    revision: Seq | None = None


class HiddenMessages(Body):
    """The messages to hide from the caller."""

    seqs: Seqs


class NewForward(Body, kw_only=True):
    """Messages of a conversation to post in another; `merged` makes one message of them.

    The same `key` again makes the same messages, for ever.
    """

    from_: UUID = field(name="from")
    seqs: Seqs
    key: UUID
    merged: bool = False


class VoteChange(Body):
    """The options of a poll that the caller chooses."""

    options: Choice


class DraftText(Body):
    """A text that is not sent yet; null removes the draft."""

    text: str | None
    reply_to: Seq | None = None


class HistoryLimit(Body):
    """The last message that the caller does not want to see any more."""

    up_to: Seq


class ChangedView(Struct):
    """The offset after the change; `replayed` where everything was like this already."""

    offset: int
    replayed: bool


class EditedView(Struct):
    """The revision after an edit; `replayed` where the message had this text already."""

    offset: int
    revision: int
    replayed: bool


class ReactedView(Struct):
    """How many react with this emoji now; `replayed` where the reaction was like this already."""

    offset: int
    count: int
    replayed: bool


class OwnOffsetView(Struct):
    """The last offset of the caller's private log."""

    offset: int


class ForwardedMessagesView(Struct):
    """The messages that were made, in the order of those that were forwarded."""

    messages: list[PlaceView]


class ReactorView(Struct):
    """A user who reacted."""

    user: UUID
    emoji: str
    at: str


class ReactionsView(Struct, omit_defaults=True):
    """Reactions to a message, and the cursor of the next page."""

    reactions: list[ReactorView]
    next: str | None = None


class RevisionView(Struct):
    """What a message said before; `at` is when it was posted or edited to this."""

    revision: int
    kind: str
    body: dict[str, Any]
    at: str


class RevisionsView(Struct):
    """What a message said before, the newest first."""

    revisions: list[RevisionView]


class PinView(Struct):
    """A pinned message, who pinned it, and when."""

    by: UUID
    at: str
    message: MessageView


class PinsView(Struct):
    """The pinned messages, the last pinned first, as of an offset of the log."""

    pins: list[PinView]
    as_of: int
