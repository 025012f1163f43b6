"""Checks of the storage before a node serves.

What could lose or corrupt data is refused; what should be looked at is logged as a warning. The
configuration has been checked before (`adapters.config.rules`): weak secrets and public listeners
without TLS are refused there.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from parlour.adapters.config import Settings
from parlour.adapters.logging import get_logger
from parlour.domain.kernel.errors import Locked, Unavailable, Unreachable
from parlour.entrypoints.listening import CannotServe
from parlour.entrypoints.use_cases import Storage

EMBEDDED = frozenset({"memory", "sqlite"})
"""Storages of this process alone, which it may migrate by itself."""

MAX_CLOCK_SKEW = 1.0
"""Seconds that two clocks may differ without a warning."""

log = get_logger("parlour.start")


class DatabaseAway(CannotServe):
    """The database does not answer; it is worth trying again."""


def prepare(settings: Settings, storage: Storage) -> None:
    """Migrate an embedded storage and check any storage.

    Warnings go to the log.

    Raises:
        DatabaseAway: the database does not answer, and may do so later.
        CannotServe: messages could not be stored.
    """
    try:
        if settings.storage.backend in EMBEDDED:
            storage.migrate()
        storage.check()
    except (Unreachable, Locked) as error:
        raise DatabaseAway(f"{error}. `parlour doctor` says more.") from error
    except Unavailable as error:
        raise CannotServe(f"{error}. `parlour doctor` says more.") from error
    try:
        for warning in storage_warnings(storage):
            log.warning("storage warning", warning=warning)
    except Exception as error:  # noqa: BLE001 - the storage works; a driver may raise anything
        log.warning("storage could not be checked", error=error)


def storage_warnings(storage: Storage) -> Iterator[str]:
    """Yield what could lose messages or give them wrong times."""
    yield from storage.durability_risks()
    skew = clock_skew(storage.server_time)
    if skew > MAX_CLOCK_SKEW:
        yield f"the clock of the database differs from this one by {skew:.1f} s: use NTP"


def clock_skew(tell: Callable[[], datetime | None]) -> float:
    """Return by how many seconds a clock differs, less the time that asking takes.

    0 if *tell* returns None: there is no clock to compare.
    """
    before = datetime.now(UTC)
    theirs = tell()
    after = datetime.now(UTC)
    if theirs is None:
        return 0.0
    return max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)


def lock_sqlite_file(settings: Settings) -> Callable[[], None]:
    """Lock the SQLite file against a second process that serves it; return what unlocks it.

    Two processes would not see each other's messages, and releases of SQLite before 3.51.3 can
    damage a file that two programs write to. Short commands may use the file without this lock.

    Raises `CannotServe`.
    """
    if settings.storage.backend != "sqlite":
        return lambda: None
    path = settings.storage.sqlite.path
    lock = Path(f"{path}.serving")
    lock.parent.mkdir(parents=True, exist_ok=True)
    number = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(number)
        raise CannotServe(
            f"Another process serves {path} already. SQLite is for one process: for several, use "
            "storage.backend = mysql, with bus.backend and presence.backend = redis."
        ) from error
    return lambda: os.close(number)


def is_served(settings: Settings) -> bool:
    """Return whether a process serves the SQLite file of *settings* now."""
    if settings.storage.backend != "sqlite":
        return False
    try:
        number = os.open(f"{settings.storage.sqlite.path}.serving", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(number)
    return False
