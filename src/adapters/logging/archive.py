"""
Log files put aside: named by their last line's time, compressed, and limited in number and size.

Names never change afterwards, so nothing has to be shifted. Compressing takes seconds and happens
in a thread of its own; whatever a killed process left undone, the next tidying does.
"""

import fcntl
import gzip
import os
import re
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from parlour.adapters.logging.ports import RotationPolicy

_STAMP = "%Y%m%dT%H%M%S.%fZ"
_STAMP_SHAPE = r"\d{8}T\d{6}\.\d{6}Z"


class Archive:
    """The files put aside of one log file."""

    def __init__(
        self, path: Path, rotation: RotationPolicy, *, on_trouble: Callable[[OSError], None]
    ) -> None:
        self._path = path
        self._rotation = rotation
        self._on_trouble = on_trouble
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._again = False
        self._in_trouble = False
        name, suffix = re.escape(path.stem), re.escape(path.suffix)
        self._shape = re.compile(rf"{name}-{_STAMP_SHAPE}{suffix}(\.gz)?")

    def put_aside(self, last_written: float) -> bool:
        """
        Rename the current file, whose lock must be held; say whether that was possible.

        Where it is not, as in a folder of somebody else, a file that grows is better than none.
        """
        moment = datetime.fromtimestamp(last_written, UTC)
        while (target := self._named(moment)).exists() or _packed(target).exists():
            moment += timedelta(microseconds=1)
        try:
            self._path.rename(target)
        except OSError as error:
            self._report(error)
            return False
        self._in_trouble = False
        self.tidy_soon()
        return True

    def kept(self) -> list[Path]:
        """Return the files put aside, newest first."""
        found = (path for path in self._path.parent.iterdir() if self._shape.fullmatch(path.name))
        return sorted(found, key=lambda path: path.name, reverse=True)

    def tidy_soon(self) -> None:
        """Compress and prune in the background."""
        with self._guard:
            self._again = True
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._keep_tidy, name="log archive", daemon=True
                )
                self._thread.start()

    def revive(self) -> None:
        """Forget a lock and a thread that only the parent process has."""
        self._guard = threading.Lock()
        self._thread = None

    def settle(self, timeout: float) -> None:
        """Wait for the background, at most `timeout` seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def tidy(self) -> None:
        """
        Compress what is not yet, then delete the oldest beyond the limits.

        Raises:
            OSError: a file could not be compressed; deleting went on all the same.
        """
        trouble: OSError | None = None
        if self._rotation.gzip:
            for path in self.kept():
                try:
                    _compress(path)
                except OSError as error:
                    trouble = error
        self._prune()
        if trouble is not None:
            raise trouble

    def _keep_tidy(self) -> None:
        while True:
            with self._guard:
                if not self._again:
                    self._thread = None
                    return
                self._again = False
            try:
                self.tidy()
            except OSError as error:
                self._report(error)

    def _report(self, error: OSError) -> None:
        if not self._in_trouble:
            self._in_trouble = True
            self._on_trouble(error)

    def _prune(self) -> None:
        room = self._rotation.keep_total
        for index, path in enumerate(self.kept()):
            try:
                room -= path.stat().st_size
                if index >= self._rotation.keep or room < 0:
                    path.unlink()
                    _part(path).unlink(missing_ok=True)
            except FileNotFoundError:
                continue  # another process was quicker

    def _named(self, moment: datetime) -> Path:
        return self._path.with_name(
            f"{self._path.stem}-{moment.strftime(_STAMP)}{self._path.suffix}"
        )


def _packed(path: Path) -> Path:
    return path.with_name(f"{path.name}.gz")


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name.removesuffix('.gz')}.part")


def _compress(path: Path) -> None:
    """Compress a file under its lock: the process that waits for it finds it gone."""
    if path.suffix == ".gz":
        return
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return
    with source:
        fcntl.flock(source, fcntl.LOCK_EX)
        if not os.fstat(source.fileno()).st_nlink:
            return
        part = _part(path)
        try:
            with (
                open(part, "wb", opener=_private) as raw,
                gzip.open(raw, "wb", compresslevel=6) as target,
            ):
                shutil.copyfileobj(source, target, 256 * 1024)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        part.rename(_packed(path))
        path.unlink()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
