"""The one tree of refusals: families decide the transport's answer, codes name the reason.

The codes are those of the wire protocol (section 3, "Error codes") and never change their meaning.
A refusal says what the caller may know and nothing else: never another user's data, never a
driver's words.
"""

from datetime import timedelta
from typing import ClassVar


class DomainError(Exception):
    """A refusal with a stable `code`, a `title` for people and, where it helps, a `detail`."""

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"
    temporary: ClassVar[bool] = False

    def __init__(self, detail: str | None = None, *, retry_after: timedelta | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.retry_after = retry_after


class Invalid(DomainError):
    """The request is understood and its content cannot be accepted."""

    code = "invalid"
    title = "The request is not valid"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(f"{field} {message}" if field else message)
        self.field = field
        self.message = message


class Unauthenticated(DomainError):
    """The caller is not known."""

    code = "unauthenticated"
    title = "Log in first"


class Forbidden(DomainError):
    """The caller is known and may not do this."""

    code = "forbidden"
    title = "You may not do this"


class NotFound(DomainError):
    """There is no such thing, or the caller may not know that there is."""

    code = "not_found"
    title = "Not found"


class Conflict(DomainError):
    """The request does not fit the present state."""

    code = "conflict"
    title = "This does not fit the present state"


class TooLarge(DomainError):
    """The request is larger than the service accepts."""

    code = "too_large"
    title = "Too large"


class Limited(DomainError):
    """The caller asks too often; `retry_after` says when to come back."""

    code = "rate_limited"
    title = "Too many requests"
    temporary = True


class Unavailable(DomainError):
    """A part of the service cannot answer now; nothing was changed."""

    code = "unavailable"
    title = "The service cannot answer now"
    temporary = True


class Overloaded(Unavailable):
    """More work waits than the service takes on; nothing was changed."""

    code = "overloaded"
    title = "The service is busy"


class OutcomeUnknown(DomainError):
    """The commit was sent and its answer was lost: send again with the same key."""

    code = "timeout"
    title = "The outcome is not known: try again"
    temporary = True


class AlreadyExists(Exception):
    """A store refused a row whose unique value is taken; a use case turns this into its answer."""
