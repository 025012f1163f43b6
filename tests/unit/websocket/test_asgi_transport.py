"""The link over ASGI never waits for the storage, and keeps a bounded amount for a slow peer."""

import asyncio
from typing import Any

import pytest

from parlour.entrypoints.websocket import asgi_transport
from parlour.entrypoints.websocket.asgi_transport import HIGH_WATER, AsgiTransport

MAX_BYTES = 1_000
KIB = 1024


class Peer:
    """An ASGI server and the client behind it: takes frames while the test says so."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.takes = asyncio.Event()
        self.takes.set()
        self.sent: list[dict[str, Any]] = []
        self.heard: list[str] = []
        self.ended = 0
        self.writable_again = 0

    async def receive(self) -> Any:
        return await self.events.get()

    async def send(self, event: Any) -> None:
        await self.takes.wait()
        self.sent.append(event)

    def says(self, *texts: str) -> None:
        for text in texts:
            self.events.put_nowait({"type": "websocket.receive", "text": text, "bytes": None})

    def goes(self) -> None:
        self.events.put_nowait({"type": "websocket.disconnect", "code": 1005})

    # -- what a connection hears -----------------------------------------------------------

    def text(self, text: str) -> None:
        if text == "poison":
            raise ZeroDivisionError
        self.heard.append(text)

    def binary(self) -> None:
        self.heard.append("binary")

    def control(self) -> None: ...

    def writable(self) -> None:
        self.writable_again += 1

    def end(self) -> None:
        self.ended += 1


@pytest.fixture
async def peer() -> Peer:
    return Peer()


@pytest.fixture
async def link(peer: Peer) -> AsgiTransport:
    made = AsgiTransport(peer.receive, peer.send, max_bytes=MAX_BYTES)
    made.attach(peer)
    made.on_end = peer.end
    return made


async def turns(number: int = 20) -> None:
    """Let every task that can go on do so."""
    for _ in range(number):
        await asyncio.sleep(0)


class TestFrames:
    async def test_come_in_and_go_out_in_order(self, peer: Peer, link: AsgiTransport) -> None:
        peer.says("one", "two")
        peer.events.put_nowait({"type": "websocket.receive", "text": None, "bytes": b"?"})
        link.write(b"hi")
        link.write("ü".encode())
        running = asyncio.create_task(link.run())
        await turns()
        peer.goes()
        await running

        assert peer.heard == ["one", "two", "binary"]
        assert peer.sent == [
            {"type": "websocket.send", "text": "hi"},
            {"type": "websocket.send", "text": "ü"},
        ]
        await turns()
        assert peer.ended == 1

    @pytest.mark.parametrize(
        ("text", "is_too_long"),
        [
            ("x" * MAX_BYTES, False),
            ("x" * (MAX_BYTES + 1), True),
            ("ü" * (MAX_BYTES // 2), False),
            ("ü" * (MAX_BYTES // 2 + 1), True),
        ],
    )
    async def test_are_as_long_as_may_be(
        self, peer: Peer, link: AsgiTransport, text: str, is_too_long: bool
    ) -> None:
        peer.says(text)
        running = asyncio.create_task(link.run())
        await turns()
        peer.goes()
        await running

        assert peer.heard == ([] if is_too_long else [text])
        closes = [event["code"] for event in peer.sent if event["type"] == "websocket.close"]
        assert closes == ([1009] if is_too_long else [])


class TestSlowPeer:
    async def test_makes_the_link_unwritable_until_it_has_taken_most(
        self, peer: Peer, link: AsgiTransport
    ) -> None:
        peer.takes.clear()
        running = asyncio.create_task(link.run())
        while link.unsent_bytes < HIGH_WATER:
            link.write(b"x" * KIB)
        stalled = link.is_writable
        await turns()
        assert (stalled, peer.writable_again) == (False, 0)
        peer.takes.set()
        await turns()

        assert link.is_writable
        assert (link.unsent_bytes, peer.writable_again) == (0, 1)
        peer.goes()
        await running

    async def test_does_not_keep_the_reader_waiting(self, peer: Peer, link: AsgiTransport) -> None:
        peer.takes.clear()
        running = asyncio.create_task(link.run())
        link.write(b"x" * HIGH_WATER)
        peer.says("I talk", "and do not listen")
        await turns()

        assert peer.heard == ["I talk", "and do not listen"]
        peer.goes()
        await running

    async def test_that_takes_no_close_frame_is_given_up(
        self, peer: Peer, link: AsgiTransport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asgi_transport, "CLOSE_TIMEOUT", 0.01)
        peer.takes.clear()
        running = asyncio.create_task(link.run())
        link.write(b"x")
        link.close(4002, "slow_consumer")
        await asyncio.wait_for(running, 10)

        assert peer.sent == []


class TestEnd:
    async def test_by_us_comes_after_what_was_written(
        self, peer: Peer, link: AsgiTransport
    ) -> None:
        link.write(b"the last word")
        link.close(4001, "draining")
        link.write(b"too late")
        link.close(4002, "slow_consumer")
        await asyncio.wait_for(link.run(), 10)

        assert [event["type"] for event in peer.sent] == ["websocket.send", "websocket.close"]
        assert peer.sent[-1] == {"type": "websocket.close", "code": 4001, "reason": "draining"}
        assert peer.ended == 1

    async def test_of_the_wire_is_no_error(self, peer: Peer, link: AsgiTransport) -> None:
        async def broken(event: Any) -> None:
            raise OSError("gone")

        link._send = broken
        link.write(b"x")
        await asyncio.wait_for(link.run(), 10)
        await turns()

        assert peer.ended == 1

    async def test_by_a_bug_is_raised_and_the_peer_told(
        self, peer: Peer, link: AsgiTransport
    ) -> None:
        peer.says("poison")
        with pytest.raises(ZeroDivisionError):
            await link.run()
        link.close(4000, "internal")
        await link.flush()

        assert peer.sent == [{"type": "websocket.close", "code": 4000, "reason": "internal"}]
