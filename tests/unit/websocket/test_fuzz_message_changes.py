"""Whatever a member asks for about messages is answered, and the log stays whole."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.entrypoints.harness import Chat
from parlour.entrypoints.harness.node import Frame
from parlour.entrypoints.wire.errors import STATUS
from tests.support.golden_changes import requests

NUMBERS = st.one_of(st.integers(0, 6), st.integers(2**53 - 2, 2**53 + 2), st.integers())
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["👍", "🎉", "👍👍", "❤", ":party-parrot:", ":", "💥" * 9_000, "\x00"]),
    st.lists(NUMBERS, max_size=13),
    st.dictionaries(st.sampled_from(["text", "question", ""]), st.text(max_size=5), max_size=3),
)
OF_FIELDS = {
    "seq": NUMBERS,
    "up_to": NUMBERS,
    "revision": NUMBERS,
    "reply_to": NUMBERS,
    "seqs": st.lists(NUMBERS, max_size=4),
    "options": st.lists(NUMBERS, max_size=4),
}
WORDS = [frame for _, frame in requests()]


@st.composite
def changes(draw: Any) -> Frame:
    """Take a request about messages with other numbers, and change some of it."""
    frame = dict(draw(st.sampled_from(WORDS)))
    frame |= {name: draw(OF_FIELDS[name]) for name in frame if name in OF_FIELDS}
    for field in draw(st.lists(st.sampled_from([*frame, "extra"]), max_size=2)):
        if field not in {"id", "type"}:
            frame[field] = draw(STRANGE)
    return frame


class TestChangesOfMessages:
    @settings(max_examples=150)
    @given(st.lists(changes(), max_size=15))
    def test_are_answered_and_leave_no_trace_where_they_are_refused(
        self, frames: list[Frame]
    ) -> None:
        with Chat() as chat:
            alice, bob = chat.user("alice"), chat.user("bob")
            room = alice.open_direct(bob)
            poll = {"question": "Tea?", "options": ["yes", "no", "later"], "multiple": True}
            alice.phone.say(room, "hi @bob")
            bob.phone.say(room, "hi")
            alice.phone.post(room, "poll", poll)
            offset = 4
            for number, frame in enumerate(frames):
                places = {name: str(room) for name in ("conversation", "from", "to")}
                named = {name: places[name] for name in places if frame.get(name)}
                link = alice.phone._transport
                assert link is not None
                if link.closed is not None:
                    break
                link.send({**frame, **named, "id": 1_000 + number})
                chat.settle()
                answer = alice.phone._answers.pop(1_000 + number, None)
                if answer is None:
                    assert link.closed is not None
                elif answer["type"] == "error":
                    assert answer["code"] in STATUS
                    assert answer["code"] != "internal"
            assert not chat.errors
            head = bob.device("tablet").ask({"type": "conversations"})["heads"][0]
            page = bob.phone.ask({"type": "sync", "conversation": str(room), "after": 0})
            assert [each["offset"] for each in page["events"]] == list(
                range(1, head["offset"] + 1)
            )
            assert head["offset"] >= offset
