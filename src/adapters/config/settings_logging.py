"""The settings of logging, a tree of their own below `[logging]`."""

# ruff: noqa: RUF009 -- `key` declares a field, as `attrs.field` does

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal

import attrs

from parlour.adapters.config import units
from parlour.adapters.config.checks import lasting, sized, within
from parlour.adapters.config.keys import key
from parlour.adapters.config.logger_names import existing_loggers
from parlour.adapters.config.units import Size

Level = Literal["debug", "info", "warning", "error", "critical"]

_NO_LEVELS: Mapping[str, Level] = {}


@attrs.frozen(kw_only=True)
class Rotation:
    """When a log file is put aside, and how many are kept."""

    by: Literal["size", "time", "never"] = key(
        "size", "What ends a file: its size, the time, or nothing (where logrotate does it)."
    )
    size: Size = key(
        units.size("64MiB"), "Size at which a file ends (by size).", check=sized("4KiB", "1TiB")
    )
    every: timedelta = key(
        units.duration("1d"),
        "Period, counted in UTC, that one file holds (by time).",
        check=lasting("1m", "365d"),
    )
    keep: int = key(14, "Files kept beside the current one.", check=within(0, 100_000))
    keep_total: Size = key(
        units.size("1GiB"),
        "Most bytes of all files kept; the oldest go first.",
        check=sized("4KiB", "1024TiB"),
    )
    gzip: bool = key(True, "Compress the files put aside.")


@attrs.frozen(kw_only=True)
class LoggingSettings:
    """What is written about the running service, where, and in which form."""

    level: Level = key(
        "info",
        "Lowest level of Parlour's own lines; libraries speak from warning on.",
        reload=True,
    )
    levels: Mapping[str, Level] = key(
        _NO_LEVELS,
        'Levels of single loggers, such as `"parlour.socket" = "debug"`.',
        reload=True,
        check=existing_loggers,
    )
    stream: Literal["stderr", "stdout", "off"] = key(
        "stderr", "Stream that gets the lines, beside the file."
    )
    format: Literal["auto", "json", "console"] = key(
        "auto", "Form of the stream; auto is console on a terminal, otherwise json."
    )
    queue: int = key(
        10_000,
        "Lines that may wait for a slow disk or terminal; more are dropped and counted.",
        check=within(100, 10_000_000),
    )
    file: Path | None = key(
        None,
        "Log file, in JSON lines; its folder is made where missing. None without a path.",
    )
    rotation: Rotation = attrs.field(factory=Rotation)
