"""Disks of a few megabytes that one server has to itself, to be filled while it runs.

`MountedDisk` is a file system in memory, mounted where that server alone sees it. Where this
machine lets nobody mount, `LimitedDisk` does what any machine can: no file of the server grows.
"""

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Protocol

from tests.support.programs import Program

MEGABYTES = 8


class Disk(Protocol):
    """A folder that can run full."""

    folder: Path

    def under(self, program: Program, arguments: Sequence[str]) -> tuple[Program, Sequence[str]]:
        """Return the program and its arguments that run *program* with this disk."""
        ...

    def fill(self, pid: int) -> None:
        """Fill the disk for the server *pid*."""
        ...

    def free(self, pid: int) -> None:
        """Free the space again."""
        ...


KindOfDisk = Callable[[Path], Disk]


class LimitedDisk(Disk):
    """Limits the size of files to that of the largest open one (RLIMIT_FSIZE)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def under(self, program: Program, arguments: Sequence[str]) -> tuple[Program, Sequence[str]]:
        # The write fails as on a full disk; the signal SIGXFSZ would end the server.
        deaf = ["sh", "-c", 'trap "" XFSZ && exec "$0" "$@"', str(program.path), *arguments[1:]]
        return Program(Path("/bin/sh"), program.env), deaf

    def fill(self, pid: int) -> None:
        opened = [each for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_file()]
        _limit(pid, max((each.stat().st_size for each in opened), default=0))

    def free(self, pid: int) -> None:
        _limit(pid, resource.RLIM_INFINITY)


class MountedDisk(Disk):
    """A file system of `MEGABYTES`, mounted in a mount namespace of the server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def under(self, program: Program, arguments: Sequence[str]) -> tuple[Program, Sequence[str]]:
        mounted = [*_mount(self.folder), str(program.path), *arguments[1:]]
        return Program(Path(mounted[0]), program.env), mounted

    def fill(self, pid: int) -> None:
        with self._filler(pid).open("ab", buffering=0) as filler:
            for size in (64 * 1024, 4096):
                with suppress(OSError):
                    while filler.write(bytes(size)) == size:
                        pass

    def free(self, pid: int) -> None:
        self._filler(pid).unlink()

    def _filler(self, pid: int) -> Path:
        return Path(f"/proc/{pid}/root{self.folder}/filler")


@cache
def can_mount() -> bool:
    """Return whether this machine allows mounting a file system."""
    if not shutil.which("unshare"):
        return False
    tried = [*_mount(Path("/mnt")), "true"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def kinds_of_disk() -> list[KindOfDisk]:
    """Return the kinds of disk that this machine supports, at least one."""
    return [LimitedDisk, MountedDisk] if can_mount() else [LimitedDisk]


def _mount(folder: Path) -> list[str]:
    """Return a command prefix that mounts a small disk at *folder*."""
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    mount = f'mount -t tmpfs -o size={MEGABYTES}m,mode=700 parlour "$0" && exec "$@"'
    unshare = shutil.which("unshare") or "unshare"
    return [unshare, "--mount", *rights, "sh", "-c", mount, str(folder)]


def _limit(pid: int, soft: int) -> None:
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if soft < 0 else soft, hard))
