"""
The kinds of events, and what each does to the state: the one table of kinds of this package.

`CONVERSATION_EVENTS` and `PRIVATE_EVENTS` have an entry for each kind that the client knows: a
pure function that applies the event, or None where the kind is skipped on purpose. A kind without
an entry takes its place in the order of its log and changes nothing else (`State.skipped`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from parlour.entrypoints.client.gap import GapBuffer
from parlour.entrypoints.client.head_changes import (
    conversation_changed,
    member_added,
    member_changed,
    member_removed,
    message_edited,
    message_posted,
    message_recalled,
)
from parlour.entrypoints.client.message_changes import add_events
from parlour.entrypoints.client.models import (
    MESSAGE_POSTED,
    MESSAGE_RECALLED,
    ConversationHead,
    Draft,
    Event,
    Frame,
    Presence,
)
from parlour.entrypoints.client.state import Conversation, State

ApplyEvent = Callable[[Conversation, Event, str], Conversation]
"""Applies an event to the head and the marks of a conversation; the third value is the own id.

The log of the conversation ends before the event: it shows what the event changes."""

ApplyPrivate = Callable[[State, Mapping[str, Any]], State]
"""Applies the `data` of a private event to the state."""


# -- conversations ---------------------------------------------------------------------------


def take_event(conversation: Conversation, event: Event, me: str) -> Conversation:
    """Apply an event that is next, ignore a known one, hold one beyond a gap."""
    tail, due = conversation.tail.take(event.offset, event)
    conversation = _advance(conversation, tail, due, me)
    if conversation.log is None:
        return conversation
    log, new = conversation.log.take(event.offset, event)
    if log is conversation.log:
        return conversation
    events = add_events(conversation.events, filter(conversation.shows, new), me)
    return attrs.evolve(conversation, log=log, events=events)


def take_head(conversation: Conversation, head: ConversationHead, me: str) -> Conversation:
    """Take a newer snapshot of the head; an older one changes nothing."""
    known = conversation.head
    if head.offset < known.offset:
        return conversation
    if known.read > head.read:  # the service has not received the read mark yet
        unread = min(head.unread, max(0, head.seq - known.read))
        head = attrs.evolve(head, read=known.read, unread=unread)
    head = attrs.evolve(head, received=max(head.received, known.received))
    tail, due = conversation.tail.skip_to(head.offset)
    return _advance(attrs.evolve(conversation, head=head, left=False), tail, due, me)


def take_page(
    conversation: Conversation, messages: Iterable[Event], upto: int, me: str
) -> Conversation:
    """Begin the log with the newest page of history.

    *upto* is the offset of the head that was known when the page was asked for: up to there the
    page holds every message. What is newer comes as an event, or is asked for as a gap.
    """
    read = sorted((each for each in messages if each.offset <= upto), key=lambda e: e.offset)
    held = (conversation.log or conversation.tail).held
    log, following = GapBuffer(0, held).skip_to(upto)
    shown = tuple(filter(conversation.shows, (*read, *following)))
    events = add_events((), shown, me)
    return attrs.evolve(conversation, events=events, log=log)


def _advance(
    conversation: Conversation, tail: GapBuffer[Event], due: tuple[Event, ...], me: str
) -> Conversation:
    """Apply the events *due* to the head and the marks."""
    if tail is conversation.tail:
        return conversation
    conversation = attrs.evolve(conversation, tail=tail)
    for place, event in enumerate(due):
        apply = CONVERSATION_EVENTS.get(event.kind)
        if event.kind == MESSAGE_RECALLED:
            conversation = message_recalled(conversation, event, me, due[:place])
        elif apply is not None:
            conversation = apply(conversation, event, me)
        head = attrs.evolve(conversation.head, offset=event.offset)
        conversation = attrs.evolve(conversation, head=head)
    return conversation


CONVERSATION_EVENTS: Mapping[str, ApplyEvent | None] = {
    MESSAGE_POSTED: message_posted,
    "conversation.created": None,  # the head contains all of it
    "conversation.changed": conversation_changed,
    "member.added": member_added,
    "member.removed": member_removed,
    "member.changed": member_changed,
    "message.edited": message_edited,
    MESSAGE_RECALLED: message_recalled,
    "reaction.set": None,  # `message_changes` has what it makes of the message, also of the others
    "pin.set": None,
    "poll.voted": None,
}
"""What each kind of event in the log of a conversation does; None skips it on purpose."""


# -- the private log -------------------------------------------------------------------------


def take_private_event(state: State, event: Frame) -> State:
    """Apply an event of the private log, unless it was applied before."""
    if event["offset"] <= state.private_offset:
        return state
    state = attrs.evolve(state, private_offset=event["offset"])
    apply = PRIVATE_EVENTS.get(event["kind"])
    return apply(state, event.get("data", {})) if apply else state


def mark_read(state: State, data: Mapping[str, Any]) -> State:
    """Move the own read mark of a conversation, and the count of unread messages with it."""
    conversation = state.conversations.get(data["conversation"])
    if conversation is None or data["seq"] <= conversation.head.read:
        return state
    head, seq, first = conversation.head, data["seq"], conversation.first_seq
    if seq >= head.seq:
        unread = 0
    elif first and first <= seq + 1 and conversation.position == head.offset:
        later = (e for e in conversation.events if e.counts_as_unread and (e.seq or 0) > seq)
        unread = sum(event.by != state.my_id for event in later)
    else:
        unread = max(0, min(head.unread, head.seq - seq))
    head = attrs.evolve(head, read=seq, received=max(head.received, seq), unread=unread)
    return put(state, attrs.evolve(conversation, head=head))


def mark_left(state: State, data: Mapping[str, Any]) -> State:
    """Note that this user is not a member of a conversation any more."""
    conversation = state.conversations.get(data["conversation"])
    return put(state, attrs.evolve(conversation, left=True)) if conversation else state


def _draft_changed(state: State, data: Mapping[str, Any]) -> State:
    return _change(state, data, lambda known: with_draft(known, Draft.read(data)))


def with_draft(conversation: Conversation, draft: Draft | None) -> Conversation:
    """Return a conversation with another draft."""
    return attrs.evolve(conversation, head=attrs.evolve(conversation.head, draft=draft))


def _message_hidden(state: State, data: Mapping[str, Any]) -> State:
    def hide(known: Conversation) -> Conversation:
        return _without(attrs.evolve(known, hidden=known.hidden | set(data["seqs"])))

    return _change(state, data, hide)


def _history_cleared(state: State, data: Mapping[str, Any]) -> State:
    def clear(known: Conversation) -> Conversation:
        return _without(attrs.evolve(known, cleared=max(known.cleared, data["up_to"])))

    return _change(state, data, clear)


def _without(conversation: Conversation) -> Conversation:
    """Return a conversation without the messages that this user does not want to see."""
    shown = tuple(filter(conversation.shows, conversation.events))
    return attrs.evolve(conversation, events=shown)


def _change(
    state: State, data: Mapping[str, Any], how: Callable[[Conversation], Conversation]
) -> State:
    known = state.conversations.get(data["conversation"])
    return state if known is None else put(state, how(known))


def _profile_changed(state: State, data: Mapping[str, Any]) -> State:
    if state.me is None or "display_name" not in data:
        return state
    # What the new name looks like comes with the next answer of the service about this user.
    name = data["display_name"]
    me = attrs.evolve(state.me, name=name, skeletons=(), mixed_alphabets=False)
    return attrs.evolve(state, me=me, users={**state.users, me.id: me})


def _presence_changed(state: State, data: Mapping[str, Any]) -> State:
    return attrs.evolve(state, chosen=Presence.read(data))


def put(state: State, conversation: Conversation) -> State:
    """Return the state with another value for one conversation."""
    key = conversation.head.conversation
    if state.conversations.get(key) is conversation:
        return state
    return attrs.evolve(state, conversations={**state.conversations, key: conversation})


PRIVATE_EVENTS: Mapping[str, ApplyPrivate | None] = {
    "read.moved": mark_read,
    "profile.changed": _profile_changed,
    "presence.changed": _presence_changed,
    "settings.changed": _profile_changed,  # has a new name, too, below level 3 of the protocol
    "conversation.joined": None,  # `catchup.needs` asks for its head
    "conversation.left": mark_left,
    "notification.added": None,  # a terminal shows no list of notifications
    "notification.read": None,
    "notification.removed": None,
    "draft.changed": _draft_changed,
    "message.hidden": _message_hidden,  # `catchup.needs` asks for the head, of this and the next
    "history.cleared": _history_cleared,
}
"""What each kind of event in the private log does; None skips it on purpose."""
