"""
Load the settings: defaults < TOML file < environment < command line.

Everything that is wrong is said at once. A file named by a `…_file` key is read here, so that the
rest of the program sees the secret and never where it lies.
"""

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from parlour.adapters.config.converting import read_text, read_value
from parlour.adapters.config.keys import catalog
from parlour.adapters.config.problems import ConfigError, ConfigProblem
from parlour.adapters.config.rules import broken_rules
from parlour.adapters.config.settings import Settings
from parlour.adapters.config.sources import (
    Given,
    Leaves,
    from_command_line,
    from_environ,
    from_file,
)
from parlour.adapters.config.values import holds_secret

DEFAULT = "default"
_MAX_SECRET = 64 * 1024


@attrs.frozen(kw_only=True)
class Loaded:
    """Valid settings, the origin of each key, and warnings."""

    settings: Settings
    origins: Mapping[str, str]
    warnings: tuple[ConfigProblem, ...] = ()


def load(path: Path | None, environ: Mapping[str, str], overrides: Mapping[str, object]) -> Loaded:
    """
    Load the settings from a file, the environment and the command line.

    `overrides` maps dotted keys to values (text is read by the type of the key); None in it stands
    for an option that was not given. The origins map every dotted key to `default`, `FILE:LINE`,
    the name of a variable or an option, or the file that held a secret.

    Raises:
        ConfigError: something in them is wrong; it names all of it.
    """
    draft = _Draft()
    if path is not None:
        leaves, unknown = from_file(path)
        draft.overlay(leaves, unknown)
    draft.overlay(*from_environ(environ))
    draft.overlay(*from_command_line(overrides))
    draft.read_values()
    if path is not None and _is_world_readable(path):
        draft.warn_of_secrets_in(path)
    draft.read_secret_files()
    settings: Settings = _build(Settings, draft.values)
    draft.apply_rules(settings)
    if draft.problems:
        raise ConfigError(draft.problems)
    return Loaded(settings=settings, origins=draft.origins(), warnings=tuple(draft.warnings))


@attrs.define
class _Draft:
    """A configuration that is being read: given values, valid values, and problems."""

    given: dict[str, Given] = attrs.field(factory=dict)
    values: dict[str, Any] = attrs.field(factory=dict)
    problems: list[ConfigProblem] = attrs.field(factory=list)
    warnings: list[ConfigProblem] = attrs.field(factory=list)

    def overlay(self, leaves: Leaves, unknown: list[ConfigProblem]) -> None:
        """Add a layer that overrides the former ones; a secret and its file replace each other."""
        self.problems += unknown
        for name, leaf in leaves.items():
            twin = _twin(name)
            if twin is None:
                self.given[name] = leaf
                continue
            self.given.pop(name, None)
            if leaf.value == "":
                continue
            if twin in leaves and leaves[twin].value != "":
                if name.endswith("_file"):
                    message = f"{name} and {twin} are both given: keep one"
                    self.problems.append(ConfigProblem(leaf.where, message))
                continue
            self.given.pop(twin, None)
            self.given[name] = leaf

    def read_values(self) -> None:
        for name, leaf in self.given.items():
            try:
                self.values[name] = _value(name, leaf)
            except ValueError as error:
                self.problems.append(ConfigProblem(leaf.where, f"{name} {error}"))

    def warn_of_secrets_in(self, path: Path) -> None:
        for name, value in self.values.items():
            where = self.given[name].where
            if holds_secret(value) and where.startswith(f"{path}:"):
                message = (
                    f"everybody on this machine can read {path}, which holds {name}: "
                    f"chmod o-r {path}, or use {name}_file"
                )
                self.warnings.append(ConfigProblem(where, message))

    def read_secret_files(self) -> None:
        files = [name for name in self.values if _twin(name) and name.endswith("_file")]
        for name in files:
            path: Path | None = self.values[name]
            if path is None:
                continue
            where = self.given[name].where
            target = name.removesuffix("_file")
            try:
                self.given[target] = Given(_read_secret(path), f"the file {path}")
                self.values[target] = _value(target, self.given[target])
            except ValueError as error:
                self.problems.append(ConfigProblem(where, f"{name}: the file {path} {error}"))
                continue
            if _is_world_readable(path):
                message = f"everybody on this machine can read {path}: chmod o-r {path}"
                self.warnings.append(ConfigProblem(where, message))

    def apply_rules(self, settings: Settings) -> None:
        origins = self.origins()
        for broken in broken_rules(settings):
            # Rules about a key with an invalid value would only repeat the problem.
            if any(name in self.given and name not in self.values for name in broken.keys):
                continue
            # Name a place in the configuration rather than a default.
            places = sorted((origins[name] for name in broken.keys), key=DEFAULT.__eq__)
            chosen = self.warnings if broken.is_warning else self.problems
            chosen.append(ConfigProblem(places[0], broken.message))

    def origins(self) -> Mapping[str, str]:
        where = {name: leaf.where for name, leaf in self.given.items()}
        return {name: where.get(name, DEFAULT) for name in catalog(Settings)}


def _twin(name: str) -> str | None:
    """Return the other key of a pair such as `password` and `password_file`."""
    other = name.removesuffix("_file") if name.endswith("_file") else f"{name}_file"
    return other if other in catalog(Settings) else None


def _value(name: str, leaf: Given) -> object:
    key = catalog(Settings)[name]
    if leaf.is_text and isinstance(leaf.value, str):
        value = read_text(leaf.value, key.type)
    else:
        value = read_value(leaf.value, key.type)
    if key.facts.check is not None:
        key.facts.check(value)
    return value


def _build(section: Any, values: Mapping[str, Any], prefix: str = "") -> Any:
    fields = {}
    for attribute in attrs.fields(section):
        name = f"{prefix}{attribute.name}"
        if name not in catalog(Settings):
            fields[attribute.name] = _build(attribute.type, values, f"{name}.")
        elif name in values:
            fields[attribute.name] = values[name]
    return section(**fields)


def _read_secret(path: Path) -> str:
    """
    Return the text of a file without the white space around it.

    Raises:
        ValueError: the file cannot be read or holds no secret; "the file PATH" precedes the text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_SECRET + 1)
        text = content.decode("utf-8-sig").strip()
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError("must be text in UTF-8") from None
    if not text:
        raise ValueError("must hold the secret, and is empty")
    if len(content) > _MAX_SECRET:
        raise ValueError("is too long for a secret")
    return text


def _is_world_readable(path: Path) -> bool:
    """Return whether users other than the owner and the group may read the file."""
    return bool(path.stat().st_mode & stat.S_IROTH)
