"""What a client knows: people, heads, and the events of logs, read from the frames of the wire."""

from collections.abc import Mapping
from typing import Any

import attrs

Frame = Mapping[str, Any]
"""One JSON object, from the service or in the same form."""

POSTED = "message.posted"
GROUP = "group"


@attrs.frozen
class Person:
    """Somebody with an account."""

    id: str
    handle: str
    name: str

    @classmethod
    def read(cls, raw: Frame) -> "Person":
        """Read a user as HTTP shows them; a member names its user `user`."""
        return cls(raw.get("id") or raw["user"], raw["handle"], raw["display_name"])


@attrs.frozen
class Presence:
    """How somebody is seen."""

    state: str
    last_seen: str | None = None
    text: str | None = None


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
        """Read an `event` frame, or one of the events that `sync` answers with."""
        return cls(
            offset=raw["offset"],
            kind=raw["kind"],
            by=raw["by"],
            at=raw["at"],
            data=raw.get("data", {}),
            seq=raw.get("seq"),
            key=raw.get("key"),
        )

    @classmethod
    def of_message(cls, raw: Frame) -> "Event":
        """Read a message of a history page as the event that it is."""
        data = {
            name: raw[name] for name in ("kind", "body", "reply_to", "revision") if name in raw
        }
        return cls(
            offset=raw["offset"],
            kind=POSTED,
            by=raw["by"],
            at=raw["at"],
            data=data,
            seq=raw["seq"],
            key=raw.get("key"),
        )

    @property
    def text(self) -> str:
        """What a message says; empty for everything else."""
        text = self.data.get("body", {}).get("text", "") if self.kind == POSTED else ""
        return text if isinstance(text, str) else ""


@attrs.frozen
class Marks:
    """Up to which `seq` a member has received and read."""

    received: int = 0
    read: int = 0

    def moved(self, received: int, read: int) -> "Marks":
        """Return the later of both; marks never move back, and read implies received."""
        seen = max(self.read, read)
        return Marks(max(self.received, received, seen), seen)


@attrs.frozen
class Last:
    """The newest message of a conversation, in one line."""

    by: str
    at: str
    excerpt: str


@attrs.frozen(kw_only=True)
class Head:
    """One line of the conversation list; everything in it is as of `offset`."""

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
    last: Last | None = None

    @property
    def last_by(self) -> str | None:
        """Who wrote the newest message."""
        return self.last.by if self.last else None

    @classmethod
    def read_from(cls, raw: Frame) -> "Head":
        """Read a head as the service sends it."""
        names = ("conversation", "kind", "title", "members", "seq", "offset")
        optional = ("read", "received", "unread", "role", "peer")
        last = raw.get("last")
        return cls(
            **{name: raw[name] for name in names},
            **{name: raw[name] for name in optional if name in raw},
            last=Last(last["by"], last["at"], last["excerpt"]) if last else None,
        )
