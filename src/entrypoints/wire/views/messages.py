"""Messages as pages and acknowledgements show them, and who received them."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from parlour.domain.kernel.time import rfc3339
from parlour.domain.messages import Message, Posted, Receipt
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


class MessageView(Struct, omit_defaults=True, gc=False):
    """One message of a history page."""

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


class ReceiptView(Struct, omit_defaults=True, gc=False):
    """The watermarks of a member."""

    user: UUID
    received: int
    read: int


def view_message(message: Message) -> MessageView:
    """Return the view of a message of a page."""
    content = message.content
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
    )


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
