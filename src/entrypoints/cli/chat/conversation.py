"""
One conversation of the store: its head, its loaded log, and events that came before their turn.

The head and the log each know the last event applied to them. An event is applied to whichever it
follows; one that follows neither is held, and `hole` says from where to ask. This is the client
gap rule (protocol, section 2.3, rule 3) as a pure function.
"""

from collections.abc import Iterable, Mapping

import attrs

from parlour.entrypoints.cli.chat.model import POSTED, Event, Head, Last, Marks

MAX_HELD = 500
"""Beyond this, asking the service is cheaper than holding."""


@attrs.frozen(kw_only=True)
class Conversation:
    """What is known of a conversation.

    `events` is a part of the log without a hole between its messages, `applied` the offset up to
    which it is complete (None: not loaded), `marks` what other members have received and read.
    """

    head: Head
    events: tuple[Event, ...] = ()
    applied: int | None = None
    held: tuple[Event, ...] = ()
    marks: Mapping[str, Marks] = attrs.field(factory=dict)
    left: bool = False

    @property
    def is_loaded(self) -> bool:
        """Tell whether the log is kept, not the head alone."""
        return self.applied is not None

    @property
    def position(self) -> int:
        """The last event applied everywhere."""
        return self.head.offset if self.applied is None else min(self.head.offset, self.applied)

    @property
    def hole(self) -> int | None:
        """The offset after which events are missing, None where none are."""
        behind = self.applied is not None and self.applied < self.head.offset
        return self.position if (self.held or behind) and not self.left else None

    @property
    def first_seq(self) -> int:
        """The number of the first message loaded; 0 where there is none."""
        return next((event.seq for event in self.events if event.seq), 0)


def with_head(known: Conversation | None, head: Head, me: str) -> Conversation:
    """Take a snapshot of the head; one that is older than what is known changes nothing."""
    if known is None:
        return Conversation(head=head)
    if head.offset < known.head.offset:
        return known
    now = known.head
    if now.read > head.read:  # the service has not heard of it yet
        unread = min(head.unread, max(0, head.seq - now.read))
        head = attrs.evolve(head, read=now.read, unread=unread)
    head = attrs.evolve(head, received=max(head.received, now.received))
    held = tuple(event for event in known.held if event.offset > head.offset)
    taken = attrs.evolve(known, head=head, left=False)
    # What the log still lacks up to here is asked for; what was held may follow the head now.
    return _release(attrs.evolve(taken, held=known.held if known.is_loaded else held), me)


def offer(conversation: Conversation, event: Event, me: str) -> Conversation:
    """Apply an event, ignore it as known, or hold it."""
    applied = _apply(conversation, event, me)
    if applied is not conversation:
        return _release(applied, me)
    held = conversation.held
    known = any(other.offset == event.offset for other in held)
    if event.offset <= conversation.position or known or len(held) >= MAX_HELD:
        return conversation
    return attrs.evolve(conversation, held=_sorted((*held, event)))


def _apply(conversation: Conversation, event: Event, me: str) -> Conversation:
    head, log = conversation.head, conversation.applied
    if event.offset == head.offset + 1:
        conversation = attrs.evolve(
            conversation,
            head=_advance(head, event, me),
            marks=_marks_after(conversation.marks, event, me, head.seq),
            left=conversation.left or _removes(event, me),
        )
    if log is not None and event.offset == log + 1:
        conversation = attrs.evolve(
            conversation, events=(*conversation.events, event), applied=event.offset
        )
    return conversation


def _release(conversation: Conversation, me: str) -> Conversation:
    """Apply what was held, as far as it follows now."""
    for event in conversation.held:
        conversation = _apply(conversation, event, me)
    held = tuple(event for event in conversation.held if event.offset > conversation.position)
    return attrs.evolve(conversation, held=held) if held != conversation.held else conversation


def _advance(head: Head, event: Event, me: str) -> Head:
    head = attrs.evolve(head, offset=event.offset)
    match event.kind:
        case "message.posted":
            return attrs.evolve(
                head,
                seq=event.seq or head.seq,
                unread=head.unread + (event.by != me),
                last=Last(event.by, event.at, " ".join(event.text.split())[:140]),
            )
        case "conversation.changed":
            return attrs.evolve(head, title=event.data.get("title", head.title))
        case "member.added":
            return attrs.evolve(head, members=head.members + 1)
        case "member.removed":
            return attrs.evolve(head, members=head.members - 1)
        case "member.changed" if event.data.get("user") == me:
            return attrs.evolve(head, role=event.data.get("role", head.role))
        case _:
            return head


def _removes(event: Event, me: str) -> bool:
    return event.kind == "member.removed" and event.data.get("user") == me


def _marks_after(
    marks: Mapping[str, Marks], event: Event, me: str, seq: int
) -> Mapping[str, Marks]:
    """Return the marks after an event: who writes has received what stood before."""
    subject = event.data.get("user", "")
    if event.kind == POSTED and event.by != me:
        was = marks.get(event.by, Marks())
        return {**marks, event.by: was.moved(event.seq or 0, 0)}
    if event.kind == "member.added" and subject:
        # What was said before is not theirs to read: it counts as read.
        return {**marks, subject: Marks(seq, seq)}
    if event.kind == "member.removed" and subject in marks:
        return {user: mark for user, mark in marks.items() if user != subject}
    return marks


def with_page(
    conversation: Conversation, messages: Iterable[Event], upto: int, me: str
) -> Conversation:
    """Begin the log with the newest page of history.

    *upto* is the offset of the head that was known when the page was asked for: up to there the
    page holds every message. What is newer comes as an event, or is asked for as a hole.
    """
    events = tuple(event for event in messages if event.offset <= upto)
    loaded = attrs.evolve(conversation, events=_sorted(events), applied=upto)
    return _release(loaded, me)


def with_older(conversation: Conversation, messages: Iterable[Event]) -> Conversation:
    """Put a page of earlier messages before those that are loaded."""
    known = {event.offset for event in conversation.events}
    first = conversation.first_seq
    older = [
        event
        for event in messages
        if event.offset not in known and (not first or (event.seq or 0) < first)
    ]
    return attrs.evolve(conversation, events=_sorted((*older, *conversation.events)))


def with_marks(conversation: Conversation, user: str, received: int, read: int) -> Conversation:
    """Take what another member has received and read."""
    was = conversation.marks.get(user, Marks())
    now = was.moved(received, read)
    if now == was:
        return conversation
    return attrs.evolve(conversation, marks={**conversation.marks, user: now})


def with_read(conversation: Conversation, seq: int, me: str) -> Conversation:
    """Move the own read mark, and the unread count with it."""
    head = conversation.head
    if seq <= head.read:
        return conversation
    first = conversation.first_seq
    if seq >= head.seq:
        unread = 0
    elif first and first <= seq + 1 and conversation.position == head.offset:
        unread = sum(e.by != me for e in conversation.events if e.seq and e.seq > seq)
    else:
        unread = max(0, min(head.unread, head.seq - seq))
    received = max(head.received, seq)
    return attrs.evolve(
        conversation, head=attrs.evolve(head, read=seq, received=received, unread=unread)
    )


def _sorted(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: event.offset))
