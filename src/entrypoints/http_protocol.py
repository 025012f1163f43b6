"""Checks and bounds HTTP/1.1 requests before anything else reads them (RFC 9112, RFC 6455).

uvicorn passes on requests without a Host, with an endless head or of an unknown version, and
parses whatever has arrived at once. Here a request that is malformed is answered and its
connection closed; no request is parsed while the one before it is being answered; and a turn of
the event loop parses little of each connection, so that nobody delays the others.
"""

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from parlour.domain.kernel.errors import Limited
from parlour.entrypoints.connection_guard import ConnectionGuard, ConnectionSlot
from parlour.entrypoints.reading import FairFlow, LingeringTransport, next_piece

MAX_HEADERS = 100
MAX_HEAD_BYTES = 32 * 1024

MAX_PIECES = 16
"""Pieces of one connection that are parsed in one turn of the event loop."""

MAX_BODY_OVERHEAD = 256 * 1024
"""Bytes of a body that are no content: sizes and extensions of chunks, trailers."""

MAX_DRAIN_BYTES = 2 * 1024 * 1024
"""Bytes that are read and dropped after a refusal: closing at once would reset the connection, and
the peer could not read why (RFC 9112, section 9.6)."""

DRAIN_TIMEOUT = 2.0
"""Seconds after a refusal until the connection is closed."""

_BODY = frozenset({b"content-length", b"transfer-encoding"})
_NEWER = {"Upgrade": "websocket", "Sec-WebSocket-Version": "13"}


class _RefusedError(Exception):
    """Ends the parsing of a request that was refused."""


class CheckedHttpProtocol(HttpToolsProtocol):
    """One connection of uvicorn that refuses malformed requests and upgrades."""

    flow: FairFlow

    def __init__(self, guard: ConnectionGuard, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self._guard = guard
        self._slot: ConnectionSlot | None = None
        self._unparsed = b""
        self._is_in_body = False
        self._body_left: int | None = None
        self._head_bytes = 0
        self._body_overhead = 0
        self._refusal: HTTPStatus | None = None
        self._dropped = 0
        self._drain_timer: asyncio.TimerHandle | None = None
        self._owes_since: float | None = None
        self._read_timer: asyncio.TimerHandle | None = None

    # -- the connection -----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = FairFlow(transport, self._feed)
        try:
            self._slot = self._guard.enter(self._peer)
        except Limited:
            transport.abort()
            return
        self._owes_since = self.loop.time()
        self._read_timer = self.loop.call_later(self._guard.read_timeout, self._check_progress)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._unparsed and self._slot is not None:
            self._slot.blame()  # it sent on although it had been refused
        self._forget()
        super().connection_lost(exc)

    def _forget(self) -> None:
        """Cancel the timers and give the slot back."""
        for timer in (self._drain_timer, self._read_timer):
            if timer is not None:
                timer.cancel()
        if self._slot is not None:
            self._slot.leave()
            self._slot = None

    @property
    def _peer(self) -> str | None:
        return self.client[0] if self.client else None

    def _check_progress(self) -> None:
        """Close the connection if the peer owes bytes for too long; look again later if not."""
        if self._is_done():
            return
        now, most = self.loop.time(), self._guard.read_timeout
        since = now if self._owes_since is None or self.flow.read_paused else self._owes_since
        if now - since < most:
            self._read_timer = self.loop.call_later(since + most - now, self._check_progress)
            return
        self._guard.report("too_slow", self._peer)
        if self._head_bytes or self._is_in_body:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()

    # -- reading ------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self._drain_timer is not None:
            self._drop(data)
            return
        self._unparsed += data
        if not self.flow.is_held:
            self._feed()

    def _feed(self) -> None:
        """Parse what has arrived, as much as this turn allows; hold back the rest."""
        data, at, pieces = self._unparsed, 0, 0
        self._unparsed = b""
        while at < len(data) and pieces < MAX_PIECES and self._may_parse():
            end = next_piece(data, at, self._body_left if self._is_in_body else 0)
            self._parse(data[at:end])
            at, pieces = end, pieces + 1
        self._unparsed = b"" if self._is_done() else data[at:]
        if self._unparsed:
            self.flow.hold(is_ready=self._may_parse())
        else:
            self.flow.release()

    def _parse(self, piece: bytes) -> None:
        if self._owes_since is None or self._is_in_body:
            self._owes_since = self.loop.time()
        if self._is_in_body:
            self._body_overhead += len(piece)
        else:
            self._head_bytes += len(piece)
        super().data_received(piece)
        if self._is_done():
            return
        if not self._is_in_body and self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._is_in_body and self._body_overhead > MAX_BODY_OVERHEAD:
            self._refuse(HTTPStatus.BAD_REQUEST)

    def _may_parse(self) -> bool:
        """Return whether more may be parsed: not while a request that is complete is answered."""
        if self._is_done() or self.pipeline:
            return False
        cycle = self._newest
        if cycle is None or cycle.response_complete:
            return True
        return cycle.more_body and len(cycle.body) <= HIGH_WATER_LIMIT

    @property
    def _newest(self) -> RequestResponseCycle | None:
        """The request that was parsed last, which may be answered already."""
        return self.cycle

    def _is_done(self) -> bool:
        """Return whether nothing is parsed any more: closed, refused, or upgraded."""
        return (
            self._drain_timer is not None
            or self.transport.is_closing()
            or self.transport.get_protocol() is not self
        )

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > MAX_HEADERS:
            self._refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise _RefusedError

    def on_headers_complete(self) -> None:
        version = self.parser.get_http_version()
        hosts = sum(name == b"host" for name, _ in self.headers)
        if version not in {"1.0", "1.1"}:
            self._refusal = HTTPStatus.HTTP_VERSION_NOT_SUPPORTED
        elif hosts > 1 or (not hosts and version == "1.1"):
            self._refusal = HTTPStatus.BAD_REQUEST
        elif self._head_bytes > MAX_HEAD_BYTES:
            self._refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        if self._refusal is not None:
            raise _RefusedError
        self._is_in_body, self._body_overhead, self._head_bytes = True, 0, 0
        self._body_left = _content_length(self.headers)
        super().on_headers_complete()
        if (cycle := self._newest) is not None and any(name in _BODY for name, _ in self.headers):
            lingering = LingeringTransport(self.transport, self._finish)
            cycle.transport = cast("asyncio.Transport", lingering)

    def on_body(self, body: bytes) -> None:
        self._body_overhead -= len(body)
        if self._body_left is not None:
            self._body_left -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_in_body = False
        self._owes_since = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_in_body and not self._is_done():
            self._drain()  # nobody wants the rest of the body

    # -- upgrades -----------------------------------------------------------------------------

    def handle_websocket_upgrade(self) -> None:
        versions = [value for name, value in self.headers if name == b"sec-websocket-version"]
        has_body = any(name in _BODY and value != b"0" for name, value in self.headers)
        hosts = sum(name == b"host" for name, _ in self.headers)
        if has_body or hosts != 1:
            self._refuse(HTTPStatus.BAD_REQUEST)
        elif len(versions) == 1 and versions[0] != b"13":
            self._refuse(HTTPStatus.UPGRADE_REQUIRED, _NEWER)  # RFC 6455, section 4.4
        else:
            self.open_websocket()

    def _unsupported_upgrade_warning(self) -> None:
        # Such a request is answered as if it asked for nothing (RFC 9110, section 7.8), and the
        # connection closed: the parser expects another protocol from here on.
        if (cycle := self._newest) is not None:
            cycle.keep_alive = False

    def open_websocket(self) -> None:
        """Answer the handshake of a request that is a plain upgrade."""
        self._forget()
        super().handle_websocket_upgrade()

    # -- refusing -----------------------------------------------------------------------------

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the status says it
        if not self._is_done():
            self._refuse(self._refusal or HTTPStatus.BAD_REQUEST)

    def _refuse(self, status: HTTPStatus, headers: dict[str, str] | None = None) -> None:
        """Answer with *status* if no answer has begun, then drop what still comes and close."""
        if self._slot is not None:
            self._slot.blame()
        cycle = self._newest
        if cycle is not None and not cycle.response_complete:
            if cycle.response_started:
                self.transport.close()
                return
            cycle.disconnected = True
            cycle.message_event.set()
        text = f"{status.phrase}\n"
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            *(f"{name}: {value}" for name, value in (headers or {}).items()),
            "content-type: text/plain; charset=utf-8",
            f"content-length: {len(text)}",
            "connection: close",
        ]
        own = b"".join(b"%b: %b\r\n" % each for each in self.server_state.default_headers)
        head = "\r\n".join(lines).encode() + b"\r\n" + own
        self.transport.write(head + b"\r\n" + text.encode())
        self._drain()

    def _finish(self) -> None:
        """Close the connection after an answer, once the peer had time to read it."""
        if self._is_in_body and not self._is_done():
            self._drain()
        else:
            self.transport.close()

    def _drain(self) -> None:
        """Send no more; drop what still comes, for a moment, and close."""
        self._drain_timer = self.loop.call_later(DRAIN_TIMEOUT, self.transport.close)
        self._dropped = len(self._unparsed)
        self._unparsed = b""
        self.flow.release()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _drop(self, data: bytes) -> None:
        self._dropped += len(data)
        if self._dropped > MAX_DRAIN_BYTES:
            self.transport.close()


def _content_length(headers: list[tuple[bytes, bytes]]) -> int | None:
    """Return the length of a body; None where it comes in chunks."""
    found = dict(headers)
    if b"transfer-encoding" in found:
        return None
    return int(found.get(b"content-length", b"0"))


def checked_http(guard: ConnectionGuard) -> Any:
    """Return what uvicorn takes as `http` for connections that *guard* counts."""
    return partial(CheckedHttpProtocol, guard)
