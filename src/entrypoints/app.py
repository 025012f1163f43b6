"""The application: HTTP and the page as one ASGI app."""

from litestar import Litestar

from parlour.entrypoints.http import cross_origin, problem_handlers, routes
from parlour.entrypoints.operation.control import Control
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.web import page_routes
from parlour.entrypoints.websocket.handler import socket_route


def create_app(service: Service, control: Control | None = None) -> Litestar:
    """Compose the routes around a service that was started or will be."""
    return Litestar(
        route_handlers=[
            *routes(service, control),
            socket_route(),
            *page_routes(service.settings),
        ],
        exception_handlers=problem_handlers(service),
        cors_config=cross_origin(service),
        openapi_config=None,
        logging_config=None,
    )
