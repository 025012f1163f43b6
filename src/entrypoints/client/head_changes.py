"""What the events of a conversation make of its head, and of the marks of its members."""

from collections.abc import Sequence

import attrs

from parlour.entrypoints.client.kinds import excerpt_of
from parlour.entrypoints.client.message_changes import find_message
from parlour.entrypoints.client.models import Event, LastMessage, Marks
from parlour.entrypoints.client.state import Conversation


def message_posted(conversation: Conversation, event: Event, me: str) -> Conversation:
    """Count a message, and note that its sender has received those before it."""
    head, marks = conversation.head, conversation.marks
    seq, is_recalled = event.seq or head.seq, event.recalled_by is not None
    last = LastMessage(event.by, event.at, excerpt_of(event), seq, is_recalled)
    is_unread = event.by != me and not is_recalled
    head = attrs.evolve(head, seq=seq, unread=head.unread + is_unread, last=last)
    if event.by != me:  # the sender of a message has received those before it
        marks = {**marks, event.by: marks.get(event.by, Marks()).moved(seq, 0)}
    return attrs.evolve(conversation, head=head, marks=marks)


def message_edited(conversation: Conversation, event: Event, _me: str) -> Conversation:
    """Show the new text in the list, where it is the last message."""
    last, is_recalled = conversation.head.last, "recalled" in event.data
    is_said = event.data["kind"] or is_recalled
    if last is None or last.seq != event.data["seq"] or not is_said:
        return conversation
    last = attrs.evolve(last, excerpt=excerpt_of(event), is_recalled=is_recalled)
    return attrs.evolve(conversation, head=attrs.evolve(conversation.head, last=last))


def message_recalled(
    conversation: Conversation, event: Event, me: str, earlier: Sequence[Event] = ()
) -> Conversation:
    """Take a message out of the head; *earlier* events are not in the log yet.

    Whether it was unread is known where the message is. Else the head is asked for.
    """
    head, seq = conversation.head, event.data["seq"]
    last, message = head.last, find_message((*conversation.events, *earlier), seq)
    if last is not None and last.seq == seq:
        head = attrs.evolve(head, last=attrs.evolve(last, excerpt="", is_recalled=True))
    if message and seq > head.read and message.by != me and message.recalled_by is None:
        head = attrs.evolve(head, unread=max(0, head.unread - 1))
    return attrs.evolve(conversation, head=head)


def conversation_changed(conversation: Conversation, event: Event, _me: str) -> Conversation:
    """Take the new title."""
    title = event.data.get("title", conversation.head.title)
    return attrs.evolve(conversation, head=attrs.evolve(conversation.head, title=title))


def member_added(conversation: Conversation, event: Event, _me: str) -> Conversation:
    """Count a new member, who sees nothing of the messages before."""
    head, marks = conversation.head, conversation.marks
    if user := event.data.get("user"):
        # A new member does not see the messages before: they count as read.
        marks = {**marks, user: Marks(head.seq, head.seq)}
    head = attrs.evolve(head, members=head.members + 1)
    return attrs.evolve(conversation, head=head, marks=marks)


def member_removed(conversation: Conversation, event: Event, me: str) -> Conversation:
    """Forget a member; the own removal ends the conversation here."""
    removed = event.data.get("user")
    return attrs.evolve(
        conversation,
        head=attrs.evolve(conversation.head, members=conversation.head.members - 1),
        marks={user: mark for user, mark in conversation.marks.items() if user != removed},
        left=conversation.left or removed == me,
    )


def member_changed(conversation: Conversation, event: Event, me: str) -> Conversation:
    """Take the own new role."""
    if event.data.get("user") != me:
        return conversation
    role = event.data.get("role", conversation.head.role)
    return attrs.evolve(conversation, head=attrs.evolve(conversation.head, role=role))
