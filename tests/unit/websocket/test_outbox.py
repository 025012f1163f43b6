"""What waits for a slow reader."""

from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.websocket.outbox import WriteQueue


def all_of(outbox: WriteQueue) -> list[bytes]:
    return [outbox.pop()[0] for _ in range(len(outbox))]


class TestOutbox:
    def test_keeps_the_order(self) -> None:
        outbox = WriteQueue(10, 1_000)
        for frame in (b"one", b"two", b"two", b"three"):
            assert outbox.add(frame)

        assert all_of(outbox) == [b"one", b"two", b"two", b"three"]

    def test_is_bounded_in_frames(self) -> None:
        outbox = WriteQueue(3, 1_000)

        assert [outbox.add(b"x") for _ in range(5)] == [True] * 3 + [False] * 2
        assert len(outbox) == 3

    def test_is_bounded_in_bytes(self) -> None:
        outbox = WriteQueue(10, 10)

        assert [outbox.add(b"four"), outbox.add(b"four"), outbox.add(b"four")] == [
            True,
            True,
            False,
        ]
        assert outbox.add(b"up")

    def test_has_room_again_for_what_went_out(self) -> None:
        outbox = WriteQueue(1, 4)
        outbox.add(b"four")
        outbox.pop()

        assert outbox.add(b"more")

    def test_is_empty_once_given_up(self) -> None:
        outbox = WriteQueue(1, 4)
        outbox.add(b"four")
        outbox.clear()

        assert not len(outbox)
        assert outbox.add(b"more")


class TestSoftFrames:
    def test_wait_while_there_is_room_to_spare(self) -> None:
        outbox = WriteQueue(4, 1_000)
        outbox.add(b"event")
        outbox.add_soft("typing of bob", b"on")

        assert all_of(outbox) == [b"event", b"on"]

    def test_take_the_place_of_the_one_before(self) -> None:
        outbox = WriteQueue(10, 1_000)
        outbox.add_soft("typing of bob", b"on")
        outbox.add(b"event")
        outbox.add_soft("typing of bob", b"off")

        assert all_of(outbox) == [b"off", b"event"]

    def test_are_left_out_from_half_the_frames_on(self) -> None:
        outbox = WriteQueue(4, 1_000)
        outbox.add(b"event")
        outbox.add(b"event")
        outbox.add_soft("typing of bob", b"on")

        assert all_of(outbox) == [b"event", b"event"]

    def test_are_left_out_from_half_the_bytes_on(self) -> None:
        outbox = WriteQueue(100, 10)
        outbox.add(b"event")
        outbox.add_soft("typing of bob", b"on")

        assert all_of(outbox) == [b"event"]

    def test_are_renewed_even_then(self) -> None:
        """Else a client would see somebody type who stopped."""
        outbox = WriteQueue(4, 1_000)
        outbox.add_soft("typing of bob", b"on")
        outbox.add(b"event")
        outbox.add(b"event")
        outbox.add_soft("typing of bob", b"off")

        assert all_of(outbox) == [b"off", b"event", b"event"]


class TestLatestFrames:
    def test_merge_with_the_one_before(self) -> None:
        outbox = WriteQueue(10, 1_000)
        outbox.add_latest("receipt of bob", b"read 1")
        outbox.add_latest("receipt of bob", b"read 2")

        assert all_of(outbox) == [b"read 2"]

    def test_are_not_left_out(self) -> None:
        outbox = WriteQueue(4, 1_000)
        for _ in range(3):
            outbox.add(b"event")

        assert outbox.add_latest("receipt of bob", b"read 1")
        assert not outbox.add_latest("receipt of carol", b"read 1")
        assert outbox.add_latest("receipt of bob", b"read 2")
        assert all_of(outbox) == [b"event"] * 3 + [b"read 2"]

    def test_count_their_bytes(self) -> None:
        outbox = WriteQueue(10, 10)
        outbox.add_latest("receipt of bob", b"short")

        assert outbox.add_latest("receipt of bob", b"ten bytes!")
        assert not outbox.add_latest("receipt of bob", b"eleven byte")
        assert not outbox.add(b"x")
        assert all_of(outbox) == [b"ten bytes!"]


class TestAnswers:
    def test_wait_in_order_beyond_every_limit(self) -> None:
        outbox = WriteQueue(1, 4)
        outbox.add(b"four")
        outbox.add_answer(7, bytes(1_000))
        outbox.add_answer(8, bytes(2_000))

        assert [outbox.pop() for _ in range(3)] == [
            (b"four", None),
            (bytes(1_000), 7),
            (bytes(2_000), 8),
        ]

    def test_take_no_room_from_other_frames(self) -> None:
        outbox = WriteQueue(2, 8)
        outbox.add_answer(7, bytes(1_000))
        outbox.add_soft("typing of bob", b"on")

        assert [outbox.add(b"event"), outbox.add(b"event")] == [True, False]
        assert all_of(outbox) == [bytes(1_000), b"on", b"event"]


class TestBounds:
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["add", "soft", "latest", "pop"]),
                st.integers(0, 5),
                st.integers(0, 40),
            )
        )
    )
    def test_hold_whatever_comes(self, steps: list[tuple[str, int, int]]) -> None:
        outbox = WriteQueue(8, 100)
        for step, key, size in steps:
            if step == "add":
                outbox.add(bytes(size))
            elif step == "soft":
                outbox.add_soft(f"s{key}", bytes(size))
            elif step == "latest":
                outbox.add_latest(f"l{key}", bytes(size))
            elif len(outbox):
                outbox.pop()
            assert len(outbox) <= 8
            assert sum(map(len, outbox._frames.values())) == outbox._bytes <= 100
