"""Password hashing with argon2id, bounded in concurrency."""

import secrets
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock, Semaphore

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import HashingError, InvalidHashError, VerificationError
from argon2.low_level import error_to_str

from parlour.domain.access import Password, PasswordHasher
from parlour.domain.kernel.errors import Overloaded

_SALT_BYTES = 16
_HASH_BYTES = 32
_RETRY_AFTER = timedelta(seconds=1)
_OUT_OF_MEMORY = error_to_str(-22)


class Argon2Hasher(PasswordHasher):
    """Argon2id (RFC 9106) with one lane; safe to use from many threads.

    A password is hashed as UTF-8, as it was typed: without normalisation and truncation.

    Every hash fills *memory* bytes *passes* times, so at most *at_once* are computed together;
    *waiting* more callers wait, at most for *patience*, and others get `Overloaded`. So a flood of
    log-ins uses a bounded share of the machine.
    """

    def __init__(
        self,
        *,
        memory: int = 19 << 20,
        passes: int = 2,
        at_once: int = 2,
        waiting: int = 16,
        patience: timedelta = timedelta(seconds=2),
    ) -> None:
        self._argon2 = Argon2(
            time_cost=passes,
            memory_cost=memory // 1024,
            parallelism=1,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
        )
        self._dummy = _dummy_hash(self._argon2)
        self._gate = _Gate(at_once, waiting, patience)

    def hash(self, password: Password) -> str:
        with self._gate.passed():
            try:
                return self._argon2.hash(password.value)
            except HashingError as error:  # the parameters are valid, so memory is exhausted
                raise Overloaded(retry_after=_RETRY_AFTER) from error

    def verify(self, password_hash: str | None, password: Password) -> bool:
        with self._gate.passed():
            try:
                self._argon2.verify(password_hash or self._dummy, password.value)
            except InvalidHashError:
                return False
            except VerificationError as error:
                if error.args[0] == _OUT_OF_MEMORY:
                    raise Overloaded(retry_after=_RETRY_AFTER) from error
                return False
            return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        try:
            return self._argon2.check_needs_rehash(password_hash)
        except InvalidHashError:
            return True


class _Gate:
    """A semaphore for *at_once* callers, with a bounded queue and a bounded wait."""

    def __init__(self, at_once: int, waiting: int, patience: timedelta) -> None:
        self._free = Semaphore(at_once)
        self._most = at_once + waiting
        self._inside = 0
        self._lock = Lock()
        self._patience = patience.total_seconds()

    @contextmanager
    def passed(self) -> Iterator[None]:
        with self._lock:
            if self._inside >= self._most:
                raise Overloaded(retry_after=_RETRY_AFTER)
            self._inside += 1
        try:
            if not self._free.acquire(timeout=self._patience):
                raise Overloaded(retry_after=_RETRY_AFTER)
            try:
                yield
            finally:
                self._free.release()
        finally:
            with self._lock:
                self._inside -= 1


def _dummy_hash(argon2: Argon2) -> str:
    """Return a hash that no password has; verifying it takes as long as a real one."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).rstrip(b"=").decode("ascii")
        for size in (_SALT_BYTES, _HASH_BYTES)
    )
    cost = f"m={argon2.memory_cost},t={argon2.time_cost},p={argon2.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"
