"""A TCP proxy that injects network faults and counts them, so that tests can check them.

Every line passes two pipes, `up` from client to server and `down` back. What a proxy does is set
by its attributes at any time, for lines that stand and for those to come.
"""

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import Coroutine
from typing import Self

import attrs

_CHUNK = 16 * 1024
_LINGER = struct.pack("ii", 1, 0)  # close with a reset


@attrs.define(eq=False)
class Pipe:
    """One direction of every connection: its faults, and the bytes that have passed."""

    latency: float = 0.0
    """Latency of every chunk in seconds, …"""
    jitter: float = 0.0
    """… and random additional seconds. The order is kept."""
    rate: float | None = None
    """Bytes per second and connection; None for no limit."""
    is_swallowed: bool = False
    """Everything is read and nothing is forwarded, not even the end of a connection."""
    cut_after: int | None = None
    """Reset a connection after this number of bytes."""
    cut_at: bytes | None = None
    """Reset a connection right after these bytes have passed."""
    passed: int = 0
    swallowed: int = 0
    delayed: int = 0


@attrs.define(eq=False)
class _Line:
    """A client connection, its server connection, and the two tasks that forward between them."""

    sides: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    is_closed: bool = False

    def close(self, *, reset: bool = False) -> None:
        self.is_closed = True
        for side in self.sides:
            if reset and (sock := side.get_extra_info("socket")) is not None:
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
            side.transport.abort()


class FaultProxy:
    """A proxy in front of a TCP server; use with `async with`."""

    def __init__(self, port: int, *, seed: int = 1) -> None:
        self._to = port
        self._chance = random.Random(seed)
        self._lines: set[_Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.up = Pipe()
        self.down = Pipe()
        self.refuses = False
        self.cuts = 0
        self.lines = 0
        self.port = 0

    @property
    def url(self) -> str:
        """The URL of an HTTP service behind the proxy."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def bites(self) -> int:
        """The number of injected faults."""
        pipes = (self.up, self.down)
        return self.cuts + sum(each.swallowed + each.delayed for each in pipes)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()
        for line in tuple(self._lines):
            line.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def reset(self) -> int:
        """Reset every connection; return how many there were."""
        cut = tuple(self._lines)
        for line in cut:
            line.close(reset=True)
        self.cuts += len(cut)
        return len(cut)

    def half_close(self) -> None:
        """Half-close every connection to the server; answers still pass."""
        for line in self._lines:
            line.sides[1].write_eof()
        self.cuts += len(self._lines)

    def heal(self) -> None:
        """Stop all faults. Connections that lost bytes are reset, because they cannot continue."""
        lost = self.up.is_swallowed or self.down.is_swallowed
        for pipe in (self.up, self.down):
            pipe.latency = pipe.jitter = 0.0
            pipe.rate = pipe.cut_after = pipe.cut_at = None
            pipe.is_swallowed = False
        self.refuses = False
        if lost:
            self.reset()

    async def _accept(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        self.lines += 1
        if self.refuses:
            self.cuts += 1
            answer.transport.abort()
            return
        try:
            server, ask = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            answer.transport.abort()
            return
        line = _Line((answer, ask))
        self._lines.add(line)
        self._spawn(self._carry(line, client, ask, self.up))
        self._spawn(self._carry(line, server, answer, self.down))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(
        self, line: _Line, source: asyncio.StreamReader, to: asyncio.StreamWriter, pipe: Pipe
    ) -> None:
        total, tail = 0, b""
        try:
            while data := await source.read(_CHUNK):
                if pipe.is_swallowed:
                    pipe.swallowed += len(data)
                    continue
                await self._slow(pipe, len(data))
                total += len(data)
                tail = (tail + data)[-_CHUNK - 64 :]
                keep = self._cut(pipe, total, tail, len(data))
                to.write(data if keep is None else data[:keep])
                pipe.passed += len(data)
                if keep is not None:
                    await _flushed(to)
                    self.cuts += 1
                    line.close(reset=True)
                    break
                await to.drain()
            if not pipe.is_swallowed and not line.is_closed:
                to.write_eof()
        except (OSError, RuntimeError):
            line.close()
        finally:
            if source.at_eof() and not pipe.is_swallowed:
                self._lines.discard(line)
                line.close()

    async def _slow(self, pipe: Pipe, size: int) -> None:
        pause = pipe.latency + self._chance.random() * pipe.jitter
        pause += size / pipe.rate if pipe.rate else 0.0
        if pause:
            pipe.delayed += 1
            await asyncio.sleep(pause)

    def _cut(self, pipe: Pipe, total: int, tail: bytes, size: int) -> int | None:
        """Return how many bytes of the last chunk pass before the connection is cut, if it is."""
        if pipe.cut_after is not None and total >= pipe.cut_after:
            return size - (total - pipe.cut_after) if total - size < pipe.cut_after else 0
        if pipe.cut_at is not None and (at := tail.find(pipe.cut_at)) >= 0:
            return size - (len(tail) - at - len(pipe.cut_at))
        return None


async def _flushed(writer: asyncio.StreamWriter) -> None:
    """Wait until the kernel has taken everything."""
    writer.transport.set_write_buffer_limits(high=0)
    with contextlib.suppress(OSError):
        await writer.drain()
