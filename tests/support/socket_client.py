"""A client of the protocol on a real socket: sends frames and waits for what the node sends."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

Frame = dict[str, Any]

TIMEOUT = 30.0
SHORT_TIMEOUT = 10.0
"""Seconds for what takes a moment even on a busy machine: less than any timer of the service."""


class SocketClient:
    """One socket of one user. `frames` are all frames without an id so far, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._next_id = 0
        self._answers: dict[int, Frame] = {}
        self._changed = asyncio.Event()
        self._ended = False
        self.frames: list[Frame] = []
        self.welcome: Frame = {}
        self._reading = asyncio.create_task(self._read())

    # -- sending -----------------------------------------------------------------------------

    async def hello(self, token: str, **more: Any) -> Frame:
        """Send hello and return the welcome."""
        self.welcome = await self.ask({"type": "hello", "v": 1, "token": token, **more})
        return self.welcome

    async def ask(self, frame: Frame, *, seconds: float = TIMEOUT) -> Frame:
        """Send a request and return its answer, which may be an error."""
        return await self.answer(await self.begin(frame), seconds=seconds)

    async def begin(self, frame: Frame) -> int:
        """Send a request; return its id for `answer`."""
        self._next_id += 1
        await self.send({**frame, "id": self._next_id})
        return self._next_id

    async def answer(self, id_: int, *, seconds: float = TIMEOUT) -> Frame:
        """Wait for the answer to a request."""
        await self.until(lambda: id_ in self._answers, seconds=seconds)
        return self._answers.pop(id_)

    async def send(self, frame: Frame | str | bytes) -> None:
        """Send a frame, or any text or bytes, without waiting for an answer."""
        await self.socket.send(json.dumps(frame) if isinstance(frame, dict) else frame)

    async def say(
        self, conversation: str, text: str, *, seconds: float = TIMEOUT, **more: Any
    ) -> Frame:
        """Post a message, under a new key unless one is given; return the answer."""
        return await self.ask(message(conversation, text, **more), seconds=seconds)

    # -- receiving ---------------------------------------------------------------------------

    def heard(self, type_: str, **fields: Any) -> list[Frame]:
        """Return the received frames of a type that have these fields."""
        return [
            frame
            for frame in self.frames
            if frame["type"] == type_
            and all(frame.get(key) == each for key, each in fields.items())
        ]

    def texts(self, conversation: str) -> list[str]:
        """Return the texts of received messages, in the order of arrival."""
        posted = self.heard("event", conversation=conversation, kind="message.posted")
        return [frame["data"]["body"]["text"] for frame in posted]

    async def hears(self, type_: str, *, seconds: float = TIMEOUT, **fields: Any) -> Frame:
        """Wait for a frame of a type that has these fields; return the first."""
        await self.until(lambda: self.heard(type_, **fields), seconds=seconds)
        return self.heard(type_, **fields)[0]

    async def until(self, holds: Callable[[], object], *, seconds: float = TIMEOUT) -> None:
        """Wait until *holds* is true, checked after each frame; fail after *seconds*."""
        deadline = time.monotonic() + seconds
        while not holds():
            left = deadline - time.monotonic()
            assert left > 0, f"not in time; the last frames were {self.frames[-5:]}"
            assert not self._ended, f"closed: {self.close_code} {self.close_reason}"
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                continue

    async def quiet(self) -> None:
        """Wait until everything sent before has arrived: the answer to a ping comes after it."""
        await self.ask({"type": "ping"})

    # -- closing -----------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return not self._ended

    @property
    def close_code(self) -> int | None:
        return self.socket.close_code

    @property
    def close_reason(self) -> str | None:
        return self.socket.close_reason

    async def closed(self, *, seconds: float = TIMEOUT) -> tuple[int | None, str | None]:
        """Wait until the node closes the socket; return the code and the reason."""
        await asyncio.wait_for(asyncio.shield(self._reading), seconds)
        return self.close_code, self.close_reason

    async def close(self) -> None:
        """Close the socket in order."""
        await self.socket.close()
        await self._reading

    def abort(self) -> None:
        """Cut the connection."""
        self.socket.transport.abort()

    async def _read(self) -> None:
        try:
            while True:
                frame = json.loads(await self.socket.recv())
                if "id" in frame:
                    self._answers[frame["id"]] = frame
                else:
                    self.frames.append(frame)
                    if frame["type"] == "ping":
                        await self.send({"type": "pong"})
                self._changed.set()
        except ConnectionClosed:
            pass
        finally:
            self._ended = True
            self._changed.set()


def message(conversation: str, text: str, **more: Any) -> Frame:
    """Return the request that posts a text under a new key."""
    return {
        "type": "message.send",
        "conversation": conversation,
        "key": str(uuid4()),
        "body": {"text": text},
        **more,
    }


async def open_socket(
    url: str,
    *,
    origin: str | None = None,
    subprotocols: tuple[str, ...] = ("parlour.v1",),
    headers: Mapping[str, str] | None = None,
) -> SocketClient:
    """Open a socket without saying hello. *url* is that of the node."""
    socket = await connect(
        url.replace("http", "ws", 1) + "/v1/ws",
        origin=origin,  # type: ignore[arg-type]
        subprotocols=[Subprotocol(each) for each in subprotocols] or None,
        additional_headers=dict(headers or {}),
        compression=None,
        ping_interval=None,
        max_size=None,
        open_timeout=TIMEOUT,
        close_timeout=1.0,
        proxy=None,
    )
    return SocketClient(socket)


@asynccontextmanager
async def connected(url: str, token: str, **more: Any) -> AsyncIterator[SocketClient]:
    """Open a socket and say hello; close it at the end."""
    client = await open_socket(url)
    try:
        await client.hello(token, **more)
        yield client
    finally:
        await client.close()
