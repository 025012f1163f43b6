"""A circuit breaker (M. Nygard, Release It!): fail fast while a server does not answer."""

from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from time import monotonic

from parlour.domain.kernel.errors import Unreachable


class CircuitBreaker:
    """Refuses calls to a server that does not answer, except for one attempt at a time.

    A failure opens the circuit: for *pause* seconds every call is refused. After that one caller
    may try, and has *patience* seconds to find out before the next one may. The first success
    closes the circuit. Safe to use from many threads; a closed circuit takes no lock.
    """

    def __init__(
        self, *, pause: float, patience: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._pause = pause
        self._patience = patience
        self._clock = clock
        self._lock = Lock()
        self._is_open = False
        self._next_attempt = 0.0

    def before_call(self) -> None:
        """Return where a call may be made; raise `Unreachable`, with `retry_after`, otherwise."""
        if not self._is_open:
            return
        with self._lock:
            now = self._clock()
            if now < self._next_attempt:
                raise Unreachable(retry_after=timedelta(seconds=self._pause))
            self._next_attempt = now + self._patience

    def record_failure(self) -> None:
        """Open the circuit: the server did not answer."""
        with self._lock:
            self._is_open = True
            self._next_attempt = self._clock() + self._pause

    def record_success(self) -> bool:
        """Close the circuit: the server answered. Return whether it was open."""
        if not self._is_open:
            return False
        with self._lock:
            was_open, self._is_open = self._is_open, False
            self._next_attempt = 0.0
            return was_open
