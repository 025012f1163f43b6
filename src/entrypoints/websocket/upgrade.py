"""Opening handshakes (RFC 6455 section 4.2), answered where uvicorn has parsed the HTTP request.

The way through an ASGI application is long: the request is written out and parsed again, routed,
wrapped in middleware, and given tasks for as long as the socket lives. Clients come in crowds, so
a handshake that is plainly right is answered here. Every other one takes the long way: there
`websockets` says what is wrong with it, or the route of Litestar opens the socket.
"""

import re
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol, Self

import attrs
from websockets.utils import accept_key

from parlour.domain.kernel.errors import Limited
from parlour.entrypoints.connection_guard import ConnectionGuard, ConnectionSlot
from parlour.entrypoints.http_protocol import CheckedHttpProtocol
from parlour.entrypoints.websocket.connections import Connections
from parlour.entrypoints.websocket.direct_transport import DirectTransport
from parlour.entrypoints.websocket.handler import PATH, SUBPROTOCOL
from parlour.entrypoints.websocket.origins import Origins
from parlour.entrypoints.websocket.session import CloseCode

_PATH = PATH.encode()
_SUBPROTOCOL = SUBPROTOCOL.encode()

Header = tuple[bytes, bytes]
"""A header of HTTP, its name in lower case."""

_KEY = re.compile(rb"[A-Za-z0-9+/]{22}==")
_PROTOCOL = b"sec-websocket-protocol"
_FORWARDED = b"x-forwarded-for"
_ONCE = frozenset({b"host", b"origin", b"upgrade", b"sec-websocket-key", b"sec-websocket-version"})


@attrs.frozen
class Handshake:
    """A request to open a socket that is right in every part."""

    key: bytes
    offered: tuple[bytes, ...]
    origin: str | None
    host: str | None

    @classmethod
    def read(cls, headers: Sequence[Header]) -> Self | None:
        """Read the *headers* of an upgrade to WebSocket; None where any is missing or doubtful."""
        found: dict[bytes, bytes] = {}
        offered: list[bytes] = []
        for name, value in headers:
            if name == _PROTOCOL:
                offered += [each.strip() for each in value.split(b",")]
            elif name in _ONCE:
                if name in found:
                    return None
                found[name] = value
        key = found.get(b"sec-websocket-key", b"")
        if found.get(b"sec-websocket-version") != b"13" or not _KEY.fullmatch(key):
            return None
        return cls(key, tuple(offered), _text(found.get(b"origin")), _text(found.get(b"host")))

    @property
    def is_unsupported(self) -> bool:
        """Whether the client speaks other protocols only."""
        return bool(self.offered) and _SUBPROTOCOL not in self.offered

    def answer(self, headers: Sequence[Header]) -> bytes:
        """Return the answer that opens the socket, with *headers* of the server's own."""
        lines = [
            b"HTTP/1.1 101 Switching Protocols",
            b"Upgrade: websocket",
            b"Connection: Upgrade",
            b"Sec-WebSocket-Accept: " + accept_key(self.key.decode()).encode(),
            *(b"%b: %b" % header for header in headers),
        ]
        if _SUBPROTOCOL in self.offered:
            lines.append(b"Sec-WebSocket-Protocol: " + _SUBPROTOCOL)
        return b"\r\n".join(lines) + b"\r\n\r\n"


class SocketOpener(Protocol):
    """Opens the sockets of the direct path."""

    def admits(self, handshake: Handshake) -> bool:
        """Return whether the page that asks may use the service."""
        ...

    def open(self, transport: DirectTransport, handshake: Handshake) -> None:
        """Carry a socket whose handshake was answered, from here to its end."""
        ...


@attrs.frozen
class NodeOpener(SocketOpener):
    """Makes each socket a connection of a node."""

    connections: Connections
    origins: Origins

    def admits(self, handshake: Handshake) -> bool:
        return self.origins.allow(handshake.origin, handshake.host)

    def open(self, transport: DirectTransport, handshake: Handshake) -> None:
        connection = self.connections.open(transport)
        transport.on_end = partial(self.connections.forget, connection)
        if handshake.is_unsupported:
            connection.close(CloseCode.VERSION_UNSUPPORTED, "version_unsupported")


class HttpProtocol(CheckedHttpProtocol):
    """One connection of uvicorn that speaks HTTP until it is upgraded to a socket."""

    def __init__(
        self, opener: SocketOpener, guard: ConnectionGuard, max_bytes: int, **uvicorn: Any
    ) -> None:
        """Make a connection whose sockets *opener* opens, for messages of *max_bytes* at most."""
        super().__init__(guard, **uvicorn)
        self._opener = opener
        self._max_bytes = max_bytes

    def open_websocket(self) -> None:
        handshake = self._handshake()
        if handshake is None or not self._opener.admits(handshake):
            super().open_websocket()
            return
        try:
            slot = self._slot_of_socket()
        except Limited:
            self._refuse(HTTPStatus.TOO_MANY_REQUESTS)
            return
        self.connections.discard(self)
        self._forget()
        transport = DirectTransport(self.server_state, max_bytes=self._max_bytes, slot=slot)
        transport.connection_made(self.transport)
        self.transport.set_protocol(transport)
        self.transport.write(handshake.answer(self.server_state.default_headers))
        host, port = self.client or ("", 0)
        self.logger.info('%s:%d - "WebSocket %s" [accepted]', host, port, PATH)
        self._opener.open(transport, handshake)
        del self.parser  # it refers to this protocol: together they would stay until collected

    def _slot_of_socket(self) -> ConnectionSlot | None:
        """Return the slot that this connection has, or that of the client behind a proxy."""
        slot, self._slot = self._slot, None
        if slot is not None:
            return slot
        forwarded = [each.decode("latin-1") for name, each in self.headers if name == _FORWARDED]
        return self._guard.enter_forwarded(self._peer, forwarded) if forwarded else None

    def _handshake(self) -> Handshake | None:
        path = self.url.partition(b"?")[0]
        if self.scope["method"] != "GET" or path.rstrip(b"/") != _PATH:
            return None
        return Handshake.read(self.headers)


def http_protocol(
    connections: Connections, origins: Origins, guard: ConnectionGuard, *, max_bytes: int
) -> Any:
    """Return what uvicorn takes as `http` so that sockets take the direct path."""
    return partial(HttpProtocol, NodeOpener(connections, origins), guard, max_bytes)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
