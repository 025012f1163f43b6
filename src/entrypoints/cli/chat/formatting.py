"""Names, times, lists and delivery marks as lines of text. Pure functions."""

import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from enum import Enum

import attrs

from parlour.entrypoints.client.models import GROUP, ConversationHead, Event, Presence, User
from parlour.entrypoints.client.state import Conversation, State
from parlour.entrypoints.client.text import cut_text, fold_case

HandleLookup = Callable[[str], str]

# Characters that reorder or hide the text around them.
_DECEPTIVE = frozenset(
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
) | {chr(code) for code in range(0x2066, 0x206A)}


class Delivery(Enum):
    """How far an own message came: its sign, and the word for it."""

    SENDING = ("…", "sending")
    SENT = ("✓", "sent")
    RECEIVED = ("✓✓", "received")
    READ = ("✓✓", "read")

    def __init__(self, sign: str, word: str) -> None:
        self.sign = sign
        self.word = word


@attrs.frozen
class Style:
    """Colours (ANSI SGR), where the terminal has them."""

    is_on: bool = False

    def dim(self, text: str) -> str:
        """Return a note, shown dim."""
        return self._coloured("2", text)

    def bold(self, text: str) -> str:
        """Return *text* in bold."""
        return self._coloured("1", text)

    def error(self, text: str) -> str:
        """Return an error, shown red."""
        return self._coloured("31", text)

    def handle(self, handle: str) -> str:
        """Return a handle in the colour it always has."""
        return self._coloured(str(31 + sum(handle.encode()) % 6), handle)

    def _coloured(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.is_on and text else text


def safe(text: str) -> str:
    """Return *text* without control and bidirectional characters (terminal escape injection).

    Line feeds stay, tabs become spaces, all others a replacement character.
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
    """Return the beginning of *text* in one line, cut between characters as people see them."""
    line = " ".join(safe(text).split())
    return line if len(line) <= most else f"{cut_text(line, most - 1)}…"


def local_time(at: str, now: datetime, zone: tzinfo | None = None) -> str:
    """Return an RFC 3339 time in local time, with the day where it is not today."""
    then = datetime.fromisoformat(at).astimezone(zone)
    is_today = then.date() == now.astimezone(zone).date()
    return f"{then:%H:%M}" if is_today else f"{then:%Y-%m-%d %H:%M}"


def handle_lookup(state: State) -> HandleLookup:
    """Return a function from a user's id to the handle, or to a part of an unknown id."""

    def lookup(user: str) -> str:
        known = state.users.get(user) or (state.me if user == state.my_id else None)
        return safe(known.handle) if known else f"user-{user[-6:]}"

    return lookup


def title(conversation: Conversation, name: HandleLookup, me: str) -> str:
    """Return the name of a conversation: `bob`, `#Garden`, or `notes` (with oneself)."""
    head = conversation.head
    if head.kind == GROUP:
        return f"#{one_line(head.title, 40)}"
    if head.peer is None or head.peer == me:
        return "notes"
    return name(head.peer)


def list_line(
    number: int, conversation: Conversation, name: HandleLookup, me: str, style: Style
) -> str:
    """Return one line of the list of conversations."""
    head = conversation.head
    unread = style.bold(f" {head.unread} new") if head.unread else ""
    left = " (left)" if conversation.left else ""
    shown = style.bold(title(conversation, name, me))
    return f"{number:3}  {shown}{left}{unread}{_begun_or_last(head, name, style)}"


def _begun_or_last(head: ConversationHead, name: HandleLookup, style: Style) -> str:
    """Return the draft of a conversation, else its last message."""
    if head.draft:
        return style.error(f"  draft: {one_line(head.draft.text, 50)}")
    if not head.last:
        return ""
    said = "(recalled)" if head.last.is_recalled else one_line(head.last.excerpt, 50)
    return style.dim(f"  {name(head.last.by)}: {said}")


def first_unread(conversation: Conversation, events: Iterable[Event], me: str) -> Event | None:
    """Return the first message of somebody else that *me* has not read."""
    read = conversation.head.read
    unread = (event for event in events if event.counts_as_unread and (event.seq or 0) > read)
    return next((event for event in unread if event.by != me), None)


def last_own(conversation: Conversation, me: str) -> int:
    """Return the `seq` of the last own message that was not recalled, 0 where there is none."""
    said = (event for event in reversed(conversation.events) if event.counts_as_unread)
    return next((event.seq or 0 for event in said if event.by == me), 0)


def delivery_of(conversation: Conversation, seq: int, me: str) -> Delivery:
    """Return how far an own message came: received or read once all other members have."""
    others = max(1, conversation.head.members - 1)
    marks = [mark for user, mark in conversation.marks.items() if user != me]
    if sum(mark.read >= seq for mark in marks) >= others:
        return Delivery.READ
    if sum(mark.received >= seq for mark in marks) >= others:
        return Delivery.RECEIVED
    return Delivery.SENT


def readers(conversation: Conversation, seq: int, me: str, name: HandleLookup) -> str:
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


def presence(state: State, user: str, now: datetime) -> str:
    """Return the presence of a user: `online`, `away`, `offline, last seen 12:03`."""
    known = state.presence.get(user)
    if known is None:
        return "offline"
    text = f" ({one_line(known.text)})" if known.text else ""
    seen = f", last seen {local_time(known.last_seen, now)}" if known.last_seen else ""
    return f"{known.state}{text}{seen}"


def chosen_presence(chosen: Presence) -> str:
    """Return how the user of this program chose to be seen: `busy (in a meeting)`."""
    return f"{chosen.state} ({one_line(chosen.text)})" if chosen.text else chosen.state


def full_name(user: User) -> str:
    """Return the handle, and the display name where it differs."""
    handle, name = safe(user.handle), one_line(user.name)
    return handle if fold_case(name) == handle else f"{handle} ({name})"


def name_warning(state: State, user: str) -> str:
    """Return in words whom a user can be confused with; empty where with nobody."""
    handles = sorted(safe(other.handle) for other in state.lookalikes_of(user))
    alike = f"looks like {', '.join(f'@{handle}' for handle in handles)}" if handles else ""
    known = state.users.get(user)
    mixed = "mixes alphabets" if known and known.mixed_alphabets else ""
    return ", ".join(filter(None, (alike, mixed)))
