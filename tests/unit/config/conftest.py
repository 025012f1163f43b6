"""A configuration file that only its owner can read."""

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "parlour.toml"
        path.write_text(text)
        path.chmod(0o600)
        return path

    return write
