"""Log warnings and uncaught exceptions."""

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from parlour.adapters.logging.ports import Log


class LogHooks:
    """Sends warnings and uncaught exceptions to a log while installed."""

    def __init__(self, log: Log, flush: Callable[[], object]) -> None:
        self._log = log
        self._flush = flush
        self._former: tuple[Any, Any, Any] | None = None

    def install(self) -> None:
        """Replace Python's hooks."""
        self._former = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        sys.unraisablehook = self._unraisable
        logging.captureWarnings(True)

    def uninstall(self) -> None:
        """Restore the former hooks."""
        if self._former is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._former
            self._former = None
            logging.captureWarnings(False)

    def _uncaught(
        self, kind: type[BaseException], error: BaseException, frames: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, frames)
            return
        self._log.critical("uncaught exception", exc_info=(kind, error, frames))
        self._flush()

    def _uncaught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is None or issubclass(args.exc_type, SystemExit):
            return
        name = args.thread.name if args.thread is not None else None
        raised = (args.exc_type, args.exc_value, args.exc_traceback)
        self._log.error("uncaught exception in a thread", thread=name, exc_info=raised)

    def _unraisable(self, args: "sys.UnraisableHookArgs") -> None:
        raised = (args.exc_type, args.exc_value, args.exc_traceback)
        where = type(args.object).__name__
        self._log.error("exception that could not be raised", where=where, exc_info=raised)
