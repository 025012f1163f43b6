"""One frame of every type, as it travels, for clients in every language.

`tests/golden/frames.json` holds them, a list of {name, direction, frame} with the directions C
(from the client) and S (from the service); `python -m tests.support.golden_frames` writes it anew.
What a frame means stands in docs/reference/protocol.md. To change a line that is there already
means to break clients.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import attrs
import msgspec

from parlour.domain.conversations import Role
from parlour.domain.kernel.errors import Invalid, Limited, NotFound
from parlour.domain.kernel.ids import SendKey, SessionId, UserId
from parlour.domain.kernel.paging import pack_cursor
from parlour.domain.kernel.time import rfc3339, to_micros
from parlour.domain.messages import Receipt
from parlour.domain.presence import State, Status
from parlour.domain.sync import EventPage, Head
from parlour.entrypoints.websocket import frames
from parlour.entrypoints.websocket.codec import encode, encode_error, encode_pong
from parlour.entrypoints.wire import pushes
from parlour.entrypoints.wire.errors import INTERNAL, bad_request, problem
from parlour.entrypoints.wire.pages import encode_page
from parlour.entrypoints.wire.views import ChoiceView, view_head, view_private, view_status
from tests.support import builders as b
from tests.support import golden_changes
from tests.support.fakes import START

FILE = Path(__file__).parent.parent / "golden" / "frames.json"

TAB = SessionId(UUID(int=0x019B_7A00_0000_7000_8000_0000_0000_0A01))
KEY = SendKey(UUID(int=0x019B_7A00_0000_7000_8000_0000_0000_0A02))
CURSOR = pack_cursor(7, to_micros(START))


@attrs.frozen
class Golden:
    """One frame and what it shows."""

    name: str
    direction: Literal["C", "S"]
    frame: dict[str, Any]


def goldens() -> list[Golden]:
    """Return every frame, the same in every run."""
    said = [Golden(name, "C", frame) for name, frame in from_clients()]
    heard = [Golden(name, "S", json.loads(text)) for name, text in from_the_service()]
    return [*said, *heard]


def encoded() -> bytes:
    """Return the frames as they stand in the file: one a line."""
    lines = b",\n".join(msgspec.json.encode(attrs.asdict(each)) for each in goldens())
    return b"[\n" + lines + b"\n]\n"


def from_clients() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give what clients say."""
    lobby, bob = str(b.LOBBY), str(b.BOB)
    hello = {"type": "hello", "id": 1, "v": 1, "token": "a token"}
    yield "hello", hello
    device = {"name": "Firefox", "platform": "web"}
    yield "hello again", {**hello, "device": device, "cursor": CURSOR}
    yield "auth.refresh", {"type": "auth.refresh", "id": 2, "token": "a newer token"}
    send = {"type": "message.send", "id": 3, "conversation": lobby, "key": str(KEY)}
    yield "message.send", {**send, "body": {"text": "hi @bob"}}
    more = {"kind": "text", "reply_to": 120, "mentions": [bob, "all"]}
    yield "message.send with everything", {**send, "body": {"text": "👍🏽 ünï"}, **more}
    yield "read", {"type": "read", "id": 4, "conversation": lobby, "seq": 121}
    private = {"type": "read", "id": 4, "conversation": lobby, "seq": 121, "private": True}
    yield "read in private", private
    yield "received", {"type": "received", "id": 5, "marks": {lobby: 121}}
    yield "sync", {"type": "sync", "id": 6, "conversation": lobby, "after": 133, "limit": 200}
    yield "sync.me", {"type": "sync.me", "id": 7, "cursor": CURSOR, "limit": 200}
    yield "conversations", {"type": "conversations", "id": 8}
    yield "more conversations", {"type": "conversations", "id": 8, "before": CURSOR, "limit": 100}
    yield "focus", {"type": "focus", "id": 9, "conversation": lobby}
    yield "focus on nothing", {"type": "focus", "id": 9, "conversation": None}
    yield "typing", {"type": "typing", "conversation": lobby, "on": True}
    yield "presence.watch", {"type": "presence.watch", "id": 10, "users": [bob]}
    yield "presence.set", {"type": "presence.set", "id": 11, "state": "away"}
    busy = {"type": "presence.set", "id": 11, "state": "busy", "text": "in a meeting"}
    yield "presence.set with a line", busy
    yield "ping", {"type": "ping"}
    yield "ping with an id", {"type": "ping", "id": 12}
    yield "pong", {"type": "pong"}
    yield "pong with an id", {"type": "pong", "id": 12}
    yield from golden_changes.requests()


def from_the_service() -> Iterator[tuple[str, bytes]]:
    """Give what the service says."""
    yield from _answers()
    yield from _errors()
    yield from _pushes()


def _answers() -> Iterator[tuple[str, bytes]]:
    at = rfc3339(START)
    heads = [view_head(_direct()), view_head(_group())]
    yield (
        "welcome",
        encode(
            frames.Welcome(
                id=1,
                session=TAB,
                user=b.ALICE,
                level=1,
                features=[],
                limits={"frame": 65_536, "in_flight": 32, "text": 8_000},
                heartbeat_ms=25_000,
                time=at,
                cursor=CURSOR,
                heads=heads,
                more=False,
                presence=ChoiceView("invisible"),
            )
        ),
    )
    yield "ok to auth.refresh", encode(frames.Refreshed(id=2, expires_at=at))
    sent = frames.Sent(
        id=3, conversation=b.LOBBY, seq=121, offset=132, at=at, key=KEY, replayed=False
    )
    yield "ok to message.send", encode(sent)
    sent.replayed = True
    yield "ok to message.send, sent before", encode(sent)
    sent.mentions = [str(b.BOB), "all"]
    yield "ok to message.send, with mentions", encode(sent)
    yield "ok to read", encode(frames.ReadUpTo(id=4, seq=121))
    yield "ok to received, focus, presence.set", encode(frames.Answer(id=5))
    events = (b.event(134, data={"title": "Tea"}), _message())
    page = encode_page(EventPage(events, 136, False, False)).events
    yield "ok to sync", encode(frames.Synced(id=6, events=page, last=136, more=False, reset=False))
    nothing = encode_page(EventPage((), 4_136, False, True)).events
    yield (
        "ok to sync, begin afresh",
        encode(frames.Synced(id=6, events=nothing, last=4_136, more=False, reset=True)),
    )
    moved = [view_private(b.private(8, data={"display_name": "Alice"}))]
    yield (
        "ok to sync.me",
        encode(frames.SyncedMe(id=7, events=moved, cursor=CURSOR, more=True, reset=False)),
    )
    yield "ok to conversations", encode(frames.Listed(id=8, heads=heads, next=CURSOR))
    yield "ok to conversations, the last", encode(frames.Listed(id=8, heads=[]))
    group = _group()
    unread = attrs.evolve(group, member=attrs.evolve(group.member, marked_unread=True))
    yield (
        "ok to conversations, one marked as unread",
        encode(frames.Listed(id=8, heads=[view_head(unread)])),
    )
    drafted = golden_changes.drafted(_direct())
    yield (
        "ok to conversations, one with a draft after a recalled message",
        encode(frames.Listed(id=8, heads=[view_head(drafted)])),
    )
    states = [view_status(each) for each in _statuses()]
    yield "ok to presence.watch", encode(frames.Watching(id=10, states=states))
    yield "pong", encode_pong(None)
    yield "pong with an id", encode_pong(12)
    yield from golden_changes.answers()


def _errors() -> Iterator[tuple[str, bytes]]:
    yield "error: malformed", encode_error(4, bad_request("Expected `int` - at `$.seq`"))
    yield "error without an id", encode_error(None, bad_request("Not a known frame"))
    yield (
        "error: a field",
        encode_error(4, problem(Invalid("must not be empty", field="body.text"))),
    )
    yield "error: not found", encode_error(4, problem(NotFound()))
    yield "error: too often", encode_error(4, problem(Limited(retry_after=timedelta(seconds=1.5))))
    yield "error: a bug", encode_error(4, INTERNAL)
    yield from golden_changes.errors()


def _pushes() -> Iterator[tuple[str, bytes]]:
    yield "event: a message", pushes.encode_message(_message())
    everything = attrs.evolve(
        _message().content, reply_to=120, mentions=(b.BOB,), mentions_all=True
    )
    full = attrs.evolve(_message(), content=everything, session=None)
    yield "event: a message with everything, sent over HTTP", pushes.encode_message(full)
    for kind, data in _CHANGES.items():
        yield f"event: {kind}", pushes.encode_event(b.event(134, kind, data=data))
    for name, data in _OWN_CHANGES.items():
        event = b.private(8, data=data, kind=name.split(",")[0])
        yield f"event.me: {name}", pushes.encode_private(event)
    yield (
        "receipt",
        pushes.encode_receipt(
            Receipt(conversation=b.LOBBY, user=b.BOB, received=121, read=120, members=2)
        ),
    )
    yield "typing", pushes.encode_typing(b.LOBBY, b.BOB, on=True)
    for name, status in zip(("busy", "gone", "unknown"), _statuses(), strict=True):
        yield f"presence: {name}", pushes.encode_status(status)
    yield "profile", pushes.encode_profile(b.user("bob", "Robert"))
    mixed = b.user("mallory", "R\N{CYRILLIC SMALL LETTER O}bert")
    yield "profile with mixed alphabets", pushes.encode_profile(mixed)
    yield "resync of a conversation", pushes.encode_resync(b.LOBBY, "joined")
    yield "resync of everything", pushes.encode_resync(None, "too_far_behind")
    yield "drain", pushes.encode_drain(0, 10_000)
    yield "ping", pushes.PING


_CHANGES: dict[str, dict[str, Any]] = {
    "conversation.created": {
        "kind": "group",
        "title": "Lobby",
        "members": [
            {"user": str(b.ALICE), "role": "owner"},
            {"user": str(b.BOB), "role": "member"},
        ],
    },
    "conversation.changed": {"title": "Tea"},
    "member.added": {"user": str(b.CAROL), "role": "member"},
    "member.removed": {"user": str(b.CAROL), "left": True},
    "member.changed": {"user": str(b.BOB), "role": "admin"},
}
_OWN_CHANGES: dict[str, dict[str, Any]] = {
    "conversation.joined": {"conversation": str(b.LOBBY)},
    "conversation.left": {"conversation": str(b.LOBBY), "removed": True},
    "read.moved": {"conversation": str(b.LOBBY), "seq": 121},
    "settings.changed, of a conversation": {
        "conversation": str(b.LOBBY),
        "muted_until": None,
        "pinned": True,
    },
    "settings.changed, of a conversation marked as unread": {
        "conversation": str(b.LOBBY),
        "muted_until": None,
        "pinned": False,
        "marked_unread": True,
    },
    "settings.changed, of the account": {"display_name": "Alice"},
}


def _message() -> Any:
    return attrs.evolve(b.message(122, "hi", by=b.BOB, key=KEY, offset=136), session=TAB)


def _statuses() -> list[Status]:
    return [
        Status(b.BOB, State.BUSY, text="in a meeting"),
        Status(b.CAROL, State.OFFLINE, last_seen=START),
        Status.unknown(b.MALLORY),
    ]


def _direct() -> Head:
    conversation = attrs.evolve(b.direct(b.ALICE, b.BOB), id=b.KITCHEN, seq=122, offset=136)
    member = attrs.evolve(b.member(of=b.KITCHEN), read=118, received=120)
    return Head(
        conversation=conversation,
        member=member,
        title="Bob",
        peer=UserId(b.BOB),
        unread=3,
        mentions=1,
        last=attrs.evolve(_message(), conversation=b.KITCHEN),
    )


def _group() -> Head:
    member = b.member(role=Role.OWNER)
    return Head(
        conversation=b.group(members=3, offset=1),
        member=attrs.evolve(member, pinned=True, muted_until=START),
        title="Lobby",
        peer=None,
        unread=0,
        mentions=0,
        last=None,
    )


if __name__ == "__main__":
    FILE.write_bytes(encoded())
