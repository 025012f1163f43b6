"""Errors as problem documents (RFC 9457), with the stable codes of the protocol."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap
from msgspec import Struct

from parlour.domain.access import TokenExpired
from parlour.domain.kernel.errors import DomainError, Limited, Unauthenticated
from parlour.entrypoints.http.headers import security_headers
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.wire.errors import INTERNAL, Problem, bad_request, problem
from parlour.entrypoints.wire.views import MessageView

PROBLEM_JSON = "application/problem+json"
TYPE_PREFIX = "urn:parlour:error:"

_OVERLOAD = frozenset({"rate_limited", "overloaded", "unavailable"})
_RETRY_AFTER_MS = 1_000
"""Default of `retry_after_ms` in milliseconds."""


class FieldError(Struct):
    """What is wrong with one field."""

    field: str
    message: str


class ProblemView(Struct, omit_defaults=True):
    """A refusal (RFC 9457). `code` is stable; `title` and `detail` are for people.

    `message` is what a message is now that was changed since the client saw it.
    """

    type: str
    title: str
    status: int
    code: str
    temporary: bool
    detail: str | None = None
    retry_after_ms: int | None = None
    errors: list[FieldError] | None = None
    message: MessageView | None = None


class BadRequest(Exception):
    """The request cannot be parsed; *field* names the part at fault, if there is one.

    The connection *closes* where what is left of the request would only get in the way.
    """

    def __init__(self, message: str, *, field: str | None = None, closes: bool = False) -> None:
        super().__init__(f"{field} {message}" if field else message)
        self.field = field
        self.message = message
        self.closes = closes


class UnsupportedMedia(DomainError):
    """The body is not JSON in UTF-8."""

    code = "unsupported_media"
    title = "Send JSON: Content-Type: application/json"


def view_problem(found: Problem, status: int | None = None) -> ProblemView:
    """Return the view of a problem; *status* overrides the one of its code."""
    if found.code in _OVERLOAD and found.retry_after_ms is None:
        found = attrs.evolve(found, retry_after_ms=_RETRY_AFTER_MS)
    return ProblemView(
        type=TYPE_PREFIX + found.code,
        title=found.title,
        status=status or found.status,
        code=found.code,
        temporary=found.temporary,
        detail=found.detail,
        retry_after_ms=found.retry_after_ms,
        errors=[FieldError(**each) for each in found.errors] or None,
        message=found.message,
    )


def respond(
    found: Problem, headers: Mapping[str, str], status: int | None = None
) -> Response[ProblemView]:
    """Return a problem as a response."""
    view, own = view_problem(found, status), dict(headers)
    if view.retry_after_ms is not None:
        own["Retry-After"] = str(-(-view.retry_after_ms // 1000))
    if view.status == 401:
        expired = ', error="invalid_token"' if found.code == "token_expired" else ""
        own["WWW-Authenticate"] = f'Bearer realm="parlour"{expired}'
    return Response(view, status_code=view.status, media_type=PROBLEM_JSON, headers=own)


def problem_handlers(service: Service) -> ExceptionHandlersMap:
    """Return the exception handlers that turn every exception into a problem document."""

    def handle(request: Request[Any, Any, Any], error: Exception) -> Response[ProblemView]:
        answer = judge(request, error)
        service.meters.errors["http", answer.content.code] += 1
        return answer

    def judge(request: Request[Any, Any, Any], error: Exception) -> Response[ProblemView]:
        headers = security_headers(service.settings)
        if _ends_connection(request, error):
            headers["Connection"] = "close"
        if isinstance(error, BadRequest):
            return respond(_unreadable([(error.field, error.message)]), headers)
        if isinstance(error, HTTPException):
            if error.status_code == 405:
                headers["Allow"] = _allowed(error)
            if error.status_code < 500:
                return respond(_of_framework(error), headers, error.status_code)
        elif isinstance(error, DomainError):
            return respond(problem(error), headers)
        service.failed(error)
        return respond(INTERNAL, headers)

    return {Exception: handle}


def _ends_connection(request: Request[Any, Any, Any], error: Exception) -> bool:
    """Return whether the connection ends with the answer to *error*.

    It does where the rest of a body would only get in the way, and for strangers who send a wrong
    token or more than they may: going on costs them a connection each time.
    """
    if isinstance(error, BadRequest):
        return error.closes
    if isinstance(error, HTTPException):
        return error.status_code == 413
    if request.scope.get("user") is not None or isinstance(error, TokenExpired):
        return False
    return isinstance(error, Limited | Unauthenticated)


def _of_framework(error: HTTPException) -> Problem:
    known: Mapping[int, Callable[[], Problem]] = {
        404: lambda: Problem("not_found", "Not found"),
        405: lambda: Problem("bad_request", "This method is not allowed here"),
        413: lambda: Problem("too_large", "Too large"),
        415: lambda: problem(UnsupportedMedia()),
    }
    if error.status_code in known:
        return known[error.status_code]()
    if isinstance(error, ValidationException):
        return _unreadable(_faults(error))
    return bad_request("The request cannot be read")


def _faults(error: ValidationException) -> list[tuple[str | None, str]]:
    """Return the validation errors of Litestar by field, without the path that it appends."""
    if isinstance(error.extra, list) and error.extra:
        return [(each.get("key"), each["message"]) for each in error.extra]
    return [(None, error.detail.split(" for ", maxsplit=1)[0])]


def _unreadable(faults: list[tuple[str | None, str]]) -> Problem:
    detail = "; ".join(f"{field}: {message}" if field else message for field, message in faults)
    errors = tuple({"field": field, "message": message} for field, message in faults if field)
    return attrs.evolve(bad_request(detail[:300]), errors=errors)


def _allowed(error: HTTPException) -> str:
    methods = {each.strip() for each in (error.headers or {}).get("allow", "").split(",")}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
