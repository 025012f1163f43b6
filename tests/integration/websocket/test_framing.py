"""Frames that no client would send end the socket by the book, and nobody else notices.

Framing is the job of a library below us; these cases notice when it, or what we changed about it,
changes. The codes are those of RFC 6455 section 7.4.1, and of protocol version 1 from 4500 on.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from parlour.entrypoints.websocket import asgi_transport, direct_transport
from tests.support.concurrency import until
from tests.support.raw_socket import BINARY, CLOSE, CONT, PING, PONG, TEXT, RawSocket, close, frame
from tests.support.site import Serve, Site
from tests.support.socket_client import SocketClient

# One node for all cases: that it outlives each of them is a part of the claim.
pytestmark = pytest.mark.asyncio(loop_scope="module")

PING_FRAME = b'{"type":"ping","id":1}'
PONG_FRAME = b'{"type":"pong","id":1}'
LIMIT = 131_072

PROTOCOL_ERROR, BAD_DATA, TOO_BIG, BAD_FRAME = 1002, 1007, 1009, 4500


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(serve: Serve) -> AsyncIterator[Site]:
    """A node that keeps nothing."""
    async with serve() as site:
        yield site


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def neighbour(site: Site) -> SocketClient:
    """Somebody who notices nothing."""
    return await site.person("neighbour").connect()


@pytest.fixture
def raw(site: Site) -> RawSocket:
    """A connection that was not asked for an upgrade yet."""
    return RawSocket(site.port)


class TestGoodFrames:
    @pytest.mark.parametrize(
        "sent",
        [
            frame(TEXT, PING_FRAME),
            frame(TEXT, PING_FRAME[:5], fin=False) + frame(CONT, PING_FRAME[5:]),
            frame(TEXT, b"", fin=False) + frame(CONT, PING_FRAME, fin=False) + frame(CONT),
            frame(TEXT, PING_FRAME[:5], fin=False) + frame(PONG) + frame(CONT, PING_FRAME[5:]),
            frame(TEXT, PING_FRAME.ljust(LIMIT)),
            frame(PONG, b"unasked") + frame(TEXT, PING_FRAME),
            frame(TEXT, '{"type":"ping","id":1,"x":"ü"}'.encode()),
            b"".join(
                frame(CONT if at else TEXT, PING_FRAME[at : at + 1], fin=at == 21)
                for at in range(22)
            ),
        ],
        ids=[
            *("whole", "two fragments", "empty fragments", "a pong between"),
            *("as long as may be", "after a pong", "beyond ASCII", "byte by byte"),
        ],
    )
    async def test_are_read(self, raw: RawSocket, sent: bytes) -> None:
        async with raw:
            await raw.upgrade()
            await raw.send(sent)
            heard = await raw.hear()

        assert heard is not None
        assert (heard.opcode, heard.payload) == (TEXT, PONG_FRAME)

    async def test_are_read_from_any_split_into_segments(self, raw: RawSocket) -> None:
        async with raw:
            await raw.upgrade()
            for byte in frame(TEXT, PING_FRAME):
                await raw.send(bytes([byte]))
                await asyncio.sleep(0)
            heard = await raw.hear()

        assert heard is not None
        assert heard.payload == PONG_FRAME

    @pytest.mark.parametrize("payload", [b"", b"are you there?", b"x" * 125])
    async def test_ping_is_answered_with_its_payload(self, raw: RawSocket, payload: bytes) -> None:
        async with raw:
            await raw.upgrade()
            await raw.send(frame(PING, payload))
            heard = await raw.hear()

        assert heard is not None
        assert (heard.opcode, heard.payload) == (PONG, payload)

    @pytest.mark.parametrize(
        ("sent", "code"),
        [
            (close(1000), 1000),
            (close(1001, b"going away"), 1001),
            (close(4321, "bis später".encode()), 4321),
            (frame(CLOSE), 0),
        ],
        ids=["1000", "1001", "4321", "without a code"],
    )
    async def test_close_is_answered(self, raw: RawSocket, sent: bytes, code: int) -> None:
        async with raw:
            await raw.upgrade()
            await raw.send(sent)

            assert await raw.hear_close() == code
            assert await raw.hear() is None


class TestBadFrames:
    @pytest.mark.parametrize(
        ("sent", "code"),
        [
            (frame(TEXT, PING_FRAME, masked=False), PROTOCOL_ERROR),
            (frame(TEXT, PING_FRAME, reserved=4), PROTOCOL_ERROR),
            (frame(TEXT, PING_FRAME, reserved=2), PROTOCOL_ERROR),
            (frame(TEXT, PING_FRAME, reserved=1), PROTOCOL_ERROR),
            (frame(0x3, b"?"), PROTOCOL_ERROR),
            (frame(0xB, b"?"), PROTOCOL_ERROR),
            (frame(CONT, PING_FRAME), PROTOCOL_ERROR),
            (frame(TEXT, b"{", fin=False) + frame(TEXT, PING_FRAME), PROTOCOL_ERROR),
            (frame(PING, b"x" * 126), PROTOCOL_ERROR),
            (frame(PING, b"x", fin=False), PROTOCOL_ERROR),
            (frame(CLOSE, b"x"), PROTOCOL_ERROR),
            (close(999), PROTOCOL_ERROR),
            (close(1005), PROTOCOL_ERROR),
            (close(1015), PROTOCOL_ERROR),
            (close(1000, b"\xff"), BAD_DATA),
            (frame(TEXT, b"\xff\xfe"), BAD_DATA),
            (frame(TEXT, b'{"type":"\xc0\xaf"}'), BAD_DATA),
            (frame(TEXT, b'{"a":"\xed\xa0\x80"}'), BAD_DATA),
            (frame(TEXT, b"\xf0\x9f", fin=False) + frame(CONT, b"\x98"), BAD_DATA),
            (frame(TEXT, b"x" * (LIMIT + 1)), TOO_BIG),
            (frame(TEXT, b"", length=2**40), TOO_BIG),
            (frame(TEXT, b"x" * LIMIT, fin=False) + frame(CONT, b"x"), TOO_BIG),
            (frame(BINARY, PING_FRAME), BAD_FRAME),
            (frame(BINARY, b"", fin=False) + frame(CONT, b""), BAD_FRAME),
            (frame(TEXT), BAD_FRAME),
            (frame(TEXT, b"hi"), BAD_FRAME),
            (frame(TEXT, b"[" * LIMIT), BAD_FRAME),
            (frame(TEXT, b"[]"), BAD_FRAME),
        ],
        ids=[
            *("unmasked", "reserved bit 1", "reserved bit 2", "reserved bit 3"),
            *("unknown opcode", "unknown control opcode", "nothing to continue"),
            *("a message in a message", "a long ping", "a ping in fragments"),
            *("a close of one byte", "close 999", "close 1005", "close 1015"),
            *("a close that is not UTF-8", "not UTF-8", "overlong UTF-8", "a surrogate in UTF-8"),
            *("half a character", "too long", "far too long", "too long in fragments"),
            *("binary", "empty binary in fragments"),
            *("empty", "no JSON", "deep nonsense", "no object"),
        ],
    )
    async def test_end_the_socket(
        self, neighbour: SocketClient, raw: RawSocket, sent: bytes, code: int
    ) -> None:
        async with raw:
            await raw.upgrade()
            await raw.send(sent)

            assert await raw.hear_close() == code
            with contextlib.suppress(ConnectionError):
                await raw.send(close(code))
            assert await raw.hear() is None
        await neighbour.quiet()

    # uvicorn gathers fragments without a limit; there the hello time-out ends the socket.
    @pytest.mark.parametrize("path", ["direct"], indirect=True)
    async def test_of_endless_fragments_end_the_socket(self, raw: RawSocket) -> None:
        async with raw:
            await raw.upgrade()
            await raw.send(frame(TEXT, b"{", fin=False) + frame(CONT, b"", fin=False) * 1_000)

            assert await raw.hear_close() == TOO_BIG

    async def test_end_the_socket_although_the_close_is_not_answered(
        self, raw: RawSocket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (asgi_transport, direct_transport):
            monkeypatch.setattr(module, "CLOSE_TIMEOUT", 0.1)
        async with raw:
            await raw.upgrade()
            await raw.send(frame(TEXT, b"hi"))

            assert await raw.hear_close() == BAD_FRAME
            assert await raw.hear() is None

    async def test_in_one_segment_with_a_close_end_the_socket(
        self, raw: RawSocket, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with raw:
            await raw.upgrade()
            await raw.send(frame(BINARY, b"?") + close(1000))
            await raw.ends()

        assert not caplog.records

    async def test_after_a_close_are_not_read(self, site: Site, raw: RawSocket) -> None:
        async with raw:
            await raw.upgrade()
            await raw.send(close(1000) + frame(TEXT, PING_FRAME))

            assert await raw.hear_close() == 1000
            assert await raw.hear() is None

    async def test_compression_is_not_negotiated(self, raw: RawSocket) -> None:
        async with raw:
            await raw.send(raw.request({"Sec_WebSocket_Extensions": "permessage-deflate"}))
            head = await raw.head()

        assert "101" in head
        assert "deflate" not in head


class TestHandshake:
    async def test_with_frames_in_the_same_segment_affects_no_other(
        self, site: Site, neighbour: SocketClient, raw: RawSocket, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with raw:
            await raw.send(raw.request() + frame(TEXT, PING_FRAME))
            await raw.head()
            await raw.send(close(1000))
            await raw.ends()

        await until(lambda: len(site.process.node.connections) == 1)
        assert not caplog.records

    @pytest.mark.parametrize(
        ("header", "status"),
        [
            ({"Sec_WebSocket_Version": "12"}, "426"),
            ({"Sec_WebSocket_Key": "short"}, "400"),
            ({"Connection": "close"}, "426"),
        ],
        ids=["another version", "a bad key", "no upgrade"],
    )
    async def test_that_is_malformed_is_refused(
        self, raw: RawSocket, header: dict[str, str], status: str
    ) -> None:
        async with raw:
            await raw.send(raw.request(header))

            assert (await raw.head()).split()[1] == status

    async def test_that_is_never_finished_leaves_nothing_behind(
        self, site: Site, neighbour: SocketClient, raw: RawSocket
    ) -> None:
        async with raw:
            await raw.send(raw.request()[:40])

        await until(lambda: len(site.process.node.connections) == 1)

    async def test_needs_no_subprotocol(self, raw: RawSocket) -> None:
        async with raw:
            await raw.upgrade()
            await raw.send(frame(TEXT, json.dumps({"type": "ping", "id": 1}).encode()))
            heard = await raw.hear()

        assert heard is not None
        assert heard.payload == PONG_FRAME
