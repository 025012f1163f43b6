"""A plain mistake of the operator is one sentence with the way out, never a traceback."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from parlour.entrypoints.listening import listen
from tests.support.chat_processes import PARLOUR

SERVE = ("serve", "--port", "0", "--ops-port", "0")


@pytest.fixture
def taken() -> Iterator[str]:
    with closing(listen("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


def error_of(folder: Path, words: Sequence[str], out: Path | None = None) -> str:
    """Run a command that fails; return the last line on standard error."""
    with (out or folder / "out").open("w") as file:
        done = subprocess.run(
            [PARLOUR, *words], cwd=folder, stdout=file, stderr=subprocess.PIPE,
            check=False, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", [SERVE, ("user", "list")], ids=["serve", "user list"])
@pytest.mark.parametrize(
    ("path", "advice"),
    [(".", "name a file, not a folder"), ("/proc/x.db", "name a path in a folder that exists")],
)
def test_a_database_that_cannot_be_a_file(
    tmp_path: Path, command: Sequence[str], path: str, advice: str
) -> None:
    error = error_of(tmp_path, [*command, "--set", f"storage.sqlite.path={path}"])

    assert error.startswith("Error: ")
    assert advice in error


def test_the_port_of_operators_is_taken(tmp_path: Path, taken: str) -> None:
    error = error_of(tmp_path, [*SERVE, "--storage", "memory", "--ops-port", taken])

    assert f"Cannot listen on 127.0.0.1:{taken}" in error


def test_standard_output_is_full(tmp_path: Path) -> None:
    error = error_of(tmp_path, ["config", "docs"], Path("/dev/full"))

    assert error == "Error: No space left on device; make room on the disk."


def test_a_database_without_tables(tmp_path: Path) -> None:
    error = error_of(tmp_path, ["user", "list"])

    assert error.startswith("Error: The tables have version none")
    assert error.endswith("run `parlour db upgrade`")
