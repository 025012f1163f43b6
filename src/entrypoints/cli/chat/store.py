"""
The store: what this client knows, as a pure function `(state, frame) → state`.

A frame is either one that the service sent (`welcome`, `event`, `receipt` …) or, in the same
form, something the client learnt otherwise (`heads`, `events`, `page`, `posted` …). Nothing here
asks for time, network or disk: the same frames always give the same state, and a frame that comes
twice changes nothing the second time.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import attrs

from parlour.entrypoints.cli.chat.conversation import (
    Conversation,
    offer,
    with_head,
    with_marks,
    with_older,
    with_page,
    with_read,
)
from parlour.entrypoints.cli.chat.model import POSTED, Event, Frame, Head, Person, Presence

TYPING_LASTS = 6.0
"""Seconds after which somebody who typed is no longer shown as typing."""

KINDS = frozenset(
    {
        "message.posted",
        "conversation.created",
        "conversation.changed",
        "member.added",
        "member.removed",
        "member.changed",
    }
)
"""Event kinds that this client shows; others are counted and passed over."""


@attrs.frozen(kw_only=True)
class State:
    """Everything that is known.

    `cursor` is where private events are to be asked for from, `private_offset` the last one
    applied (0: none yet); `typing` says until when (seconds of the client's clock).
    """

    me: Person | None = None
    cursor: str | None = None
    private_offset: int = 0
    conversations: Mapping[str, Conversation] = attrs.field(factory=dict)
    people: Mapping[str, Person] = attrs.field(factory=dict)
    presence: Mapping[str, Presence] = attrs.field(factory=dict)
    typing: Mapping[tuple[str, str], float] = attrs.field(factory=dict)
    skipped: int = 0

    @property
    def my_id(self) -> str:
        """The id of the user of this client."""
        return self.me.id if self.me else ""

    def typists(self, conversation: str, now: float) -> list[str]:
        """Return the ids of those who type in a conversation."""
        return [
            user
            for (where, user), until in self.typing.items()
            if where == conversation and until > now
        ]


def apply(state: State, frame: Frame) -> State:
    """Return the state after a frame; unknown types change nothing."""
    handler = _HANDLERS.get(frame["type"])
    return handler(state, frame) if handler else state


def _welcome(state: State, frame: Frame) -> State:
    state = attrs.evolve(state, cursor=frame["cursor"], typing={}, presence={})
    return _heads(state, frame)


def _heads(state: State, frame: Frame) -> State:
    conversations = dict(state.conversations)
    for raw in frame["heads"]:
        head = Head.read_from(raw)
        known = conversations.get(head.conversation)
        conversations[head.conversation] = with_head(known, head, state.my_id)
    return attrs.evolve(state, conversations=conversations)


def _event(state: State, frame: Frame) -> State:
    return _with_events(state, frame["conversation"], [Event.read(frame)])


def _events(state: State, frame: Frame) -> State:
    return _with_events(state, frame["conversation"], map(Event.read, frame["events"]))


def _with_events(state: State, where: str, events: Iterable[Event]) -> State:
    before = state.conversations.get(where)
    if before is None:
        return state
    now, typing, skipped = before, state.typing, state.skipped
    for event in events:
        after = offer(now, event, state.my_id)
        if after is now:
            continue
        now = after
        skipped += event.kind not in KINDS
        if event.kind == POSTED:
            typing = {key: until for key, until in typing.items() if key != (where, event.by)}
    state = attrs.evolve(state, typing=typing, skipped=skipped)
    return _put(state, where, now)


def _posted(state: State, frame: Frame) -> State:
    """The service acknowledged a message: it takes its place in the log like any other event."""
    event = Event(
        offset=frame["offset"],
        kind=POSTED,
        by=state.my_id,
        at=frame["at"],
        data={"kind": "text", "body": {"text": frame["text"]}, "revision": 1},
        seq=frame["seq"],
        key=frame["key"],
    )
    return _with_events(state, frame["conversation"], [event])


def _private(state: State, frame: Frame) -> State:
    """Take private events as `sync.me` answers with them."""
    if frame.get("reset"):
        # The answer says from where on they count again; heads have told the rest.
        return attrs.evolve(state, cursor=frame["cursor"], private_offset=0)
    for raw in frame["events"]:
        state = _private_event(state, raw)
    return attrs.evolve(state, cursor=frame["cursor"])


def _event_me(state: State, frame: Frame) -> State:
    """Apply a private event that follows the last one; any other is asked for, with its elders."""
    is_next = state.private_offset and frame["offset"] == state.private_offset + 1
    return _private_event(state, frame) if is_next else state


def _private_event(state: State, frame: Frame) -> State:
    if frame["offset"] <= state.private_offset:
        return state
    state = attrs.evolve(state, private_offset=frame["offset"])
    data: Mapping[str, Any] = frame.get("data", {})
    match frame["kind"]:
        case "read.moved":
            return _read(state, data)
        case "conversation.left":
            return _left(state, data)
        # Below level 3 of the protocol a changed name was told with the settings.
        case "profile.changed" | "settings.changed" if "display_name" in data and state.me:
            me = attrs.evolve(state.me, name=data["display_name"])
            return _with_people(attrs.evolve(state, me=me), [me])
        case _:
            return state


def _page(state: State, frame: Frame) -> State:
    messages = [Event.of_message(raw) for raw in frame["messages"]]
    where, upto = frame["conversation"], frame["upto"]
    return _change(state, where, lambda c: with_page(c, messages, upto, state.my_id))


def _older(state: State, frame: Frame) -> State:
    messages = [Event.of_message(raw) for raw in frame["messages"]]
    return _change(state, frame["conversation"], lambda c: with_older(c, messages))


def _receipt(state: State, frame: Frame) -> State:
    user = frame["user"]
    if user == state.my_id:
        return state
    received, read = frame.get("received", 0), frame.get("read", 0)
    return _change(state, frame["conversation"], lambda c: with_marks(c, user, received, read))


def _read(state: State, frame: Frame) -> State:
    seq = frame["seq"]
    return _change(state, frame["conversation"], lambda c: with_read(c, seq, state.my_id))


def _received(state: State, frame: Frame) -> State:
    for where, seq in frame["marks"].items():
        state = _change(state, where, partial(_with_received, seq=seq))
    return state


def _with_received(conversation: Conversation, seq: int) -> Conversation:
    received = max(conversation.head.received, seq)
    return attrs.evolve(conversation, head=attrs.evolve(conversation.head, received=received))


def _left(state: State, frame: Frame) -> State:
    return _change(state, frame["conversation"], lambda c: attrs.evolve(c, left=True, held=()))


def _typing(state: State, frame: Frame) -> State:
    key = (frame["conversation"], frame["user"])
    typing = {known: until for known, until in state.typing.items() if known != key}
    if frame["on"] and frame["user"] != state.my_id:
        typing[key] = frame["now"] + TYPING_LASTS
    return attrs.evolve(state, typing=typing)


def _presence(state: State, frame: Frame) -> State:
    seen = Presence(frame["state"], frame.get("last_seen"), frame.get("text"))
    return attrs.evolve(state, presence={**state.presence, frame["user"]: seen})


def _people(state: State, frame: Frame) -> State:
    return _with_people(state, map(Person.read, frame["users"]))


def _with_people(state: State, people: Iterable[Person]) -> State:
    return attrs.evolve(state, people={**state.people, **{who.id: who for who in people}})


def _change(state: State, where: str, how: Callable[[Conversation], Conversation]) -> State:
    known = state.conversations.get(where)
    return state if known is None else _put(state, where, how(known))


def _put(state: State, where: str, conversation: Conversation) -> State:
    if state.conversations.get(where) is conversation:
        return state
    return attrs.evolve(state, conversations={**state.conversations, where: conversation})


_HANDLERS: Mapping[str, Callable[[State, Frame], State]] = {
    # from the service
    "welcome": _welcome,
    "event": _event,
    "event.me": _event_me,
    "receipt": _receipt,
    "typing": _typing,
    "presence": _presence,
    # from answers, and from this client
    "heads": _heads,
    "events": _events,
    "private": _private,
    "page": _page,
    "older": _older,
    "posted": _posted,
    "people": _people,
    "read": _read,
    "received": _received,
    "left": _left,
}
