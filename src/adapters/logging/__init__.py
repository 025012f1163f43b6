"""
Logging: structlog over the standard library, JSON lines, written by threads of their own.

Lives here: one path for every line, of Parlour and of libraries, through a bounded queue to a file
or a terminal; levels that change at run time; log rotation that works with several processes.
Secrets and message texts are never written, and no value can forge a line.

May import it: entrypoints. The domain logs nothing. Other adapters write to
`logging.getLogger("parlour.…")` of the standard library, with `extra` for fields.

    from parlour.adapters.logging import get_logger

    log = get_logger("parlour.socket")
    log.info("socket closed", session=session, code=1000)
"""

from parlour.adapters.logging.context import bind, bound
from parlour.adapters.logging.levels import Levels, LoggerLevel, Traced
from parlour.adapters.logging.logger import get_logger
from parlour.adapters.logging.ports import Log, LoggingPolicy
from parlour.adapters.logging.subsystem import (
    AlreadyStarted,
    CannotLog,
    LoggingSubsystem,
    start,
    started_inside_host,
)

log = get_logger("parlour")
"""The logger for lines that belong to no part of the program."""

__all__ = [
    "AlreadyStarted",
    "CannotLog",
    "Levels",
    "Log",
    "LoggerLevel",
    "LoggingPolicy",
    "LoggingSubsystem",
    "Traced",
    "bind",
    "bound",
    "get_logger",
    "log",
    "start",
    "started_inside_host",
]
