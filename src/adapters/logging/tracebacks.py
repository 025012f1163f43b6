"""Exceptions in lines: taken at once without their variables, told later by the writing thread."""

import traceback
from types import TracebackType

from parlour.adapters.logging.cleaning import clean_text

Raised = tuple[type[BaseException], BaseException, TracebackType | None]

_MAX_FRAMES = 40
_LONGEST = 16_000
_LONGEST_ROW = 1_000


class Traceback:
    """
    What is needed to tell an exception, without the values of its frames' variables.

    Taking it reads no source files: those are read by `tell`, which may wait for a disk.
    """

    __slots__ = ("_error", "_taken")

    def __init__(self, raised: Raised) -> None:
        kind, error, frames = raised
        self._error = kind.__name__
        self._taken: traceback.TracebackException | None
        try:
            # A negative limit keeps the frames nearest to the failure.
            self._taken = traceback.TracebackException(
                kind, error, frames, limit=-_MAX_FRAMES, lookup_lines=False, compact=True
            )
        except Exception:  # noqa: BLE001 -- the exception's own code may do anything
            self._taken = None

    def tell(self) -> str:
        """Return the traceback as text of several rows, secrets hidden, its end whole."""
        if self._taken is None:
            return f"{self._error} (unreadable)"
        try:
            rows = "".join(self._taken.format()).rstrip("\n").split("\n")
        except Exception:  # noqa: BLE001 -- as above
            return f"{self._error} (unreadable)"
        told = "\n".join(clean_text(row, _LONGEST_ROW) for row in rows)
        return told if len(told) <= _LONGEST else f"…\n{told[-_LONGEST:]}"
