"""The frames of the socket as types, version 1 of the protocol (protocol.md, section 2).

Unknown fields are ignored, so that clients may be newer than the service.
"""

from parlour.entrypoints.websocket.frames.answers import (
    Listed,
    ReadUpTo,
    Refreshed,
    Sent,
    Synced,
    SyncedMe,
    Watching,
    Welcome,
)
from parlour.entrypoints.websocket.frames.base import (
    Answer,
    Request,
)
from parlour.entrypoints.websocket.frames.messages import (
    Changed,
    DraftSet,
    Edited,
    Forwarded,
    HistoryClear,
    MessageEdit,
    MessageForward,
    MessageHide,
    MessageRecall,
    OwnChanged,
    PollVote,
    Reacted,
    SetPin,
    SetReaction,
)
from parlour.entrypoints.websocket.frames.requests import (
    AuthRefresh,
    Conversations,
    Focus,
    Hello,
    MessageSend,
    Ping,
    Pong,
    PresenceSet,
    PresenceWatch,
    Read,
    Received,
    Sync,
    SyncMe,
    Typing,
)

__all__ = [
    "LEVEL",
    "VERSION",
    "Answer",
    "Asked",
    "AuthRefresh",
    "Changed",
    "ClientFrame",
    "Conversations",
    "DraftSet",
    "Edited",
    "Focus",
    "Forwarded",
    "Hello",
    "HistoryClear",
    "Listed",
    "MessageEdit",
    "MessageForward",
    "MessageHide",
    "MessageRecall",
    "MessageSend",
    "OwnChanged",
    "Ping",
    "PollVote",
    "Pong",
    "PresenceSet",
    "PresenceWatch",
    "Reacted",
    "Read",
    "ReadUpTo",
    "Received",
    "Refreshed",
    "Request",
    "Sent",
    "SetPin",
    "SetReaction",
    "Sync",
    "SyncMe",
    "Synced",
    "SyncedMe",
    "Typing",
    "Watching",
    "Welcome",
]

VERSION = 1
LEVEL = 5
"""Raised by each addition to the protocol: what each brought stands in protocol.md."""

Asked = (
    Hello
    | AuthRefresh
    | MessageSend
    | Read
    | Received
    | Sync
    | SyncMe
    | Conversations
    | Focus
    | PresenceWatch
    | PresenceSet
    | MessageEdit
    | MessageRecall
    | MessageHide
    | MessageForward
    | SetReaction
    | SetPin
    | PollVote
    | DraftSet
    | HistoryClear
)
"""The frames that are answered."""

ClientFrame = Asked | Typing | Ping | Pong
