"""Messages and events of logs as rows and back; `row_mapping` does all other tables."""
# ruff: noqa: D103 - `x_row` makes the row of an x and `to_x` the x of a row

from typing import Any
from uuid import UUID

import attrs

from parlour.adapters.sql.values import Row, json, timestamp, to_datetime, to_json, uuid
from parlour.domain.events import (
    decode_conversation_payload,
    decode_private_payload,
    encode_payload,
)
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import Content, Message
from parlour.domain.messages.events import Recalled
from parlour.domain.messages.model import Forwarded

EVERYONE = bytes(16)
"""The user id in a mention of everyone; no user has it."""


def private_event_row(event: PrivateEvent) -> Row:
    return (event.user.bytes, event.offset, event.kind, timestamp(event.at), _payload(event))


def to_private_event(row: Row) -> PrivateEvent:
    user, offset, kind, at, data = row
    return PrivateEvent(
        user=UserId(uuid(user)),
        offset=offset,
        at=to_datetime(at),
        payload=decode_private_payload(kind, to_json(data)),
    )


def _payload(event: Event | PrivateEvent) -> str:
    return json(encode_payload(event.payload.stored()))


def event_row(event: Event) -> Row:
    return (
        event.conversation.bytes,
        event.offset,
        event.kind,
        event.by.bytes,
        timestamp(event.at),
        _payload(event),
        event.seq,
        event.key and event.key.bytes,
        event.session and event.session.bytes,
    )


def to_event(row: Row) -> Event:
    conversation, offset, kind, by, at, data, seq, key, session = row
    return Event(
        conversation=ConversationId(uuid(conversation)),
        offset=offset,
        by=UserId(uuid(by)),
        at=to_datetime(at),
        payload=decode_conversation_payload(kind, to_json(data)),
        seq=seq,
        key=key and SendKey(UUID(bytes=key)),
        session=session and SessionId(uuid(session)),
    )


def message_row(message: Message) -> Row:
    content = message.content
    return (
        message.conversation.bytes,
        message.seq,
        message.offset,
        message.sender.bytes,
        message.session and message.session.bytes,
        message.key.bytes,
        timestamp(message.at),
        content.kind,
        json(content.body),
        content.reply_to,
        mentions_column(content),
        message.revision,
        message.flags,
        _details(message),
    )


def message_change(message: Message) -> Row:
    """Return the columns of a message that may change, then its primary key."""
    content = message.content
    return (
        content.kind,
        json(content.body),
        content.reply_to,
        mentions_column(content),
        message.revision,
        message.flags,
        _details(message),
        message.conversation.bytes,
        message.seq,
    )


def _details(message: Message) -> str | None:
    edited_at, recalled, forwarded = message.edited_at, message.recalled, message.forwarded
    if edited_at is None and recalled is None and forwarded is None:
        return None
    details: dict[str, Any] = {}
    if edited_at is not None:
        details["edited_at"] = timestamp(edited_at)
    if recalled is not None:
        details["recalled"] = [str(recalled.by), timestamp(recalled.at)]
    if forwarded is not None:
        origin = (str(forwarded.conversation), forwarded.seq)
        details["forwarded"] = [str(forwarded.by), timestamp(forwarded.at), *origin]
    return json(details)


def _from_details(stored: str) -> dict[str, Any]:
    details = to_json(stored)
    fields: dict[str, Any] = {}
    if "edited_at" in details:
        fields["edited_at"] = to_datetime(details["edited_at"])
    if "recalled" in details:
        by, at = details["recalled"]
        fields["recalled"] = Recalled(by=UserId(UUID(by)), at=to_datetime(at))
    if "forwarded" in details:
        by, at, conversation, seq = details["forwarded"]
        fields["forwarded"] = Forwarded(
            by=UserId(UUID(by)),
            at=to_datetime(at),
            conversation=ConversationId(UUID(conversation)),
            seq=seq,
        )
    return fields


def mentions_column(content: Content) -> bytes | None:
    if not content.mentions and not content.mentions_all:
        return None
    # The first byte tells whether everyone is mentioned, sixteen more for each user follow.
    return bytes([content.mentions_all]) + b"".join(user.bytes for user in content.mentions)


def _to_mentions(kept: bytes) -> tuple[UserId, ...]:
    return tuple(UserId(uuid(kept[start : start + 16])) for start in range(1, len(kept), 16))


def mention_rows(message: Message) -> list[Row]:
    """Return one row for each mentioned user, or a single one where everyone is."""
    content = message.content
    if not content.mentions and not content.mentions_all:
        return []
    named = dict.fromkeys(user.bytes for user in content.mentions if user.int)
    users = (EVERYONE,) if content.mentions_all else named
    conversation, sender = message.conversation.bytes, message.sender.bytes
    return [(conversation, user, message.seq, sender) for user in users]


def mentioned_users(kept: bytes | None) -> tuple[bytes, ...]:
    """Return the users of `mention_rows`, from the column of a message."""
    if kept is None:
        return ()
    if kept[0]:
        return (EVERYONE,)
    users = dict.fromkeys(kept[start : start + 16] for start in range(1, len(kept), 16))
    return tuple(user for user in users if user != EVERYONE)


def to_message(row: Row) -> Message:
    (
        conversation,
        seq,
        offset,
        sender,
        session,
        key,
        at,
        kind,
        body,
        reply_to,
        mentions,
        revision,
        flags,
        details,
    ) = row
    message = Message(
        conversation=ConversationId(uuid(conversation)),
        seq=seq,
        offset=offset,
        sender=UserId(uuid(sender)),
        session=session and SessionId(uuid(session)),
        key=SendKey(UUID(bytes=key)),
        at=to_datetime(at),
        content=Content(
            kind=kind,
            body=to_json(body),
            reply_to=reply_to,
            mentions=_to_mentions(mentions) if mentions else (),
            mentions_all=bool(mentions and mentions[0]),
        ),
        revision=revision,
        flags=flags,
    )
    return attrs.evolve(message, **_from_details(details)) if details else message
