"""What happened in a conversation, in words: one line for each event. Pure functions."""

from collections.abc import Callable, Mapping, Sequence

import attrs

from parlour.entrypoints.cli.chat.formatting import HandleLookup, one_line
from parlour.entrypoints.client.models import GROUP, MESSAGE_EDITED, POLL_VOTED, Event


def _user(event: Event, name: HandleLookup) -> str:
    user = event.data.get("user")
    return name(user) if isinstance(user, str) else ""


def _number(event: Event) -> str:
    return f"#{event.data.get('seq', '?')}"


def _created(event: Event, name: HandleLookup) -> str | None:
    if event.data.get("kind") != GROUP:
        return None
    title = one_line(str(event.data.get("title", "")))
    return f"* {name(event.by)} created the group {title}"


def _changed(event: Event, name: HandleLookup) -> str:
    return f"* {name(event.by)} named the group {one_line(str(event.data.get('title', '')))}"


def _added(event: Event, name: HandleLookup) -> str:
    return f"* {name(event.by)} added {_user(event, name)}"


def _removed(event: Event, name: HandleLookup) -> str:
    user = _user(event, name)
    return f"* {user} left" if event.data.get("left") else f"* {name(event.by)} removed {user}"


def _role_changed(event: Event, name: HandleLookup) -> str:
    return f"* {name(event.by)} made {_user(event, name)} {event.data.get('role', 'member')}"


def _edited(event: Event, name: HandleLookup) -> str | None:
    if "recalled" in event.data:
        return None  # the recall is told by an event of its own
    text = one_line(str(event.body.get("text", "")), 200)
    return f"* {name(event.by)} edited {_number(event)}{f': {text}' if text else ''}"


def _recalled(event: Event, name: HandleLookup) -> str:
    return f"* {name(event.by)} recalled {_number(event)}"


def _reacted(event: Event, name: HandleLookup) -> str:
    emoji = one_line(str(event.data.get("emoji", "")))
    if event.data.get("on"):
        return f"* {name(event.by)} reacted {emoji} to {_number(event)}"
    return f"* {name(event.by)} took {emoji} back from {_number(event)}"


def _pinned(event: Event, name: HandleLookup) -> str:
    done = "pinned" if event.data.get("on") else "unpinned"
    return f"* {name(event.by)} {done} {_number(event)}"


def _voted(event: Event, name: HandleLookup) -> str:
    return f"* {name(event.by)} voted in {_number(event)}"


NOTES: Mapping[str, Callable[[Event, HandleLookup], str | None] | None] = {
    "message.posted": None,  # shown by `message_lines`
    "message.edited": _edited,
    "message.recalled": _recalled,
    "reaction.set": _reacted,
    "pin.set": _pinned,
    POLL_VOTED: _voted,
    "conversation.created": _created,
    "conversation.changed": _changed,
    "member.added": _added,
    "member.removed": _removed,
    "member.changed": _role_changed,
}
"""How each kind of event in a conversation is shown; None where it is not a note."""


def note(event: Event, name: HandleLookup, about: Event | None = None) -> str | None:
    """Return in words what happened in a conversation, None for what is not shown.

    *about* is the message that it happened to, where that is loaded.
    """
    if event.kind == MESSAGE_EDITED and about is not None and not event.body:
        # It is not told to all what an edit says: the message was asked for.
        event = attrs.evolve(event, data={**event.data, "body": about.body})
    describe = NOTES.get(event.kind)
    text = describe(event, name) if describe else None
    if text and event.kind == POLL_VOTED:
        result = poll_result(about, event.data.get("counts", ()))
        return f"{text}: {result}"
    return text


def poll_result(poll: Event | None, counts: Sequence[int]) -> str:
    """Return the votes for each option: `tea 2, coffee 1`; by number where the poll is unknown."""
    options = poll.body.get("options", ()) if poll else ()
    shown = []
    for place, count in enumerate(counts):
        option = one_line(str(options[place]), 30) if place < len(options) else f"{place + 1}."
        shown.append(f"{option} {count}")
    return ", ".join(shown)
