"""
The reducer: what a client knows, as a pure function `(state, frame) → state`.

A frame is either one that the service sent (`welcome`, `event`, `receipt` …) or, in the same
form, something that the client learnt otherwise (`heads`, `events`, `page`, `posted` …). The
reducer uses no clock, network or disk: the same frames always give the same state, and a frame
that comes twice changes nothing the second time.
"""

from collections.abc import Callable, Iterable, Mapping

import attrs

from parlour.entrypoints.client.events import (
    CONVERSATION_EVENTS,
    mark_left,
    mark_read,
    put,
    take_event,
    take_head,
    take_page,
    take_private_event,
)
from parlour.entrypoints.client.gap import GapBuffer
from parlour.entrypoints.client.message_changes import replace, settle
from parlour.entrypoints.client.models import (
    MESSAGE_POSTED,
    TEXT,
    ConversationHead,
    Event,
    Frame,
    Marks,
    Presence,
    User,
)
from parlour.entrypoints.client.state import Conversation, State
from parlour.entrypoints.client.unstarted import unstarted, unstarted_id

TYPING_TIMEOUT = 6.0
"""Seconds after which a user is no longer shown as typing."""


def apply(state: State, frame: Frame) -> State:
    """Return the state after a frame; unknown types change nothing."""
    handler = _HANDLERS.get(frame["type"])
    return handler(state, frame) if handler else state


def _welcome(state: State, frame: Frame) -> State:
    # A service below level 4 of the protocol does not say it.
    chosen = Presence.read(frame["presence"]) if "presence" in frame else state.chosen
    state = attrs.evolve(state, cursor=frame["cursor"], typing={}, presence={}, chosen=chosen)
    return _heads(state, frame)


def _heads(state: State, frame: Frame) -> State:
    conversations = dict(state.conversations)
    for raw in frame["heads"]:
        head = ConversationHead.read_from(raw)
        known = conversations.get(head.conversation)
        conversations[head.conversation] = (
            take_head(known, head, state.my_id)
            if known
            else Conversation(
                head=head,
                tail=GapBuffer(head.offset),
                log=GapBuffer() if state.keeps_logs else None,
            )
        )
        if head.peer:
            conversations.pop(unstarted_id(head.peer), None)
    return attrs.evolve(state, conversations=conversations)


def _unstarted(state: State, frame: Frame) -> State:
    """Show an empty conversation with a known user; nothing of it exists at the service."""
    return put(state, unstarted(state.users[frame["user"]], state.my_id))


def _event(state: State, frame: Frame) -> State:
    return _with_events(state, frame["conversation"], [Event.read(frame)])


def _events(state: State, frame: Frame) -> State:
    return _with_events(state, frame["conversation"], map(Event.read, frame["events"]))


def _posted(state: State, frame: Frame) -> State:
    """The service acknowledged a message: it takes its place in the log like any other event."""
    body = frame.get("body", {"text": frame["text"]})
    data = {"kind": frame.get("kind", TEXT), "body": body, "revision": 1}
    data |= {name: frame[name] for name in ("reply_to",) if name in frame}
    event = Event.read({**frame, "kind": MESSAGE_POSTED, "by": state.my_id, "data": data})
    return _with_events(state, frame["conversation"], [event])


def _with_events(state: State, conversation: str, events: Iterable[Event]) -> State:
    known = state.conversations.get(conversation)
    if known is None:
        return state
    typing, skipped = state.typing, state.skipped
    for event in events:
        before, known = known, take_event(known, event, state.my_id)
        if known is not before:
            skipped += event.kind not in CONVERSATION_EVENTS
            if event.kind == MESSAGE_POSTED:
                who = (conversation, event.by)
                typing = {key: until for key, until in typing.items() if key != who}
    return put(attrs.evolve(state, typing=typing, skipped=skipped), known)


def _private(state: State, frame: Frame) -> State:
    """Take the answer to `sync.me`."""
    if frame.get("reset"):
        # Too much was missed: the heads contain the rest, and the log goes on at the cursor.
        return attrs.evolve(state, cursor=frame["cursor"], private_offset=0)
    for event in frame["events"]:
        state = take_private_event(state, event)
    return attrs.evolve(state, cursor=frame["cursor"])


def _event_me(state: State, frame: Frame) -> State:
    """Apply the next private event; any other is asked for together with those before it."""
    is_next = state.private_offset and frame["offset"] == state.private_offset + 1
    return take_private_event(state, frame) if is_next else state


def _page(state: State, frame: Frame) -> State:
    messages, me = _messages(frame), state.my_id
    return _change(state, frame, lambda known: take_page(known, messages, frame["upto"], me))


def _messages(frame: Frame) -> list[Event]:
    """Return the messages of a page; a service below level 5 does not say when it was read."""
    return [Event.read_message(raw, frame.get("as_of", 0)) for raw in frame["messages"]]


def _read_again(state: State, frame: Frame) -> State:
    """Take messages that were read by themselves, in the place of what is known of them."""

    def replace_known(known: Conversation) -> Conversation:
        return attrs.evolve(known, events=replace(known.events, _messages(frame), state.my_id))

    return _change(state, frame, replace_known)


def _older(state: State, frame: Frame) -> State:
    """Put a page of earlier messages before those that are loaded."""

    def prepend(known: Conversation) -> Conversation:
        first = known.first_seq
        read = settle(_messages(frame), known.events, state.my_id)
        older = [e for e in read if (not first or (e.seq or 0) < first) and known.shows(e)]
        events = sorted((*older, *known.events), key=lambda event: event.offset)
        return attrs.evolve(known, events=tuple(events))

    return _change(state, frame, prepend)


def _receipt(state: State, frame: Frame) -> State:
    """Take how far another member has received and read a conversation."""
    user = frame["user"]

    def move(known: Conversation) -> Conversation:
        was = known.marks.get(user, Marks())
        now = was.moved(frame.get("received", 0), frame.get("read", 0))
        return known if now == was else attrs.evolve(known, marks={**known.marks, user: now})

    return state if user == state.my_id else _change(state, frame, move)


def _received(state: State, frame: Frame) -> State:
    """Note what this device reported to the service as received."""
    for conversation, seq in frame["marks"].items():
        known = state.conversations.get(conversation)
        if known is not None:
            head = attrs.evolve(known.head, received=max(known.head.received, seq))
            state = put(state, attrs.evolve(known, head=head))
    return state


def _typing(state: State, frame: Frame) -> State:
    """Take a typing indicator; `now` is the client's clock, in seconds."""
    key = (frame["conversation"], frame["user"])
    typing = {known: until for known, until in state.typing.items() if known != key}
    if frame["on"] and frame["user"] != state.my_id:
        typing[key] = frame["now"] + TYPING_TIMEOUT
    return attrs.evolve(state, typing=typing)


def _presence(state: State, frame: Frame) -> State:
    shown = {**state.presence, frame["user"]: Presence.read(frame)}
    return attrs.evolve(state, presence=shown)


def _profile(state: State, frame: Frame) -> State:
    known = state.users.get(frame["user"])
    if known is None:
        return state
    user = User.read({**frame, "handle": known.handle})
    return attrs.evolve(state, users={**state.users, user.id: user})


def _chosen(state: State, frame: Frame) -> State:
    return attrs.evolve(state, chosen=Presence.read(frame))


def _users(state: State, frame: Frame) -> State:
    users = {user.id: user for user in map(User.read, frame["users"])}
    return attrs.evolve(state, users={**state.users, **users})


def _change(state: State, frame: Frame, how: Callable[[Conversation], Conversation]) -> State:
    known = state.conversations.get(frame["conversation"])
    return state if known is None else put(state, how(known))


_HANDLERS: Mapping[str, Callable[[State, Frame], State]] = {
    # from the service
    "welcome": _welcome,
    "event": _event,
    "event.me": _event_me,
    "receipt": _receipt,
    "typing": _typing,
    "presence": _presence,
    "profile": _profile,
    # from answers, and from this client
    "heads": _heads,
    "unstarted": _unstarted,
    "events": _events,
    "private": _private,
    "page": _page,
    "older": _older,
    "messages": _read_again,
    "posted": _posted,
    "users": _users,
    "chosen": _chosen,
    "read": mark_read,
    "received": _received,
    "left": mark_left,
}
