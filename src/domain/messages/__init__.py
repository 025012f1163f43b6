"""Messages: posting them in batches, reading them back, and how far each member has read."""

from parlour.domain.messages.bodies import MAX_CHARACTERS
from parlour.domain.messages.commands import Committed, ExecuteCommands, MessageBatch
from parlour.domain.messages.damage import DamagedLogs, LogDamaged
from parlour.domain.messages.emoji import Emoji
from parlour.domain.messages.events import MessagePosted, ReadMoved
from parlour.domain.messages.history import GetMessage, HistoryPage, PageHistory, PageWindow
from parlour.domain.messages.kinds import Kinds, UnsupportedKind
from parlour.domain.messages.life import ReactionSummary, SeenMessage, VoteSummary
from parlour.domain.messages.marking import ListReceipts, Marked, MarkWatermarks, ReceiptPage
from parlour.domain.messages.model import (
    EVERYONE,
    MAX_MENTIONS,
    MAX_NUMBER,
    Content,
    Flag,
    Forwarded,
    IdempotencyMismatch,
    LogEvent,
    Mark,
    Message,
    Outcome,
    Posted,
    Receipt,
)
from parlour.domain.messages.ports import (
    MemberHandle,
    MentionQuery,
    MessageStore,
    SendContext,
    SendIdentity,
    Stores,
    UnreadParts,
)
from parlour.domain.messages.posting import PostMessage

__all__ = [
    "EVERYONE",
    "MAX_CHARACTERS",
    "MAX_MENTIONS",
    "MAX_NUMBER",
    "Committed",
    "Content",
    "DamagedLogs",
    "Emoji",
    "ExecuteCommands",
    "Flag",
    "Forwarded",
    "GetMessage",
    "HistoryPage",
    "IdempotencyMismatch",
    "Kinds",
    "ListReceipts",
    "LogDamaged",
    "LogEvent",
    "Mark",
    "MarkWatermarks",
    "Marked",
    "MemberHandle",
    "MentionQuery",
    "Message",
    "MessageBatch",
    "MessagePosted",
    "MessageStore",
    "Outcome",
    "PageHistory",
    "PageWindow",
    "PostMessage",
    "Posted",
    "ReactionSummary",
    "ReadMoved",
    "Receipt",
    "ReceiptPage",
    "SeenMessage",
    "SendContext",
    "SendIdentity",
    "Stores",
    "UnreadParts",
    "UnsupportedKind",
    "VoteSummary",
]
