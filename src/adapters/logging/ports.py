"""The interface of a logger, and the settings that logging reads."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Protocol


class Log(Protocol):
    """
    Writes lines: a constant event, and its values as fields.

    No call raises, waits for a disk, or needs the event loop.
    """

    def debug(self, event: str, /, **fields: object) -> None: ...

    def info(self, event: str, /, **fields: object) -> None: ...

    def warning(self, event: str, /, **fields: object) -> None: ...

    def error(self, event: str, /, **fields: object) -> None: ...

    def critical(self, event: str, /, **fields: object) -> None: ...

    def exception(self, event: str, /, **fields: object) -> None:
        """Write an error with the traceback of the exception being handled."""

    def bind(self, **fields: object) -> "Log":
        """Return a log that adds these fields to every line."""


class RotationPolicy(Protocol):
    """When a log file is rotated, and how many rotated files are kept."""

    @property
    def by(self) -> str:
        """`size`, `time` or `never`."""

    @property
    def size(self) -> int:
        """Maximum size of a file in bytes."""

    @property
    def every(self) -> timedelta:
        """Period that one file holds, counted in UTC."""

    @property
    def keep(self) -> int:
        """Rotated files to keep."""

    @property
    def keep_total(self) -> int:
        """Maximum size of all rotated files in bytes."""

    @property
    def gzip(self) -> bool:
        """Whether rotated files are compressed."""


class LoggingPolicy(Protocol):
    """What is logged, where and how; implemented by the section `logging` of the settings."""

    @property
    def level(self) -> str:
        """Lowest level of Parlour's own lines."""

    @property
    def levels(self) -> Mapping[str, str]:
        """Levels of single loggers."""

    @property
    def stream(self) -> str:
        """`stderr`, `stdout` or `off`."""

    @property
    def format(self) -> str:
        """Format of the stream: `auto`, `json` or `console`."""

    @property
    def queue(self) -> int:
        """Lines that may wait for each output."""

    @property
    def file(self) -> Path | None:
        """Log file, in JSON lines."""

    @property
    def rotation(self) -> RotationPolicy:
        """When the file is rotated."""
