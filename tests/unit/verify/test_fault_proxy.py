"""The fault proxy does what it is told to the network, and counts it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from tests.support.concurrency import until
from tests.support.fault_proxy import FaultProxy


@pytest.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    """A proxy before a server that says everything back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
            writer.write(b"end")
            writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, FaultProxy(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy


Dial = Callable[[], Awaitable["Line"]]


class Line:
    """A client's end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def says(self, data: bytes) -> bytes:
        self.writer.write(data)
        async with asyncio.timeout(30):
            return await self.reader.readexactly(len(data))

    async def is_cut(self) -> bool:
        async with asyncio.timeout(30):
            try:
                return await self.reader.read() == b""
            except ConnectionError:
                return True


@pytest.fixture
async def dial(proxy: FaultProxy) -> AsyncIterator[Dial]:
    """Opens lines through the proxy, which end with the test."""
    lines: list[Line] = []

    async def open_line() -> Line:
        lines.append(Line(*await asyncio.open_connection("127.0.0.1", proxy.port)))
        return lines[-1]

    yield open_line
    for line in lines:
        line.writer.transport.abort()


async def test_everything_passes_and_is_counted(proxy: FaultProxy, dial: Dial) -> None:
    line = await dial()

    assert await line.says(b"x" * 100_000) == b"x" * 100_000
    assert (proxy.up.passed, proxy.down.passed, proxy.bites) == (100_000, 100_000, 0)


@pytest.mark.parametrize("direction", ["up", "down"])
async def test_latency_and_rate_delay_the_bytes(
    proxy: FaultProxy, dial: Dial, direction: str
) -> None:
    line = await dial()
    pipe = getattr(proxy, direction)
    pipe.latency, pipe.jitter, pipe.rate = 0.05, 0.01, 10_000
    begun = asyncio.get_running_loop().time()
    await line.says(b"y" * 1_000)

    assert asyncio.get_running_loop().time() - begun >= 0.15
    assert pipe.delayed >= 1
    proxy.heal()
    assert (pipe.latency, pipe.rate) == (0.0, None)


async def test_a_reset_cuts_every_connection(proxy: FaultProxy, dial: Dial) -> None:
    lines = [await dial() for _ in range(3)]
    for line in lines:
        await line.says(b"hello")

    assert proxy.reset() == 3
    assert all([await line.is_cut() for line in lines])
    assert proxy.bites == 3


async def test_a_black_hole_drops_bytes_until_it_is_healed(proxy: FaultProxy, dial: Dial) -> None:
    line = await dial()
    await line.says(b"hello")
    proxy.down.is_swallowed = True
    line.writer.write(b"is there anybody?")
    await until(lambda: proxy.down.swallowed == len(b"is there anybody?"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(line.reader.read(1), 0.2)

    proxy.heal()
    assert await line.is_cut()
    again = await dial()
    assert await again.says(b"hello") == b"hello"


async def test_a_half_closed_connection_still_answers(proxy: FaultProxy, dial: Dial) -> None:
    line = await dial()
    await line.says(b"hello")
    proxy.half_close()
    async with asyncio.timeout(30):
        assert await line.reader.read() == b"end"


@pytest.mark.parametrize("after", [1, 4, 7])
async def test_a_connection_is_cut_after_a_number_of_bytes(
    proxy: FaultProxy, dial: Dial, after: int
) -> None:
    proxy.up.cut_after = after
    line = await dial()
    line.writer.write(b"1234567890")

    assert await line.is_cut() or proxy.cuts == 1
    assert proxy.cuts == 1


async def test_a_connection_is_cut_at_a_pattern_after_passing_what_came_before(
    proxy: FaultProxy,
    dial: Dial,
) -> None:
    proxy.down.cut_at = b"COMMIT"
    line = await dial()
    assert await line.says(b"BEGIN") == b"BEGIN"
    line.writer.write(b"COM")
    async with asyncio.timeout(30):
        assert await line.reader.readexactly(3) == b"COM"
    line.writer.write(b"MIT")
    await line.is_cut()

    assert proxy.cuts == 1


async def test_new_connections_can_be_refused(proxy: FaultProxy, dial: Dial) -> None:
    proxy.refuses = True
    line = await dial()

    assert await line.is_cut()
    assert (proxy.lines, proxy.cuts) == (1, 1)
