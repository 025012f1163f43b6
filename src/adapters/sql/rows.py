"""Values as rows and rows as values: a pair of named functions a table, columns in its order."""
# ruff: noqa: D103 - `x_row` makes the row of an x and `to_x` the x of a row

from uuid import UUID

from parlour.adapters.sql.values import Row, json, moment, to_json, to_moment, uuid
from parlour.domain.conversations import Conversation, ConversationKind, Member, Pair, Role, Title
from parlour.domain.events import (
    decode_conversation_payload,
    decode_private_payload,
    encode_payload,
)
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import Content, Message

EVERYONE = bytes(16)
"""Stands in the place of a user where a message mentions everyone; no user has this id."""

# Looking an enumeration up by value takes longer than reading the rest of a row.
_KINDS = {kind.value: kind for kind in ConversationKind}
_ROLES = {role.value: role for role in Role}


def private_event_row(event: PrivateEvent) -> Row:
    return (event.user.bytes, event.offset, event.kind, moment(event.at), _payload(event))


def to_private_event(row: Row) -> PrivateEvent:
    user, offset, kind, at, data = row
    return PrivateEvent(
        user=UserId(uuid(user)),
        offset=offset,
        at=to_moment(at),
        payload=decode_private_payload(kind, to_json(data)),
    )


def _payload(event: Event | PrivateEvent) -> str:
    return json(encode_payload(event.payload))


def pair_bytes(pair: Pair) -> bytes:
    """Return a pair as it is kept."""
    return pair.low.bytes + pair.high.bytes


def conversation_row(conversation: Conversation) -> Row:
    return (
        conversation.id.bytes,
        conversation.kind.value,
        conversation.title and conversation.title.value,
        conversation.pair and pair_bytes(conversation.pair),
        conversation.members,
        conversation.seq,
        conversation.offset,
        moment(conversation.created_at),
        moment(conversation.changed_at),
    )


def to_conversation(row: Row) -> Conversation:
    id_, kind, title, pair, members, seq, offset, created_at, changed_at = row
    return Conversation(
        id=ConversationId(uuid(id_)),
        kind=_KINDS[kind],
        title=None if title is None else Title(title),
        pair=pair and Pair(UserId(uuid(pair[:16])), UserId(uuid(pair[16:]))),
        members=members,
        seq=seq,
        offset=offset,
        created_at=to_moment(created_at),
        changed_at=to_moment(changed_at),
    )


def member_row(member: Member) -> Row:
    return (
        member.conversation.bytes,
        member.user.bytes,
        member.role.value,
        moment(member.joined_at),
        member.since_seq,
        member.since_offset,
        member.read,
        member.private_read,
        member.received,
        member.muted_until and moment(member.muted_until),
        int(member.pinned),
        int(member.marked_unread),
    )


def to_member(row: Row) -> Member:
    (
        conversation,
        user,
        role,
        joined_at,
        since_seq,
        since_offset,
        read,
        private_read,
        received,
        muted_until,
        pinned,
        marked_unread,
    ) = row
    return Member(
        conversation=ConversationId(uuid(conversation)),
        user=UserId(uuid(user)),
        role=_ROLES[role],
        joined_at=to_moment(joined_at),
        since_seq=since_seq,
        since_offset=since_offset,
        read=read,
        private_read=private_read,
        received=received,
        muted_until=muted_until and to_moment(muted_until),
        pinned=bool(pinned),
        marked_unread=bool(marked_unread),
    )


def event_row(event: Event) -> Row:
    return (
        event.conversation.bytes,
        event.offset,
        event.kind,
        event.by.bytes,
        moment(event.at),
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
        at=to_moment(at),
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
        moment(message.at),
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
        at=to_moment(at),
        content=Content(
            kind=kind,
            body=to_json(body),
            reply_to=reply_to,
            mentions=_to_mentions(mentions) if mentions else (),
            mentions_all=bool(mentions and mentions[0]),
        ),
        revision=revision,
    )
