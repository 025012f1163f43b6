"""What the rest of the program needs of a log, and what the log needs of the configuration."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Protocol


class Log(Protocol):
    """
    Writes lines: a constant event and the values that belong to it as fields.

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
    """When a log file is put aside, and what is kept."""

    @property
    def by(self) -> str:
        """`size`, `time` or `never`."""

    @property
    def size(self) -> int:
        """Bytes at which a file ends."""

    @property
    def every(self) -> timedelta:
        """Period that one file holds, counted in UTC."""

    @property
    def keep(self) -> int:
        """Files kept beside the current one."""

    @property
    def keep_total(self) -> int:
        """Most bytes of all files kept."""

    @property
    def gzip(self) -> bool:
        """Whether files put aside are compressed."""


class Policy(Protocol):
    """What is logged, where and how; the section `logging` of the settings fulfils it."""

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
        """Form of the stream: `auto`, `json` or `console`."""

    @property
    def queue(self) -> int:
        """Lines that may wait for each output."""

    @property
    def file(self) -> Path | None:
        """Log file, in JSON lines."""

    @property
    def rotation(self) -> RotationPolicy:
        """When the file is put aside."""
