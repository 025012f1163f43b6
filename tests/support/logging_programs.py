"""Programs that log, and what they wrote."""

import json
import os
import subprocess
import sys
from typing import Any


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
