"""The line of a client to the service: one socket at a time, on one node after the other."""

import asyncio
import json
import random
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from parlour.entrypoints.cli.chat.http import is_loopback
from parlour.entrypoints.cli.chat.problems import NoAnswer, Refused
from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.canaries import heard_connection
from parlour.entrypoints.verify.journal import Actor, Journal

ANSWER = 5.0
"""Seconds after which a request is tried again: with the same key, so nothing is doubled."""

SILENCE = 5.0
"""Seconds without a frame after which a client asks whether the node is there, and as long again
after which it goes elsewhere."""

_MAX_BYTES = 16 * 1024 * 1024

Frame = dict[str, Any]


class Line(ABC):
    """Connects one device of one user. `run` keeps it connected until it is cancelled.

    Who listens takes the welcome of every socket, with `greeted`, and what comes unasked after
    that, with `heard`.
    """

    def __init__(self, name: str, account: Account, urls: Sequence[str], journal: Journal) -> None:
        self._account = account
        self._urls = list(urls)
        self._journal = journal
        self._socket: ClientConnection | None = None
        self._sockets = 0
        self._answers: dict[int, asyncio.Future[Frame]] = {}
        self._next_id = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._up = asyncio.Event()
        self.cursor: str | None = None
        self.name = name
        self.actor = Actor(name, account.id)

    @property
    def socket(self) -> str:
        """The name of the present socket, or of the last one."""
        return f"{self.name}/{self._sockets}"

    @property
    def is_up(self) -> bool:
        """Whether a socket is open that was welcomed."""
        return self._socket is not None

    @abstractmethod
    def greeted(self, welcome: Frame) -> None:
        """Take the first frame of a socket."""

    @abstractmethod
    def heard(self, frame: Frame) -> None:
        """Take a frame that nobody asked for."""

    # -- the connection ----------------------------------------------------------------------

    async def run(self) -> None:
        """Stay connected, on one node after the other."""
        turn, tries = random.randrange(len(self._urls)), 0  # noqa: S311 - spreads the clients
        try:
            while True:
                try:
                    await self._visit(self._urls[turn % len(self._urls)])
                    tries = 0
                except (OSError, WebSocketException, TimeoutError, NoAnswer, Refused):
                    tries += 1
                turn += 1
                most = min(1.0, 0.1 * 2 ** min(tries, 5))
                await asyncio.sleep(random.uniform(0.02, most))  # noqa: S311 - full jitter
        finally:
            for task in self._tasks:
                task.cancel()

    async def up(self, deadline: float) -> None:
        """Wait until a socket is open, at most until *deadline* on the clock of the loop."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(deadline):
                await self._up.wait()

    async def hang_up(self, *, rudely: bool = False) -> None:
        """End the present socket, without a word where *rudely*; `run` opens the next one."""
        socket = self._socket
        if socket is not None and rudely:
            socket.transport.abort()
        elif socket is not None:
            await socket.close()

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Do *work* beside everything else, until `run` ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _visit(self, url: str) -> None:
        token = await self._account.token()
        address = f"{url.replace('http', 'ws', 1)}/v1/ws"
        async with connect(
            address,
            subprotocols=[Subprotocol("parlour.v1")],
            open_timeout=5,
            close_timeout=1,
            ping_interval=None,
            compression=None,
            max_size=_MAX_BYTES,
            create_connection=heard_connection(self._account.hear, address),
            proxy=None if is_loopback(urlsplit(url).hostname or "") else True,
        ) as socket:
            try:
                welcome = await self._greet(socket, token)
                await self._stay(socket, url, welcome)
            finally:
                # What is not closed in order by now never will be.
                socket.transport.abort()
        if socket.close_code in {4005, 4501}:
            await self._account.token(fresh=True)

    async def _greet(self, socket: ClientConnection, token: str) -> Frame:
        hello = {"type": "hello", "id": 0, "v": 1, "token": token}
        if self.cursor is not None:
            hello["cursor"] = self.cursor
        await socket.send(json.dumps(hello))
        async with asyncio.timeout(10):
            welcome: Frame = json.loads(await socket.recv())
        if welcome["type"] != "welcome":
            raise NoAnswer("no welcome")
        return welcome

    async def _stay(self, socket: ClientConnection, url: str, welcome: Frame) -> None:
        """Be connected, from the welcome to the end of the socket."""
        self._sockets += 1
        self.actor = Actor(self.name, self._account.id, url)
        place = {"socket": self.socket}
        self._journal.note(self.actor, "connect", place)
        self._socket = socket
        self._up.set()
        try:
            self.cursor = welcome["cursor"]
            self.greeted(welcome)
            await self._listen(socket)
        finally:
            self._socket = None
            self._up.clear()
            self._journal.note(self.actor, "close", place)
            for future in self._answers.values():
                if not future.done():
                    future.set_exception(NoAnswer("the line is lost"))

    async def _listen(self, socket: ClientConnection) -> None:
        asked = False
        with suppress(WebSocketException):
            while True:
                try:
                    async with asyncio.timeout(SILENCE):
                        text = await socket.recv()
                    asked = False
                except TimeoutError:
                    if asked:
                        socket.transport.abort()
                        return
                    asked = True
                    await socket.send('{"type":"ping"}')
                    continue
                self._take(socket, json.loads(text))

    def _take(self, socket: ClientConnection, frame: Frame) -> None:
        kind = frame["type"]
        if "id" in frame and kind in {"ok", "error"}:
            future = self._answers.get(frame["id"])
            if future is not None and not future.done():
                future.set_result(frame)
        elif kind == "drain":
            late = frame["after_ms"] + random.random() * frame["spread_ms"]  # noqa: S311 - a spread
            self.spawn(self._leave(socket, late / 1000))
        elif kind == "ping":
            self.spawn(self._pong(socket))
        else:
            self.heard(frame)

    async def _leave(self, socket: ClientConnection, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if socket is self._socket:
            await socket.close()

    async def _pong(self, socket: ClientConnection) -> None:
        with suppress(WebSocketException):
            await socket.send('{"type":"pong"}')

    # -- requests ----------------------------------------------------------------------------

    async def ask(self, frame: Frame) -> Frame:
        """Send a request and return its answer; raise `Refused`, or `NoAnswer`: who knows."""
        socket = self._socket
        if socket is None:
            raise NoAnswer("not connected")
        self._next_id += 1
        id_ = self._next_id
        future = self._answers[id_] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER):
                await socket.send(json.dumps({**frame, "id": id_}))
                answer: Frame = await future
        except (WebSocketException, OSError, TimeoutError) as error:
            raise NoAnswer(str(error)) from error
        finally:
            del self._answers[id_]
            future.cancel()
        if answer["type"] == "error":
            raise Refused.read(answer)
        return answer
