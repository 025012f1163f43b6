"""
Levels of loggers, changed while the service runs.

The levels live in the tree of the standard library, so that every library obeys them. Over those
of the configuration lie temporary ones, which revert on their own. A user can be traced: for a
while Parlour's own debug lines come through where that user is bound, whatever the levels.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import attrs

OWN = "parlour"
"""The logger above all of Parlour's own."""

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
    """Say whether a logger is Parlour's own rather than a library's."""
    return logger == OWN or logger.startswith(f"{OWN}.")


def wanted_levels(level: str, levels: Mapping[str, str]) -> Mapping[str, str]:
    """Return the level of each logger: ours at `level`, libraries from warning on, the rest."""
    others = level if NAMES[level] > logging.WARNING else "warning"
    return {ROOT: others, OWN: level, **levels}


@attrs.frozen(kw_only=True)
class Standing:
    """The level of a logger, and until when where it is temporary."""

    logger: str
    level: str
    until: datetime | None = None


@attrs.frozen(kw_only=True)
class Traced:
    """A user whose debug lines come through, and until when."""

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
        self._temporary: dict[str, Standing] = {}
        self._traced: dict[str, datetime] = {}
        self._touched: set[str] = set()
        self.is_tracing = False
        self.configure(wanted)

    def configure(self, wanted: Mapping[str, str]) -> None:
        """Replace the lasting levels, as at a start or a reload; temporary ones stay."""
        for level in wanted.values():
            _number(level)
        with self._lock:
            self._base = dict(wanted)
            self._apply()

    def set(self, logger: str, level: str, for_: timedelta | None = None) -> None:
        """
        Change the level of a logger and those below it; with `for_` only for that time.

        Raises:
            ValueError: there is no such level or logger, or the time is not positive.
        """
        _number(level)
        if not logger or not logger.isprintable():
            raise ValueError('the name of a logger is printable text such as "parlour.hub"')
        with self._lock:
            if for_ is None:
                self._base[logger] = level
                self._temporary.pop(logger, None)
            else:
                until = self._until(for_)
                self._temporary[logger] = Standing(logger=logger, level=level, until=until)
            self._apply()

    def trace(self, user: str, for_: timedelta) -> None:
        """
        Let the debug lines of a user through for that time.

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

    def current(self) -> tuple[Standing, ...]:
        """Return the levels that stand now, by logger; all others inherit."""
        with self._lock:
            lasting = {
                name: Standing(logger=name, level=word) for name, word in self._base.items()
            }
            standing = {**lasting, **self._temporary}
        return tuple(standing[name] for name in sorted(standing))

    def traced(self) -> tuple[Traced, ...]:
        """Return the users who are traced now."""
        with self._lock:
            traced = sorted(self._traced.items())
        return tuple(Traced(user=user, until=until) for user, until in traced)

    def admits(self, logger: str, number: int, user: object) -> bool:
        """Say whether a line is wanted; to be asked only while somebody is traced."""
        return str(user) in self._traced or number >= self._effective(logger)

    def revert(self) -> None:
        """Take back what is over; runs by itself when the time has come."""
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
        """Give the loggers back as they were found: without levels, the root at warning."""
        with self._lock:
            root = {ROOT: "warning"} if ROOT in self._touched else {}
            self._base, self._temporary, self._traced = root, {}, {}
            self._apply()

    def _until(self, for_: timedelta) -> datetime:
        if for_ <= timedelta():
            raise ValueError("the time must be longer than nothing")
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
        """Write what is wanted into the tree of loggers, and wake up when something ends."""
        names = {*self._base, *self._temporary}
        for name in self._touched - names:
            logging.getLogger(name).setLevel(logging.NOTSET)
        self._touched = names
        self.is_tracing = bool(self._traced)
        for name in names:
            # While somebody is traced our loggers are open, and `admits` decides line by line.
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
    """Return the name of a level, that of the next lower one for a level in between."""
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
