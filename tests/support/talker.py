"""A client of the protocol on a real socket, for tests: says frames, waits for what must come."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

T = TypeVar("T")
Frame = dict[str, Any]

PATIENCE = 30.0
AT_ONCE = 10.0
"""Seconds for what takes a moment, on a busy machine: less than any timer it must not wait for."""


class Talker:
    """One socket of one person. `frames` are all pushes so far, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._next_id = 0
        self._answers: dict[int, Frame] = {}
        self._changed = asyncio.Event()
        self._ended = False
        self.frames: list[Frame] = []
        self.welcome: Frame = {}
        self._reading = asyncio.create_task(self._read())

    # -- saying ------------------------------------------------------------------------------

    async def hello(self, token: str, **more: Any) -> Frame:
        """Say hello and return the welcome."""
        self.welcome = await self.ask({"type": "hello", "v": 1, "token": token, **more})
        return self.welcome

    async def ask(self, frame: Frame) -> Frame:
        """Send a request and return its answer, be it an error."""
        return await self.answer(await self.begin(frame))

    async def begin(self, frame: Frame) -> int:
        """Send a request; return its id, by which `answer` waits."""
        self._next_id += 1
        await self.send({**frame, "id": self._next_id})
        return self._next_id

    async def answer(self, id_: int) -> Frame:
        """Wait for the answer to a request."""
        await self.until(lambda: id_ in self._answers)
        return self._answers.pop(id_)

    async def send(self, frame: Frame | str | bytes) -> None:
        """Send a frame, or any text or bytes, and wait for nothing."""
        await self._socket.send(json.dumps(frame) if isinstance(frame, dict) else frame)

    async def say(self, conversation: str, text: str, **more: Any) -> Frame:
        """Post a message under a new key and return the answer."""
        return await self.ask(message(conversation, text, **more))

    # -- hearing -----------------------------------------------------------------------------

    def heard(self, type_: str, **fields: Any) -> list[Frame]:
        """Return the pushes of a type that have these fields."""
        return [
            frame
            for frame in self.frames
            if frame["type"] == type_
            and all(frame.get(key) == each for key, each in fields.items())
        ]

    def texts(self, conversation: str) -> list[str]:
        """Return the messages that were pushed, in the order in which they came."""
        posted = self.heard("event", conversation=conversation, kind="message.posted")
        return [frame["data"]["body"]["text"] for frame in posted]

    async def hears(self, type_: str, *, seconds: float = PATIENCE, **fields: Any) -> Frame:
        """Wait for a push of a type that has these fields; return the first."""
        await self.until(lambda: self.heard(type_, **fields), seconds=seconds)
        return self.heard(type_, **fields)[0]

    async def until(self, holds: Callable[[], object], *, seconds: float = PATIENCE) -> None:
        """Wait until *holds* says yes, which is asked after each frame; fail after a deadline."""
        deadline = time.monotonic() + seconds
        while not holds():
            left = deadline - time.monotonic()
            assert left > 0, f"it never came to hold; heard {self.frames[-5:]}"
            assert not self._ended, f"closed: {self.close_code} {self.close_reason}"
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                continue

    async def quiet(self) -> None:
        """Wait until everything that was on its way has come: a ping goes the same way."""
        await self.ask({"type": "ping"})

    # -- the end -----------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return not self._ended

    @property
    def close_code(self) -> int | None:
        return self._socket.close_code

    @property
    def close_reason(self) -> str | None:
        return self._socket.close_reason

    async def closed(self, *, seconds: float = PATIENCE) -> tuple[int | None, str | None]:
        """Wait for the end; return the code and the reason."""
        await asyncio.wait_for(asyncio.shield(self._reading), seconds)
        return self.close_code, self.close_reason

    async def close(self) -> None:
        """End the socket, as a client does."""
        await self._socket.close()
        await self._reading

    def abort(self) -> None:
        """Cut the line."""
        self._socket.transport.abort()

    async def _read(self) -> None:
        try:
            while True:
                frame = json.loads(await self._socket.recv())
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


async def dial(
    url: str,
    *,
    origin: str | None = None,
    subprotocols: tuple[str, ...] = ("parlour.v1",),
    headers: Mapping[str, str] | None = None,
) -> Talker:
    """Open a socket, and say nothing yet. *url* is that of the service."""
    socket = await connect(
        url.replace("http", "ws", 1) + "/v1/ws",
        origin=origin,  # type: ignore[arg-type]
        subprotocols=[Subprotocol(each) for each in subprotocols] or None,
        additional_headers=dict(headers or {}),
        compression=None,
        ping_interval=None,
        max_size=None,
        open_timeout=PATIENCE,
        close_timeout=1.0,
        proxy=None,
    )
    return Talker(socket)


@asynccontextmanager
async def talking(url: str, token: str, **more: Any) -> AsyncIterator[Talker]:
    """Open a socket and say hello; close it at the end."""
    talker = await dial(url)
    try:
        await talker.hello(token, **more)
        yield talker
    finally:
        await talker.close()
