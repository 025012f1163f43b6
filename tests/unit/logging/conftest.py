"""A log of its own for each test, and the lines that it wrote."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from parlour.adapters.config.settings_logging import LoggingSettings as Section
from parlour.adapters.config.settings_logging import Rotation
from parlour.adapters.logging import LoggingSubsystem, start

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "parlour.log"


@pytest.fixture
def policy(path: Path) -> Section:
    return Section(file=path, stream="off", rotation=Rotation(by="never"))


@pytest.fixture
def running(policy: Section) -> Iterator[LoggingSubsystem]:
    started = start(attrs.evolve(policy, level="debug"))
    yield started
    started.close()


@pytest.fixture
def lines(running: LoggingSubsystem, path: Path) -> Lines:
    def read() -> list[dict[str, Any]]:
        assert running.flush()
        return [json.loads(line) for line in path.read_text().splitlines()]

    return read


@pytest.fixture(autouse=True)
def _leaves_the_standard_library_as_found() -> Iterator[None]:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, logging.getLogger("parlour").level)
    yield
    assert before == (list(root.handlers), root.level, logging.getLogger("parlour").level)


@pytest.fixture
def closing() -> Iterator[list[LoggingSubsystem]]:
    started: list[LoggingSubsystem] = []
    yield started
    for each in started:
        each.close()


def run(program: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a program that has `policy(**changes)` for the settings of logging."""
    prelude = """
import logging, os, sys
from pathlib import Path
from parlour.adapters.config.settings import LoggingSettings
from parlour.adapters.config.settings_logging import Rotation
from parlour.adapters.logging import bind, bound, get_logger, log, start
"""
    return subprocess.run(
        [sys.executable, "-c", prelude + program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environ},
    )


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]
