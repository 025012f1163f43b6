"""Messages as pages and acknowledgements show them, and what happened to them since."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from parlour.domain.kernel.time import rfc3339
from parlour.domain.messages import (
    Flag,
    Forwarded,
    Message,
    Posted,
    ReactionSummary,
    Receipt,
    SeenMessage,
    VoteSummary,
)
from parlour.entrypoints.wire.mentions import view_mentions


class PostedView(Struct, omit_defaults=True, gc=False):
    """A committed message; `replayed` where an earlier send with its key had posted it.

    `mentions` are those that the service found, or left of those that were named.
    """

    conversation: UUID
    seq: int
    offset: int
    at: str
    key: UUID
    replayed: bool
    mentions: list[str] | None = None


class PlaceView(Struct, gc=False):
    """Where a message stands in its conversation and in the log."""

    seq: int
    offset: int


class RecalledView(Struct, gc=False):
    """Who took the message back, and when. Nothing is left of its content."""

    by: UUID
    at: str


class ForwardedView(Struct, omit_defaults=True, gc=False):
    """The author of the original, and when it was posted.

    `conversation` and `seq` say where, to those who may see it there.
    """

    by: UUID
    at: str
    conversation: UUID | None = None
    seq: int | None = None


class ReactionView(Struct, omit_defaults=True, gc=False):
    """How many reacted with one emoji, the first of them, and whether the reader is one."""

    emoji: str
    count: int
    users: list[UUID]
    mine: bool = False


class VotesView(Struct, omit_defaults=True, gc=False):
    """The votes for each option of a poll, how many voted, and the reader's own choice."""

    counts: list[int]
    voters: int
    mine: list[int] | None = None


class MessageView(Struct, omit_defaults=True, gc=False):
    """One message of a history page; `kind` and `body` are empty where it was recalled."""

    conversation: UUID
    seq: int
    offset: int
    by: UUID
    at: str
    key: UUID
    kind: str
    body: dict[str, Any]
    revision: int
    session: UUID | None = None
    reply_to: int | None = None
    mentions: list[str] | None = None
    forwarded: ForwardedView | None = None
    edited_at: str | None = None
    recalled: RecalledView | None = None
    pinned: bool = False
    reactions: list[ReactionView] | None = None
    votes: VotesView | None = None


class ReceiptView(Struct, gc=False):
    """The watermarks of a member."""

    user: UUID
    received: int
    read: int


def view_message(message: Message, *, shows_origin: bool = False) -> MessageView:
    """Return the view of a message without what is stored beside it."""
    content, recalled, origin = message.content, message.recalled, message.forwarded
    return MessageView(
        conversation=message.conversation,
        seq=message.seq,
        offset=message.offset,
        by=message.sender,
        at=rfc3339(message.at),
        key=message.key,
        kind=content.kind,
        body=dict(content.body),
        revision=message.revision,
        session=message.session,
        reply_to=content.reply_to,
        mentions=view_mentions(content),
        forwarded=_view_origin(origin, is_whole=shows_origin) if origin is not None else None,
        edited_at=rfc3339(message.edited_at) if message.edited_at is not None else None,
        recalled=RecalledView(recalled.by, rfc3339(recalled.at)) if recalled is not None else None,
        pinned=bool(message.flags & Flag.PINNED),
    )


def view_seen(seen: SeenMessage) -> MessageView:
    """Return the view of a message as one reader sees it."""
    view = view_message(seen.message, shows_origin=seen.shows_origin)
    if seen.reactions:
        view.reactions = [_view_reaction(each) for each in seen.reactions]
    if seen.votes is not None:
        view.votes = _view_votes(seen.votes)
    return view


def _view_origin(origin: Forwarded, *, is_whole: bool) -> ForwardedView:
    if is_whole:
        return ForwardedView(origin.by, rfc3339(origin.at), origin.conversation, origin.seq)
    return ForwardedView(origin.by, rfc3339(origin.at))


def _view_reaction(found: ReactionSummary) -> ReactionView:
    return ReactionView(found.emoji, found.count, list(found.users), found.mine)


def _view_votes(found: VoteSummary) -> VotesView:
    mine = list(found.mine) if found.mine is not None else None
    return VotesView(list(found.counts), found.voters, mine)


def view_receipt(receipt: Receipt) -> ReceiptView:
    """Return the view of the watermarks of a member."""
    return ReceiptView(receipt.user, receipt.received, receipt.read)


def posted_fields(posted: Posted) -> dict[str, Any]:
    """Return the fields of `PostedView`, and of the answer to `message.send`."""
    message = posted.message
    return {
        "conversation": message.conversation,
        "seq": message.seq,
        "offset": message.offset,
        "at": rfc3339(message.at),
        "key": message.key,
        "replayed": posted.replayed,
        "mentions": view_mentions(message.content),
    }
