"""
The log of Parlour: structlog in front of the standard library, JSON lines, never in the way.

Lives here: one way for every line, ours and the libraries', from the caller over a bounded queue
to a file or a terminal; levels that change at run time; rotation that several processes share.
Secrets and what people say are never written, and no value can forge a line.

May import it: entrypoints. The domain logs nothing. Other adapters write to
`logging.getLogger("parlour.…")` of the standard library, with `extra` for fields, and arrive here.

    from parlour.adapters.logging import get_logger

    log = get_logger("parlour.hub")
    log.info("socket closed", session=session, code=1000)
"""

from parlour.adapters.logging.context import bind, bound
from parlour.adapters.logging.levels import Levels, Standing, Traced
from parlour.adapters.logging.logger import get_logger
from parlour.adapters.logging.ports import Log, Policy
from parlour.adapters.logging.subsystem import (
    AlreadyStarted,
    CannotLog,
    Logging,
    start,
    started_inside_host,
)

log = get_logger("parlour")
"""The log of the program as a whole, for a line that belongs to no part of it."""

__all__ = [
    "AlreadyStarted",
    "CannotLog",
    "Levels",
    "Log",
    "Logging",
    "Policy",
    "Standing",
    "Traced",
    "bind",
    "bound",
    "get_logger",
    "log",
    "start",
    "started_inside_host",
]
