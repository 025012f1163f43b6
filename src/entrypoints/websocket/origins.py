"""Which pages may talk to the service from a browser."""

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from typing import Self

import attrs
from litestar.types import Scope

from parlour.entrypoints.shell.service import Service

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(
    r"(https?)://(\[[0-9a-fA-F:.]+(?:%[\w.~%-]+)?\]|[^\s\[\]@:/?#\\%]+)(?::([0-9]{1,5}))?",
    re.ASCII,
)


@attrs.frozen
class Origin:
    """An origin (RFC 6454, section 4): names in lower case, IPv6 addresses without a zone."""

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, raw: str) -> "Origin | None":
        """Return the origin that *raw* spells; None where it is not one of HTTP."""
        return _parse(raw)

    def at_default_port(self) -> "Origin":
        """Return this origin at the port of its scheme."""
        return attrs.evolve(self, port=_PORTS[self.scheme])


@lru_cache(maxsize=1024)
def _parse(raw: str) -> Origin | None:
    found = _ORIGIN.fullmatch(raw)
    if found is None:
        return None
    scheme, host, port = found[1], found[2].lower(), found[3]
    if host.startswith("["):
        try:
            host = f"[{IPv6Address(host[1:-1].partition('%')[0])}]"
        except AddressValueError:
            return None
    return Origin(scheme, host, int(port) if port else _PORTS[scheme])


class Origins:
    """An allow-list of origins; the service's own origin is always allowed.

    Origins are compared as browsers do: by scheme, name in any case, and port, where the port of
    the scheme may be left out. Over TLS, the own origin is `https://` and the name in the Host
    header; a port 80 there is that of a proxy behind the TLS. Without TLS only a
    loopback name and the configured address count: any other name could have been pointed at this
    machine (DNS rebinding). A request without an Origin header does not come from a page.
    """

    def __init__(
        self, allowed: Callable[[], Collection[str]], *, host: str, behind_tls: bool
    ) -> None:
        """Make the list; *allowed* returns the further origins, which may change."""
        self._allowed = allowed
        own = Origin.parse(f"http://[{host.strip('[]')}]" if ":" in host else f"http://{host}")
        self._names = LOOPBACK | ({own.host} if own else set())
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
        """Return whether the request of an ASGI *scope* may go on.

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
        """Return whether a request with these headers may go on.

        *over_tls*: the server says that the client spoke TLS, to it or to a proxy it trusts.
        """
        if origin is None or is_listed(origin, self._allowed()):
            return True
        sender = Origin.parse(origin)
        if sender is None or host is None:
            return False
        if self._behind_tls or over_tls:
            own = Origin.parse(f"https://{host}")
            return sender == own or (
                own is not None and own.port == _PORTS["http"] and sender == own.at_default_port()
            )
        return sender == Origin.parse(f"http://{host}") and sender.host in self._names


def is_listed(origin: str, allowed: Collection[str]) -> bool:
    """Return whether *origin* is one of those *allowed*, however the two are spelled."""
    if origin in allowed:
        return True
    sender = Origin.parse(origin)
    return sender is not None and any(sender == Origin.parse(each) for each in allowed)


def is_over_tls(scope: Scope) -> bool:
    """Return whether the server says that a request came over TLS."""
    return scope["scheme"] in {"https", "wss"}
