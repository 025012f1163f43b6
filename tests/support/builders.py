"""Builders of domain values: users, conversations, messages, events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from parlour.domain.access import Credentials, Device, DeviceInfo, Token, TokenKind
from parlour.domain.conversations import Conversation, ConversationKind, Member, Pair, Role, Title
from parlour.domain.events import (
    decode_conversation_payload,
    decode_private_payload,
    encode_payload,
)
from parlour.domain.kernel.ids import ConversationId, DeviceId, SendKey, SessionId, UserId
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import Content, LogEvent, Message
from parlour.domain.users import DisplayName, Handle, PresenceChoice, User, UserRole
from tests.support.fakes import START, SequentialIds

_NAMES = UUID("8f9f4a3c-5d0e-4c57-9a51-0d9a2c6a7f10")
next_id = SequentialIds(first=1 << 40)


def id_of(name: str) -> UUID:
    """Return the id that *name* always has."""
    return uuid5(_NAMES, name)


ALICE = UserId(id_of("alice"))
BOB = UserId(id_of("bob"))
CAROL = UserId(id_of("carol"))
MALLORY = UserId(id_of("mallory"))
LOBBY = ConversationId(id_of("lobby"))
KITCHEN = ConversationId(id_of("kitchen"))
PHONE = DeviceId(id_of("phone"))
LAPTOP = DeviceId(id_of("laptop"))
TAB = SessionId(id_of("tab"))


def user(
    handle: str,
    name: str | None = None,
    *,
    role: UserRole = UserRole.USER,
    disabled: bool = False,
    created_at: datetime = START,
    presence: PresenceChoice = PresenceChoice(),  # noqa: B008 - it is frozen
) -> User:
    """Build the user with this handle; `user("alice").id` is `ALICE`."""
    return User(
        id=UserId(id_of(handle)),
        handle=Handle(handle),
        display_name=DisplayName(name or handle.title()),
        role=role,
        disabled=disabled,
        created_at=created_at,
        presence=presence,
    )


def credentials(owner: UserId, kept: str = "a hash") -> Credentials:
    """Build stored credentials."""
    return Credentials(user=owner, password_hash=kept, changed_at=START)


def device(
    id_: DeviceId = PHONE, owner: UserId = ALICE, *, created_at: datetime = START
) -> Device:
    """Build a device on which *owner* logged in."""
    return Device(
        id=id_,
        user=owner,
        info=DeviceInfo("Firefox", "web"),
        created_at=created_at,
        last_seen_at=created_at,
    )


def token(
    digest: bytes,
    of: DeviceId = PHONE,
    *,
    kind: TokenKind = TokenKind.REFRESH,
    expires_at: datetime = START,
) -> Token:
    """Build an unused token of one of Alice's devices; *digest* is filled up to 32 bytes."""
    return Token(
        digest=digest.ljust(32, b"."), kind=kind, device=of, user=ALICE, expires_at=expires_at
    )


def group(
    id_: ConversationId = LOBBY,
    title: str = "Lobby",
    *,
    members: int = 1,
    seq: int = 0,
    offset: int = 0,
    changed_at: datetime = START,
) -> Conversation:
    """Build a group."""
    return Conversation(
        id=id_,
        kind=ConversationKind.GROUP,
        title=Title(title),
        pair=None,
        members=members,
        seq=seq,
        offset=offset,
        created_at=START,
        changed_at=changed_at,
    )


def direct(one: UserId, other: UserId) -> Conversation:
    """Build a direct conversation."""
    return Conversation(
        id=ConversationId(next_id()),
        kind=ConversationKind.DIRECT,
        title=None,
        pair=Pair.of(one, other),
        members=2,
        created_at=START,
        changed_at=START,
    )


def member(
    who: UserId = ALICE, of: ConversationId = LOBBY, *, role: Role = Role.MEMBER, since: int = 0
) -> Member:
    """Build a member of a conversation."""
    return Member(
        conversation=of, user=who, role=role, joined_at=START, since_seq=since, since_offset=since
    )


def message(
    seq: int,
    text: str = "hi",
    *,
    by: UserId = ALICE,
    of: ConversationId = LOBBY,
    key: SendKey | None = None,
    offset: int | None = None,
    at: datetime = START,
    session: SessionId | None = None,
    mentions: tuple[UserId, ...] = (),
    everyone: bool = False,
    reply_to: int | None = None,
) -> Message:
    """Build a message; its offset is its seq unless given."""
    return Message(
        conversation=of,
        seq=seq,
        offset=seq if offset is None else offset,
        sender=by,
        session=session,
        key=key or SendKey(next_id()),
        at=at,
        content=Content(
            kind="text",
            body={"text": text},
            reply_to=reply_to,
            mentions=mentions,
            mentions_all=everyone,
        ),
    )


def event(
    offset: int,
    kind: str = "conversation.changed",
    *,
    of: ConversationId = LOBBY,
    seq: int = 0,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Build an event that is not a message."""
    return Event(
        conversation=of,
        offset=offset,
        by=ALICE,
        at=START,
        payload=decode_conversation_payload(kind, {"title": "Lobby"} if data is None else data),
        seq=seq,
    )


def private(
    offset: int,
    of: UserId = ALICE,
    data: Mapping[str, Any] | None = None,
    *,
    kind: str = "settings.changed",
) -> PrivateEvent:
    """Build an event of a private log."""
    payload = decode_private_payload(kind, data or {"n": offset})
    return PrivateEvent(user=of, offset=offset, at=START, payload=payload)


def data(event: LogEvent | PrivateEvent) -> dict[str, Any]:
    """Return the data of an event in its JSON form."""
    if isinstance(event, PrivateEvent):
        return encode_payload(event.payload)
    return encode_payload(as_event(event).payload)


def as_event(event: LogEvent) -> Event:
    """Convert a message to its event; return other events unchanged."""
    return event.as_event() if isinstance(event, Message) else event
