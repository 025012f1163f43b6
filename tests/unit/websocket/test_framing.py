"""The short way through frames reads what a parser of all frames reads, and leaves it the rest."""

import asyncio
from asyncio.transports import Transport

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from parlour.entrypoints.websocket.direct_transport import (
    MAX_DROPPED,
    MAX_FRAMES,
    DirectTransport,
)
from parlour.entrypoints.websocket.framing import (
    LONGEST_CLOSE,
    ends_with_close,
    frame_bounds,
    frame_header,
    is_plain_text,
    unmasked,
)
from parlour.entrypoints.websocket.transport import Receiver

LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]


def frame(payload: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> bytes:
    """Write a frame as a client does."""
    return Frame(opcode, payload, fin).serialize(mask=True)


@pytest.mark.parametrize("length", LENGTHS)
def test_a_masked_text_is_found_between_others_and_read(length: int) -> None:
    before, text, after = frame(b"before"), frame(b"x" * length), frame(b"after")

    bounds = frame_bounds(before + text + after, len(before))

    assert bounds is not None
    assert bounds[1] == len(before) + len(text)
    assert is_plain_text(before + text + after, len(before))
    assert unmasked(before + text + after, *bounds) == b"x" * length


@pytest.mark.parametrize("length", LENGTHS)
def test_the_end_of_a_frame_is_known_before_it_has_come(length: int) -> None:
    whole = frame(b"x" * length)
    header = len(whole) - length

    assert frame_bounds(whole[:header], 0) == (header, len(whole))
    assert frame_bounds(whole[: header - 1], 0) is None


@given(st.binary(max_size=300))
def test_a_mask_is_taken_off_whatever_it_is(payload: bytes) -> None:
    written = frame(payload)
    bounds = frame_bounds(written, 0)

    assert bounds is not None
    assert unmasked(written, *bounds) == payload


@pytest.mark.parametrize(
    "other",
    [
        frame(b"x", fin=False),
        frame(b"x", Opcode.CONT),
        frame(b"x", Opcode.BINARY),
        frame(b"x", Opcode.PING),
        frame(b"", Opcode.CLOSE),
        b"\xc1" + frame(b"x")[1:],
        Frame(Opcode.TEXT, b"x").serialize(mask=False),
    ],
    ids=["a fragment", "a rest", "binary", "ping", "close", "reserved bit", "unmasked"],
)
def test_anything_but_a_plain_text_is_left_to_the_parser(other: bytes) -> None:
    assert not is_plain_text(other, 0)


@pytest.mark.parametrize("length", LENGTHS)
def test_the_header_of_a_text_is_the_one_a_server_writes(length: int) -> None:
    payload = b"x" * length
    written = Frame(Opcode.TEXT, payload).serialize(mask=False)

    assert frame_header(length) + payload == written


@given(st.binary(max_size=300), st.binary(max_size=123))
def test_a_close_is_known_by_the_last_bytes(before: bytes, reason: bytes) -> None:
    written = frame(b"\x03\xe8" + reason, Opcode.CLOSE)

    assert ends_with_close(before + written)
    assert ends_with_close((before + written)[-LONGEST_CLOSE:])
    assert ends_with_close(before + frame(b"", Opcode.CLOSE))


@pytest.mark.parametrize(
    "data",
    [b"", b"\x88", b"\x88\x82mask", frame(b"\x88\x88 still here"), frame(b"x" * 500)],
    ids=["nothing", "half a header", "half a mask", "a text", "a long text"],  # masks are random
)
def test_no_close_is_seen_where_there_is_none(data: bytes) -> None:
    assert not ends_with_close(data)


class Listener(Receiver):
    """Keeps what it hears, in order."""

    def __init__(self) -> None:
        self.heard: list[str | None] = []

    def text(self, text: str) -> None:
        self.heard.append(text)

    def binary(self) -> None:
        raise AssertionError("nothing binary was sent")

    def control(self) -> None:
        self.heard.append(None)

    def writable(self) -> None:
        pass


class Nowhere(Transport):
    """Takes whatever is written."""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False

    def write(self, data: object) -> None:
        pass


SPOKEN = st.lists(
    st.one_of(
        st.text(max_size=200).map(lambda text: (text, [frame(text.encode())])),
        st.lists(st.text(max_size=50), min_size=2, max_size=4).map(
            lambda parts: (
                "".join(parts),
                [
                    frame(
                        part.encode(),
                        Opcode.CONT if at else Opcode.TEXT,
                        fin=at == len(parts) - 1,
                    )
                    for at, part in enumerate(parts)
                ],
            )
        ),
        st.binary(max_size=125).map(lambda payload: (None, [frame(payload, Opcode.PONG)])),
    ),
    max_size=8,
)


@given(SPOKEN, st.data())
def test_messages_are_heard_in_order_however_their_bytes_are_cut(
    spoken: list[tuple[str | None, list[bytes]]], data: st.DataObject
) -> None:
    stream = b"".join(part for _, frames in spoken for part in frames)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=10).map(sorted))
    listener = Listener()

    async def listen() -> None:
        protocol = DirectTransport(ServerState(), max_bytes=65_536)
        protocol.attach(listener)
        protocol.connection_made(Nowhere())
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            protocol.data_received(stream[start:end])

    asyncio.run(listen())

    assert listener.heard == [text for text, _ in spoken]


class Recorded(Nowhere):
    """Notes what a connection does with its transport."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = True
        self.is_closed = self.is_reset = False

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = self.is_reset = True


def opened(listener: Listener, transport: Recorded) -> DirectTransport:
    """Return a connection of a peer that has not logged in."""
    protocol = DirectTransport(ServerState(), max_bytes=65_536)
    protocol.attach(listener)
    protocol.connection_made(transport)
    return protocol


async def test_a_flood_is_read_a_few_frames_a_turn() -> None:
    listener, transport = Listener(), Recorded()
    protocol = opened(listener, transport)
    protocol.data_received(frame(b"hi") * (2 * MAX_FRAMES + 1))

    assert (len(listener.heard), transport.reads) == (MAX_FRAMES, False)
    await asyncio.sleep(0)
    assert (len(listener.heard), transport.reads) == (2 * MAX_FRAMES, False)
    await asyncio.sleep(0)
    assert (len(listener.heard), transport.reads) == (2 * MAX_FRAMES + 1, True)


async def test_nothing_is_parsed_after_a_close_but_the_close_of_the_peer() -> None:
    listener, transport = Listener(), Recorded()
    protocol = opened(listener, transport)
    protocol.close(4500, "too_many_bad_frames")
    protocol.data_received(frame(b"hi") * 1_000)

    assert (listener.heard, transport.is_closed) == ([], False)
    written = frame(b"\x11\x94", Opcode.CLOSE)
    protocol.data_received(written[:3])
    protocol.data_received(written[3:])

    assert (transport.is_closed, transport.is_reset) == (True, False)


async def test_a_peer_that_sends_on_after_a_close_is_reset() -> None:
    transport = Recorded()
    protocol = opened(Listener(), transport)
    protocol.close(4500, "too_many_bad_frames")
    protocol.data_received(b"x" * (MAX_DROPPED + 1))

    assert transport.is_reset
    protocol.connection_lost(None)


async def test_a_peer_may_send_without_end_once_it_is_admitted() -> None:
    listener, transport = Listener(), Recorded()
    protocol = opened(listener, transport)
    protocol.admitted()
    for _ in range(5):
        protocol.data_received(frame(b"x" * 65_536))

    assert len(listener.heard) == 5


async def test_a_peer_that_is_not_admitted_sends_two_messages_of_the_longest_at_most() -> None:
    listener, transport = Listener(), Recorded()
    protocol = opened(listener, transport)
    for _ in range(5):
        protocol.data_received(frame(b"x" * 65_536))

    assert len(listener.heard) == 1
    protocol.connection_lost(None)
