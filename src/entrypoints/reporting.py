"""What is written about work that fails behind everybody's back."""

from parlour.adapters.logging import log
from parlour.domain.kernel.errors import DomainError

_LONGEST = 300


def report(error: BaseException) -> None:
    """Write about an error of work that nobody waits for.

    A database or a Redis that is away is no error of ours: one line says so and why, for it may
    come again every second. Everything else is told with its traceback.
    """
    if isinstance(error, DomainError) and error.temporary:
        log.warning("work put off", code=error.code, cause=_cause(error))
    else:
        log.error("work failed", exc_info=error)


def _cause(error: BaseException) -> str | None:
    """Say in short what a driver said first."""
    root = error
    while root.__cause__ is not None:
        root = root.__cause__
    return f"{type(root).__name__}: {root}"[:_LONGEST] if root is not error else None
