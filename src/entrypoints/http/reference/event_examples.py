"""Examples of every kind of event: shown in the reference, and golden vectors for clients."""

from datetime import UTC, datetime
from uuid import UUID

from parlour.domain.conversations import ConversationKind, Role, Title
from parlour.domain.conversations.events import (
    ConversationChanged,
    ConversationCreated,
    ConversationJoined,
    ConversationLeft,
    FirstMember,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    SettingsChanged,
)
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.logs import ConversationPayload, Event, PrivateEvent, PrivatePayload
from parlour.domain.messages import MessagePosted, ReadMoved
from parlour.domain.messages.events import (
    DraftChanged,
    HistoryCleared,
    MessageEdited,
    MessageHidden,
    MessageRecalled,
    Origin,
    PinSet,
    PollVoted,
    ReactionSet,
    Recalled,
)
from parlour.domain.notifications import Reason
from parlour.domain.notifications.events import (
    NotificationAdded,
    NotificationRead,
    NotificationRemoved,
)
from parlour.domain.presence import PresenceChanged
from parlour.domain.users import ChosenState, DisplayName
from parlour.domain.users.events import DisplayNameChanged, ProfileChanged

ALICE = UserId(UUID("01942f6e-31c4-7b6a-9d2e-5f1a7c3b8e01"))
BOB = UserId(UUID("01942f6e-52d8-7c1f-8a47-2b9e6d4c1f02"))
CAROL = UserId(UUID("01942f6e-61c9-7de2-9b54-3a8f7e5d2c06"))
TALK = ConversationId(UUID("01942f70-0a10-7e55-b3c9-8d7f2e6a4b03"))
KEY = SendKey(UUID("01942f71-9b3e-7d08-8f64-1e5a3c7b9d05"))
TAB = SessionId(UUID("01942f70-f1aa-7b0c-a2d1-7c6b5a493807"))
AT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def conversation_payloads() -> tuple[ConversationPayload, ...]:
    """Return at least one payload of every kind that the log of a conversation may hold."""
    return (*_about_messages(), *_about_the_conversation())


def _about_messages() -> tuple[ConversationPayload, ...]:
    return (
        MessagePosted(kind="text", body={"text": "hi"}, revision=1),
        MessagePosted(
            kind="text",
            body={"text": "hi @bob, hi all"},
            reply_to=120,
            mentions=(BOB, "all"),
            revision=1,
        ),
        MessagePosted(
            kind="text",
            body={"text": "hello"},
            revision=2,
            edited_at=AT,
            forwarded=Origin(by=CAROL, at=AT),
        ),
        MessagePosted(kind="", body={}, revision=1, recalled=Recalled(by=BOB, at=AT)),
        MessageEdited(
            seq=121,
            kind="text",
            body={"text": "hello @carol"},
            mentions=(CAROL,),
            revision=2,
            edited_at=AT,
        ),
        MessageEdited(seq=121, kind="", body={}, revision=2, recalled=Recalled(by=BOB, at=AT)),
        MessageRecalled(seq=121),
        ReactionSet(seq=121, emoji="👍", on=True, count=3),
        ReactionSet(seq=121, emoji=":parlour:", on=False, count=0),
        PinSet(seq=121, on=True),
        PollVoted(seq=119, counts=(2, 1), voters=3),
        PollVoted(seq=119, counts=(2, 2), voters=4, options=(1,)),
    )


def _about_the_conversation() -> tuple[ConversationPayload, ...]:
    return (
        ConversationCreated(
            kind=ConversationKind.GROUP,
            title=Title("Lobby"),
            members=(
                FirstMember(user=ALICE, role=Role.OWNER),
                FirstMember(user=BOB, role=Role.MEMBER),
            ),
        ),
        ConversationCreated(
            kind=ConversationKind.DIRECT,
            title=None,
            members=(
                FirstMember(user=ALICE, role=Role.MEMBER),
                FirstMember(user=BOB, role=Role.MEMBER),
            ),
        ),
        ConversationChanged(title=Title("Tea")),
        MemberAdded(user=CAROL, role=Role.MEMBER),
        MemberRemoved(user=CAROL, left=False),
        MemberChanged(user=BOB, role=Role.ADMIN),
    )


def private_payloads() -> tuple[PrivatePayload, ...]:
    """Return at least one payload of every kind that a private log may hold."""
    return (
        ConversationJoined(conversation=TALK),
        ConversationLeft(conversation=TALK, removed=True),
        ReadMoved(conversation=TALK, seq=121),
        SettingsChanged(conversation=TALK, muted_until=AT, pinned=True, marked_unread=False),
        SettingsChanged(conversation=TALK, muted_until=None, pinned=False, marked_unread=True),
        ProfileChanged(display_name=DisplayName("Alice Liddell")),
        DisplayNameChanged(display_name=DisplayName("Alice Liddell")),
        PresenceChanged(state=ChosenState.BUSY, text="in a meeting"),
        NotificationAdded(
            id=f"{TALK}/121",
            kind=Reason.MENTION,
            conversation=TALK,
            seq=121,
            by=BOB,
            excerpt="hi @alice",
        ),
        NotificationRead(ids=(f"{TALK}/121",)),
        NotificationRead(all=True),
        NotificationRemoved(ids=(f"{TALK}/121",)),
        DraftChanged(conversation=TALK, text="what I wanted to say", reply_to=120),
        DraftChanged(conversation=TALK, text=None),
        MessageHidden(conversation=TALK, seqs=(119, 121)),
        HistoryCleared(conversation=TALK, up_to=118),
    )


def conversation_event(payload: ConversationPayload) -> Event:
    """Return *payload* as an event of a log; only a message has a key and a session."""
    is_message = isinstance(payload, MessagePosted)
    return Event(
        conversation=TALK,
        offset=134,
        by=BOB,
        at=AT,
        payload=payload,
        seq=122,
        key=KEY if is_message else None,
        session=TAB if is_message else None,
    )


def private_event(payload: PrivatePayload) -> PrivateEvent:
    """Return *payload* as an event of Alice's private log."""
    return PrivateEvent(user=ALICE, offset=8, at=AT, payload=payload)
