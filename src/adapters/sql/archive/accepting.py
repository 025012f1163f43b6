"""Values from a file as the constructors of the domain accept them, one by one.

A file may have been changed, or written by another program. What the service would never have
stored is refused; names that nobody can see, or not all of, which old releases took, are replaced
and reported.
"""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from functools import singledispatch
from typing import Any, TypeVar

import attrs

from parlour.domain.conversations import Conversation, ConversationKind, Member, Title
from parlour.domain.events import CONVERSATION_PAYLOADS, PRIVATE_PAYLOADS, encode_payload
from parlour.domain.kernel.errors import Invalid
from parlour.domain.logs import Event, PrivateEvent, UnknownPayload
from parlour.domain.logs.payload import kind_of
from parlour.domain.messages import EVERYONE, MAX_NUMBER, Content, Flag, Message
from parlour.domain.messages.events import MessagePosted
from parlour.domain.messages.kinds import STORED
from parlour.domain.messages.model import NOTHING
from parlour.domain.users import DisplayName, Handle, PresenceChoice, User
from parlour.domain.users.model import SERVICE_HANDLE

UNNAMED = "Unnamed"
UNNAMED_GROUP = "Unnamed group"
UNSEEN_TEXT = "\N{REPLACEMENT CHARACTER}"
MAX_KIND = 32

_ALL_FLAGS = Flag.REACTIONS | Flag.PINNED | Flag.VOTES | Flag.RECALLED

Report = Callable[[str], None]
"""Hears in words what was replaced."""

_KNOWN = frozenset(payload.KIND for payload in (*CONVERSATION_PAYLOADS, *PRIVATE_PAYLOADS))

T = TypeVar("T")
Name = TypeVar("Name", Title, DisplayName)


@singledispatch
def accept(value: Any, report: Report) -> Any:
    """Return *value* as the domain makes it; raise `Invalid` for what the domain refuses."""
    raise TypeError(f"{value.__class__} is not a value of an archive: {report}")


@accept.register
def _(user: User, report: Report) -> User:
    is_service = user.handle == SERVICE_HANDLE
    handle = SERVICE_HANDLE if is_service else Handle.parse(user.handle.value)
    name = _name(user.display_name, handle.value, report)
    text = PresenceChoice.parse_text(user.presence.text)
    presence = attrs.evolve(user.presence, text=text)
    checked = attrs.evolve(user, handle=handle, display_name=name, presence=presence)
    return clean_fields(checked, report)


@accept.register
def _(conversation: Conversation, report: Report) -> Conversation:
    is_group = conversation.kind is ConversationKind.GROUP
    if (conversation.title is not None, conversation.pair is not None) != (is_group, not is_group):
        raise Invalid("a group has a title, and a direct conversation the pair of its users")
    return clean_fields(conversation, report)


@accept.register
def _(member: Member, report: Report) -> Member:
    return clean_fields(member, report)


@accept.register
def _(event: Event, report: Report) -> Event:
    if isinstance(event.payload, MessagePosted):
        raise Invalid("a message has a line of its own and is no event")
    _check_payload(event)
    return clean_fields(event, report)


@accept.register
def _(event: PrivateEvent, report: Report) -> PrivateEvent:
    _check_payload(event)
    return clean_fields(event, report)


@accept.register
def _(message: Message, report: Report) -> Message:
    if not 0 < message.revision <= MAX_NUMBER:
        raise Invalid("is not a number from 1 on", field="revision")
    if message.recalled is not None:
        return _accept_recalled(message, report)
    if message.flags & ~_ALL_FLAGS or message.flags & Flag.RECALLED:
        raise Invalid("has bits that mean nothing", field="flags")
    if (message.edited_at is None) != (message.revision == 1):
        raise Invalid("is there where a message was edited, and only there", field="edited_at")
    content = message.content
    if content.reply_to is not None and content.reply_to >= message.seq:
        raise Invalid("is not a message before this one", field="reply_to")
    parsed = accept_content(content, report)
    return attrs.evolve(
        clean_fields(attrs.evolve(message, content=parsed), report), content=parsed
    )


def _accept_recalled(message: Message, report: Report) -> Message:
    is_empty = message.content == NOTHING and message.flags == Flag.RECALLED
    if not is_empty or message.edited_at is not None or message.forwarded is not None:
        raise Invalid("a message that was recalled has nothing else")
    return clean_fields(message, report)


def accept_content(content: Content, report: Report) -> Content:
    """Return a content as the domain makes it; raise `Invalid` for what it refuses."""
    try:
        return _parse_content(content, content.body)
    except Invalid as refusal:
        # The text of a message that was sent when nobody looked whether it can be seen.
        text = content.body.get("text")
        if refusal.field != "body.text" or not isinstance(text, str) or not is_unseen(text):
            raise
        report("a message without a character that can be seen")
        return _parse_content(content, {"text": UNSEEN_TEXT})


def _parse_content(content: Content, body: Any) -> Content:
    everyone = [EVERYONE] if content.mentions_all else []
    return Content.parse(
        kind=content.kind,
        body=body,
        reply_to=content.reply_to,
        mentions=[*map(str, content.mentions), *everyone],
        kinds=STORED,
    )


def _check_payload(event: Event | PrivateEvent) -> None:
    """Refuse a known kind that cannot be read, and JSON that could not be sent on."""
    kind = kind_of(event.payload)
    if isinstance(event.payload, UnknownPayload) and (kind in _KNOWN or len(kind) > MAX_KIND):
        raise Invalid(f"the data of {kind[:MAX_KIND]} is not as it must be")
    check_json([kind, encode_payload(event.payload)])


def check_json(value: Any) -> None:
    """Raise `Invalid` for JSON with control characters in its texts, or numbers too large."""
    match value:
        case str() if _has_control(value):
            raise Invalid("a text holds control characters")
        case int() | float() if not abs(value) <= MAX_NUMBER:
            raise Invalid("a number is too large")
        case list():
            for each in value:
                check_json(each)
        case dict():
            check_json([*value.keys(), *value.values()])
        case _:
            pass


def clean_fields(value: T, report: Report) -> T:
    """Check the numbers, times and names in the fields of *value*, at any depth."""
    changed: dict[str, Any] = {}
    for field in attrs.fields(value.__class__):  # type: ignore[arg-type] # only attrs values
        found = getattr(value, field.name)
        cleaned = _clean_field(field.name, found, report)
        if cleaned is not found:
            changed[field.alias or field.name] = cleaned
    return attrs.evolve(value, **changed) if changed else value  # type: ignore[misc]


def _clean_field(name: str, found: Any, report: Report) -> Any:
    cleaned = found
    match found:
        case bool() | Content() | Handle():
            pass  # has been checked
        case int() if not 0 <= found <= MAX_NUMBER:
            raise Invalid(f"is not a number from 0 to {MAX_NUMBER}", field=name)
        case datetime():
            cleaned = _utc(found, name)
        case Title():
            cleaned = _name(found, UNNAMED_GROUP, report)
        case DisplayName():
            cleaned = _name(found, UNNAMED, report)
        case tuple():
            cleaned = tuple(_clean_field(name, each, report) for each in found)
        case _ if attrs.has(type(found)):
            cleaned = clean_fields(found, report)
    return cleaned


def _utc(at: datetime, field: str) -> datetime:
    if at.tzinfo is None:
        raise Invalid("is a time without a zone", field=field)
    if at.tzinfo is UTC:
        return at
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Invalid("is no time of this calendar", field=field) from None


def _name(name: Name, instead: str, report: Report) -> Name:
    kind, raw = name.__class__, name.value
    try:
        cleaned = kind.parse(raw)
    except Invalid:
        if len(raw) > kind.MAX_LENGTH or not is_unseen(raw):
            raise
        report(f"the name {raw!a}, which nobody can see, is {instead} now")
        return kind.parse(instead)
    if cleaned != name:
        report(f"the name {raw!a} is {cleaned} now, without what nobody can see")
    return cleaned


def is_unseen(text: str) -> bool:
    """Whether *text* is refused only because of what cannot be seen."""
    return bool(text) and not _has_control(text)


def _has_control(text: str) -> bool:
    if text.isprintable():
        return False
    return any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\r\t" for c in text)
