"""The application of one node: API, socket and page as one Litestar app."""

from functools import cache

from litestar import Litestar
from litestar.exceptions import NotFoundException

from parlour.entrypoints.http import answering_head, cross_origin, problem_handlers, routes
from parlour.entrypoints.node import Node
from parlour.entrypoints.web import Bundle, missing_page, page_routes
from parlour.entrypoints.websocket.handler import upgrade_required, websocket_route


def litestar_app(node: Node) -> Litestar:
    """Return the app of a *node* that was started or will be; it has no lifespan of its own."""
    service = node.service
    handlers = problem_handlers(service)
    bundle = _bundle()
    app = Litestar(
        route_handlers=[
            *routes(service, node.control),
            websocket_route(service, node.connections, node.origins),
            upgrade_required(service.settings),
            *page_routes(service.settings, bundle),
        ],
        exception_handlers={
            **handlers,
            NotFoundException: missing_page(service.settings, bundle, handlers[Exception]),
        },
        cors_config=cross_origin(service),
        openapi_config=None,
        logging_config=None,
    )
    return answering_head(app)


@cache
def _bundle() -> Bundle:
    """Read and compress the files of the page once for all applications of this process."""
    return Bundle.read()
