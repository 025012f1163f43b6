"""
The configuration of Parlour: defaults < TOML file < `PARLOUR__SECTION__KEY` < command line.

Lives here: the settings, which declare every key (type, default, limits, meaning, whether it can
be reloaded), and what is derived from them: loading, showing, the reference, reloading.

May import it: entrypoints. Other adapters get plain values from the container.
"""

from parlour.adapters.config.describing import (
    ConfigChanges,
    SettingLine,
    changes,
    describe,
    reference_markdown,
    take_over,
)
from parlour.adapters.config.loading import Loaded, load
from parlour.adapters.config.problems import ConfigError, ConfigProblem
from parlour.adapters.config.settings import Settings
from parlour.adapters.config.units import Size, duration, format_duration, format_size, size
from parlour.adapters.config.values import Secret, Url

__all__ = [
    "ConfigChanges",
    "ConfigError",
    "ConfigProblem",
    "Loaded",
    "Secret",
    "SettingLine",
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
