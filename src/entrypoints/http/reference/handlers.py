"""The routes of the reference, which is built at the first request and then kept.

Building takes half a second of processor time, so it runs in a thread beside the event loop.
"""

from collections.abc import Callable
from functools import cache
from importlib.resources import files

import msgspec
from litestar import MediaType, Response, Router, get
from litestar.types import Scope

from parlour.adapters.config.settings import Settings
from parlour.entrypoints.http.headers import security_headers
from parlour.entrypoints.http.reference.asyncapi import build_asyncapi
from parlour.entrypoints.http.reference.document import build_document
from parlour.entrypoints.http.reference.page import build_page
from parlour.entrypoints.mounting import ends_with_slash

_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def reference_routes(settings: Settings, api: Callable[[], Router]) -> Router:
    """Return the routes; *api* makes the routers that are described."""
    headers = {
        **security_headers(settings),
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _POLICY,
    }

    @cache
    def document() -> dict[str, object]:
        return build_document(api())

    @cache
    def socket_document(path: str) -> dict[str, object]:
        return build_asyncapi(path)

    @cache
    def page() -> str:
        return build_page(document())

    @get("/openapi.json", sync_to_thread=True)
    def openapi(scope: Scope) -> Response[bytes]:
        """Return the OpenAPI document, with the path under which the application is mounted."""
        servers = [{"url": scope.get("root_path") or "/"}]
        content = msgspec.json.encode({**document(), "servers": servers})
        return Response(content, media_type=MediaType.JSON, headers=headers)

    @get("/asyncapi.json", sync_to_thread=True)
    def asyncapi(scope: Scope) -> Response[bytes]:
        """Return the AsyncAPI document, with that path."""
        content = msgspec.json.encode(socket_document(scope.get("root_path", "")))
        return Response(content, media_type=MediaType.JSON, headers=headers)

    @get("/docs", sync_to_thread=True)
    def docs(scope: Scope) -> Response[str]:
        """Return the page, whose links are relative to an address without a slash at its end."""
        if ends_with_slash(scope):
            return Response("", status_code=307, headers={**headers, "Location": "../docs"})
        return Response(page(), media_type=MediaType.HTML, headers=headers)

    @get("/docs/reference.css")
    async def style() -> Response[str]:
        """Return the style of the page."""
        content = files(__package__).joinpath("reference.css").read_text("utf-8")
        return Response(content, media_type=MediaType.CSS, headers=headers)

    return Router("/", route_handlers=[openapi, asyncapi, docs, style], include_in_schema=False)
