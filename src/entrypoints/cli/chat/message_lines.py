"""A message as lines of text, with what happened to it. Pure functions."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs

from parlour.entrypoints.cli.chat.formatting import (
    Delivery,
    HandleLookup,
    Style,
    local_time,
    one_line,
    safe,
)
from parlour.entrypoints.client.kinds import excerpt_of
from parlour.entrypoints.client.models import Event

INDENT = "    "
MAX_BUNDLED = 20
"""Messages of a bundle that are shown; the others are counted."""


@attrs.frozen(kw_only=True)
class Reader:
    """For whom messages are shown, and when: *me* is the own id."""

    me: str
    name: HandleLookup
    now: datetime
    style: Style


def message(
    event: Event, reader: Reader, delivery: Delivery | None = None, quoted: Event | None = None
) -> str:
    """Return a message as lines; all but one of them are indented.

    The line before it is the message *quoted*. One that mentions the reader, or everybody, has a
    `@` before its sender.
    """
    style = reader.style
    time = f"{style.dim(local_time(event.at, reader.now))} {style.dim(f'#{event.seq}')}"
    mentioned = style.bold("@ ") if mentions(event, reader.me) else ""
    first, *rest = _content(event, reader)
    mark = f"  {style.dim(delivery.sign)}" if delivery else ""
    said = f"{time} {mentioned}{style.handle(reader.name(event.by))}: {first}"
    lines = [*_quote(event, quoted, reader), said, *(f"{INDENT}{line}" for line in rest)]
    lines[-1] += f"{_marks(event, style)}{mark}"
    return "\n".join([*lines, *_reactions(event, reader)])


def mentions(event: Event, me: str) -> bool:
    """Whether a message of somebody else mentions the user *me*, or everybody."""
    found = event.data.get("mentions")
    return isinstance(found, list) and event.by != me and bool({me, "all"} & set(map(str, found)))


def people_of(event: Event) -> set[str]:
    """Return the ids of everybody whose name is shown with an event."""
    data = event.data
    found = {event.by, data.get("user"), event.recalled_by}
    found.add((data.get("forwarded") or {}).get("by"))
    found.add(event.body.get("user") if event.message_kind == "contact" else None)
    return {user for user in found if isinstance(user, str)}


def _quote(event: Event, quoted: Event | None, reader: Reader) -> Iterator[str]:
    reply_to = event.data.get("reply_to")
    if reply_to is None:
        return
    if quoted is None:
        said = "a message that is not here"
    elif quoted.recalled_by is not None:
        said = f"{reader.name(quoted.by)}: (recalled)"
    else:
        said = f"{reader.name(quoted.by)}: {one_line(excerpt_of(quoted))}"
    yield reader.style.dim(f"{INDENT}↩ #{reply_to} {said}")


def _content(event: Event, reader: Reader) -> list[str]:
    if event.recalled_by is not None:
        return [reader.style.dim(f"(recalled by {reader.name(event.recalled_by)})")]
    show = _KINDS.get(event.message_kind, _other)
    lines = [safe(line) for line in show(event, reader)]
    if forwarded := event.data.get("forwarded"):
        origin = f"↪ {reader.name(forwarded['by'])}:"
        lines[0] = f"{reader.style.dim(origin)} {lines[0]}"
    return lines


def _text(event: Event, _reader: Reader) -> list[str]:
    return safe(event.text).split("\n")


def _poll(event: Event, _reader: Reader) -> list[str]:
    body, votes = event.body, event.data.get("votes", {})
    counts, mine = votes.get("counts", ()), votes.get("mine", ())
    options = [one_line(str(option)) for option in _list(body, "options")]
    width = max(map(len, options), default=0)
    lines = [f"📊 {one_line(str(body.get('question', '')), 300)}"]
    for place, option in enumerate(options):
        count = counts[place] if place < len(counts) else 0
        lines.append(f"{place + 1}. {option:{width}}  {count}{' ✓' if place in mine else ''}")
    return lines


def _location(event: Event, _reader: Reader) -> list[str]:
    body = event.body
    name = ", ".join(str(body[part]) for part in ("title", "address") if body.get(part))
    place = one_line(f"{body.get('latitude')}, {body.get('longitude')}")
    return [f"📍 {one_line(name, 200)} ({place})" if name else f"📍 {place}"]


def _contact(event: Event, reader: Reader) -> list[str]:
    return [f"👤 {reader.name(str(event.body.get('user', '')))}"]


def _bundle(event: Event, reader: Reader) -> list[str]:
    body = event.body
    items = [item for item in _list(body, "items") if isinstance(item, Mapping)]
    lines = [f"🗂️ {one_line(str(body.get('title', '')))}"]
    lines += [_bundled(item, reader) for item in items[:MAX_BUNDLED]]
    more = len(items) - MAX_BUNDLED
    return [*lines, f"and {more} more"] if more > 0 else lines


def _bundled(item: Mapping[str, Any], reader: Reader) -> str:
    try:
        at = local_time(str(item.get("at", "")), reader.now)
    except ValueError:
        at = ""
    said = item.get("text") or f"[{item.get('kind', '')}]"
    return f"{at} {one_line(str(item.get('name', '')), 40)}: {one_line(str(said), 200)}".strip()


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    """Return a list of a body; another release of the service may have something else there."""
    found = body.get(name)
    return found if isinstance(found, list) else []


def _other(event: Event, _reader: Reader) -> list[str]:
    """Show of a kind that this client does not know what its text says."""
    kind = one_line(event.message_kind, 40)
    if not event.text:
        return [f"(not supported here: {kind})"]
    first, *rest = _text(event, _reader)
    return [f"[{kind}] {first}", *rest]


_KINDS: Mapping[str, Callable[[Event, Reader], list[str]]] = {
    "text": _text,
    "poll": _poll,
    "location": _location,
    "contact": _contact,
    "bundle": _bundle,
}


def _marks(event: Event, style: Style) -> str:
    marks = "  📌" if event.data.get("pinned") else ""
    return f"{marks}{style.dim(' (edited)')}" if event.data.get("edited_at") else marks


def _reactions(event: Event, reader: Reader) -> list[str]:
    reactions = event.data.get("reactions", ())
    if not reactions:
        return []
    shown = []
    for each in reactions:
        mine = " (you)" if each.get("mine") else ""
        shown.append(f"{one_line(str(each['emoji']))} {each['count']}{mine}")
    return [reader.style.dim(f"{INDENT}{'  '.join(shown)}")]
