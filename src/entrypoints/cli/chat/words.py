"""What is shown: messages, notes, lists and ticks as lines of text. Pure."""

import unicodedata
from collections.abc import Callable
from datetime import datetime, tzinfo
from enum import Enum

import attrs

from parlour.entrypoints.cli.chat.conversation import Conversation
from parlour.entrypoints.cli.chat.model import GROUP, Event, Person
from parlour.entrypoints.cli.chat.store import State

Namer = Callable[[str], str]

# Marks that reorder or hide what stands around them.
_DECEPTIVE = frozenset(
    "\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
) | {chr(code) for code in range(0x2066, 0x206A)}


class Tick(Enum):
    """How far an own message came: its sign, and in a word."""

    SENDING = ("…", "sending")
    SENT = ("✓", "sent")
    RECEIVED = ("✓✓", "received")
    READ = ("✓✓", "read")

    def __init__(self, sign: str, word: str) -> None:
        self.sign = sign
        self.word = word


@attrs.frozen
class Paint:
    """Colours, where the terminal has them."""

    is_on: bool = False

    def dim(self, text: str) -> str:
        """Show *text* as a side remark."""
        return self._in("2", text)

    def strong(self, text: str) -> str:
        """Show *text* as what matters."""
        return self._in("1", text)

    def alarm(self, text: str) -> str:
        """Show *text* as something that went wrong."""
        return self._in("31", text)

    def person(self, handle: str) -> str:
        """Show a handle in the colour it always has."""
        return self._in(str(31 + sum(handle.encode()) % 6), handle)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.is_on and text else text


def safe(text: str) -> str:
    """Return *text* without what could command the terminal or deceive the reader.

    Line feeds stay, tabs become spaces, every other control character a replacement sign.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c
        if c == "\n"
        else "    "
        if c == "\t"
        else "\N{REPLACEMENT CHARACTER}"
        if c in _DECEPTIVE or unicodedata.category(c) in {"Cc", "Cs"}
        else c
        for c in text.replace("\r\n", "\n")
    )


def one_line(text: str, most: int = 60) -> str:
    """Return the beginning of *text* in one line."""
    line = " ".join(safe(text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def clock(at: str, now: datetime, zone: tzinfo | None = None) -> str:
    """Return when something happened, in local time: the day only where it is another one."""
    then = datetime.fromisoformat(at).astimezone(zone)
    is_today = then.date() == now.astimezone(zone).date()
    return f"{then:%H:%M}" if is_today else f"{then:%Y-%m-%d %H:%M}"


def namer(state: State) -> Namer:
    """Return what gives the handle of a user, or part of the id where the handle is unknown."""

    def name(user: str) -> str:
        known = state.people.get(user) or (state.me if user == state.my_id else None)
        return safe(known.handle) if known else f"user-{user[-6:]}"

    return name


def message(event: Event, name: Namer, now: datetime, paint: Paint, tick: Tick | None) -> str:
    """Return a message as lines; those after the first are indented."""
    first, *rest = safe(event.text).split("\n")
    mark = f"  {paint.dim(tick.sign)}" if tick else ""
    said = "\n".join([first, *(f"    {line}" for line in rest)])
    return f"{paint.dim(clock(event.at, now))} {paint.person(name(event.by))}: {said}{mark}"


def note(event: Event, name: Namer) -> str | None:
    """Return in words what happened in a conversation, None for what is not shown."""
    by, data = name(event.by), event.data
    subject = name(data["user"]) if isinstance(data.get("user"), str) else ""
    match event.kind:
        case "conversation.created" if data.get("kind") == GROUP:
            return f"* {by} created the group {one_line(str(data.get('title', '')))}"
        case "conversation.changed":
            return f"* {by} named the group {one_line(str(data.get('title', '')))}"
        case "member.added":
            return f"* {by} added {subject}"
        case "member.removed":
            return f"* {subject} left" if data.get("left") else f"* {by} removed {subject}"
        case "member.changed":
            return f"* {by} made {subject} {data.get('role', 'member')}"
        case _:
            return None


def title(conversation: Conversation, name: Namer, me: str) -> str:
    """Return what a conversation is called: `bob`, `#Garden`, or notes to self."""
    head = conversation.head
    if head.kind == GROUP:
        return f"#{one_line(head.title, 40)}"
    if head.peer is None or head.peer == me:
        return "notes"
    return name(head.peer)


def line_of_list(
    number: int, conversation: Conversation, name: Namer, me: str, paint: Paint
) -> str:
    """Return one line of the list of conversations."""
    head = conversation.head
    unread = paint.strong(f" {head.unread} new") if head.unread else ""
    gone = " (left)" if conversation.left else ""
    last = head.last
    excerpt = f"  {name(last.by)}: {one_line(last.excerpt, 50)}" if last else ""
    called = paint.strong(title(conversation, name, me))
    return f"{number:3}  {called}{gone}{unread}{paint.dim(excerpt)}"


def tick_of(conversation: Conversation, seq: int, me: str) -> Tick:
    """Return how far an own message came: received or read counts where everybody has."""
    others = max(1, conversation.head.members - 1)
    marks = [mark for user, mark in conversation.marks.items() if user != me]
    if sum(mark.read >= seq for mark in marks) >= others:
        return Tick.READ
    if sum(mark.received >= seq for mark in marks) >= others:
        return Tick.RECEIVED
    return Tick.SENT


def readers(conversation: Conversation, seq: int, me: str, name: Namer) -> str:
    """Return in words who has read and who has received a message."""
    marks = {user: mark for user, mark in conversation.marks.items() if user != me}
    read = sorted(name(user) for user, mark in marks.items() if mark.read >= seq)
    got = sorted(name(user) for user, mark in marks.items() if mark.received >= seq > mark.read)
    parts = []
    if read:
        parts.append(f"read by {', '.join(read)}")
    if got:
        parts.append(f"received by {', '.join(got)}")
    return "; ".join(parts) or "nobody else has received it yet"


def seen(state: State, user: str, now: datetime) -> str:
    """Return how somebody is seen: `online`, `away`, `offline, last seen 12:03`."""
    presence = state.presence.get(user)
    if presence is None:
        return "offline"
    words = presence.state
    if presence.text:
        words += f" ({one_line(presence.text)})"
    if presence.last_seen:
        words += f", last seen {clock(presence.last_seen, now)}"
    return words


def full_name(person: Person) -> str:
    """Return the handle, and the display name where that says more."""
    handle, name = safe(person.handle), one_line(person.name)
    return handle if name.casefold() == handle else f"{handle} ({name})"
