"""Several processes share one log file."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

from parlour.adapters.config.settings_logging import Rotation
from parlour.adapters.config.units import size
from parlour.adapters.logging.archive import Archive

WRITERS, LINES = 4, 3000


def test_many_processes_never_corrupt_a_file_that_is_rotated_all_the_time(path: Path) -> None:
    """Every line of every process is there once, whole, and in its process's order."""
    program = f"""
import json, sys
from collections import deque
from pathlib import Path
from parlour.adapters.config.settings_logging import Rotation
from parlour.adapters.logging.archive import Archive
from parlour.adapters.logging.file import LogFile
path = Path({str(path)!r})
rotation = Rotation(by="size", size=16384, keep=100000, keep_total=2**40, gzip=True)
archive = Archive(path, rotation, on_error=lambda error: sys.exit(str(error)))
file = LogFile(path, rotation, archive)
sys.stdin.read()
for start in range(0, {LINES}, 10):
    file.write(deque(
        json.dumps([sys.argv[1], number, "x" * (number % 97)]).encode() + b"\\n"
        for number in range(start, start + 10)
    ))
file.close()
archive.settle(60)
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(name)], stdin=subprocess.PIPE)
        for name in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0] * WRITERS

    rotation = Rotation(by="size", size=size("4KiB"), keep=100, gzip=True)
    archive = Archive(path, rotation, on_error=lambda error: None)
    archive.clean_up()
    files = [*reversed(archive.rotated_files()), path]
    assert len(files) > 20
    seen: dict[str, list[int]] = {}
    for file in files:
        content = (gzip.decompress if file.suffix == ".gz" else bytes)(file.read_bytes())
        for line in content.splitlines():
            name, number, filling = json.loads(line)
            assert len(filling) == number % 97
            seen.setdefault(name, []).append(number)
    assert seen == {str(name): list(range(LINES)) for name in range(WRITERS)}
