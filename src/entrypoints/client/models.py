"""The values that a client reads from frames: users, heads of conversations, events, marks."""

from collections.abc import Mapping
from typing import Any

import attrs

Frame = Mapping[str, Any]
"""One JSON object: a frame of the socket, or something learnt otherwise in the same form."""

MESSAGE_POSTED = "message.posted"
MESSAGE_EDITED = "message.edited"
MESSAGE_RECALLED = "message.recalled"
POLL_VOTED = "poll.voted"
GROUP = "group"
TEXT, POLL = "text", "poll"

_MESSAGE_FIELDS = (
    *("kind", "body", "reply_to", "mentions", "revision", "edited_at", "recalled", "forwarded"),
    *("pinned", "reactions", "votes"),
)


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
    """One event of a conversation's log.

    The event of a message alone has a `seq`, and the `key` of its sender. Its `data` is what the
    message is now, in the form of history pages; `as_of` is the offset up to which it is known.
    """

    offset: int
    kind: str
    by: str
    at: str
    data: Mapping[str, Any] = attrs.field(factory=dict)
    seq: int | None = None
    key: str | None = None
    as_of: int = attrs.field(default=0, eq=False)

    @classmethod
    def read(cls, raw: Frame, as_of: int = 0) -> "Event":
        """Read an `event` frame, or one of the events in the answer to `sync`."""
        is_message = raw["kind"] == MESSAGE_POSTED
        data = raw.get("data", {})
        return cls(
            **{name: raw[name] for name in ("offset", "kind", "by", "at")},
            data=_read_message_data(data) if is_message else data,
            seq=raw.get("seq") if is_message else None,
            key=raw.get("key"),
            as_of=max(as_of, raw["offset"]),
        )

    @classmethod
    def read_message(cls, raw: Frame, as_of: int = 0) -> "Event":
        """Read a message of a page, which was read at the offset *as_of*, as its event."""
        return cls.read({**raw, "kind": MESSAGE_POSTED, "data": raw}, as_of)

    @property
    def body(self) -> Mapping[str, Any]:
        """The body of a message or an edit; empty for every other event, and after a recall."""
        body = self.data.get("body")
        return body if isinstance(body, dict) else {}

    @property
    def text(self) -> str:
        """The text of a message; empty for every other event, and where it was recalled."""
        text = self.body.get("text") if self.kind == MESSAGE_POSTED else ""
        return text if isinstance(text, str) else ""

    @property
    def message_kind(self) -> str:
        """The kind of a message: `text`, `poll` …; empty where it was recalled."""
        return str(self.data.get("kind", "")) if self.kind == MESSAGE_POSTED else ""

    @property
    def recalled_by(self) -> str | None:
        """Who recalled the message; None while nobody did."""
        recalled = self.data.get("recalled")
        return recalled["by"] if recalled else None

    @property
    def counts_as_unread(self) -> bool:
        """Whether this is a message that its readers have not lost."""
        return self.seq is not None and "recalled" not in self.data


def _read_message_data(raw: Frame) -> Frame:
    """Return what a message is, in one form wherever it comes from."""
    if raw.get("recalled"):
        return recalled_data(raw["recalled"]["by"], raw["recalled"]["at"])
    data = {name: raw[name] for name in _MESSAGE_FIELDS if raw.get(name)}
    if reactions := data.get("reactions"):
        data["reactions"] = [
            {**reaction, "users": list(reaction["users"]), "mine": bool(reaction.get("mine"))}
            for reaction in reactions
        ]
    if votes := data.get("votes"):
        data["votes"] = {name: votes[name] for name in votes if votes[name]}
    return data


def recalled_data(by: str, at: str) -> Frame:
    """Return what is left of a message that was recalled."""
    return {"kind": "", "body": {}, "recalled": {"by": by, "at": at}}


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
    """The newest message of a conversation, in one line; no excerpt where it was recalled."""

    by: str
    at: str
    excerpt: str
    seq: int = 0
    is_recalled: bool = False


@attrs.frozen
class Draft:
    """A text that this user has begun to write, and the `seq` of what it replies to."""

    text: str
    reply_to: int | None = None

    @classmethod
    def read(cls, raw: Frame | None) -> "Draft | None":
        """Read the draft of a head, or of `draft.changed`; None where there is none."""
        return cls(raw["text"], raw.get("reply_to")) if raw and raw.get("text") else None


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
    draft: Draft | None = None

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
            last=_read_last(last) if last else None,
            draft=Draft.read(raw.get("draft")),
        )


def _read_last(raw: Frame) -> LastMessage:
    is_recalled = bool(raw.get("recalled"))
    return LastMessage(raw["by"], raw["at"], raw["excerpt"], raw.get("seq", 0), is_recalled)
