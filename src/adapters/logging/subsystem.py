"""
Start logging once for a process, and stop it without losing a line.

Before the start and after the stop, Parlour's warnings and errors go to standard error in console
format.
"""

import atexit
import contextlib
import errno
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import TextIO

from parlour.adapters.logging.archive import Archive
from parlour.adapters.logging.async_handler import AsyncHandler
from parlour.adapters.logging.cleaning import add_fields
from parlour.adapters.logging.file import LogFile
from parlour.adapters.logging.hooks import LogHooks
from parlour.adapters.logging.levels import OWN, Levels, is_own, wanted_levels
from parlour.adapters.logging.logger import get_logger
from parlour.adapters.logging.ports import LoggingPolicy
from parlour.adapters.logging.rendering import console_line, json_line
from parlour.adapters.logging.root_handler import Line, RootHandler, make_line, timestamp

_NAME = "parlour.logging"
_CLOSE_TIMEOUT = 5.0
"""Seconds that `close` waits for a slow output."""

_TEMPORARY_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE}
"""Errors on opening the file that may be temporary; they do not prevent a start."""


class AlreadyStarted(RuntimeError):
    """Logging runs with other settings; close it before it is started again."""


class CannotLog(RuntimeError):
    """The log file cannot be opened; the message says why."""


class LoggingSubsystem:
    """The running logging subsystem: levels, counters, flush and close. Made by `start`."""

    def __init__(
        self, policy: LoggingPolicy, stream: TextIO | None, *, own_lines_only: bool = False
    ) -> None:
        self.policy = policy
        self._own_lines_only = own_lines_only
        self._top = logging.getLogger(OWN if own_lines_only else None)
        self.levels = Levels({})
        self._archive: Archive | None = None
        self._handlers = tuple(self._open_handlers(stream))
        self._root_handler = RootHandler(self.levels, self._enqueue)
        self._hooks = LogHooks(get_logger(_NAME), partial(self.flush, _CLOSE_TIMEOUT))

    @property
    def written(self) -> int:
        """Lines written to all outputs since the start."""
        return sum(handler.written for handler in self._handlers)

    @property
    def dropped(self) -> int:
        """Lines dropped by outputs since the start."""
        return sum(handler.dropped for handler in self._handlers)

    @property
    def waiting(self) -> int:
        """Lines in the queues."""
        return sum(handler.waiting for handler in self._handlers)

    def reload(self, policy: LoggingPolicy) -> None:
        """Apply the levels of changed settings; everything else needs a restart."""
        wanted = wanted_levels(policy.level, policy.levels)
        if self._own_lines_only:
            wanted = {name: level for name, level in wanted.items() if is_own(name)}
        self.levels.configure(wanted)

    def reopen(self) -> None:
        """Open the file again before the next line, for logrotate; safe in a signal handler."""
        for handler in self._handlers:
            handler.reopen()

    def flush(self, timeout: float = _CLOSE_TIMEOUT) -> bool:
        """Wait until every line so far is written or lost; return False after the timeout."""
        marks = [handler.mark() for handler in self._handlers]
        return all(mark.wait(timeout) for mark in marks)

    def close(self) -> None:
        """Write queued lines, at most five seconds for each output, and stop; idempotent."""
        global _running  # noqa: PLW0603 -- one log for the process, as one standard error
        with _starting:
            if _running is not self:
                return
            _running = None
            self._hooks.uninstall()
            self._top.removeHandler(self._root_handler)
            self._top.propagate = True
            self.levels.close()
            logging.getLogger(OWN).addHandler(_early)
            for handler in self._handlers:
                handler.close(_CLOSE_TIMEOUT)
            if self._archive is not None:
                self._archive.settle(_CLOSE_TIMEOUT)
            atexit.unregister(self.close)

    def _begin(self) -> None:
        if self._own_lines_only:
            self._top.removeHandler(_early)
            self._top.propagate = False
        else:
            _clear_handlers_below_the_root()
            self._hooks.install()
        self._top.addHandler(self._root_handler)
        self.reload(self.policy)
        # Runs before the exit handler of the standard library, which closes handlers.
        atexit.register(self.close)
        if self._archive is not None:
            self._archive.clean_up_soon()

    def _open_handlers(self, stream: TextIO | None) -> Iterator[AsyncHandler]:
        policy = self.policy
        build = partial(AsyncHandler, limit=policy.queue, on_error=self._on_error)
        if policy.file is not None:
            self._archive = Archive(policy.file, policy.rotation, on_error=self._on_archive_error)
            file = LogFile(policy.file, policy.rotation, self._archive)
            try:
                file.open()
            except OSError as error:
                if error.errno not in _TEMPORARY_ERRORS:
                    message = f"the log file {policy.file} cannot be opened: {error.strerror}"
                    raise CannotLog(message) from error
            yield build("file", file, json_line)
        if policy.stream != "off":
            stream = stream or (sys.stdout if policy.stream == "stdout" else sys.stderr)
            is_console = policy.format == "console" or (
                policy.format == "auto" and stream.isatty()
            )
            render = partial(console_line, colours=_wants_colours(stream))
            yield build(policy.stream, _Stream(stream), render if is_console else json_line)

    def _enqueue(self, line: Line) -> None:
        for handler in self._handlers:
            handler.put(line)

    def _on_error(self, name: str, error: Exception) -> None:
        """Report on the other outputs, or on standard error, that an output fails."""
        line = {"time": timestamp(time.time()), "level": "error", "logger": _NAME}
        line["event"] = "log output does not work: its lines are dropped and counted"
        add_fields(line, {"output": name, "error": error})
        others = [handler for handler in self._handlers if handler.name != name]
        for handler in others:
            handler.put(line)
        if not others:
            _early.tell(line)

    def _on_archive_error(self, error: OSError) -> None:
        get_logger(_NAME).error("log file cannot be put aside or compressed", error=error)


class _Early(logging.Handler):
    """Writes warnings and errors to standard error while logging is not started."""

    def emit(self, record: logging.LogRecord) -> None:
        self.tell(make_line(record))

    def tell(self, line: Line) -> None:
        """Write a line; an error is ignored, since it cannot be reported anywhere."""
        with contextlib.suppress(Exception):
            text = console_line(line, colours=_wants_colours(sys.stderr))
            sys.stderr.write(text.decode(errors="replace"))


_starting = threading.RLock()
_running: LoggingSubsystem | None = None
_early = _Early(logging.WARNING)
# As a library adds a NullHandler; needed before logging is configured.
logging.getLogger(OWN).addHandler(_early)


@contextlib.contextmanager
def started_inside_host(policy: LoggingPolicy) -> Iterator[LoggingSubsystem | None]:
    """
    Give a log for Parlour's own lines while the context lasts, in a process of somebody else.

    A host that has configured logging (a handler at the root, or at `parlour`) gets the lines at
    its own handlers, and None is given.

    Raises:
        CannotLog: the log file cannot be opened.
    """
    own = logging.getLogger(OWN)
    if logging.getLogger().handlers or any(each is not _early for each in own.handlers):
        own.removeHandler(_early)
        try:
            yield None
        finally:
            own.addHandler(_early)
        return
    running = start(policy, own_lines_only=True)
    try:
        yield running
    finally:
        running.close()


def start(
    policy: LoggingPolicy, *, stream: TextIO | None = None, own_lines_only: bool = False
) -> LoggingSubsystem:
    """
    Start logging for this process, or return the running log where it has the same settings.

    `stream` replaces the standard stream of the settings. With `own_lines_only` lines, levels and
    handlers of libraries stay as they are.

    Raises:
        AlreadyStarted: it runs with other settings.
        CannotLog: the log file cannot be opened.
    """
    global _running  # noqa: PLW0603 -- as above
    with _starting:
        if _running is None:
            started = LoggingSubsystem(policy, stream, own_lines_only=own_lines_only)
            _running = started
            started._begin()  # noqa: SLF001 -- the second half of the constructor
        elif _running.policy != policy:
            raise AlreadyStarted("logging runs already, with other settings: close it first")
        return _running


def _clear_handlers_below_the_root() -> None:
    """Remove handlers of libraries and former ones of Parlour, so that every line has one path."""
    for logger in list(logging.getLogger().manager.loggerDict.values()):
        if isinstance(logger, logging.Logger) and logger.handlers:
            logger.handlers.clear()
            logger.propagate = True


def _wants_colours(stream: TextIO) -> bool:
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


class _Stream:
    """A sink that writes to standard output or standard error.

    Lines are written as text, so that a stream put in its place (by a test, a shell) works, too.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, lines: deque[bytes]) -> None:
        self._stream.write(b"".join(lines).decode(errors="replace"))
        self._stream.flush()
        lines.clear()

    def reopen(self) -> None:
        """Do nothing: a stream has no path to open again."""

    def after_fork(self) -> None:
        """Do nothing: after a fork parent and child write to the same stream."""

    def close(self) -> None:
        """Leave the stream open: it belongs to the process."""
