"""The system's own time and chance."""

import os
from datetime import UTC, datetime
from threading import Lock
from uuid import UUID

from parlour.domain.kernel.ids import IdSource
from parlour.domain.kernel.time import Clock

_VERSION_AND_VARIANT = 0x7 << 76 | 0b10 << 62
_RANDOM_BITS = 74


class SystemClock(Clock):
    """The clock of the operating system."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


class Uuid7(IdSource):
    """Makes UUIDv7 values (RFC 9562), each greater than the one before, on every thread.

    48 bits of milliseconds and 74 random ones. Within a millisecond, or while the clock stands or
    runs backwards, the random part grows by a random step instead (section 6.2, method 2), so that
    values stay ordered and cannot be guessed from their neighbours.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._lock = Lock()
        self._last = 0

    def __call__(self) -> UUID:
        milliseconds = int(self._clock().timestamp() * 1000)
        chance = int.from_bytes(os.urandom(10)) >> 6
        value = milliseconds << _RANDOM_BITS | chance
        with self._lock:
            if value >> _RANDOM_BITS <= self._last >> _RANDOM_BITS:
                # An overflow of the random part moves into the milliseconds, ahead of the clock.
                value = self._last + 1 + (chance >> 42)
            self._last = value
        return UUID(
            int=value >> _RANDOM_BITS << 80
            | (value >> 62 & 0xFFF) << 64
            | value & 0x3FFF_FFFF_FFFF_FFFF
            | _VERSION_AND_VARIANT
        )
