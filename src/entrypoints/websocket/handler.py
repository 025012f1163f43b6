"""What is said to those who come to the address of the socket and are not let in."""

from typing import Any

from litestar import WebSocket
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import WebsocketRouteHandler, websocket


def socket_route() -> WebsocketRouteHandler:
    """Make the route `GET /v1/ws` for the handshakes that the door did not answer."""

    @websocket("/v1/ws")
    async def refuse(socket: WebSocket[Any, Any, Any]) -> None:  # noqa: ARG001 - it has no ear
        raise PermissionDeniedException("This origin is not allowed")

    return refuse
