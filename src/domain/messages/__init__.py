"""Messages: posting them in batches, reading them back, and how far each member has read."""

from parlour.domain.messages.events import MessagePosted, ReadMoved
from parlour.domain.messages.history import GetMessage, HistoryPage, PageHistory, PageWindow
from parlour.domain.messages.marking import ListReceipts, Marked, MarkWatermarks, ReceiptPage
from parlour.domain.messages.model import (
    EVERYONE,
    MAX_CHARACTERS,
    MAX_NUMBER,
    Content,
    Draft,
    IdempotencyMismatch,
    Mark,
    Message,
    Outcome,
    Posted,
    Receipt,
    UnsupportedKind,
)
from parlour.domain.messages.ports import MessageStore, SendContext, SendIdentity, Stores
from parlour.domain.messages.posting import PostMessages

__all__ = [
    "EVERYONE",
    "MAX_CHARACTERS",
    "MAX_NUMBER",
    "Content",
    "Draft",
    "GetMessage",
    "HistoryPage",
    "IdempotencyMismatch",
    "ListReceipts",
    "Mark",
    "MarkWatermarks",
    "Marked",
    "Message",
    "MessagePosted",
    "MessageStore",
    "Outcome",
    "PageHistory",
    "PageWindow",
    "PostMessages",
    "Posted",
    "ReadMoved",
    "Receipt",
    "ReceiptPage",
    "SendContext",
    "SendIdentity",
    "Stores",
    "UnsupportedKind",
]
