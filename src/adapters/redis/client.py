"""The client that worker threads share, and the circuit that keeps them from waiting in vain."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from time import monotonic

from parlour.adapters.redis.connection_factory import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    FAILURES,
    Client,
    RedisSettings,
    open_client,
)
from parlour.adapters.redis.connection_health import Standing
from parlour.domain.kernel.errors import Unavailable

_PAUSE = timedelta(seconds=1)
# Longer than an attempt lasts, so that one caller at a time finds out whether Redis is back.
_ATTEMPT_SECONDS = 2 * (ANSWER_SECONDS + CONNECT_SECONDS)


class SharedClient:
    """One client for many threads, made when it is first used.

    It lets calls through while Redis answers. After a failure it refuses them for a second; then
    one caller tries, and the others are refused until it knows.
    """

    def __init__(self, settings: RedisSettings, part: str) -> None:
        self._settings = settings
        self._standing = Standing(part)
        self._client: Client | None = None
        self._lock = Lock()
        self._is_open = False
        self._next_attempt = 0.0

    @contextmanager
    def use(self) -> Iterator[Client]:
        """Give the client; raise `Unavailable` where the body fails or is not even tried."""
        if self._is_open:
            self._take_turn()
        try:
            yield self._connected()
        except FAILURES as error:
            with self._lock:
                self._is_open = True
                self._next_attempt = monotonic() + _PAUSE.total_seconds()
                self._standing.bad(error)
            raise Unavailable(retry_after=_PAUSE) from error
        if self._is_open:
            with self._lock:
                self._is_open = False
                self._standing.good()

    def check(self) -> None:
        """Raise `Unavailable` where Redis does not answer."""
        with self.use() as client:
            client.ping()

    def close(self) -> None:
        """Close the connections; another call would open new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _take_turn(self) -> None:
        with self._lock:
            now = monotonic()
            if self._is_open and now < self._next_attempt:
                raise Unavailable(retry_after=_PAUSE)
            self._next_attempt = now + _ATTEMPT_SECONDS

    def _connected(self) -> Client:
        client = self._client
        if client is not None:
            return client
        # Without the lock, so that nobody waits behind somebody else's time-out.
        made = open_client(self._settings)
        with self._lock:
            if self._client is None:
                self._client = made
            kept = self._client
        if kept is not made:
            made.close()
        return kept
