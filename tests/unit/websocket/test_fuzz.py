"""Whatever a client says, it gets an answer or the right close, and nobody else notices.

Frames are made by the grammar of the protocol, then twisted. What is true afterwards: nothing went
wrong inside, no answer says `internal`, a neighbour still talks, what was refused left no trace.
"""

import json
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.entrypoints.harness import Chat, Person
from parlour.entrypoints.harness.node import Frame
from parlour.entrypoints.harness.transport import SimulatedTransport
from parlour.entrypoints.wire.errors import STATUS
from tests.support import builders as b
from tests.support.golden_frames import from_clients

STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(2**53 - 2, 2**64 + 2),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["", "all", str(b.LOBBY), "\x00", "' OR 1=1 --", "${jndi:x}", "💥" * 9_000]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)
WORDS = [frame for _, frame in from_clients()]


@st.composite
def twisted(draw: Any) -> Frame:
    """Take a frame of the protocol and change some of it."""
    frame = dict(draw(st.sampled_from(WORDS)))
    for field in draw(st.lists(st.sampled_from([*frame, "id", "limit", "extra"]), max_size=3)):
        if draw(st.booleans()):
            frame[field] = draw(STRANGE)
        else:
            frame.pop(field, None)
    return frame


class Stranger:
    """A socket without a client: it says anything at any time."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.heard: list[Frame] = []
        self.link = SimulatedTransport(chat.nodes[0], self.heard.append)
        self.link.open()

    def say(self, frame: Frame) -> None:
        self.link.send(frame)
        self.chat.settle()


def _scene(chat: Chat) -> tuple[Person, Person, Any]:
    alice, bob = chat.user("alice"), chat.user("bob")
    room = alice.open_direct(bob)
    bob.phone.texts(room)
    alice.phone.texts(room)
    return alice, bob, room


def _is_well(chat: Chat, alice: Person, bob: Person, room: Any) -> None:
    before = bob.phone.texts(room)
    chat.advance(10)
    alice.phone.say(room, "still here")

    assert bob.phone.texts(room) == [*before, "still here"]
    assert not chat.errors


def _check(answers: list[Frame]) -> None:
    for frame in answers:
        if frame["type"] == "error":
            assert frame["code"] in STATUS
            assert frame["code"] != "internal"
            assert isinstance(frame["title"], str)
            assert isinstance(frame["temporary"], bool)


class TestFuzz:
    @settings(max_examples=80)
    @given(st.lists(twisted(), max_size=20))
    def test_of_a_stranger_gets_nowhere(self, frames: list[Frame]) -> None:
        with Chat() as chat:
            alice, bob, room = _scene(chat)
            stranger = Stranger(chat)
            for frame in frames:
                stranger.say(frame)

            assert not [each for each in stranger.heard if each["type"] in {"ok", "welcome"}]
            assert stranger.link.closed is None or 4500 <= stranger.link.closed[0] <= 4503
            _check(stranger.heard)
            chat.advance(6)
            assert stranger.link.closed is not None
            _is_well(chat, alice, bob, room)

    @settings(max_examples=150)
    @given(st.lists(twisted(), max_size=20))
    def test_of_somebody_known_is_answered(self, frames: list[Frame]) -> None:
        with Chat() as chat:
            alice, bob, room = _scene(chat)
            mallory = chat.user("mallory")
            mallory.phone.ask({"type": "ping"})
            answered: list[Frame] = []
            for frame in frames:
                link = mallory.phone._transport
                assert link is not None
                if link.closed is not None:
                    break
                mallory.phone._answers.clear()
                link.send(frame)
                chat.settle()
                answered += mallory.phone._answers.values()
                id_ = frame.get("id")
                is_request = (
                    isinstance(id_, int) and not isinstance(id_, bool) and 0 <= id_ < 2**53
                )
                if is_request and frame.get("type") not in ("typing", "pong"):
                    assert id_ in mallory.phone._answers or link.closed is not None
            closed = mallory.phone.close_code

            assert closed in {None, 4500, 4503}
            _check(answered)
            assert bob.phone.texts(room) == []
            _is_well(chat, alice, bob, room)

    @settings(max_examples=80)
    @given(st.lists(twisted(), max_size=15), st.integers(1, 3))
    def test_in_a_crowd_changes_nothing_for_the_others(
        self, frames: list[Frame], sockets: int
    ) -> None:
        """All at once, and the sockets go while they are answered."""
        with Chat(nodes=2) as chat:
            alice, bob, room = _scene(chat)
            mallory = chat.user("mallory")
            devices = [mallory.device(f"d{number}", node=-1) for number in range(sockets)]
            for number, frame in enumerate(frames):
                link = devices[number % sockets]._transport
                if link is not None:
                    link.send(frame)
            for device in devices:
                device.close()
            chat.settle()

            assert not chat.nodes[1].service.hub.sockets_of(mallory.id)
            assert not chat.nodes[1].service.presence._leases
            _is_well(chat, alice, bob, room)


class TestCursors:
    @settings(max_examples=80)
    @given(
        st.one_of(st.text(max_size=30), st.integers().map(str), st.uuids().map(str)),
        st.one_of(st.integers(), st.sampled_from([0, -1, 1, 100, 200, 201, 10**9, 1e3, 1.5, "1"])),
    )
    def test_that_are_forged_are_refused_or_begin_afresh(self, cursor: str, limit: Any) -> None:
        with Chat() as chat:
            alice, bob, room = _scene(chat)
            alice.phone.say(room, "hi")
            for frame in (
                {"type": "conversations", "id": 900, "before": cursor, "limit": limit},
                {"type": "sync.me", "id": 901, "cursor": cursor, "limit": limit},
                {"type": "sync", "id": 902, "conversation": str(room), "after": limit},
                {"type": "sync", "id": 903, "conversation": cursor, "after": 0, "limit": limit},
            ):
                link = alice.phone._transport
                assert link is not None
                link.send(frame)
                chat.settle()
                answer = alice.phone._answers.pop(frame["id"])
                if answer["type"] == "error":
                    assert answer["code"] in {"bad_request", "invalid", "not_found"}
                    assert not answer["temporary"]
                else:
                    assert len(json.dumps(answer)) < 100_000
            _is_well(chat, alice, bob, room)

    def test_stay_good_while_messages_arrive(self) -> None:
        with Chat() as chat:
            alice = chat.user("alice")
            rooms = [alice.create_group(f"Room {number}") for number in range(30)]
            seen: list[str] = []
            page = alice.phone.ask({"type": "conversations", "limit": 10})
            while True:
                seen += [head["conversation"] for head in page["heads"]]
                alice.phone.say(rooms[-1], "meanwhile")
                if "next" not in page:
                    break
                page = alice.phone.ask(
                    {"type": "conversations", "limit": 10, "before": page["next"]}
                )

            assert set(seen) == {str(room) for room in rooms}
            assert len(seen) == 30
            assert all(UUID(each) for each in seen)
