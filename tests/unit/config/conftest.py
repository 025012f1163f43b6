"""A configuration file that only its owner can read."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from parlour.adapters.config import ConfigError, load

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "parlour.toml"
        path.write_text(text)
        path.chmod(0o600)
        return path

    return write


def problems(
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> list[str]:
    """Load invalid settings; return the reported problems."""
    with pytest.raises(ConfigError) as caught:
        load(path, environ or {}, overrides or {})
    return [str(problem) for problem in caught.value.problems]
