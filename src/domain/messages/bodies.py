"""The bodies of the built-in kinds of messages: each check returns what is stored of a body.

Fields that a kind does not know are left out, so that nothing is stored that nobody looked at.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from parlour.domain.kernel.errors import Invalid, TooLarge
from parlour.domain.kernel.ids import parse_uuid
from parlour.domain.kernel.text import check_text, clean_line, holds_controls
from parlour.domain.kernel.time import rfc3339

MAX_CHARACTERS = 8_000
"""Characters of a text."""

MIN_OPTIONS, MAX_OPTIONS = 2, 12
"""Options of a poll."""

MAX_BODY = 32 * 1024
"""Bytes of a body as JSON, except of texts, which are bounded by their characters."""

MAX_VALUES = 2_000
"""Values in a body at any depth, names of fields included."""

MAX_DEPTH = 16
"""Objects and lists within one another."""

Body = Mapping[str, Any]

_TITLE, _ADDRESS, _QUESTION, _OPTION = 128, 256, 300, 100
_LARGEST = 2**53 - 1  # that JavaScript represents exactly
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def check_text_body(body: Body) -> dict[str, Any]:
    """Check the body of a `text`: {text}."""
    text = body.get("text")
    if not isinstance(text, str):
        raise Invalid("must be a string", field="body.text")
    return {"text": check_text(text, most=MAX_CHARACTERS, field="body.text")}


def check_location(body: Body) -> dict[str, Any]:
    """Check the body of a `location`: {latitude, longitude, title?, address?}, in degrees."""
    checked: dict[str, Any] = {
        "latitude": _degrees(body, "latitude", 90),
        "longitude": _degrees(body, "longitude", 180),
    }
    for name, most in (("title", _TITLE), ("address", _ADDRESS)):
        if body.get(name) not in (None, ""):
            checked[name] = _line(body[name], f"body.{name}", most)
    return checked


def check_contact(body: Body) -> dict[str, Any]:
    """Check the body of a `contact`: {user}. Whether there is such a user is not looked up."""
    user = body.get("user")
    if not isinstance(user, str):
        raise Invalid("must be a string", field="body.user")
    return {"user": str(parse_uuid(user, "body.user"))}


def check_poll(body: Body) -> dict[str, Any]:
    """Check the body of a `poll`: {question, options, multiple?, public?, closes_at?}.

    It has 2 to 12 different options. A flag that is false is left out.
    """
    options = body.get("options")
    if not isinstance(options, list) or not MIN_OPTIONS <= len(options) <= MAX_OPTIONS:
        raise Invalid(f"must be {MIN_OPTIONS} to {MAX_OPTIONS} texts", field="body.options")
    lines = [_line(each, "body.options", _OPTION) for each in options]
    if len(set(lines)) < len(lines):
        raise Invalid("must differ from each other", field="body.options")
    checked: dict[str, Any] = {
        "question": _line(body.get("question"), "body.question", _QUESTION),
        "options": lines,
    }
    for name in ("multiple", "public"):
        if not isinstance(flag := body.get(name, False), bool):
            raise Invalid("must be true or false", field=f"body.{name}")
        if flag:
            checked[name] = True
    if body.get("closes_at") is not None:
        checked["closes_at"] = rfc3339(_time(body["closes_at"], "body.closes_at"))
    return checked


def closes_at(poll: Body) -> datetime | None:
    """Return when a poll that was checked closes, None where it never does."""
    return datetime.fromisoformat(poll["closes_at"]) if "closes_at" in poll else None


def check_json(body: Body) -> dict[str, Any]:
    """Check that a body of any form may be stored and sent on: bounded, and JSON for everybody.

    Raises:
        TooLarge: it has more than `MAX_BODY` bytes, `MAX_VALUES` values or `MAX_DEPTH` levels.
        Invalid: a text in it holds control characters, or a number is too large.
    """
    for count, (value, depth) in enumerate(_walk(body), 1):
        if count > MAX_VALUES or depth > MAX_DEPTH:
            raise TooLarge(f"A body has at most {MAX_VALUES} values and {MAX_DEPTH} levels")
        if isinstance(value, str) and holds_controls(value):
            raise Invalid("holds control characters", field="body")
        # Not a number at all is not within the bounds, either.
        if isinstance(value, int | float) and not abs(value) <= _LARGEST:
            raise Invalid("holds a number that is too large", field="body")
    if size_of(body) > MAX_BODY:
        raise TooLarge(f"A body has at most {MAX_BODY} bytes")
    return dict(body)


def check_bundle(body: Body) -> dict[str, Any]:
    """Check the body of a `bundle`: {title, items: [{by, name, at, kind, text?}]}."""
    checked = check_json(body)
    title, items = checked.get("title"), checked.get("items")
    if not isinstance(title, str) or not isinstance(items, list):
        raise Invalid("must have a title and items", field="body")
    if not all(isinstance(each, Mapping) for each in items):
        raise Invalid("must be objects", field="body.items")
    return checked


def size_of(body: Body) -> int:
    """Return the bytes of a body as JSON."""
    return len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def _walk(body: Body) -> Iterator[tuple[Any, int]]:
    """Yield all values and names of fields with their depth, without recursion."""
    waiting: list[tuple[Any, int]] = [(body, 1)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if isinstance(value, Mapping):
            waiting.extend((each, depth + 1) for pair in value.items() for each in pair)
        elif isinstance(value, list):
            waiting.extend((each, depth + 1) for each in value)


def _degrees(body: Body, name: str, most: int) -> float:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
        raise Invalid(f"must be a number from -{most} to {most}", field=f"body.{name}")
    return float(value) or 0.0  # not -0.0


def _line(value: Any, field: str, most: int) -> str:
    if not isinstance(value, str):
        raise Invalid("must be a string", field=field)
    return clean_line(value, most=most, field=field)


def _time(value: Any, field: str) -> datetime:
    if isinstance(value, str) and _TIME.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # a day or an hour that does not exist
    raise Invalid("must be a time of RFC 3339", field=field)
