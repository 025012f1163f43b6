"""
Show the configuration, write its reference, and compare two configurations for a reload.

All of it is derived from the types of the settings.
"""

from collections.abc import Iterator, Mapping
from inspect import getdoc
from typing import Any

import attrs

from parlour.adapters.config.converting import show_value, type_name
from parlour.adapters.config.keys import catalog, read, sections
from parlour.adapters.config.settings import Settings
from parlour.adapters.config.sources import PREFIX


@attrs.frozen(kw_only=True)
class SettingLine:
    """A key with its effective value, as TOML with secrets masked, and where it comes from."""

    key: str
    value: str
    origin: str


@attrs.frozen(kw_only=True)
class ConfigChanges:
    """The keys in which two configurations differ."""

    reloadable: tuple[str, ...]
    needs_restart: tuple[str, ...]


def describe(settings: Settings, origins: Mapping[str, str]) -> tuple[SettingLine, ...]:
    """Return every key with its value and origin, in the order of the reference."""
    return tuple(
        SettingLine(
            key=name, value=show_value(read(settings, name), key.type), origin=origins[name]
        )
        for name, key in catalog(Settings).items()
    )


def changes(old: Settings, new: Settings) -> ConfigChanges:
    """Return the keys that differ, those that can be reloaded apart from the others."""
    differing = [
        key for name, key in catalog(Settings).items() if read(old, name) != read(new, name)
    ]
    return ConfigChanges(
        reloadable=tuple(key.name for key in differing if key.facts.reload),
        needs_restart=tuple(key.name for key in differing if not key.facts.reload),
    )


def take_over(running: Settings, given: Settings) -> Settings:
    """Return *running* with the values of *given* for the keys that can be reloaded."""
    merged: Settings = _merged(running, given, "")
    return merged


def _merged(running: Any, given: Any, prefix: str) -> Any:
    keys = catalog(Settings)
    merged: dict[str, Any] = {}
    for attribute in attrs.fields(type(running)):
        name = f"{prefix}{attribute.name}"
        old, new = getattr(running, attribute.name), getattr(given, attribute.name)
        if name not in keys:
            merged[attribute.name] = _merged(old, new, f"{name}.")
        elif keys[name].facts.reload:
            merged[attribute.name] = new
    return attrs.evolve(running, **merged)


def reference_markdown() -> str:
    """Return the reference of all keys: docs/reference/configuration.md."""
    return "\n".join([*_INTRODUCTION, *_reference()]) + "\n"


_INTRODUCTION = (
    "# Configuration",
    "",
    "<!-- Written by `parlour config docs` from the types of the settings; change it there. -->",
    "",
    "A setting comes from its default, a TOML file, the environment or the command line; later",
    "ones win. The variable of a key is its name in capitals, with two underscores between the",
    f"parts: `server.port` is `{PREFIX}SERVER__PORT`. Lists are written there with commas or as",
    'JSON, tables as `name=value` pairs or as JSON. A duration has a unit (`"250ms"`, `"15m"`,',
    '`"1h30m"`, `"30d"`), and so has a size (`"64KiB"` is 65536 bytes, `"64KB"` 64000). A rate is',
    'so many a second, minute, hour or day, and so many at once (`"20/s burst 60"`, `"10/m"`). A',
    "path is relative to the folder in which the service starts. Unknown keys are refused.",
    "",
    "*Reload* says whether SIGHUP and the admin API take a changed value over while the service",
    "runs; the others need a restart. `parlour config show` prints the effective values and where",
    "each came from, `parlour config check FILE` says what is wrong with a file.",
)


def _reference() -> Iterator[str]:
    for section, kind in sections(Settings).items():
        yield from ("", f"## [{section}]", "", getdoc(kind) or "", "")
        yield "| key | type | default | meaning | reload |"
        yield "|---|---|---|---|---|"
        for name, key in catalog(Settings).items():
            above, _, short = name.rpartition(".")
            if above == section:
                default = show_value(key.default, key.type)
                reload = "yes" if key.facts.reload else "no"
                cells = (
                    f"`{short}`",
                    type_name(key.type),
                    f"`{default}`",
                    key.facts.meaning,
                    reload,
                )
                yield f"| {' | '.join(cells)} |"
