"""The bodies of requests and answers about messages, and of catching up."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from parlour.entrypoints.http.schemas import Body
from parlour.entrypoints.wire.attachments import Attachments
from parlour.entrypoints.wire.mentions import Mentions
from parlour.entrypoints.wire.views import (
    EventView,
    HeadView,
    MessageView,
    PrivateEventView,
    ReceiptView,
)

Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class NewMessage(Body, kw_only=True):
    """A message to post; its key is the header `Idempotency-Key`."""

    body: dict[str, Any]
    kind: Annotated[str, Meta(max_length=64)] = "text"
    reply_to: Seq | None = None
    mentions: Mentions = []  # noqa: RUF012 - msgspec makes a new one
    attachments: Attachments = []  # noqa: RUF012


class MessagesView(Struct):
    """Messages in the order of `seq`, and whether there are more before and after.

    They are as the events up to the offset `as_of` left them, or later ones.
    """

    messages: list[MessageView]
    more_before: bool
    more_after: bool
    as_of: int


class ReadMark(Body):
    """The read mark of the caller; with `private`, others do not see it."""

    seq: Seq
    private: bool = False


class ReceivedMark(Body):
    """The received mark of the caller."""

    seq: Seq


class SeqView(Struct):
    """The read mark after the request."""

    seq: int


class ReceiptsView(Struct, omit_defaults=True):
    """Members who received a message, and the cursor of the next page."""

    receipts: list[ReceiptView]
    next: str | None = None


class EventsView(Struct):
    """Events in order; with `reset`, drop the local view and load the newest page."""

    events: list[EventView]
    last: int
    more: bool
    reset: bool


class SyncView(Struct):
    """What changed since a cursor, and the cursor for the next time.

    `heads` changed, the newest first, `more` where others did, too; `events` are the next of the
    private log, `events_more` where others follow; with `reset` it is too far behind to be told.
    """

    cursor: str
    heads: list[HeadView]
    more: bool
    events: list[PrivateEventView]
    events_more: bool
    reset: bool
