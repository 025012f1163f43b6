"""
The connection: one WebSocket at a time, opened again for as long as that makes sense.

Greets, answers and sends heartbeats, matches answers to requests, obeys close codes and `drain`,
and waits with full jitter between tries. What the frames mean is not its business.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Literal, NoReturn
from urllib.parse import urlsplit

import attrs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from parlour.entrypoints.cli.chat.codes import (
    LOST,
    TOKEN_EXPIRED,
    UNAUTHENTICATED,
    Action,
    action_of,
    reason_of,
    retry_delay,
)
from parlour.entrypoints.cli.chat.http import is_loopback
from parlour.entrypoints.cli.chat.model import Frame
from parlour.entrypoints.cli.chat.problems import NoAnswer, Refused, Stopped
from parlour.entrypoints.cli.chat.tokens import LoggedOut

PROTOCOL = Subprotocol("parlour.v1")
WELCOME_WITHIN = 10.0
ANSWER_WITHIN = 15.0
GRACE = 10.0
STEADY = 10.0
"""A line that held this long was good: the next loss counts as a first one."""

_MAX_BYTES = 16 * 1024 * 1024
_LEFT = 0
"""No code of the protocol: this client left a node that goes away, at the moment it was given."""


@attrs.frozen
class Phase:
    """How the line is: `connecting`, `online`, or `waiting` for the next try in some seconds."""

    name: str
    seconds: float = 0.0


@attrs.frozen(kw_only=True)
class Hooks:
    """What the link asks of the client, and tells it. All but `token` return at once."""

    token: Callable[[bool], Awaitable[str]]
    hello: Callable[[], Mapping[str, Any]]
    on_welcome: Callable[[Frame], None]
    on_frame: Callable[[Frame], None]
    on_phase: Callable[[Phase], None]


class Link:
    """Keeps a client connected to one service."""

    def __init__(
        self,
        server: str,
        hooks: Hooks,
        *,
        chance: Callable[[], float] = random.random,
        grace: float = GRACE,
    ) -> None:
        self.grace = grace
        self._url = "ws" + server.removeprefix("http") + "/v1/ws"
        self._proxy: Literal[True] | None = (
            None if is_loopback(urlsplit(server).hostname or "") else True
        )
        self._hooks = hooks
        self._chance = chance
        self._socket: ClientConnection | None = None
        self._answers: dict[int, asyncio.Future[Frame]] = {}
        self._last_id = 0
        self._fresh = False

    @property
    def is_online(self) -> bool:
        """Tell whether the service has welcomed this client."""
        return self._socket is not None

    async def request(self, kind: str, **fields: Any) -> Frame:
        """Send a request and return its `ok`.

        Raises:
            Refused: the service said no.
            NoAnswer: offline, lost on the way, or too late.
        """
        if self._socket is None:
            raise NoAnswer("Not connected")
        return await self._ask(self._socket, kind, fields)

    async def tell(self, kind: str, **fields: Any) -> None:
        """Send a frame that has no answer; offline it is dropped."""
        if self._socket is not None:
            with suppress(ConnectionClosed):
                await self._socket.send(json.dumps({"type": kind, **fields}))

    async def run(self) -> NoReturn:
        """Stay connected.

        Raises:
            Stopped: the service wants no other try.
            LoggedOut: there is no token to greet with.
        """
        loop = asyncio.get_running_loop()
        attempt = 0
        while True:
            self._hooks.on_phase(Phase("connecting"))
            began = loop.time()
            code = await self._try()
            # A token may have lost its worth since it was made; only a fresh one is proof.
            stale = code == UNAUTHENTICATED and not self._fresh
            if action_of(code) is Action.STOP and not stale:
                raise Stopped(code, reason_of(code))
            if loop.time() - began > STEADY:
                attempt = 0
            routine = stale or (code in (TOKEN_EXPIRED, _LEFT) and attempt == 0)
            delay = 0.0 if routine else retry_delay(attempt, self._chance())
            self._fresh = stale or code == TOKEN_EXPIRED
            attempt += 1
            if delay:
                self._hooks.on_phase(Phase("waiting", delay))
                await asyncio.sleep(delay)

    async def _try(self) -> int:
        """Connect, greet and listen; return the code with which that ended."""
        try:
            token = await self._hooks.token(self._fresh)
            async with connect(
                self._url,
                subprotocols=[PROTOCOL],
                compression=None,
                ping_interval=None,  # the protocol has a heartbeat of its own
                open_timeout=WELCOME_WITHIN,
                close_timeout=1,
                max_size=_MAX_BYTES,
                proxy=self._proxy,
                user_agent_header="parlour-chat",
            ) as socket:
                return await self._converse(socket, token)
        except LoggedOut:
            raise
        except Refused as refusal:
            return LOST if refusal.temporary else UNAUTHENTICATED
        except (NoAnswer, OSError, TimeoutError, WebSocketException):
            return LOST
        finally:
            self._socket = None
            self._lose_answers()

    async def _converse(self, socket: ClientConnection, token: str) -> int:
        greeting = {"v": 1, "token": token, **self._hooks.hello()}
        await socket.send(json.dumps({"type": "hello", "id": 0, **greeting}))
        # The answer is `welcome`, or a close whose code says what to do.
        return await _Listening(self, socket, asyncio.get_running_loop().time).run()

    def greeted(self, socket: ClientConnection, welcome: Frame) -> None:
        """Take the service's welcome: the line is good."""
        self._socket = socket
        self._hooks.on_phase(Phase("online"))
        self._hooks.on_welcome(welcome)

    def take(self, frame: Frame) -> None:
        """Take a frame: an answer goes to who asked, anything else to the client."""
        if frame["type"] in ("ok", "error"):
            future = self._answers.pop(frame.get("id", 0), None)
            if future is not None and not future.done():
                future.set_result(frame)
        else:
            self._hooks.on_frame(frame)

    def drain_moment(self, frame: Frame) -> float:
        """Return in how many seconds to leave a node that goes away."""
        spread: float = frame.get("spread_ms", 0)
        return float(frame.get("after_ms", 0) + self._chance() * spread) / 1000

    async def _ask(self, socket: ClientConnection, kind: str, fields: Mapping[str, Any]) -> Frame:
        self._last_id += 1
        number = self._last_id
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await socket.send(json.dumps({"type": kind, "id": number, **fields}))
                frame = await answer
        except (ConnectionClosed, TimeoutError):
            raise NoAnswer("The service did not answer") from None
        finally:
            self._answers.pop(number, None)
        if frame["type"] == "error":
            raise Refused.read(frame)
        return frame

    def _lose_answers(self) -> None:
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(NoAnswer("The line was lost"))
        self._answers.clear()


class _Listening:
    """Hears one socket to its end: frames, heartbeats, and the moment to leave a draining node."""

    def __init__(self, link: Link, socket: ClientConnection, clock: Callable[[], float]) -> None:
        self._link = link
        self._socket = socket
        self._clock = clock
        self._heard = clock()
        self._beat: float | None = None
        self._asked = False
        self._leave_at: float | None = None

    async def run(self) -> int:
        """Return the close code, or `LOST` for a line that is dead."""
        while True:
            try:
                async with asyncio.timeout_at(self._deadline()):
                    text = await self._socket.recv()
            except TimeoutError:
                if self._leave_at is not None and self._clock() >= self._leave_at:
                    return _LEFT
                if self._beat is None or self._asked:
                    return LOST
                self._asked = True
                await self._socket.send('{"type":"ping"}')
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else LOST
            else:
                self._heard, self._asked = self._clock(), False
                await self._hear(text)

    def _deadline(self) -> float:
        """The next moment at which silence means something."""
        if self._beat is None:
            silence = WELCOME_WITHIN
        else:
            silence = self._beat + (self._link.grace if self._asked else 0)
        at = self._heard + silence
        return at if self._leave_at is None else min(at, self._leave_at)

    async def _hear(self, text: str | bytes) -> None:
        try:
            frame = json.loads(text)
            kind = frame["type"]
        except (ValueError, KeyError, TypeError):
            return  # not of this protocol
        match kind:
            case "ping":
                await self._socket.send('{"type":"pong"}')
            case "pong":
                pass
            case "drain":
                self._leave_at = self._clock() + self._link.drain_moment(frame)
            case "welcome":
                self._beat = frame["heartbeat_ms"] / 1000
                self._link.greeted(self._socket, frame)
            case _:
                self._link.take(frame)
