"""The short way through frames reads what a parser of all frames reads, and leaves it the rest."""

import asyncio
from asyncio.transports import Transport

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from parlour.entrypoints.websocket.direct_transport import DirectTransport
from parlour.entrypoints.websocket.framing import (
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
