"""The values that a client reads from frames: users, heads of conversations, events, marks."""

from collections.abc import Mapping
from typing import Any

import attrs

Frame = Mapping[str, Any]
"""One JSON object: a frame of the socket, or something learnt otherwise in the same form."""

MESSAGE_POSTED = "message.posted"
GROUP = "group"


@attrs.frozen
class User:
    """Somebody with an account; `name` is the display name.

    Users who share a skeleton look alike, by handle or by name. `mixed_alphabets` says that a word
    of the name has letters of several alphabets.
    """

    id: str
    handle: str
    name: str
    skeletons: tuple[str, ...] = ()
    mixed_alphabets: bool = False

    @classmethod
    def read(cls, raw: Frame) -> "User":
        """Read a user or a member as HTTP shows them; a member has `user` instead of `id`."""
        return cls(
            raw.get("id") or raw["user"],
            raw["handle"],
            raw["display_name"],
            tuple(raw.get("skeletons", ())),
            raw.get("mixed_alphabets", False),
        )


@attrs.frozen
class Presence:
    """The presence of a user; `last_seen` is an RFC 3339 time."""

    state: str
    last_seen: str | None = None
    text: str | None = None

    @classmethod
    def read(cls, raw: Frame) -> "Presence":
        """Read the presence of a user, or the one that this user chose."""
        return cls(raw["state"], raw.get("last_seen"), raw.get("text"))


@attrs.frozen(kw_only=True)
class Event:
    """One event of a conversation's log. A message has a `seq` and the `key` of its sender."""

    offset: int
    kind: str
    by: str
    at: str
    data: Mapping[str, Any] = attrs.field(factory=dict)
    seq: int | None = None
    key: str | None = None

    @classmethod
    def read(cls, raw: Frame) -> "Event":
        """Read an `event` frame, or one of the events in the answer to `sync`."""
        names = ("offset", "kind", "by", "at")
        optional = ("data", "seq", "key")
        return cls(
            **{name: raw[name] for name in names},
            **{name: raw[name] for name in optional if name in raw},
        )

    @classmethod
    def read_message(cls, raw: Frame) -> "Event":
        """Read a message of a history page as the event that posted it."""
        names = ("kind", "body", "reply_to", "mentions", "revision")
        data = {name: raw[name] for name in names if name in raw}
        return cls.read({**raw, "kind": MESSAGE_POSTED, "data": data})

    @property
    def text(self) -> str:
        """The text of a message; empty for every other event."""
        text = self.data.get("body", {}).get("text", "") if self.kind == MESSAGE_POSTED else ""
        return text if isinstance(text, str) else ""


@attrs.frozen
class Marks:
    """The `seq` up to which a member has received and read messages."""

    received: int = 0
    read: int = 0

    def moved(self, received: int, read: int) -> "Marks":
        """Return the later of both: marks never move back, and read implies received."""
        read = max(self.read, read)
        return Marks(max(self.received, received, read), read)


@attrs.frozen
class LastMessage:
    """The newest message of a conversation, in one line."""

    by: str
    at: str
    excerpt: str


@attrs.frozen(kw_only=True)
class ConversationHead:
    """The summary of a conversation as the list shows it, as of the event at `offset`."""

    conversation: str
    kind: str
    title: str
    members: int
    seq: int
    offset: int
    read: int = 0
    received: int = 0
    unread: int = 0
    role: str = "member"
    peer: str | None = None
    last: LastMessage | None = None

    @property
    def last_by(self) -> str | None:
        """Who wrote the newest message."""
        return self.last.by if self.last else None

    @classmethod
    def read_from(cls, raw: Frame) -> "ConversationHead":
        """Read a head as the service sends it."""
        names = ("conversation", "kind", "title", "members", "seq", "offset")
        optional = ("read", "received", "unread", "role", "peer")
        last = raw.get("last")
        return cls(
            **{name: raw[name] for name in names},
            **{name: raw[name] for name in optional if name in raw},
            last=LastMessage(last["by"], last["at"], last["excerpt"]) if last else None,
        )
