"""Chance that repeats itself: what would be random in service is counted in tests."""

import hashlib
from collections.abc import Callable
from itertools import count
from threading import Lock
from uuid import UUID

from parlour.domain.access import Password, PasswordHasher, Secrets
from parlour.domain.kernel.errors import Overloaded
from parlour.domain.kernel.ids import IdSource


def _nothing() -> None:
    """Happen to nobody."""


class CountedIds(IdSource):
    """UUIDv7 values that grow by one; two sources with the same *first* make the same."""

    def __init__(self, first: int = 1) -> None:
        self._numbers = count(first)
        self._lock = Lock()

    def __call__(self) -> UUID:
        with self._lock:
            number = next(self._numbers)
        return UUID(int=0x019B_7A00_0000_7000_8000_0000_0000_0000 + number)


class CountedSecrets(Secrets):
    """Tokens that say their number; otherwise as in service."""

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


class QuickHasher(PasswordHasher):
    """Hashes at once.

    *parameters* stand for those of a slow hash, *full* for a queue that is too long; *meanwhile*
    happens once, while the next password is hashed.
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
