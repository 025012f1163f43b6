"""The table of errors: the code, status and text with which both transports answer."""

from datetime import timedelta
from typing import Any

import attrs

from parlour.domain.kernel.errors import DomainError, Invalid
from parlour.domain.messages import RevisionConflict
from parlour.entrypoints.wire.views import MessageView, view_message

STATUS: dict[str, int] = {
    "bad_request": 400,
    "unauthenticated": 401,
    "token_expired": 401,
    "forbidden": 403,
    "not_member": 403,
    "blocked": 403,
    "muted": 403,
    "not_found": 404,
    "conflict": 409,
    "handle_taken": 409,
    "cursor_expired": 410,
    "too_large": 413,
    "unsupported_media": 415,
    "idempotency_mismatch": 422,
    "unsupported_kind": 422,
    "invalid": 422,
    "rate_limited": 429,
    "internal": 500,
    "log_damaged": 500,
    "overloaded": 503,
    "unavailable": 503,
    "timeout": 504,
}
"""The HTTP status of each stable code (protocol.md section 3)."""

_MILLISECOND = timedelta(milliseconds=1)


@attrs.frozen
class Problem:
    """An error as clients see it: an `error` frame on the socket, RFC 9457 over HTTP.

    `message` is what a message is now that was changed since the client saw it.
    """

    code: str
    title: str
    detail: str | None = None
    temporary: bool = False
    retry_after_ms: int | None = None
    errors: tuple[dict[str, str], ...] = ()
    message: MessageView | None = None

    @property
    def status(self) -> int:
        """The HTTP status of this code."""
        return STATUS[self.code]

    def fields(self) -> dict[str, Any]:
        """Return the fields that both transports send; fields without a value are left out."""
        fields: dict[str, Any] = {"code": self.code, "title": self.title}
        if self.detail is not None:
            fields["detail"] = self.detail
        fields["temporary"] = self.temporary
        if self.retry_after_ms is not None:
            fields["retry_after_ms"] = self.retry_after_ms
        if self.errors:
            fields["errors"] = list(self.errors)
        if self.message is not None:
            fields["message"] = self.message
        return fields


def bad_request(detail: str) -> Problem:
    """Return the error for a malformed request."""
    return Problem("bad_request", "The request is malformed", detail)


INTERNAL = Problem("internal", "Something went wrong", temporary=True)
"""The error for a bug: clients learn no details, the log has them."""


def problem(error: BaseException) -> Problem:
    """Return what a client may know of an exception."""
    if not isinstance(error, DomainError):
        return INTERNAL
    retry = error.retry_after
    named = isinstance(error, Invalid) and error.field is not None
    return Problem(
        error.code,
        error.title,
        str(error) if isinstance(error, Invalid) else error.detail,
        error.temporary,
        None if retry is None else max(1, -(-retry // _MILLISECOND)),
        ({"field": error.field or "", "message": error.message},) if named else (),  # type: ignore[attr-defined]
        view_message(error.message) if isinstance(error, RevisionConflict) else None,
    )
