"""
The handler of the root logger: it receives every line.

It runs in the thread that logs, often on the event loop, so it only converts the values and puts
the line into the queues of the outputs.
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
"""Plain values by name, in the order in which they are written; immutable."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
_MAX_EVENT_LENGTH = 4_000


class RootHandler(logging.Handler):
    """Converts records to lines and queues them; never waits, never raises."""

    def __init__(self, levels: Levels, enqueue: Callable[[Line], None]) -> None:
        super().__init__()
        self._levels = levels
        self._enqueue = enqueue

    def createLock(self) -> None:  # noqa: N802 -- the standard library's name
        """Use no lock: a line shares no state, and the queues are thread-safe."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Queue the line, unless only a trace of another user let it through."""
        levels = self._levels
        if levels.is_tracing and not levels.admits(
            record.name, record.levelno, context().get("user")
        ):
            return False
        self._enqueue(make_line(record))
        return True


def make_line(record: logging.LogRecord) -> Line:
    """Return the line of a record."""
    line: dict[str, Any] = {
        "time": timestamp(record.created),
        "level": level_name(record.levelno),
        "logger": record.name[:200],
        "event": "",
        **context(),
    }
    if isinstance(record, OwnRecord):
        line["event"] = _constant(record.msg)
        add_fields(line, record.fields)
    else:
        line["event"] = clean_text(_message(record), _MAX_EVENT_LENGTH)
        if is_own(record.name):
            # Adapters may not import this package: they pass fields as `extra`.
            add_fields(line, {k: v for k, v in vars(record).items() if k not in _STANDARD})
    if record.exc_info and record.exc_info[0] is not None:
        line["exception"] = Traceback(record.exc_info)
    return line


@lru_cache(maxsize=2048)
def _constant(event: str) -> str:
    """Return an event of Parlour, cleaned in case that it is not constant."""
    return clean_text(str(event), _MAX_EVENT_LENGTH)


def _message(record: logging.LogRecord) -> str:
    """
    Return the text of a library's record.

    Debug lines of libraries, and SQLAlchemy's at info, may contain frames, rows and statements
    with values: only the numbers among their arguments are written.
    """
    args: Any = record.args
    if args and _may_contain_content(record):
        args = tuple(_number_or_hidden(arg) for arg in args) if isinstance(args, tuple) else ()
    try:
        text = str(record.msg)
    except Exception:  # noqa: BLE001 -- a message can be any object
        return f"<unreadable {type(record.msg).__name__}>"
    try:
        return text % args if args else text
    except Exception:  # noqa: BLE001 -- its arguments may not fit
        return text


def _may_contain_content(record: logging.LogRecord) -> bool:
    if is_own(record.name):
        return False
    quiet = logging.WARNING if record.name.startswith("sqlalchemy") else logging.INFO
    return record.levelno < quiet


def _number_or_hidden(value: object) -> object:
    return value if isinstance(value, int | float) else HIDDEN


# The part down to the second is cached; after a race it is merely computed twice.
_second = (0, "")


def timestamp(created: float) -> str:
    """Return a time in RFC 3339, UTC, with microseconds."""
    global _second  # noqa: PLW0603 -- a cache of one value, replaced as a whole
    whole = int(created)
    second, text = _second
    if whole != second:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        _second = (whole, text)
    return f"{text}.{int((created - whole) * 1_000_000):06d}Z"
