"""
Log levels that can be changed while the service runs.

They are set on the loggers of the standard library, so that they hold for libraries, too.
Temporary levels override the configured ones and revert by themselves. A user can be traced: for a
while Parlour's debug lines of that user are written, whatever the levels are.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import attrs

OWN = "parlour"
"""The parent of all loggers of Parlour."""

ROOT = "root"

NAMES: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}
_WORDS = {number: name for name, number in NAMES.items()}


def is_own(logger: str) -> bool:
    """Return whether a logger belongs to Parlour rather than to a library."""
    return logger == OWN or logger.startswith(f"{OWN}.")


def wanted_levels(level: str, levels: Mapping[str, str]) -> Mapping[str, str]:
    """Map loggers to levels: *level* for Parlour, warning for libraries, then *levels*."""
    others = level if NAMES[level] > logging.WARNING else "warning"
    return {ROOT: others, OWN: level, **levels}


@attrs.frozen(kw_only=True)
class LoggerLevel:
    """The level of a logger, and its end where it is temporary."""

    logger: str
    level: str
    until: datetime | None = None


@attrs.frozen(kw_only=True)
class Traced:
    """A user whose debug lines are written, and until when."""

    user: str
    until: datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Levels:
    """The levels of all loggers. Every method may be called from any thread."""

    def __init__(
        self, wanted: Mapping[str, str], *, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._now = now
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None
        self._base: dict[str, str] = {}
        self._temporary: dict[str, LoggerLevel] = {}
        self._traced: dict[str, datetime] = {}
        self._touched: set[str] = set()
        self.is_tracing = False
        self.configure(wanted)

    def configure(self, wanted: Mapping[str, str]) -> None:
        """Replace the permanent levels, at a start or a reload; temporary ones stay."""
        for level in wanted.values():
            _number(level)
        with self._lock:
            self._base = dict(wanted)
            self._apply()

    def set(self, logger: str, level: str, for_: timedelta | None = None) -> None:
        """
        Change the level of a logger and its children; with `for_` only for that time.

        Raises:
            ValueError: there is no such level or logger, or the time is not positive.
        """
        _number(level)
        if not logger or not logger.isprintable():
            raise ValueError('the name of a logger is printable text such as "parlour.socket"')
        with self._lock:
            if for_ is None:
                self._base[logger] = level
                self._temporary.pop(logger, None)
            else:
                until = self._until(for_)
                self._temporary[logger] = LoggerLevel(logger=logger, level=level, until=until)
            self._apply()

    def trace(self, user: str, for_: timedelta) -> None:
        """
        Write the debug lines of a user for that time.

        Raises:
            ValueError: the time is not positive.
        """
        with self._lock:
            self._traced[user] = self._until(for_)
            self._apply()

    def untrace(self, user: str) -> None:
        """Stop tracing a user."""
        with self._lock:
            self._traced.pop(user, None)
            self._apply()

    def current(self) -> tuple[LoggerLevel, ...]:
        """Return the present levels by logger; other loggers inherit theirs."""
        with self._lock:
            lasting = {
                name: LoggerLevel(logger=name, level=word) for name, word in self._base.items()
            }
            standing = {**lasting, **self._temporary}
        return tuple(standing[name] for name in sorted(standing))

    def traced(self) -> tuple[Traced, ...]:
        """Return the users who are traced now."""
        with self._lock:
            traced = sorted(self._traced.items())
        return tuple(Traced(user=user, until=until) for user, until in traced)

    def admits(self, logger: str, number: int, user: object) -> bool:
        """Return whether to write a line; called only while a user is traced."""
        return str(user) in self._traced or number >= self._effective(logger)

    def revert(self) -> None:
        """Revert expired levels and traces; called by a timer."""
        now = self._now()
        with self._lock:
            self._temporary = {
                name: standing
                for name, standing in self._temporary.items()
                if standing.until is not None and standing.until > now
            }
            self._traced = {user: until for user, until in self._traced.items() if until > now}
            self._apply()

    def close(self) -> None:
        """Reset the loggers: no levels, the root logger at warning."""
        with self._lock:
            root = {ROOT: "warning"} if ROOT in self._touched else {}
            self._base, self._temporary, self._traced = root, {}, {}
            self._apply()

    def _until(self, for_: timedelta) -> datetime:
        if for_ <= timedelta():
            raise ValueError("the time must be positive")
        return self._now() + for_

    def _effective(self, logger: str) -> int:
        while logger:
            word = self._word(logger)
            if word is not None:
                return NAMES[word]
            logger = logger.rpartition(".")[0]
        return NAMES[self._word(ROOT) or "warning"]

    def _word(self, logger: str) -> str | None:
        temporary = self._temporary.get(logger)
        return self._base.get(logger) if temporary is None else temporary.level

    def _apply(self) -> None:
        """Set the levels of the loggers, and a timer for the next that ends."""
        names = {*self._base, *self._temporary}
        for name in self._touched - names:
            logging.getLogger(name).setLevel(logging.NOTSET)
        self._touched = names
        self.is_tracing = bool(self._traced)
        for name in names:
            # While a user is traced our loggers are at debug, and `admits` decides for each line.
            opened = self.is_tracing and is_own(name)
            number = logging.DEBUG if opened else NAMES[self._word(name) or "warning"]
            logging.getLogger(name).setLevel(number)
        self._schedule()

    def _schedule(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        ends = [standing.until for standing in self._temporary.values() if standing.until]
        ends += self._traced.values()
        if ends:
            wait = max((min(ends) - self._now()).total_seconds(), 0.0)
            self._timer = threading.Timer(min(wait, threading.TIMEOUT_MAX), self.revert)
            self._timer.daemon = True
            self._timer.start()


def level_name(number: int) -> str:
    """Return the name of a level, or of the next lower one that has a name."""
    word = _WORDS.get(number)
    if word is None:
        known = [name for name, least in NAMES.items() if least <= number]
        word = known[-1] if known else "debug"
    return word


def _number(level: str) -> int:
    try:
        return NAMES[level]
    except KeyError:
        known = ", ".join(NAMES)
        raise ValueError(f"the level must be one of {known}, not {level!r}") from None
