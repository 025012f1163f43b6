"""The route of the socket."""

from typing import Any, cast

from litestar import WebSocket
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import WebsocketRouteHandler, websocket

from entrypoints.websocket.connections import Connections
from entrypoints.websocket.origins import Origins
from entrypoints.websocket.protocol import EXTENSION, Link
from entrypoints.websocket.session import CloseCode

SUBPROTOCOL = "parlour.v1"


def socket_route(connections: Connections, origins: Origins) -> WebsocketRouteHandler:
    """Make the route `GET /v1/ws`."""

    @websocket("/v1/ws", opt={"exclude_from_csrf": True})
    async def talk(socket: WebSocket[Any, Any, Any]) -> None:
        """Carry one socket from its handshake to its end."""
        headers = socket.headers
        if not origins.allow(headers.get("origin"), headers.get("host")):
            # A page of another site, in the browser of one of our users: no handshake at all.
            raise PermissionDeniedException("This origin is not allowed")
        link = cast("Link", cast("dict[str, object]", socket.scope["extensions"])[EXTENSION])
        connection = connections.open(link)
        try:
            offered = socket.scope["subprotocols"]
            known = SUBPROTOCOL in offered
            await socket.accept(subprotocols=SUBPROTOCOL if known else None)
            if offered and not known:
                connection.close(CloseCode.VERSION_UNSUPPORTED, "version_unsupported")
            # Frames go straight to the connection: all that comes here is the end.
            await socket.receive()
        finally:
            connections.forget(connection)

    return talk
