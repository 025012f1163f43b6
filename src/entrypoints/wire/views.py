"""Views: the JSON objects in which clients receive domain values, the same over both transports.

Fields that are None are left out. Ids and times are strings, numbers stay below 2^53.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from parlour.domain.events import encode_payload
from parlour.domain.kernel.time import rfc3339
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import (
    LogEvent,
    Message,
    MessagePosted,
    Posted,
    Receipt,
)
from parlour.domain.presence import Status
from parlour.domain.sync import Head
from parlour.domain.users import PresenceChoice, User
from parlour.entrypoints.wire.lookalikes import mixes_alphabets, skeletons
from parlour.entrypoints.wire.mentions import view_mentions


class ClientDevice(Struct, gc=False):
    """How a client describes its device."""

    name: Annotated[str, Meta(max_length=256)] | None = None
    platform: Annotated[str, Meta(max_length=256)] | None = None


class PostedView(Struct, omit_defaults=True, gc=False):
    """A committed message; `replayed` where an earlier send with its key had posted it.

    `mentions` are those that the service found, or left of those that were named.
    """

    conversation: UUID
    seq: int
    offset: int
    at: str
    key: UUID
    replayed: bool
    mentions: list[str] | None = None


class UserView(Struct, omit_defaults=True, gc=False):
    """A user as shown to others.

    Two users who share a skeleton look alike by handle or name. `mixed_alphabets` says that a word
    of the name has letters of several alphabets, such as Latin and Cyrillic.
    """

    id: UUID
    handle: str
    display_name: str
    skeletons: list[str] = []
    mixed_alphabets: bool = False


class ChoiceView(Struct, omit_defaults=True, gc=False):
    """How a user chose to be seen by others, and the text beside it."""

    state: Literal["online", "busy", "invisible"]
    text: str | None = None


class MeView(Struct, omit_defaults=True, gc=False):
    """A user as shown to themselves; `skeletons` and `mixed_alphabets` are what others see."""

    id: UUID
    handle: str
    display_name: str
    role: str
    created_at: str
    presence: ChoiceView
    skeletons: list[str] = []
    mixed_alphabets: bool = False


class LastView(Struct, omit_defaults=True, gc=False):
    """The newest message of a conversation, as a list of conversations shows it."""

    seq: int
    by: UUID
    at: str
    kind: str
    excerpt: str


class HeadView(Struct, omit_defaults=True, gc=False):
    """One entry of a conversation list. `peer` is the other user of a direct conversation.

    `marked_unread` is left out unless the user marked the conversation and has not read it since.
    """

    conversation: UUID
    kind: str
    title: str
    members: int
    seq: int
    offset: int
    read: int
    received: int
    unread: int
    mentions: int
    pinned: bool
    role: str
    muted_until: str | None = None
    peer: UUID | None = None
    last: LastView | None = None
    marked_unread: bool = False


class EventView(Struct, omit_defaults=True, gc=False):
    """One event of a conversation's log; `seq`, `key` and `session` on messages only."""

    conversation: UUID
    offset: int
    kind: str
    by: UUID
    at: str
    data: dict[str, Any]
    seq: int | None = None
    key: UUID | None = None
    session: UUID | None = None


class PrivateEventView(Struct, omit_defaults=True, gc=False):
    """One event of a user's private log."""

    offset: int
    kind: str
    at: str
    data: dict[str, Any]


class MessageView(Struct, omit_defaults=True, gc=False):
    """One message of a history page."""

    conversation: UUID
    seq: int
    offset: int
    by: UUID
    at: str
    key: UUID
    kind: str
    body: dict[str, Any]
    revision: int
    session: UUID | None = None
    reply_to: int | None = None
    mentions: list[str] | None = None


class StatusView(Struct, omit_defaults=True, gc=False):
    """The presence of a user."""

    user: UUID
    state: str
    last_seen: str | None = None
    text: str | None = None


class ReceiptView(Struct, omit_defaults=True, gc=False):
    """The watermarks of a member."""

    user: UUID
    received: int
    read: int


def view_user(user: User) -> UserView:
    """Return the view of a user for others."""
    return UserView(
        user.id,
        user.handle.value,
        user.display_name.value,
        skeletons(user),
        mixes_alphabets(user.display_name.value),
    )


def view_me(user: User) -> MeView:
    """Return the view of a user for that user."""
    return MeView(
        user.id,
        user.handle.value,
        user.display_name.value,
        user.role.value,
        rfc3339(user.created_at),
        view_choice(user.presence),
        skeletons(user),
        mixes_alphabets(user.display_name.value),
    )


def view_choice(choice: PresenceChoice) -> ChoiceView:
    """Return the view of a choice of presence."""
    return ChoiceView(choice.state.value, choice.text)


def view_head(head: Head) -> HeadView:
    """Return the view of one entry of a conversation list."""
    member, last = head.member, head.last
    return HeadView(
        conversation=head.conversation.id,
        kind=head.conversation.kind.value,
        title=head.title,
        members=head.conversation.members,
        seq=head.conversation.seq,
        offset=head.conversation.offset,
        read=member.read_up_to,
        received=max(member.received, member.read_up_to),
        unread=head.unread,
        mentions=head.mentions,
        pinned=member.pinned,
        role=member.role.value,
        muted_until=rfc3339(member.muted_until) if member.muted_until else None,
        peer=head.peer,
        last=_view_last(last) if last else None,
        marked_unread=member.marked_unread,
    )


def _view_last(last: Message) -> LastView:
    content = last.content
    return LastView(last.seq, last.sender, rfc3339(last.at), content.kind, content.excerpt)


def view_event(event: LogEvent) -> EventView:
    """Return the view of an event of a conversation, which may be a message."""
    fields = message_fields(event) if isinstance(event, Message) else event_fields(event)
    return EventView(*fields)


def message_fields(message: Message) -> tuple[Any, ...]:
    """Return the values of the `EventView` of a message in the order of its fields."""
    return (
        message.conversation,
        message.offset,
        MessagePosted.KIND,
        message.sender,
        rfc3339(message.at),
        message.data(),
        message.seq,
        message.key,
        message.session,
    )


def event_fields(event: Event) -> tuple[Any, ...]:
    """Return the values of an `EventView` in the order of its fields."""
    is_message = event.key is not None
    return (
        event.conversation,
        event.offset,
        event.kind,
        event.by,
        rfc3339(event.at),
        encode_payload(event.payload),
        event.seq if is_message else None,
        event.key,
        event.session,
    )


def view_private(event: PrivateEvent) -> PrivateEventView:
    """Return the view of an event of a private log."""
    return PrivateEventView(*private_event_fields(event))


def private_event_fields(event: PrivateEvent) -> tuple[Any, ...]:
    """Return the values of a `PrivateEventView` in the order of its fields."""
    return event.offset, event.kind, rfc3339(event.at), encode_payload(event.payload)


def view_message(message: Message) -> MessageView:
    """Return the view of a message of a page."""
    content = message.content
    return MessageView(
        conversation=message.conversation,
        seq=message.seq,
        offset=message.offset,
        by=message.sender,
        at=rfc3339(message.at),
        key=message.key,
        kind=content.kind,
        body=dict(content.body),
        revision=message.revision,
        session=message.session,
        reply_to=content.reply_to,
        mentions=view_mentions(content),
    )


def view_status(status: Status) -> StatusView:
    """Return the view of the presence of a user."""
    seen = rfc3339(status.last_seen) if status.last_seen else None
    return StatusView(status.user, status.state.value, seen, status.text)


def view_receipt(receipt: Receipt) -> ReceiptView:
    """Return the view of the watermarks of a member."""
    return ReceiptView(receipt.user, receipt.received, receipt.read)


def posted_fields(posted: Posted) -> dict[str, Any]:
    """Return the fields of `PostedView`, and of the answer to `message.send`."""
    message = posted.message
    return {
        "conversation": message.conversation,
        "seq": message.seq,
        "offset": message.offset,
        "at": rfc3339(message.at),
        "key": message.key,
        "replayed": posted.replayed,
        "mentions": view_mentions(message.content),
    }
