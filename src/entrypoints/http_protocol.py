"""Checks the head of HTTP/1.1 requests before anything else reads it (RFC 9112, RFC 6455).

uvicorn passes on requests without a Host, with an endless head or of an unknown version. They are
answered here, and the connection is closed.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEADERS = 100
MAX_HEAD_BYTES = 32 * 1024

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

    def __init__(self, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self._head_bytes = 0
        self._is_in_head = False
        self._refusal: HTTPStatus | None = None
        self._dropped = 0
        self._drain_timer: asyncio.TimerHandle | None = None

    # -- reading ------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self._drain_timer is not None:
            self._drop(data)
            return
        super().data_received(data)
        if self._is_in_head and self._drain_timer is None:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head, self._head_bytes = True, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._head_bytes += len(name) + len(value)
        if len(self.headers) > MAX_HEADERS or self._head_bytes > MAX_HEAD_BYTES:
            self._refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise _RefusedError

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        version = self.parser.get_http_version()
        hosts = sum(name == b"host" for name, _ in self.headers)
        if version not in {"1.0", "1.1"}:
            self._refusal = HTTPStatus.HTTP_VERSION_NOT_SUPPORTED
        elif hosts > 1 or (not hosts and version == "1.1"):
            self._refusal = HTTPStatus.BAD_REQUEST
        if self._refusal is not None:
            raise _RefusedError
        super().on_headers_complete()

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

    def open_websocket(self) -> None:
        """Answer the handshake of a request that is a plain upgrade."""
        super().handle_websocket_upgrade()

    # -- refusing -----------------------------------------------------------------------------

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the status says it
        self._refuse(self._refusal or HTTPStatus.BAD_REQUEST)

    def _refuse(self, status: HTTPStatus, headers: dict[str, str] | None = None) -> None:
        """Answer with *status*, then drop what still comes and close."""
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
        self._is_in_head = False
        self._drain_timer = self.loop.call_later(DRAIN_TIMEOUT, self.transport.close)
        self.transport.write(head + b"\r\n" + text.encode())
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _drop(self, data: bytes) -> None:
        self._dropped += len(data)
        if self._dropped > MAX_DRAIN_BYTES:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._drain_timer is not None:
            self._drain_timer.cancel()
        super().connection_lost(exc)
