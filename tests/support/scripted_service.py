"""A service on a real socket that does what a test says, for the line of the terminal client."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

Frame = dict[str, Any]


class Guest:
    """One socket as the service sees it."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket

    async def hear(self) -> Frame:
        """Return the next frame of the client."""
        frame: Frame = json.loads(await self._socket.recv())
        return frame

    async def say(self, frame: Frame) -> None:
        """Send a frame."""
        await self._socket.send(json.dumps(frame))

    async def say_text(self, text: str) -> None:
        """Send anything."""
        await self._socket.send(text)

    async def welcome(self, *, heartbeat_ms: int = 25_000, **more: Any) -> Frame:
        """Hear the greeting and answer it; return the greeting."""
        hello = await self.hear()
        welcome: Frame = {"type": "welcome", "id": hello["id"], "session": "s", "user": "me"}
        welcome |= {"level": 1, "features": [], "limits": {}, "heartbeat_ms": heartbeat_ms}
        welcome |= {"time": "2026-01-02T03:04:05.000000Z", "cursor": "c", "heads": []}
        await self.say({**welcome, "more": False, **more})
        return hello

    async def close(self, code: int) -> None:
        """Close the socket with a code."""
        await self._socket.close(code)

    async def gone(self) -> None:
        """Wait until the client has closed."""
        await self._socket.wait_closed()


Part = Callable[[Guest], Awaitable[object]]


@asynccontextmanager
async def scripted(*parts: Part) -> AsyncIterator[str]:
    """Serve: the first socket meets the first part, and so on; the last one meets all others."""
    waiting = list(parts)
    failures: list[BaseException] = []

    async def meet(socket: ServerConnection) -> None:
        part = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        try:
            await part(Guest(socket))
        except ConnectionClosed:
            pass  # the client went: that is for the test to judge
        except BaseException as error:
            failures.append(error)
            raise

    protocols = [Subprotocol("parlour.v1")]
    server = await serve(meet, "127.0.0.1", 0, subprotocols=protocols, compression=None)
    try:
        host, port = next(iter(server.sockets)).getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.close()
        await server.wait_closed()
    assert not failures, failures


async def stay(guest: Guest) -> None:
    """Welcome the client and stay until it goes."""
    await guest.welcome()
    await guest.gone()


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until a condition holds, at most so long."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def answering(*chunks: bytes) -> AsyncIterator[str]:
    """Serve: whoever asks is answered with these bytes, one by one, and hung up on."""
    answers = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers.append(asyncio.current_task())
        with suppress(OSError):
            await reader.readuntil(b"\r\n\r\n")
            for chunk in chunks:
                writer.write(chunk)
                await writer.drain()
                await asyncio.sleep(0.02)
            writer.write_eof()
            await reader.read()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.gather(*filter(None, answers))
