"""Programs that tests start: where they are found, and what was waived."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache"
# Where `./dev test` unpacks Debian packages when it does not run as root.
UNPACKED = CACHE / "root"

_SYSTEM = ("/usr/local/sbin", "/usr/sbin", "/sbin")
WAIVED = frozenset(filter(None, os.environ.get("PARLOUR_TEST_WAIVE", "").split(",")))


def unless_waived(name: str) -> None:
    """Skip the test that needs *name*, where the run leaves it out."""
    if name in WAIVED:
        pytest.skip(f"{name} is waived by PARLOUR_TEST_WAIVE")


class Missing(Exception):
    """A program that the tests need is not installed."""


@attrs.frozen
class Program:
    """An executable and the environment it needs."""

    path: Path
    env: Mapping[str, str]

    @property
    def share(self) -> Path:
        """The `share` folder of the tree in which the program is installed."""
        return self.path.resolve().parent.parent / "share"


def find_program(names: Sequence[str], *, package: str) -> Program:
    """
    Return the first of `names` found on PATH, in the system's folders or unpacked in the cache.

    Raises:
        Missing: none is there; the message names the Debian package and the way out.
    """
    folders = [*os.get_exec_path(), *_SYSTEM]
    unpacked = [str(UNPACKED / "usr" / part) for part in ("sbin", "lib/chromium", "bin")]
    for search, env in ((folders, {}), (unpacked, _unpacked_env())):
        for name in names:
            if found := shutil.which(name, path=os.pathsep.join(search)):
                return Program(path=Path(found), env=env)
    raise Missing(
        f"{names[0]} is not installed: run ./dev test once, install the Debian package "
        f"{package}, or waive it by name in PARLOUR_TEST_WAIVE"
    )


def _unpacked_env() -> Mapping[str, str]:
    libraries = (*UNPACKED.glob("usr/lib/**/*.so*"), *UNPACKED.glob("lib/**/*.so*"))
    return {
        "LD_LIBRARY_PATH": os.pathsep.join(sorted({str(found.parent) for found in libraries})),
        "FONTCONFIG_PATH": str(UNPACKED / "etc" / "fonts"),
        "XDG_DATA_HOME": str(UNPACKED / "usr" / "share"),
    }
