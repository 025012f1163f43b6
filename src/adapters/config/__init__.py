"""
The configuration of Parlour: defaults < TOML file < `PARLOUR__SECTION__KEY` < command line.

Lives here: the tree of settings, which is the one truth about every key (type, default, limits,
meaning, whether it may change while running), and what reads it: loading, showing, the reference,
the comparison for a reload.

May import it: entrypoints. Other adapters get plain values from the container.
"""

from parlour.adapters.config.describing import (
    Changes,
    Line,
    changes,
    describe,
    reference_markdown,
    take_over,
)
from parlour.adapters.config.loading import Loaded, load
from parlour.adapters.config.problems import ConfigError, Problem
from parlour.adapters.config.settings import Settings
from parlour.adapters.config.units import Size, duration, format_duration, format_size, size
from parlour.adapters.config.values import Secret, Url

__all__ = [
    "Changes",
    "ConfigError",
    "Line",
    "Loaded",
    "Problem",
    "Secret",
    "Settings",
    "Size",
    "Url",
    "changes",
    "describe",
    "duration",
    "format_duration",
    "format_size",
    "load",
    "reference_markdown",
    "size",
    "take_over",
]
