"""
Convert values of files, variables and options to the types of the settings, and back to text.

Conversion is strict: a TOML string is never read as a number, nor a number as a boolean. Only text
of the environment and the command line, which has no types, is read by the type of its key. Every
error is a ValueError whose text follows the name of the key, and never holds a secret.
"""

# ruff: noqa: TRY004 -- a wrong type in a file is a wrong value to its author

import json
import operator
import typing
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cattrs import Converter

from parlour.adapters.config.problems import said
from parlour.adapters.config.settings_logging import Level
from parlour.adapters.config.units import (
    Size,
    duration,
    format_duration,
    format_rate,
    format_size,
    rate,
    size,
)
from parlour.adapters.config.values import MASK, Secret, Url
from parlour.domain.kernel.limits import Rate

Levels = Mapping[str, Level]
Texts = tuple[str, ...]
OptionalPath = Path | None
Paths = Mapping[str, Path]


def read_value(raw: object, kind: Any) -> Any:
    """
    Convert a value of a TOML file to the type of its key.

    Raises:
        ValueError: it is not of that type.
    """
    return _STRICT.structure(raw, kind)


def read_text(text: str, kind: Any) -> Any:
    """
    Convert text of the environment or the command line to the type of its key.

    Raises:
        ValueError: it cannot be read as that type.
    """
    return read_value(_FROM_TEXT.get(kind, str)(text.strip()), kind)


def type_name(kind: Any) -> str:
    """Return the name of a type, for the reference."""
    if choices := _choices(kind):
        return " · ".join(f'`"{choice}"`' for choice in choices)
    return _WORDS[kind]


def show_value(value: object, kind: Any) -> str:
    """Format a value as TOML: secrets masked, no value as an empty string."""
    if value is None or (kind is Secret and not value):
        return '""'
    if kind in _SHOWN:
        return _SHOWN[kind](value)
    return json.dumps(value, ensure_ascii=False)


# -- strict structuring ---------------------------------------------------------------------


def _exactly(kind: type, described: str) -> Callable[[object, Any], Any]:
    def read(raw: object, _: Any) -> Any:
        # bool is a subclass of int, so the exact type is compared.
        if type(raw) is not kind:
            raise ValueError(f"must be {described}, not {said(raw)}")
        return raw

    return read


def _text_as(read: Callable[[str], Any], described: str) -> Callable[[object, Any], Any]:
    def convert(raw: object, _: Any) -> Any:
        if not isinstance(raw, str):
            raise ValueError(f"must be {described}, not {said(raw)}")
        return read(raw)

    return convert


def _hidden(kind: Callable[[str], Any], described: str) -> Callable[[object, Any], Any]:
    def convert(raw: object, _: Any) -> Any:
        if not isinstance(raw, str):
            raise ValueError(f"must be {described}")
        return kind(raw)

    return convert


def _size(raw: object, _: Any) -> Size:
    if isinstance(raw, str):
        return size(raw)
    if type(raw) is int and raw >= 0:
        return Size(raw)
    raise ValueError(f'must be a size such as "64KiB", not {said(raw)}')


def _path(raw: str) -> Path:
    if not raw or "\0" in raw:
        raise ValueError("must be a path, and not empty")
    return Path(raw)


def _optional_path(raw: object, _: Any) -> Path | None:
    if raw == "":
        return None
    return _STRICT.structure(raw, Path)


def _texts(raw: object, _: Any) -> Texts:
    if not isinstance(raw, list | tuple) or not all(isinstance(item, str) for item in raw):
        raise ValueError(f'must be a list of text such as ["a", "b"], not {said(raw)}')
    return tuple(raw)


def _levels(raw: object, _: Any) -> Levels:
    if not isinstance(raw, Mapping):
        raise ValueError(
            f'must be a table such as {{"parlour.socket" = "debug"}}, not {said(raw)}'
        )
    levels: dict[str, Level] = {}
    for logger, level in raw.items():
        try:
            levels[logger] = _choice(level, Level)
        except ValueError as error:
            raise ValueError(f"{error} (for the logger {said(logger)})") from None
    return levels


def _paths(raw: object, _: Any) -> Paths:
    if not isinstance(raw, Mapping):
        raise ValueError(f'must be a table such as {{"order" = "order.json"}}, not {said(raw)}')
    return {name: _STRICT.structure(path, Path) for name, path in raw.items()}


def _choice(raw: object, kind: Any) -> Any:
    choices = _choices(kind)
    if raw not in choices:
        known = ", ".join(f'"{choice}"' for choice in choices)
        raise ValueError(f"must be one of {known}, not {said(raw)}")
    return raw


def _choices(kind: Any) -> tuple[str, ...]:
    return typing.get_args(kind) if typing.get_origin(kind) is typing.Literal else ()


def _converter() -> Converter:
    converter = Converter()
    converter.register_structure_hook(bool, _exactly(bool, "true or false"))
    converter.register_structure_hook(int, _exactly(int, "a whole number"))
    converter.register_structure_hook(str, _exactly(str, "text in quotes"))
    converter.register_structure_hook(
        timedelta, _text_as(duration, 'a duration with its unit such as "15m"')
    )
    converter.register_structure_hook(Size, _size)
    converter.register_structure_hook(Rate, _text_as(rate, 'a rate such as "20/s burst 60"'))
    converter.register_structure_hook(Path, _text_as(_path, "a path in quotes"))
    converter.register_structure_hook(Secret, _hidden(Secret, "text in quotes"))
    converter.register_structure_hook(Url, _hidden(Url, "an address in quotes"))
    hooks = (
        (Texts, _texts),
        (Levels, _levels),
        (OptionalPath, _optional_path),
        (Paths, _paths),
    )
    for kind, hook in hooks:
        converter.register_structure_hook_func(partial(operator.eq, kind), hook)
    converter.register_structure_hook_func(lambda kind: bool(_choices(kind)), _choice)
    return converter


_STRICT = _converter()


# -- text without types ---------------------------------------------------------------------


def _truth_text(text: str) -> bool:
    truths = {"true": True, "yes": True, "on": True, "1": True}
    lies = {"false": False, "no": False, "off": False, "0": False}
    try:
        return {**truths, **lies}[text.lower()]
    except KeyError:
        raise ValueError(f"must be true or false, not {said(text)}") from None


def _number_text(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"must be a whole number, not {said(text)}") from None


def _size_text(text: str) -> object:
    return int(text) if text.isdecimal() else text


def _list_text(text: str) -> object:
    if text.startswith("["):
        return _json(text)
    return [part.strip() for part in text.split(",") if part.strip()]


def _table_text(text: str) -> object:
    if text.startswith("{"):
        return _json(text)
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not sign for _, sign, _ in pairs):
        raise ValueError(f"must be pairs such as name=value, not {said(text)}")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"must be JSON or parts with commas between: {error}") from None


_FROM_TEXT: Mapping[Any, Callable[[str], object]] = {
    bool: _truth_text,
    int: _number_text,
    Size: _size_text,
    Texts: _list_text,
    Levels: _table_text,
    Paths: _table_text,
}

# -- back to text ---------------------------------------------------------------------------

_WORDS: Mapping[Any, str] = {
    bool: "true or false",
    int: "whole number",
    str: "text",
    timedelta: "duration",
    Size: "size",
    Rate: "rate",
    Path: "path",
    OptionalPath: "path",
    Secret: "secret",
    Url: "address",
    Texts: "list of text",
    Levels: "table of levels",
    Paths: "table of paths",
}


def _table(value: Any) -> str:
    pairs = (f"{json.dumps(name)} = {json.dumps(str(each))}" for name, each in value.items())
    return f"{{ {', '.join(pairs)} }}" if value else "{}"


_SHOWN: Mapping[Any, Callable[[Any], str]] = {
    timedelta: lambda value: json.dumps(format_duration(value)),
    Size: lambda value: json.dumps(format_size(value)),
    Rate: lambda value: json.dumps(format_rate(value)),
    Path: lambda value: json.dumps(str(value), ensure_ascii=False),
    OptionalPath: lambda value: json.dumps(str(value), ensure_ascii=False),
    Secret: lambda _: json.dumps(MASK),
    Url: lambda value: json.dumps(value.masked()),
    Levels: _table,
    Paths: _table,
}
