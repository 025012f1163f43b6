"""The errors of the domain, each with a stable code.

The codes are those of the wire protocol (section 3, "Error codes") and never change their meaning.
An error says only what the caller may know: never another user's data, never a driver's message.
"""

from datetime import timedelta
from typing import ClassVar


class DomainError(Exception):
    """An error with a stable `code`, a `title` for people and, where it helps, a `detail`."""

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"
    temporary: ClassVar[bool] = False

    def __init__(self, detail: str | None = None, *, retry_after: timedelta | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.retry_after = retry_after


class Invalid(DomainError):
    """The request is well-formed, but a value in it is not acceptable."""

    code = "invalid"
    title = "The request is not valid"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(f"{field} {message}" if field else message)
        self.field = field
        self.message = message


class Unauthenticated(DomainError):
    """The caller has no valid token."""

    code = "unauthenticated"
    title = "Log in first"


class Forbidden(DomainError):
    """The caller is known and may not do this."""

    code = "forbidden"
    title = "You may not do this"


class NotFound(DomainError):
    """The thing does not exist, or the caller may not know that it does."""

    code = "not_found"
    title = "Not found"


class Conflict(DomainError):
    """The request conflicts with the present state."""

    code = "conflict"
    title = "This does not fit the present state"


class TooLarge(DomainError):
    """The request is larger than the service accepts."""

    code = "too_large"
    title = "Too large"


class Limited(DomainError):
    """A rate limit is reached; `retry_after` says when to try again."""

    code = "rate_limited"
    title = "Too many requests"
    temporary = True


class Unavailable(DomainError):
    """A part of the service cannot answer now; nothing was changed.

    `reason` tells operators why, in the log, in metrics and in `/readyz`; clients never see it.
    """

    code = "unavailable"
    title = "The service cannot answer now"
    temporary = True
    reason: ClassVar[str] = "other"


class Unreachable(Unavailable):
    """A server that the service needs does not answer; it may come back by itself."""

    reason = "unreachable"


class DiskFull(Unavailable):
    """There is no space left to store anything."""

    reason = "disk_full"


class DiskFailed(Unavailable):
    """The disk of the storage reports errors."""

    reason = "disk_error"


class ReadOnly(Unavailable):
    """The storage may be read, but not written."""

    reason = "read_only"


class Locked(Unavailable):
    """Another transaction held a lock for too long."""

    reason = "locked"


class RowsLocked(Locked):
    """Another transaction holds rows that are needed; work on other rows goes on."""


class Overloaded(Unavailable):
    """A queue is full; nothing was changed."""

    code = "overloaded"
    title = "The service is busy"
    reason = "overloaded"


class OutcomeUnknown(DomainError):
    """The answer to the commit was lost: repeat the request with the same key."""

    code = "timeout"
    title = "The outcome is not known: try again"
    temporary = True
    reason: ClassVar[str] = "outcome_unknown"


class AlreadyExists(Exception):
    """A store has a row with the same unique value; use cases turn this into their own error."""
