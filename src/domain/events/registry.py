"""The list of all kinds of events, and how a stored event finds its class."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from parlour.domain.conversations.events import (
    ConversationChanged,
    ConversationCreated,
    ConversationJoined,
    ConversationLeft,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    SettingsChanged,
)
from parlour.domain.logs import ConversationPayload, Json, Payload, PrivatePayload, UnknownPayload
from parlour.domain.logs.codec import decode
from parlour.domain.messages.events import (
    DraftChanged,
    HistoryCleared,
    MessageEdited,
    MessageHidden,
    MessagePosted,
    MessageRecalled,
    PinSet,
    PollVoted,
    ReactionSet,
    ReadMoved,
)
from parlour.domain.notifications.events import (
    NotificationAdded,
    NotificationRead,
    NotificationRemoved,
)
from parlour.domain.presence.events import PresenceChanged
from parlour.domain.users.events import DisplayNameChanged, ProfileChanged

CONVERSATION_PAYLOADS: tuple[type[ConversationPayload], ...] = (
    MessagePosted,
    MessageEdited,
    MessageRecalled,
    ReactionSet,
    PinSet,
    PollVoted,
    ConversationCreated,
    ConversationChanged,
    MemberAdded,
    MemberRemoved,
    MemberChanged,
)
"""What the log of a conversation may say, in the order of the protocol reference."""

PRIVATE_PAYLOADS: tuple[type[PrivatePayload], ...] = (
    ConversationJoined,
    ConversationLeft,
    ReadMoved,
    SettingsChanged,
    ProfileChanged,
    DisplayNameChanged,
    PresenceChanged,
    NotificationAdded,
    NotificationRead,
    NotificationRemoved,
    DraftChanged,
    MessageHidden,
    HistoryCleared,
)
"""What a private log may say, in the order of the protocol reference."""

P = TypeVar("P", bound=Payload)


def decode_conversation_payload(kind: str, data: Json) -> ConversationPayload:
    """Read the payload of a stored event; `UnknownPayload` for what this release cannot read."""
    return _decode(_by_kind(CONVERSATION_PAYLOADS), kind, data) or _unknown(kind, data)


def decode_private_payload(kind: str, data: Json) -> PrivatePayload:
    """Read the payload of a stored private event; `UnknownPayload` for what cannot be read."""
    return _decode(_by_kind(PRIVATE_PAYLOADS), kind, data) or _unknown(kind, data)


def _unknown(kind: str, data: Json) -> UnknownPayload:
    return UnknownPayload(kind=kind, data=data)


def _decode(known: Mapping[str, tuple[type[P], ...]], kind: str, data: Json) -> P | None:
    for form in known.get(kind, ()):
        try:
            return decode(form, data)
        except (KeyError, ValueError):
            continue
    return None


@cache
def _by_kind(payloads: tuple[type[P], ...]) -> Mapping[str, tuple[type[P], ...]]:
    """Group the classes by kind; one that had another form before has two."""
    found: dict[str, tuple[Any, ...]] = {}
    for each in payloads:
        found[each.KIND] = (*found.get(each.KIND, ()), each)
    return found
