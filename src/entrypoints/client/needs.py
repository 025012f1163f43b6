"""What the state lacks after a frame, which `catchup` asks for. Pure functions."""

from collections.abc import Iterator, Sequence
from typing import Literal

import attrs

from parlour.entrypoints.client.models import (
    MESSAGE_EDITED,
    MESSAGE_POSTED,
    MESSAGE_RECALLED,
    POLL_VOTED,
    Frame,
)
from parlour.entrypoints.client.state import State

_HEADS_OF = frozenset({"conversation.joined", "message.hidden", "history.cleared"})
"""Private events after which the head of a conversation is another one."""


@attrs.frozen
class Need:
    """Something that the state lacks.

    `head`: the head of a conversation, and the events up to it where its log is loaded.
    `events`: those after the gap of a conversation; with `hold`, only if it does not close by
    itself. `message`: the one with this `seq`, as it is now. `private`: private events. `resume`:
    all of that since the cursor, with `more` also the heads that changed.
    """

    kind: Literal["head", "events", "message", "private", "resume"]
    conversation: str = ""
    hold: bool = False
    more: bool = False
    seq: int = 0


def needs(frame: Frame, before: State, state: State) -> Iterator[Need]:
    """Return what to ask for after *frame* led from *before* to *state*."""
    match frame["type"]:
        case "event":
            yield from missing(state, frame["conversation"])
            yield from _of_changes([frame], frame["conversation"], before, state)
        case "events":
            yield from missing(state, frame["conversation"])
            yield from _of_changes(frame["events"], frame["conversation"], before, state)
        case "page" | "posted":
            yield from missing(state, frame["conversation"])
        case "head" | "acknowledged":
            yield from missing(state, frame["conversation"], frame["offset"])
        case "event.me" | "private" | "acknowledged.me":
            yield from _of_private(frame, before)
        case "resync" if frame.get("conversation"):
            yield Need("head", frame["conversation"])
        case "resync":
            yield Need("resume", more=True)
        case "welcome":
            yield Need("resume", more=bool(frame["more"]))


def missing(state: State, conversation: str, offset: int = 0) -> Iterator[Need]:
    """Return what is missing of a conversation, which is known to reach up to *offset*."""
    known = state.conversations.get(conversation)
    if known is None:
        yield Need("head", conversation)
    elif known.gap is not None:
        yield Need("events", conversation, hold=True)
    elif known.position < offset:
        yield Need("events", conversation)


def _of_private(frame: Frame, before: State) -> Iterator[Need]:
    known = before.private_offset
    for event in frame["events"] if frame["type"] == "private" else (frame,):
        if event.get("kind") in _HEADS_OF:
            yield Need("head", event["data"]["conversation"])
    is_next = frame["type"] == "event.me" and known and frame["offset"] <= known + 1
    if frame["type"] != "private" and frame["offset"] > known and not is_next:
        yield Need("private")


def _of_changes(
    events: Sequence[Frame], conversation: str, before: State, state: State
) -> Iterator[Need]:
    """Return what events about messages do not say themselves."""
    was, now = before.conversations.get(conversation), state.conversations.get(conversation)
    if was is None or now is None:
        return
    posted = {event.get("seq") for event in events if event["kind"] == MESSAGE_POSTED}
    for event in events:
        if event["kind"] == MESSAGE_RECALLED and event["offset"] > was.tail.applied:
            seq = event["data"]["seq"]
            known = was.find(seq)
            is_counted = seq in posted or (known is not None and known.recalled_by is None)
            if seq > was.head.read and not is_counted:
                yield Need("head", conversation)
        elif _leaves_open(event, state.my_id):
            seq, last = event["data"]["seq"], now.head.last
            if now.find(seq) is not None:
                yield Need("message", conversation, seq=seq)
            if event["kind"] == MESSAGE_EDITED and last is not None and last.seq == seq:
                yield Need("head", conversation)


def _leaves_open(event: Frame, me: str) -> bool:
    """Return whether an event does not say what this user may know: ask for the message."""
    data = event["data"]
    if event["kind"] == MESSAGE_EDITED:
        # Older than the membership of some, so it is not told to all what it says.
        return not data["kind"] and "recalled" not in data
    return event["kind"] == POLL_VOTED and event["by"] == me and data.get("options") is None
