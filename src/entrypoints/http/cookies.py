"""The refresh token of a page, in a cookie that no script can read."""

from litestar.datastructures import Cookie

from parlour.domain.access import Grant
from parlour.domain.kernel.errors import Forbidden
from parlour.entrypoints.http.bodies import StrictRequest
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.origins import Origin, Origins, is_over_tls

_NAME = "parlour-refresh"
_USUAL = frozenset({80, 443})


class RefreshCookie:
    """Sets, reads and clears the cookie; only pages of allowed origins may use it.

    It is sent to the path alone under which the application is mounted. Over TLS its name has a
    prefix with which browsers insist on `Secure` (`__Secure-`) and, for an application at the
    root, on this very host as well (`__Host-`); see RFC 6265bis, section 4.1.3. Browsers share
    cookies between the ports of a host (RFC 6265, section 8.5), so the name ends with a port that
    is not 80 or 443: two services on one host keep their own cookies.
    """

    def __init__(self, service: Service) -> None:
        settings = service.settings
        self._origins = Origins.of(service)
        self._behind_tls = settings.server.behind_tls
        self._max_age = int(settings.access.refresh_ttl.total_seconds())

    def require_page(self, request: StrictRequest) -> None:
        """Raise `Forbidden` unless the request comes from a page that may use the service."""
        if "origin" not in request.headers or not self._origins.allow_scope(request.scope):
            raise Forbidden("A cookie is for pages of this service's own origin")

    def read(self, request: StrictRequest) -> str | None:
        """Return the refresh token of the cookie; raise `Forbidden` for other sites' pages."""
        token = request.cookies.get(self._name(request))
        if token:
            self.require_page(request)
        return token

    def give(self, request: StrictRequest, grant: Grant) -> Cookie:
        """Return the cookie that holds the refresh token of *grant*."""
        return self._cookie(request, grant.refresh_token, self._max_age)

    def clear(self, request: StrictRequest) -> list[Cookie]:
        """Return the cookie that replaces the token, if the request had one."""
        has_one = self._name(request) in request.cookies
        return [self._cookie(request, "", 0)] if has_one else []

    def _cookie(self, request: StrictRequest, value: str, max_age: int) -> Cookie:
        return Cookie(
            key=self._name(request),
            value=value,
            max_age=max_age,
            path=_root_path(request) or "/",
            secure=self._is_secure(request),
            httponly=True,
            samesite="strict",
        )

    def _name(self, request: StrictRequest) -> str:
        is_secure = self._is_secure(request)
        host = Origin.parse(
            f"{'https' if is_secure else 'http'}://{request.headers.get('host', '')}"
        )
        name = _NAME if host is None or host.port in _USUAL else f"{_NAME}-{host.port}"
        if not is_secure:
            return name
        return f"__Secure-{name}" if _root_path(request) else f"__Host-{name}"

    def _is_secure(self, request: StrictRequest) -> bool:
        return self._behind_tls or is_over_tls(request.scope)


def _root_path(request: StrictRequest) -> str:
    return request.scope.get("root_path", "")
