"""The problems that loading invalid settings reports."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from parlour.adapters.config import ConfigError, load


def problems(
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> list[str]:
    """Load invalid settings; return the reported problems."""
    with pytest.raises(ConfigError) as caught:
        load(path, environ or {}, overrides or {})
    return [str(problem) for problem in caught.value.problems]
