"""
The one handler at the root of the standard library's tree: every line comes in here.

It runs where the line is written, often on the event loop, so it does the least: it makes the
values plain and hands the line to the outputs' queues.
"""

import logging
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from parlour.adapters.logging.cleaning import add_fields, clean_text
from parlour.adapters.logging.context import context
from parlour.adapters.logging.levels import Levels, is_own, level_name
from parlour.adapters.logging.record import OwnRecord
from parlour.adapters.logging.redaction import HIDDEN
from parlour.adapters.logging.tracebacks import Traceback

Line = Mapping[str, Any]
"""Plain values by name, in the order in which they are written; never changed once made."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
_LONGEST_EVENT = 4_000


class RootHandler(logging.Handler):
    """Turns records into lines and passes them on; never waits, never raises."""

    def __init__(self, levels: Levels, pass_on: Callable[[Line], None]) -> None:
        super().__init__()
        self._levels = levels
        self._pass_on = pass_on

    def createLock(self) -> None:  # noqa: N802 -- the standard library's name
        """Need no lock: a line is made from nothing shared, and the queues guard themselves."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Pass the line on, unless it came through only because somebody else is traced."""
        levels = self._levels
        if levels.is_tracing and not levels.admits(
            record.name, record.levelno, context().get("user")
        ):
            return False
        self._pass_on(make_line(record))
        return True


def make_line(record: logging.LogRecord) -> Line:
    """Return the line that a record stands for."""
    line: dict[str, Any] = {
        "time": stamp(record.created),
        "level": level_name(record.levelno),
        "logger": record.name[:200],
        "event": "",
        **context(),
    }
    if isinstance(record, OwnRecord):
        line["event"] = _constant(record.msg)
        add_fields(line, record.fields)
    else:
        line["event"] = clean_text(_message(record), _LONGEST_EVENT)
        if is_own(record.name):
            # Parts that may not import this package use the standard library, with `extra`.
            add_fields(line, {k: v for k, v in vars(record).items() if k not in _STANDARD})
    if record.exc_info and record.exc_info[0] is not None:
        line["exception"] = Traceback(record.exc_info)
    return line


@lru_cache(maxsize=2048)
def _constant(event: str) -> str:
    """Return an event of ours: a constant, unless somebody builds one, and then it is cleaned."""
    return clean_text(str(event), _LONGEST_EVENT)


def _message(record: logging.LogRecord) -> str:
    """
    Return the text of a library's record.

    Debug lines of libraries hold frames, rows and statements with their values, and SQLAlchemy's
    statements come at info: only the numbers among their values are written.
    """
    args: Any = record.args
    if args and _speaks_of_content(record):
        args = tuple(_number_or_hidden(arg) for arg in args) if isinstance(args, tuple) else ()
    try:
        text = str(record.msg)
    except Exception:  # noqa: BLE001 -- a message may be any object
        return f"<unreadable {type(record.msg).__name__}>"
    try:
        return text % args if args else text
    except Exception:  # noqa: BLE001 -- and its values may not fit it
        return text


def _speaks_of_content(record: logging.LogRecord) -> bool:
    if is_own(record.name):
        return False
    quiet = logging.WARNING if record.name.startswith("sqlalchemy") else logging.INFO
    return record.levelno < quiet


def _number_or_hidden(value: object) -> object:
    return value if isinstance(value, int | float) else HIDDEN


# The calendar part changes once a second; a race merely computes it twice.
_second = (0, "")


def stamp(created: float) -> str:
    """Return RFC 3339 time, UTC, microseconds."""
    global _second  # noqa: PLW0603 -- a cache of one value, replaced as a whole
    whole = int(created)
    second, text = _second
    if whole != second:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        _second = (whole, text)
    return f"{text}.{int((created - whole) * 1_000_000):06d}Z"
