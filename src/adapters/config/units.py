"""
Durations, sizes and rates as people write them: `"15m"`, `"1h30m"`, `"64KiB"`, `"20/s burst 60"`.

A duration becomes a `timedelta`, a size a number of bytes, a rate a `Rate`. Each format has an
inverse, so that a value that is shown can be pasted into a file.
"""

import math
import re
from datetime import timedelta
from typing import NewType

from parlour.adapters.config.problems import said
from parlour.domain.kernel.limits import Rate

Size = NewType("Size", int)
"""A number of bytes."""

_MICROSECONDS = {
    "w": 604_800_000_000,
    "d": 86_400_000_000,
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
    "ms": 1_000,
    "us": 1,
}
_BINARY = {"TiB": 2**40, "GiB": 2**30, "MiB": 2**20, "KiB": 2**10}
_DECIMAL = {"TB": 10**12, "GB": 10**9, "MB": 10**6, "KB": 10**3}
_BYTES = {name.lower(): value for name, value in {**_BINARY, **_DECIMAL, "B": 1}.items()}

_PART = re.compile(r"(\d+)(ms|us|w|d|h|m|s)")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")
_SIZE = re.compile(r"(\d+)\s*([a-z]+)", re.IGNORECASE)
_RATE = re.compile(r"(\d+)\s*/\s*([smhd])(?:,?\s+burst\s+(\d+))?")
_PERIODS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
# Longer durations are most likely a mistake.
_LONGEST = timedelta(days=36_500)


def duration(text: str) -> timedelta:
    """
    Read a duration such as `250ms`, `15m`, `1h30m` or `30d`.

    Raises:
        ValueError: the text is no duration; the message says what one looks like.
    """
    if not _DURATION.fullmatch(text):
        raise ValueError(
            f'must be a duration with its unit (ms, s, m, h, d, w) such as "15m", not {said(text)}'
        )
    total = sum(int(count) * _MICROSECONDS[unit] for count, unit in _PART.findall(text))
    if total > _LONGEST / timedelta(microseconds=1):
        raise ValueError(f"must be a duration of at most {format_duration(_LONGEST)}")
    return timedelta(microseconds=total)


def format_duration(value: timedelta) -> str:
    """Write a duration so that `duration` reads the same one."""
    rest = value // timedelta(microseconds=1)
    parts = []
    for unit, worth in _MICROSECONDS.items():
        # A fortnight reads better in days than in weeks.
        if unit == "w":
            continue
        count, rest = divmod(rest, worth)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def size(text: str) -> Size:
    """
    Read a size such as `512B`, `64KiB` (1024) or `1MB` (1000).

    Raises:
        ValueError: the text is no size; the message says what one looks like.
    """
    found = _SIZE.fullmatch(text)
    if found is None or found[2].lower() not in _BYTES:
        raise ValueError(
            f'must be a size with its unit (B, KB, KiB, MB, MiB, GB, GiB) such as "64KiB", '
            f"not {said(text)}"
        )
    return Size(int(found[1]) * _BYTES[found[2].lower()])


def format_size(value: int) -> str:
    """Write a size in the largest unit that holds it exactly; `size` reads the same one."""
    for unit, worth in (*_BINARY.items(), *_DECIMAL.items()):
        if value and value % worth == 0:
            return f"{value // worth}{unit}"
    return f"{value}B"


def rate(text: str) -> Rate:
    """
    Read a rate such as `20/s burst 60`, `10/m` or `1000/d`; without a burst the count is one.

    Raises:
        ValueError: the text is no rate, or one that never allows anything.
    """
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(
            'must be a rate (a second, minute, hour or day: s, m, h, d) such as "20/s burst 60" '
            f'or "10/m", not {said(text)}'
        )
    count, burst = int(found[1]), int(found[3] or found[1])
    if not count or not burst:
        raise ValueError(f"must allow something, not {said(text)}")
    return Rate(count / _PERIODS[found[2]], burst)


def format_rate(value: Rate) -> str:
    """Write a rate with the shortest period that makes its count whole; `rate` reads the same."""
    whole = (
        (round(value.per_second * seconds), unit)
        for unit, seconds in _PERIODS.items()
        if math.isclose(value.per_second * seconds, max(1, round(value.per_second * seconds)))
    )
    count, unit = next(whole, (max(1, round(value.per_second * _PERIODS["d"])), "d"))
    burst = f" burst {value.burst}" if value.burst != count else ""
    return f"{count}/{unit}{burst}"
