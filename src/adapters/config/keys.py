"""
Declaring keys of the configuration: their meaning, limits, and whether they can be reloaded.

`key` declares one in a section; `catalog` lists all keys of the settings by their dotted names.
Loading, showing, reloading and the reference are derived from it.
"""

import functools
from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from parlour.adapters.config.checks import Check

T = TypeVar("T")
_FACTS = "parlour.config"


@attrs.frozen(kw_only=True)
class KeyMetadata:
    """Metadata of a key beside its type and default."""

    meaning: str
    reload: bool
    check: Check | None


@attrs.frozen(kw_only=True)
class Key:
    """One key of the configuration."""

    name: str
    type: Any
    default: object
    facts: KeyMetadata


def key(default: T, meaning: str, *, reload: bool = False, check: Check | None = None) -> T:
    """Declare a key: its default, one line of meaning, its limits, whether it may be reloaded."""
    facts = KeyMetadata(meaning=meaning, reload=reload, check=check)

    def judge(_instance: object, attribute: "attrs.Attribute[T]", value: T) -> None:
        if check is not None:
            try:
                check(value)
            except ValueError as error:
                raise ValueError(f"{attribute.name} {error}") from None

    declared: T = attrs.field(default=default, validator=judge, metadata={_FACTS: facts})
    return declared


@functools.cache
def catalog(section: type, prefix: str = "") -> Mapping[str, Key]:
    """Return every key at and below a section, dotted name to key, in the order declared."""
    found: dict[str, Key] = {}
    for attribute in attrs.fields(section):
        name = f"{prefix}{attribute.name}"
        if facts := attribute.metadata.get(_FACTS):
            found[name] = Key(
                name=name, type=attribute.type, default=attribute.default, facts=facts
            )
        else:
            found.update(catalog(attribute.type, f"{name}."))
    return found


@functools.cache
def sections(section: type, prefix: str = "") -> Mapping[str, type]:
    """Return every section below a section, dotted name to class, in the order declared."""
    found: dict[str, type] = {}
    for attribute in attrs.fields(section):
        if _FACTS not in attribute.metadata:
            name = f"{prefix}{attribute.name}"
            found[name] = attribute.type
            found.update(sections(attribute.type, f"{name}."))
    return found


def read(settings: object, name: str) -> Any:
    """Return the value of a dotted name in the settings."""
    return functools.reduce(getattr, name.split("."), settings)
