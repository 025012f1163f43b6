"""Logs errors of background work."""

from parlour.adapters.logging import log
from parlour.domain.kernel.errors import DomainError

_MAX_CAUSE = 300


def report(error: BaseException) -> None:
    """Log an error of work that no caller waits for.

    While the database or Redis is down, such errors may come every second: they get one line with
    the cause. Everything else is logged with its traceback.
    """
    if isinstance(error, DomainError) and error.temporary:
        log.warning("background work postponed", code=error.code, cause=_cause(error))
    else:
        log.error("background work failed", exc_info=error)


def _cause(error: BaseException) -> str | None:
    """Return the first error of the chain in short: what the driver said."""
    root = error
    while root.__cause__ is not None:
        root = root.__cause__
    return f"{type(root).__name__}: {root}"[:_MAX_CAUSE] if root is not error else None
