"""Knowing that the database does not answer, so that not every thread has to find out."""

from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from time import monotonic

from parlour.domain.kernel.errors import Unavailable


class CircuitBreaker:
    """Keeps work away from a database that does not answer, but for one try at a time.

    After a failure everybody is refused for *pause* seconds; then one may try, and has *patience*
    seconds to find out before the next one may.
    """

    def __init__(
        self, *, pause: float, patience: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._pause = pause
        self._patience = patience
        self._clock = clock
        self._lock = Lock()
        self._until: float | None = None

    def enter(self) -> None:
        """Return where there is reason to try; raise `Unavailable` at once where there is not."""
        with self._lock:
            if self._until is None:
                return
            now = self._clock()
            if now < self._until:
                raise Unavailable(retry_after=timedelta(seconds=self._pause))
            self._until = now + self._patience

    def begin(self) -> None:
        """Note that the database did not answer."""
        with self._lock:
            self._until = self._clock() + self._pause

    def end(self) -> None:
        """Note that the database answered."""
        with self._lock:
            self._until = None
