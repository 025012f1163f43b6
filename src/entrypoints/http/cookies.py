"""The refresh token of a page, where no script can read it."""

from litestar.datastructures import Cookie

from parlour.domain.access import Grant
from parlour.domain.kernel.errors import Forbidden
from parlour.entrypoints.http.bodies import StrictRequest
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.origins import Origins


class RefreshCookie:
    """Gives, takes and clears the cookie; only pages of allowed origins may use it."""

    def __init__(self, service: Service) -> None:
        settings, server = service.settings, service.settings.server
        self._origins = Origins(
            lambda: service.settings.server.origins, host=server.host, behind_tls=server.behind_tls
        )
        self._secure = server.behind_tls
        self._max_age = int(settings.access.refresh_ttl.total_seconds())
        # The prefix makes browsers insist on Secure, on Path=/ and on this very host.
        self.name = "__Host-parlour-refresh" if self._secure else "parlour-refresh"

    def require_page(self, request: StrictRequest) -> None:
        """Raise `Forbidden` unless the request comes from a page that may use the service."""
        origin = request.headers.get("origin")
        if origin is None or not self._origins.allow(origin, request.headers.get("host")):
            raise Forbidden("A cookie is for pages of this service's own origin")

    def read(self, request: StrictRequest) -> str | None:
        """Return the refresh token of the cookie; raise `Forbidden` for other sites' pages."""
        token = request.cookies.get(self.name)
        if token:
            self.require_page(request)
        return token

    def give(self, grant: Grant) -> Cookie:
        """Return the cookie that holds the refresh token of *grant*."""
        return self._cookie(grant.refresh_token, self._max_age)

    def clear(self) -> Cookie:
        """Return the cookie that takes the place of the token."""
        return self._cookie("", 0)

    def _cookie(self, value: str, max_age: int) -> Cookie:
        return Cookie(
            key=self.name,
            value=value,
            max_age=max_age,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )
