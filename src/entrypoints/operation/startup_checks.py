"""What is looked at before a node serves, in words for the one who starts it.

What would lose or corrupt data is refused; what deserves a second look is logged as a warning.
The configuration has been checked before (`adapters.config.rules`): weak secrets and listeners
that the world can reach without TLS never come this far.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from parlour.adapters.config import Settings
from parlour.adapters.logging import get_logger
from parlour.domain.kernel.errors import Unavailable
from parlour.entrypoints.listening import CannotServe
from parlour.entrypoints.use_cases import Storage

EMBEDDED = frozenset({"memory", "sqlite"})
"""Storages that nobody else uses, so that this process may bring them up to date by itself."""

TOLERABLE = 1.0
"""Seconds that two clocks may differ without a word."""

log = get_logger("parlour.start")


def prepare(settings: Settings, storage: Storage) -> None:
    """Bring an embedded storage up to date and look at what stands behind this node.

    Raises `CannotServe` where messages could not be kept; doubts go to the log.
    """
    try:
        if settings.storage.backend in EMBEDDED:
            storage.migrate()
        storage.check()
    except Unavailable as error:
        raise CannotServe(f"{error}. `parlour doctor` says more.") from error
    try:
        for doubt in doubts(storage):
            log.warning("storage deserves a second look", doubt=doubt)
    except Exception as error:  # noqa: BLE001 - it answers, and serves; drivers raise what they like
        log.warning("storage could not be examined", error=error)


def doubts(storage: Storage) -> Iterator[str]:
    """Yield what could lose messages or confuse their times."""
    yield from storage.durability_risks()
    skew = clock_skew(storage.server_time)
    if skew > TOLERABLE:
        yield f"the clock of the database differs from this one by {skew:.1f} s: use NTP"


def clock_skew(tell: Callable[[], datetime | None]) -> float:
    """Return by how many seconds a clock differs, allowing for the time that asking took.

    0 where there is no clock to compare (None).
    """
    before = datetime.now(UTC)
    theirs = tell()
    after = datetime.now(UTC)
    if theirs is None:
        return 0.0
    return max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)


def stay_alone(settings: Settings) -> Callable[[], None]:
    """See to it that no second process serves the same SQLite file; return what ends that.

    Two would not hear of each other's messages, and releases of SQLite before 3.51.3 can damage a
    file that two programs write to. Commands that work on the file for a moment may do so.

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
