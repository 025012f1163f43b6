"""The headers that every response carries."""

from collections.abc import Callable

from litestar import Response
from litestar.config.cors import CORSConfig

from parlour.adapters.config.settings import Settings
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.origins import is_listed

_ALWAYS = {
    # Answers are private: no cache may store them.
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def security_headers(settings: Settings) -> dict[str, str]:
    """Return the security headers, with HSTS where a proxy ends TLS."""
    headers = dict(_ALWAYS)
    if settings.server.behind_tls:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def securing(settings: Settings) -> Callable[[Response[object]], Response[object]]:
    """Return the `after_request` hook that adds the headers to every response."""
    headers = security_headers(settings)

    def secure(response: Response[object]) -> Response[object]:
        response.headers.update(headers)
        return response

    return secure


class _Allowed(CORSConfig):
    """Checks origins against the current settings."""

    service: Service

    def is_origin_allowed(self, origin: str) -> bool:
        return is_listed(origin, self.service.settings.server.origins)


def cross_origin(service: Service) -> CORSConfig:
    """Return the CORS configuration for the origins in `server.origins`."""
    allowed = _Allowed(
        allow_origins=[],
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
        expose_headers=["Retry-After"],
        allow_credentials=True,
    )
    allowed.service = service
    return allowed
