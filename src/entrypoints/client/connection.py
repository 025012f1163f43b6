"""
The connection: one WebSocket at a time, opened again for as long as that makes sense.

It joins the protocol of a socket with the `websockets` library, matches answers to requests and
comes back after a loss. What the frames mean is not its concern.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from itertools import cycle
from typing import Any, NoReturn
from urllib.parse import urlsplit

import attrs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from parlour.entrypoints.client.errors import LoggedOut, NoAnswer, Refused
from parlour.entrypoints.client.http import is_loopback
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.client.protocol import WELCOME_TIMEOUT, SocketProtocol, encode
from parlour.entrypoints.client.reconnect import LOST, UNAUTHENTICATED, ReconnectPolicy

SUBPROTOCOL = Subprotocol("parlour.v1")
CLOSE_TIMEOUT = 1.0
_MAX_BYTES = 16 * 1024 * 1024


@attrs.frozen
class Phase:
    """`connecting`, `online`, or `waiting` for the next try in some seconds."""

    name: str
    seconds: float = 0.0


@attrs.frozen(kw_only=True)
class Hooks:
    """Callbacks of a connection to its owner. All but `token` return at once.

    `token` gives an access token, with True another one than before. `hello` gives fields of the
    `hello` frame. `on_frame` takes what is no answer.
    """

    token: Callable[[bool], Awaitable[str]]
    hello: Callable[[], Mapping[str, Any]]
    on_welcome: Callable[[Frame], None]
    on_frame: Callable[[Frame], None]
    on_phase: Callable[[Phase], None] = lambda _phase: None
    on_lost: Callable[[], None] = lambda: None


class Connection:
    """Keeps a client connected to one of *servers*, base addresses of the nodes of a service.

    *answer_timeout* is in seconds, *socket_class* gives the class of the socket to an address.
    """

    def __init__(
        self,
        servers: Sequence[str],
        hooks: Hooks,
        *,
        policy: ReconnectPolicy | None = None,
        protocol: Callable[[Callable[[], float]], SocketProtocol] = SocketProtocol,
        answer_timeout: float = 15.0,
        socket_class: Callable[[str], type[ClientConnection]] = lambda _url: ClientConnection,
    ) -> None:
        self._servers = cycle(servers)
        self._hooks = hooks
        self._policy = policy or ReconnectPolicy()
        self._new_protocol = protocol
        self._answer_timeout = answer_timeout
        self._socket_class = socket_class
        self._socket: ClientConnection | None = None
        self._protocol: SocketProtocol | None = None
        self._answers: dict[int, asyncio.Future[Frame]] = {}
        self.server = ""

    @property
    def is_online(self) -> bool:
        """Whether the service has welcomed this client."""
        return self._protocol is not None and self._protocol.is_welcome

    async def request(self, type_: str, **fields: Any) -> Frame:
        """Send a request and return its `ok`.

        Raises:
            Refused: the service said no, or would because the frame is too long.
            NoAnswer: not connected, lost on the way, or too late.
        """
        protocol, socket = self._protocol, self._socket
        if protocol is None or socket is None or not protocol.is_welcome:
            raise NoAnswer("Not connected")
        number, text = protocol.request(type_, **fields)
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            async with asyncio.timeout(self._answer_timeout):
                await socket.send(text)
                frame = await answer
        except (ConnectionClosed, TimeoutError):
            raise NoAnswer("The service did not answer") from None
        finally:
            self._answers.pop(number, None)
        if frame["type"] == "error":
            raise Refused.read(frame)
        return frame

    async def tell(self, type_: str, **fields: Any) -> None:
        """Send a frame that has no answer; offline it is dropped."""
        if self._socket is not None and self.is_online:
            await _send(self._socket, encode(type_, **fields))

    async def hang_up(self, *, abort: bool = False) -> None:
        """End the present socket, with *abort* without a close frame; `run` opens the next."""
        if self._socket is not None and abort:
            self._socket.transport.abort()
        elif self._socket is not None:
            await self._socket.close()

    async def run(self) -> NoReturn:
        """Stay connected.

        Raises:
            ConnectionEnded: the service wants no other try.
            LoggedOut: there is no token to say hello with.
        """
        loop = asyncio.get_running_loop()
        while True:
            self.server = next(self._servers)
            self._hooks.on_phase(Phase("connecting"))
            began = loop.time()
            code = await self._connect()
            if delay := self._policy.delay_after(code, loop.time() - began):
                self._hooks.on_phase(Phase("waiting", delay))
                await asyncio.sleep(delay)

    async def _connect(self) -> int:
        """Connect, say hello and listen; return the code with which that ended."""
        url = "ws" + self.server.removeprefix("http") + "/v1/ws"
        try:
            token = await self._hooks.token(self._policy.wants_fresh_token)
            async with connect(
                url,
                create_connection=self._socket_class(url),
                subprotocols=[SUBPROTOCOL],
                compression=None,
                ping_interval=None,  # the protocol has a heartbeat of its own
                open_timeout=WELCOME_TIMEOUT,
                close_timeout=CLOSE_TIMEOUT,
                max_size=_MAX_BYTES,
                proxy=None if is_loopback(urlsplit(self.server).hostname or "") else True,
                user_agent_header="parlour-client",
            ) as socket:
                return await self._use(socket, token)
        except LoggedOut:
            raise
        except Refused as refusal:
            return LOST if refusal.temporary else UNAUTHENTICATED
        except (NoAnswer, OSError, TimeoutError, WebSocketException):
            return LOST

    async def _use(self, socket: ClientConnection, token: str) -> int:
        protocol = self._new_protocol(asyncio.get_running_loop().time)
        self._socket, self._protocol = socket, protocol
        try:
            await _send(socket, protocol.hello(token, **self._hooks.hello()))
            return await self._listen(socket, protocol)
        finally:
            self._lose(protocol)
            try:
                await socket.close()
            finally:
                # A socket that does not close in time is ended with its client.
                socket.transport.abort()

    async def _listen(self, socket: ClientConnection, protocol: SocketProtocol) -> int:
        """Read one socket to its end; return the close code, or `LOST`, or `MOVED`."""
        while True:
            while protocol.to_send:
                await _send(socket, protocol.to_send.pop(0))
            try:
                async with asyncio.timeout_at(protocol.deadline):
                    text = await socket.recv()
            except TimeoutError:
                code = protocol.silent()
                if code == LOST:
                    socket.transport.abort()
                if code is not None:
                    return code
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else LOST
            else:
                frame = protocol.receive(text)
                if frame is not None:
                    self._take(frame)

    def _take(self, frame: Frame) -> None:
        """Take a frame: an answer goes to who asked, anything else to the owner."""
        if frame["type"] == "welcome":
            self._hooks.on_phase(Phase("online"))
            self._hooks.on_welcome(frame)
        elif frame["type"] not in ("ok", "error"):
            self._hooks.on_frame(frame)
        elif (answer := self._answers.pop(frame.get("id", 0), None)) and not answer.done():
            answer.set_result(frame)

    def _lose(self, protocol: SocketProtocol) -> None:
        self._socket, self._protocol = None, None
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(NoAnswer("The connection was lost"))
        self._answers.clear()
        if protocol.is_welcome:
            self._hooks.on_lost()


async def _send(socket: ClientConnection, text: str) -> None:
    """Send a text; a closed socket is reported, with its code, by the next read."""
    with suppress(ConnectionClosed):
        await socket.send(text)
