"""Which pages may talk to the service from a browser."""

from collections.abc import Callable, Collection
from typing import Self

from litestar.types import Scope

from parlour.entrypoints.shell.service import Service

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Origins:
    """An exact allow-list of origins; the service's own origin is always allowed.

    Over TLS, the own origin is `https://` and the name in the Host header. Without TLS only a
    loopback name and the configured address count: any other name could have been pointed at this
    machine (DNS rebinding). A request without an Origin header does not come from a page.
    """

    def __init__(
        self, allowed: Callable[[], Collection[str]], *, host: str, behind_tls: bool
    ) -> None:
        """Make the list; *allowed* returns the further origins, which may change."""
        self._allowed = allowed
        self._names = LOOPBACK | {f"[{host}]" if ":" in host else host}
        self._behind_tls = behind_tls

    @classmethod
    def of(cls, service: Service) -> Self:
        """Make the list that the settings of a *service* describe, those of the moment."""
        server = service.settings.server
        return cls(
            lambda: service.settings.server.origins,
            host=server.host,
            behind_tls=server.behind_tls,
        )

    def allow_scope(self, scope: Scope) -> bool:
        """Tell whether the request of an ASGI *scope* may go on.

        One that names its origin or host more than once is refused.
        """
        headers = scope["headers"]
        origins = [value for name, value in headers if name == b"origin"]
        hosts = [value for name, value in headers if name == b"host"]
        if len(origins) > 1 or len(hosts) > 1:
            return False
        return self.allow(
            origins[0].decode("latin-1") if origins else None,
            hosts[0].decode("latin-1") if hosts else None,
            over_tls=is_over_tls(scope),
        )

    def allow(self, origin: str | None, host: str | None, *, over_tls: bool = False) -> bool:
        """Tell whether a request with these headers may go on.

        *over_tls*: the server says that the client spoke TLS, to it or to a proxy it trusts.
        """
        if origin is None or origin in self._allowed():
            return True
        if host is None:
            return False
        if self._behind_tls or over_tls:
            return origin == f"https://{host}"
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        return origin == f"http://{host}" and name in self._names


def is_over_tls(scope: Scope) -> bool:
    """Tell whether the server says that a request came over TLS."""
    return scope["scheme"] in {"https", "wss"}
