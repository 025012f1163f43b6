"""Messages and events of logs as rows and back; `row_mapping` does all other tables."""
# ruff: noqa: D103 - `x_row` makes the row of an x and `to_x` the x of a row

from uuid import UUID

from parlour.adapters.sql.values import Row, json, timestamp, to_datetime, to_json, uuid
from parlour.domain.events import (
    decode_conversation_payload,
    decode_private_payload,
    encode_payload,
)
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import Content, Message

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
    return json(encode_payload(event.payload))


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
        _mentions(content),
        message.revision,
    )


def _mentions(content: Content) -> bytes | None:
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
    ) = row
    return Message(
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
    )
