"""Tracebacks: captured without values of variables, and formatted by the writer thread."""

import traceback
from types import TracebackType

from parlour.adapters.logging.cleaning import clean_text

Raised = tuple[type[BaseException], BaseException, TracebackType | None]

_MAX_FRAMES = 40
_MAX_LENGTH = 16_000
_MAX_ROW_LENGTH = 1_000


class Traceback:
    """
    A captured exception, without the values of the variables in its frames.

    Source files are read by `format`, which may wait for a disk, not when it is captured.
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
        except Exception:  # noqa: BLE001 -- code of the exception may raise anything
            self._taken = None

    def format(self) -> str:
        """Return the traceback as text, secrets hidden; a long one loses its beginning."""
        if self._taken is None:
            return f"{self._error} (unreadable)"
        try:
            rows = "".join(self._taken.format()).rstrip("\n").split("\n")
        except Exception:  # noqa: BLE001 -- as above
            return f"{self._error} (unreadable)"
        text = "\n".join(clean_text(row, _MAX_ROW_LENGTH) for row in rows)
        return text if len(text) <= _MAX_LENGTH else f"…\n{text[-_MAX_LENGTH:]}"
