"""The client that worker threads share, behind a circuit breaker."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock

from parlour.adapters.redis.connection_factory import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    FAILURES,
    Client,
    RedisSettings,
    open_client,
)
from parlour.adapters.redis.connection_health import ConnectionHealth
from parlour.adapters.resilience import CircuitBreaker
from parlour.domain.kernel.errors import Unavailable

_PAUSE_SECONDS = 1.0
# Longer than an attempt lasts, so that one caller at a time tries whether Redis is back.
_ATTEMPT_SECONDS = 2 * (ANSWER_SECONDS + CONNECT_SECONDS)


class SharedClient:
    """One client for many threads, made when it is first used.

    After a failure its circuit breaker refuses calls for a second; then one caller tries, and the
    others are refused until it knows.
    """

    def __init__(self, settings: RedisSettings, part: str) -> None:
        self._settings = settings
        self._health = ConnectionHealth(part)
        self._client: Client | None = None
        self._lock = Lock()
        self._circuit = CircuitBreaker(pause=_PAUSE_SECONDS, patience=_ATTEMPT_SECONDS)

    @contextmanager
    def use(self) -> Iterator[Client]:
        """Yield the client; raise `Unavailable` where the body fails or is not even tried."""
        self._circuit.before_call()
        try:
            yield self._connected()
        except FAILURES as error:
            self._circuit.record_failure()
            self._health.record_failure(error)
            raise Unavailable(retry_after=timedelta(seconds=_PAUSE_SECONDS)) from error
        if self._circuit.record_success():
            self._health.record_success()

    def check(self) -> None:
        """Raise `Unavailable` where Redis does not answer."""
        with self.use() as client:
            client.ping()

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connected(self) -> Client:
        client = self._client
        if client is not None:
            return client
        # Made without the lock, so that no thread waits for the time-out of another.
        made = open_client(self._settings)
        with self._lock:
            if self._client is None:
                self._client = made
            kept = self._client
        if kept is not made:
            made.close()
        return kept
