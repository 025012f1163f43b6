"""Values of the domain as the lines of an export, and back."""
# ruff: noqa: D103 - `x_line` makes the line of an x and `to_x` the x of a line

from msgspec import UNSET

from parlour.adapters.sql.archive.portable import (
    ConversationLine,
    EventLine,
    MemberLine,
    MessageLine,
    PrivateLine,
    UserLine,
)
from parlour.domain.conversations import Conversation, ConversationKind, Member, Pair, Role, Title
from parlour.domain.events import (
    decode_conversation_payload,
    decode_private_payload,
    encode_payload,
)
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import Content, Message
from parlour.domain.users import DisplayName, Handle, User, UserRole


def user_line(user: User) -> UserLine:
    return UserLine(
        id=user.id,
        handle=user.handle.value,
        display_name=user.display_name.value,
        role=user.role.value,
        disabled=user.disabled,
        created_at=user.created_at,
    )


def to_user(line: UserLine) -> User:
    return User(
        id=UserId(line.id),
        handle=Handle.parse(line.handle),
        display_name=DisplayName.parse(line.display_name),
        role=UserRole(line.role),
        disabled=line.disabled,
        created_at=line.created_at,
    )


def conversation_line(found: Conversation) -> ConversationLine:
    return ConversationLine(
        id=found.id,
        kind=found.kind.value,
        title=found.title.value if found.title else UNSET,
        pair=(found.pair.low, found.pair.high) if found.pair else UNSET,
        members=found.members,
        seq=found.seq,
        offset=found.offset,
        created_at=found.created_at,
        changed_at=found.changed_at,
    )


def to_conversation(line: ConversationLine) -> Conversation:
    pair = None if line.pair is UNSET else Pair.of(*map(UserId, line.pair))
    return Conversation(
        id=ConversationId(line.id),
        kind=ConversationKind(line.kind),
        title=None if line.title is UNSET else Title.parse(line.title),
        pair=pair,
        members=line.members,
        seq=line.seq,
        offset=line.offset,
        created_at=line.created_at,
        changed_at=line.changed_at,
    )


def member_line(member: Member) -> MemberLine:
    return MemberLine(
        conversation=member.conversation,
        user=member.user,
        role=member.role.value,
        joined_at=member.joined_at,
        since_seq=member.since_seq,
        since_offset=member.since_offset,
        read=member.read,
        private_read=member.private_read,
        received=member.received,
        pinned=member.pinned,
        muted_until=member.muted_until or UNSET,
        marked_unread=member.marked_unread,
    )


def to_member(line: MemberLine) -> Member:
    return Member(
        conversation=ConversationId(line.conversation),
        user=UserId(line.user),
        role=Role(line.role),
        joined_at=line.joined_at,
        since_seq=line.since_seq,
        since_offset=line.since_offset,
        read=line.read,
        private_read=line.private_read,
        received=line.received,
        pinned=line.pinned,
        muted_until=None if line.muted_until is UNSET else line.muted_until,
        marked_unread=line.marked_unread,
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
    )


def to_message(line: MessageLine) -> Message:
    """Read a message; its content passed the rules when it was sent, and they may have changed."""
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
    )


def private_line(event: PrivateEvent) -> PrivateLine:
    return PrivateLine(
        user=event.user,
        offset=event.offset,
        kind=event.kind,
        at=event.at,
        data=encode_payload(event.payload),
    )


def to_private(line: PrivateLine) -> PrivateEvent:
    return PrivateEvent(
        user=UserId(line.user),
        offset=line.offset,
        at=line.at,
        payload=decode_private_payload(line.kind, line.data),
    )
