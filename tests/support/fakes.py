"""Deterministic replacements: a clock, ids, secrets and a password hasher."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Lock
from uuid import UUID

from parlour.domain.access import Password, PasswordHasher, Secrets
from parlour.domain.kernel.errors import Overloaded
from parlour.domain.kernel.ids import IdSource
from parlour.domain.kernel.time import Clock

START = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class ManualClock(Clock):
    """A clock that a test sets; times are in UTC."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta = SECOND) -> datetime:
        """Move by a time span, which may be negative; return the new time."""
        self.now += by
        return self.now

    def monotonic(self) -> float:
        """Return the same time as seconds since the start of the test."""
        return (self.now - START).total_seconds()


def _nothing() -> None:
    """Do nothing."""


class SequentialIds(IdSource):
    """Ascending UUIDv7 values; sources with the same *first* produce the same values."""

    def __init__(self, first: int = 1) -> None:
        self._numbers = count(first)
        self._lock = Lock()

    def __call__(self) -> UUID:
        with self._lock:
            number = next(self._numbers)
        return UUID(int=0x019B_7A00_0000_7000_8000_0000_0000_0000 + number)


class SequentialSecrets(Secrets):
    """Tokens with consecutive numbers."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def token(self, kind: str) -> str:
        return f"{kind}-{next(self._numbers)}"

    def salt(self) -> bytes:
        return next(self._numbers).to_bytes(16)

    def successor(self, token: str, salt: bytes) -> str:
        return f"{token}>{int.from_bytes(salt)}"

    def digest(self, token: str) -> bytes:
        return hashlib.sha256(token.encode()).digest()


class FastHasher(PasswordHasher):
    """A hasher without the cost of a real one.

    *parameters* stands for the cost parameters; `full` simulates a queue that is too long;
    `meanwhile` is called once, while the next password is hashed.
    """

    def __init__(self, parameters: str = "quick") -> None:
        self.parameters = parameters
        self.full = False
        self.meanwhile: Callable[[], object] = _nothing

    def hash(self, password: Password) -> str:
        if self.full:
            raise Overloaded
        meanwhile, self.meanwhile = self.meanwhile, _nothing
        meanwhile()
        return f"{self.parameters}:{hashlib.sha256(password.value.encode()).hexdigest()}"

    def verify(self, password_hash: str | None, password: Password) -> bool:
        if self.full:
            raise Overloaded
        digest = hashlib.sha256(password.value.encode()).hexdigest()
        return password_hash is not None and password_hash.endswith(f":{digest}")

    def is_outdated(self, password_hash: str) -> bool:
        return not password_hash.startswith(f"{self.parameters}:")
