"""Temporary files beside a backup, and what a killed program has left of them.

Every temporary file and folder is locked (flock) for as long as its program lives. One that nobody
holds was left by a program that was killed, and is removed before the next one is made.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

COPY = ".parlour-copy-"
UNFINISHED = ".unfinished"

# How the files begin that are written here: compressed, or JSON lines.
_BEGINNINGS = (b"", b"\x1f\x8b", b'{"')


class InUse(OSError):
    """Another process writes this file."""


@contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """Make a folder in *parent* that only this user may read; remove it at the end."""
    with _locked(parent):
        _remove_leftovers(parent)
        folder = Path(mkdtemp(dir=parent, prefix=COPY))
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def open_unfinished(path: Path) -> int:
    """Open a file that only this user may read, for writing; return its descriptor.

    Raises `InUse` where another process writes it.
    """
    with _locked(path.parent):
        _remove_leftovers(path.parent)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _lock(handle):
            os.close(handle)
            raise InUse(f"Another process writes {path}")
        os.ftruncate(handle, 0)
    return handle


def _remove_leftovers(folder: Path) -> None:
    for entry in os.scandir(folder):
        is_copy = entry.name.startswith(COPY) and entry.is_dir(follow_symlinks=False)
        is_file = (
            entry.name.startswith(".")
            and entry.name.endswith(UNFINISHED)
            and entry.is_file(follow_symlinks=False)
        )
        if (is_copy or is_file) and entry.stat(follow_symlinks=False).st_uid == os.getuid():
            _remove(Path(entry), is_copy=is_copy)


def _remove(path: Path, *, is_copy: bool) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        if not _lock(handle):
            return
        if is_copy:
            shutil.rmtree(path, ignore_errors=True)
        elif os.read(handle, 2) in _BEGINNINGS:
            path.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other programs from making or removing temporary files in *folder* meanwhile."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
