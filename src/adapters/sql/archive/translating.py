"""Values of the domain as the lines of an export, and back.

Most lines have the fields of their values, and are translated by the types of the fields. Users,
messages and events have values within values, and functions of their own.
"""
# ruff: noqa: D103 - `x_line` makes the line of an x and `to_x` the x of a line

import types
import typing
from collections.abc import Hashable
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import attrs
from msgspec import UNSET, UnsetType

from parlour.adapters.sql.archive.portable import (
    EventLine,
    Line,
    MessageLine,
    OriginPart,
    Part,
    PrivateLine,
    RecallPart,
    UserLine,
)
from parlour.domain.conversations import Pair
from parlour.domain.events import (
    decode_conversation_payload,
    decode_private_payload,
    encode_payload,
)
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import Content, Flag, Forwarded, Message
from parlour.domain.messages.events import Recalled
from parlour.domain.users import (
    ChosenState,
    DisplayName,
    Handle,
    PresenceChoice,
    User,
    UserRole,
)

L = TypeVar("L", bound=Line)
P = TypeVar("P", bound=Part)
T = TypeVar("T")


def to_line(kind: type[L], value: Any) -> L:
    """Make the line of a value; what is None is left out."""
    return kind(**{name: _plain(getattr(value, name)) for name in kind.__struct_fields__})


def _plain(value: Any) -> Any:
    match value:
        case None:
            return UNSET
        case Enum():
            return value.value
        case Pair():
            return value.low, value.high
        case _ if attrs.has(type(value)):
            return value.value
        case _:
            return value


def from_line(kind: type[T], line: Line) -> T:
    """Make the value of a line, as it says; `accepting.accept` checks it."""
    wanted = _field_types(kind)  # type: ignore[arg-type] # classes are hashable
    fields = dict[str, Any]()
    for name in line.__struct_fields__:
        value = getattr(line, name)
        fields[name] = None if value is UNSET else _typed(wanted[name], value)
    return kind(**fields)


@cache
def _field_types(kind: Hashable) -> dict[str, Any]:
    return {name: _without_none(hint) for name, hint in typing.get_type_hints(kind).items()}


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        (hint,) = set(typing.get_args(hint)) - {types.NoneType}
    return hint


def _typed(kind: Any, value: Any) -> Any:
    if kind is Pair:
        return Pair.of(*map(UserId, value))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return kind(value) if hasattr(kind, "parse") else value


def user_line(user: User) -> UserLine:
    return UserLine(
        id=user.id,
        handle=user.handle.value,
        display_name=user.display_name.value,
        role=user.role.value,
        disabled=user.disabled,
        created_at=user.created_at,
        presence=user.presence.state.value,
        presence_text=user.presence.text or UNSET,
    )


def to_user(line: UserLine) -> User:
    return User(
        id=UserId(line.id),
        handle=Handle(line.handle),
        display_name=DisplayName(line.display_name),
        role=UserRole(line.role),
        disabled=line.disabled,
        created_at=line.created_at,
        presence=PresenceChoice(
            ChosenState(line.presence),
            None if line.presence_text is UNSET else line.presence_text,
        ),
    )


def event_line(event: Event) -> EventLine:
    return EventLine(
        conversation=event.conversation,
        offset=event.offset,
        kind=event.kind,
        by=event.by,
        at=event.at,
        data=encode_payload(event.payload),
        seq=event.seq,
    )


def to_event(line: EventLine) -> Event:
    return Event(
        conversation=ConversationId(line.conversation),
        offset=line.offset,
        by=UserId(line.by),
        at=line.at,
        payload=decode_conversation_payload(line.kind, line.data),
        seq=line.seq,
    )


def message_line(message: Message) -> MessageLine:
    content = message.content
    return MessageLine(
        conversation=message.conversation,
        seq=message.seq,
        offset=message.offset,
        by=message.sender,
        key=message.key,
        at=message.at,
        kind=content.kind,
        body=dict(content.body),
        revision=message.revision,
        session=message.session or UNSET,
        reply_to=UNSET if content.reply_to is None else content.reply_to,
        mentions=list(content.mentions),
        mentions_all=content.mentions_all,
        edited_at=message.edited_at or UNSET,
        recalled=_part(RecallPart, message.recalled),
        forwarded=_part(OriginPart, message.forwarded),
    )


def _part(kind: type[P], value: Any) -> P | UnsetType:
    if value is None:
        return UNSET
    return kind(**{name: getattr(value, name) for name in kind.__struct_fields__})


def _of_part(kind: type[T], part: Part | UnsetType) -> T | None:
    if isinstance(part, UnsetType):
        return None
    return kind(**{name: getattr(part, name) for name in part.__struct_fields__})


def to_message(line: MessageLine) -> Message:
    return Message(
        conversation=ConversationId(line.conversation),
        seq=line.seq,
        offset=line.offset,
        sender=UserId(line.by),
        session=None if line.session is UNSET else SessionId(line.session),
        key=SendKey(line.key),
        at=line.at,
        content=Content(
            kind=line.kind,
            body=line.body,
            reply_to=None if line.reply_to is UNSET else line.reply_to,
            mentions=tuple(map(UserId, line.mentions)),
            mentions_all=line.mentions_all,
        ),
        revision=line.revision,
        edited_at=None if line.edited_at is UNSET else line.edited_at,
        recalled=_of_part(Recalled, line.recalled),
        forwarded=_of_part(Forwarded, line.forwarded),
        flags=0 if line.recalled is UNSET else Flag.RECALLED,
    )


def private_line(event: PrivateEvent) -> PrivateLine:
    return PrivateLine(
        user=event.user,
        offset=event.offset,
        kind=event.kind,
        at=event.at,
        data=encode_payload(event.payload.stored()),
    )


def to_private(line: PrivateLine) -> PrivateEvent:
    return PrivateEvent(
        user=UserId(line.user),
        offset=line.offset,
        at=line.at,
        payload=decode_private_payload(line.kind, line.data),
    )
