"""
The two formats of a line: JSON for programs, console for people.

Unprintable characters are escaped in both: line ends, terminal escapes, bidirectional marks and
lone surrogates. So one event is one line, and no value can forge another one or control a terminal
(log injection, CWE-117). Only a traceback takes several lines on a console, each with a margin.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from parlour.adapters.logging.tracebacks import Traceback

_encode = msgspec.json.Encoder().encode

_RESET = "\x1b[0m"
_DIM = "\x1b[2m"
_BOLD = "\x1b[1m"
_NAMED = "\x1b[36m"
_COLOURS = {
    "debug": "\x1b[34m",
    "info": "\x1b[32m",
    "warning": "\x1b[33m",
    "error": "\x1b[31m",
    "critical": "\x1b[41m",
}
_WORD = re.compile(r'[^\s="\\]+')
_MARGIN = "    | "
_HEAD = frozenset({"time", "level", "logger", "event", "exception"})


def json_line(line: Mapping[str, Any]) -> bytes:
    """Return the line as one JSON object and a line end, in UTF-8."""
    if "exception" in line:
        line = {**line, "exception": _reported(line["exception"])}
    try:
        encoded = _encode(line)
    except Exception:  # noqa: BLE001 -- lone surrogates above all
        encoded = json.dumps(line, default=str, separators=(",", ":")).encode()
    # The syntax of JSON is ASCII: other characters are inside of strings.
    if not encoded.isascii() or b"\x7f" in encoded:
        encoded = _escaped(encoded.decode(), _json_escape).encode()
    return encoded + b"\n"


def console_line(line: Mapping[str, Any], *, colours: bool) -> bytes:
    """Return the line for a terminal: time of day (UTC), level, logger, event, fields."""
    level, logger, event = line["level"], _visible(line["logger"]), _visible(line["event"])
    fields = {_visible(name): _value(line[name]) for name in line if name not in _HEAD}
    moment = line["time"][11:23]
    if colours:
        pairs = [f"{_NAMED}{name}{_RESET}={value}" for name, value in fields.items()]
        head = f"{_DIM}{moment}{_RESET} {_COLOURS[level]}{level:<8}{_RESET} "
        text = f"{head}{_BOLD}{event}{_RESET}  {'  '.join([*pairs, f'{_DIM}{logger}{_RESET}'])}"
    else:
        pairs = [f"{name}={value}" for name, value in fields.items()]
        text = f"{moment} {level:<8} {event}  {'  '.join([*pairs, logger])}"
    if "exception" in line:
        text_of_error = _reported(line["exception"])
        text += "".join(f"\n{_MARGIN}{_visible(row)}" for row in text_of_error.split("\n"))
    return f"{text}\n".encode()


def _reported(exception: object) -> str:
    return exception.format() if isinstance(exception, Traceback) else str(exception)


def _value(value: object) -> str:
    """Return a single word as it is, another value as JSON, so that it cannot look like two."""
    if isinstance(value, str) and value.isprintable() and _WORD.fullmatch(value):
        return value
    return _visible(json.dumps(value, ensure_ascii=False, default=str))


def _visible(text: str) -> str:
    return text if text.isprintable() else _escaped(text, _console_escape)


def _escaped(text: str, escape: Any) -> str:
    return "".join(sign if sign.isprintable() else escape(sign) for sign in text)


def _json_escape(sign: str) -> str:
    return json.dumps(sign)[1:-1]


def _console_escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode()
