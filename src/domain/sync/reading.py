"""Reading the logs: in order, without holes, and showing what things say now.

A log keeps which message was edited, and not to what: a text that was replaced or taken back
since is nowhere in it. Whoever reads it gets the present text.
"""

from collections.abc import Iterable, Mapping, Sequence

import attrs

from parlour.domain.conversations import Membership
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Event, PrivateEvent, PrivatePayload
from parlour.domain.messages import (
    Draft,
    DraftChanged,
    LogEvent,
    Message,
    MessageEdited,
    MessageNumber,
    Stores,
    find_visible,
)
from parlour.domain.notifications.events import NotificationAdded


def read_events(
    stores: Stores, conversation: ConversationId, after: int, limit: int
) -> list[LogEvent]:
    """Return at most *limit* events after the offset *after*, in order.

    Messages are events too, and stored apart. Offsets are dense, so the number of the first
    message after an offset follows from the last other event before it, without an index.
    """
    anchor = stores.events.last_until(conversation, after)
    seq = anchor.seq + after - anchor.offset if anchor else after
    events: list[LogEvent] = [
        *stores.events.after(conversation, after, limit),
        *stores.messages.after(conversation, seq, limit),
    ]
    events.sort(key=lambda event: event.offset)
    # A commit between the two queries may be seen by the second alone, and leave a gap: events
    # after a gap are left for the next page.
    dense = enumerate(events[:limit], after + 1)
    return _with_present_texts(
        stores, [event for offset, event in dense if event.offset == offset]
    )


def _with_present_texts(stores: Stores, events: list[LogEvent]) -> list[LogEvent]:
    """Fill in what edited messages say now."""
    wanted = {(event.conversation, edit.seq) for event, edit in _edits(events)}
    if not wanted:
        return events
    found = {each.number: each for each in events if isinstance(each, Message)}
    found.update(stores.messages.find_many(wanted - found.keys()))
    return [_present(event, found) for event in events]


def _edits(events: Iterable[LogEvent]) -> list[tuple[Event, MessageEdited]]:
    return [
        (event, event.payload)
        for event in events
        if isinstance(event, Event) and isinstance(event.payload, MessageEdited)
    ]


def _present(event: LogEvent, messages: Mapping[MessageNumber, Message]) -> LogEvent:
    if isinstance(event, Message) or not isinstance(event.payload, MessageEdited):
        return event
    message = messages.get((event.conversation, event.payload.seq))
    # A damaged log may lack the message.
    return event if message is None else attrs.evolve(event, payload=message.as_edit())


def without_older(events: Sequence[LogEvent], since: int) -> tuple[LogEvent, ...]:
    """Return *events* without the texts of messages up to the seq *since*.

    Whoever joined later than these messages receives that they changed, not what they say.
    """
    hidden = {event.offset for event, edit in _edits(events) if edit.seq <= since}
    if not hidden:
        return tuple(events)
    return tuple(
        attrs.evolve(event, payload=event.payload.stored())
        if isinstance(event, Event) and event.offset in hidden
        else event
        for event in events
    )


def read_private(stores: Stores, user: UserId, after: int, limit: int) -> list[PrivateEvent]:
    """Return at most *limit* events of a private log after the offset *after*, in order.

    Drafts and the messages of notifications are as they are now; messages that the user does not
    see any more have an empty excerpt.
    """
    events = stores.private_logs.after(user, after, limit)
    payloads = [event.payload for event in events]
    rooms = {(each.conversation, user) for each in payloads if isinstance(each, DraftChanged)}
    about = {
        (each.conversation, each.seq) for each in payloads if isinstance(each, NotificationAdded)
    }
    if not rooms and not about:
        return events
    drafts = stores.drafts.find(rooms) if rooms else {}
    members = stores.members.find({(room, user) for room, _ in about}) if about else {}
    messages = find_visible(stores, user, about, members)
    return [
        attrs.evolve(event, payload=_filled(event.payload, user, drafts, messages))
        for event in events
    ]


def _filled(
    payload: PrivatePayload,
    user: UserId,
    drafts: Mapping[Membership, Draft],
    messages: Mapping[MessageNumber, Message],
) -> PrivatePayload:
    if isinstance(payload, DraftChanged):
        draft = drafts.get((payload.conversation, user))
        text, reply_to = (draft.text, draft.reply_to) if draft else (None, None)
        return attrs.evolve(payload, text=text, reply_to=reply_to)
    if isinstance(payload, NotificationAdded):
        message = messages.get((payload.conversation, payload.seq))
        return attrs.evolve(payload, excerpt=message.content.excerpt if message else "")
    return payload
