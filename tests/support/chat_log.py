"""A conversation's log as a service would tell it, and clients that know of it."""

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from parlour.entrypoints.client.models import User
from parlour.entrypoints.client.reducer import apply
from parlour.entrypoints.client.state import Conversation, State

Frame = dict[str, Any]

ME, OTHER, THIRD = "me", "other", "third"
WHERE = "garden"
AT = "2026-01-02T03:04:05.000000Z"

START = State(me=User(ME, "me", "Me"))
"""A client that knows nothing yet."""

_CHANGES = ("post", "reply", "rename", "join", "leave", "new-kind")


@st.composite
def logs(draw: st.DrawFn, most: int = 30) -> list[Frame]:
    """Draw a log: messages of both sides, changes, and kinds that the client does not know."""
    return write(draw(st.lists(st.sampled_from(_CHANGES), max_size=most)))


def write(changes: Sequence[str]) -> list[Frame]:
    """Write a log with one event a change."""
    log: list[Frame] = []
    seq, is_third_there = 0, False
    for offset, change in enumerate(changes, 1):
        event: Frame = {"offset": offset, "by": OTHER, "at": AT, "data": {}}
        if change in ("post", "reply"):
            seq += 1
            event |= {"kind": "message.posted", "seq": seq, "key": f"key-{seq}"}
            event["by"] = ME if change == "post" else OTHER
            event["data"] = {"kind": "text", "body": {"text": f"line {seq}"}, "revision": 1}
        elif change == "rename":
            event |= {"kind": "conversation.changed", "data": {"title": f"title {offset}"}}
        elif change == "join" and not is_third_there:
            is_third_there = True
            event |= {"kind": "member.added", "data": {"user": THIRD, "role": "member"}}
        elif change == "leave" and is_third_there:
            is_third_there = False
            event |= {"kind": "member.removed", "data": {"user": THIRD, "left": True}}
        else:
            event |= {"kind": "from.the.future"}
        log.append(event)
    return log


def head(log: Sequence[Frame], upto: int, read: int = 0) -> Frame:
    """Return the head after the first *upto* events, counted from the log itself."""
    past = log[:upto]
    messages = [event for event in past if event["kind"] == "message.posted"]
    titles = [e["data"]["title"] for e in past if e["kind"] == "conversation.changed"]
    moved = [e["kind"] for e in past]
    told: Frame = {
        "conversation": WHERE,
        "kind": "group",
        "title": titles[-1] if titles else "Garden",
        "members": 2 + moved.count("member.added") - moved.count("member.removed"),
        "seq": len(messages),
        "offset": upto,
        "read": read,
        "received": read,
        "unread": sum(m["by"] != ME and m["seq"] > read for m in messages),
    }
    if messages:
        last = messages[-1]
        excerpt = last["data"]["body"]["text"]
        told["last"] = {"by": last["by"], "at": AT, "excerpt": excerpt, "seq": last["seq"]}
    return told


def message_view(event: Frame) -> Frame:
    """Return an event of a message in the form of a history page."""
    views = {name: event[name] for name in ("offset", "by", "at", "seq", "key")}
    return {**views, "conversation": WHERE, **event["data"]}


def page(log: Sequence[Frame], upto: int) -> Frame:
    """Return the newest page of history after the first *upto* events."""
    messages = [message_view(e) for e in log[:upto] if e["kind"] == "message.posted"]
    return {"messages": messages, "as_of": upto}


def pushed(event: Frame) -> Frame:
    """Return an event as the service pushes it."""
    return {"type": "event", "conversation": WHERE, **event}


def after(frames: Iterable[Frame], state: State = START) -> State:
    """Return a state once it has heard *frames*."""
    for frame in frames:
        state = apply(state, frame)
    return state


def known(log: Sequence[Frame], upto: int, read: int = 0) -> State:
    """Return a state that knows the head after the first *upto* events."""
    return apply(START, {"type": "heads", "heads": [head(log, upto, read)]})


def loaded(log: Sequence[Frame], upto: int, read: int = 0) -> State:
    """Return a state that has the newest page as well."""
    messages = [message_view(e) for e in log[:upto] if e["kind"] == "message.posted"]
    page: Frame = {"type": "page", "conversation": WHERE, "messages": messages, "upto": upto}
    return apply(known(log, upto, read), page)


def here(state: State) -> Conversation:
    """Return the conversation as a state has it."""
    return state.conversations[WHERE]
