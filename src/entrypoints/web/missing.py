"""The page at an address where nothing is, for people; programs get a problem document."""

import re
from collections.abc import Callable
from html import escape
from typing import Any

from litestar import HttpMethod, Request, Response
from litestar.datastructures.headers import Accept

from parlour.adapters.config.settings import Settings
from parlour.entrypoints.http.headers import security_headers
from parlour.entrypoints.web.assets import POLICY, Bundle

Handler = Callable[[Request[Any, Any, Any], Exception], Response[Any]]

_JSON = ("application/problem+json", "application/json")
_HTML = "text/html"


def missing_page(settings: Settings, bundle: Bundle, otherwise: Handler) -> Handler:
    """Return the exception handler for addresses without a route.

    It answers with a page where a client prefers HTML (RFC 9110, section 12.5.1), as browsers do,
    and leaves everything else to *otherwise*.
    """
    headers = {
        **security_headers(settings),
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
        "Vary": "Accept",
    }

    def handle(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        answer = otherwise(request, error)
        if answer.status_code != 404 or not _prefers_html(request):
            answer.headers["Vary"] = "Accept"
            return answer
        root = escape(request.scope.get("root_path", ""))
        # Links of the page are relative to the root, and this address may be deep below it.
        page = re.sub(r'(href|src)="(?:\./)?', rf'\1="{root}/', bundle.missing)
        return Response(page, status_code=404, media_type=_HTML, headers=headers)

    return handle


def _prefers_html(request: Request[Any, Any, Any]) -> bool:
    wanted = Accept(request.headers.get("accept", "*/*"))
    reads = request.method in {HttpMethod.GET, HttpMethod.HEAD}
    return reads and wanted.best_match([*_JSON, _HTML]) == _HTML
