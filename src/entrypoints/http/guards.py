"""Authentication: every route requires an access token unless it is marked `PUBLIC`."""

import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, get_args
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from parlour.adapters.logging import bind, get_logger
from parlour.domain.access import Identity
from parlour.domain.kernel.errors import NotFound, Unauthenticated
from parlour.entrypoints.http.peers import client_of
from parlour.entrypoints.http.problems import BadRequest
from parlour.entrypoints.shell.service import Service

log = get_logger("parlour.http")

Connection = ASGIConnection[Any, Any, Any, State]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]

PUBLIC = {"public": True}
"""The `opt` of a route that needs no token."""

MAX_TOKEN = 256

KEY_HEADER = "Idempotency-Key"

_WHOLE = re.compile(r"0|[1-9][0-9]{0,15}")
_HEX = "[0-9a-fA-F]"
_UUID = re.compile(f"{_HEX}{{32}}|{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}")
"""RFC 9562, section 4; JSON bodies are read without the hyphens too, so every id is."""


def admit(service: Service) -> Guard:
    """Return the guard of all routes; it authenticates before the request is read."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        service.meters.http_requests += 1
        _require_plain(connection, handler)
        address = address_of(connection, service)
        if handler.opt.get("public") or connection.scope.get("method") == "OPTIONS":
            service.limits.anonymous_request(address)
            return
        try:
            identity = await service.identities.of(bearer(connection))
        except Unauthenticated:
            # Guessing tokens is rate limited like any anonymous request.
            service.limits.anonymous_request(address)
            raise
        service.limits.request(identity.user.hex)
        bind(user=identity.user, session=identity.device)
        log.debug("request", method=connection.scope.get("method"), path=connection.url.path)
        connection.scope["user"] = identity

    return guard


def identity_of(scope: Scope) -> Identity:
    """Return the caller that the guard authenticated."""
    identity = scope["user"]
    assert isinstance(identity, Identity)  # noqa: S101 - a public route asked who its caller is
    return identity


def bearer(connection: Connection) -> str:
    """Return the token of the Authorization header; raise `Unauthenticated`."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= MAX_TOKEN:
        raise Unauthenticated
    return token


def address_of(connection: Connection, service: Service) -> str:
    """Return the rate-limit key of the client's address."""
    peer = connection.client.host if connection.client else None
    forwarded = connection.headers.getall("x-forwarded-for", [])
    return client_of(peer, forwarded, service.settings.server.trusted_proxies)


def _require_plain(connection: Connection, handler: BaseRouteHandler) -> None:
    """Refuse a repeated parameter or key, a number that is not plain decimal, and odd ids."""
    query = connection.query_params
    whole = _whole_numbers(handler)
    for name in query:
        values = query.getall(name)
        if len(values) > 1:
            raise BadRequest("is given more than once", field=name)
        if name in whole and not _WHOLE.fullmatch(values[0]):
            raise BadRequest("is not a whole number", field=name)
    _require_plain_ids(connection)
    for name, value in connection.path_params.items():
        if name in whole and not _WHOLE.fullmatch(value):
            raise NotFound


def _require_plain_ids(connection: Connection) -> None:
    """Refuse ids with braces or prefixes, which `UUID()` takes, and two keys for one send."""
    if any(isinstance(each, UUID) for each in connection.path_params.values()):
        path = connection.scope["path"].split("/")
        plain = {UUID(each) for each in path if _UUID.fullmatch(each)}
        if not plain.issuperset(
            each for each in connection.path_params.values() if isinstance(each, UUID)
        ):
            raise NotFound
    keys = connection.headers.getall(KEY_HEADER, [])
    if len(keys) > 1:
        raise BadRequest("is given more than once", field=KEY_HEADER)
    if keys and not _UUID.fullmatch(keys[0]):
        raise BadRequest("is not a UUID", field=KEY_HEADER)


@lru_cache(maxsize=256)
def _whole_numbers(handler: BaseRouteHandler) -> frozenset[str]:
    """Return the names of a handler's integer parameters."""
    fields = handler.parsed_fn_signature.parameters
    return frozenset(
        name
        for name, field in fields.items()
        if field.annotation is int or int in get_args(field.annotation)
    )
