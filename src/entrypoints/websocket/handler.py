"""The WebSocket route of Litestar: the way to a socket that works under every ASGI server."""

from functools import partial
from typing import Any

from litestar import Response, WebSocket, get
from litestar.handlers import HTTPRouteHandler, WebsocketRouteHandler, websocket

from parlour.adapters.config.settings import Settings
from parlour.entrypoints.http.headers import security_headers
from parlour.entrypoints.http.problems import ProblemView, respond
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.asgi_transport import AsgiTransport
from parlour.entrypoints.websocket.connections import Connections
from parlour.entrypoints.websocket.origins import Origins
from parlour.entrypoints.websocket.session import CloseCode
from parlour.entrypoints.wire.errors import bad_request

PATH = "/v1/ws"

SUBPROTOCOL = "parlour.v1"

AnyWebSocket = WebSocket[Any, Any, Any]


def websocket_route(
    service: Service, connections: Connections, origins: Origins
) -> WebsocketRouteHandler:
    """Make the route `GET /v1/ws`.

    A page of another origin is refused before the upgrade (403). Everything else is accepted and
    then closed with a code, because browsers do not show their scripts why an upgrade failed.
    """
    max_bytes = int(service.settings.websocket.frame)

    @websocket(PATH)
    async def serve_socket(socket: AnyWebSocket) -> None:
        """Carry one socket from its upgrade to its end."""
        await socket.receive()  # websocket.connect
        if not _is_plain(socket) or not origins.allow_scope(socket.scope):
            await socket.close(CloseCode.FORBIDDEN, "forbidden")
            return
        offered = socket.scope["subprotocols"]
        agreed = SUBPROTOCOL if SUBPROTOCOL in offered else None
        await socket.send({"type": "websocket.accept", "subprotocol": agreed, "headers": []})
        transport = AsgiTransport(socket.receive, socket.send, max_bytes=max_bytes)
        connection = connections.open(transport)
        transport.on_end = partial(connections.forget, connection)
        if offered and SUBPROTOCOL not in offered:
            connection.close(CloseCode.VERSION_UNSUPPORTED, "version_unsupported")
        try:
            await transport.run()
        except Exception as error:  # noqa: BLE001 - reported; Litestar would log nothing
            service.failed(error)
            connection.close(CloseCode.SERVER_ERROR, "internal")
            await transport.flush()

    return serve_socket


def upgrade_required(settings: Settings) -> HTTPRouteHandler:
    """Make the route that answers a request without an upgrade (RFC 9110, section 15.5.22)."""
    headers = {
        **security_headers(settings),
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
    }

    @get(PATH, include_in_schema=False)
    async def tell() -> Response[ProblemView]:
        """Answer 426."""
        return respond(bad_request("Ask for an upgrade to WebSocket here"), headers, 426)

    return tell


def _is_plain(socket: AnyWebSocket) -> bool:
    """Return whether the upgrade names its host and has no body; not every server sees to that."""
    headers = socket.headers
    return (
        "host" in headers
        and "transfer-encoding" not in headers
        and headers.get("content-length", "0") == "0"
    )
