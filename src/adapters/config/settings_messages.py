"""The settings of what may happen to messages after they were posted."""

# ruff: noqa: RUF009 -- `key` declares a field, as `attrs.field` does

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import attrs

from parlour.adapters.config import units
from parlour.adapters.config.checks import emoji_names, lasting
from parlour.adapters.config.json_schema import load_kinds
from parlour.adapters.config.keys import key

_WINDOW = lasting("0s", "36500d")


def _loads_kinds(schemas: Mapping[str, Path]) -> None:
    load_kinds(schemas)


@attrs.frozen(kw_only=True)
class MessageSettings:
    """What messages may be, and what may happen to them after they were posted."""

    edit_window: timedelta = key(
        units.duration("2d"),
        "How long a message may be edited by its sender; 0s is no limit.",
        reload=True,
        check=_WINDOW,
    )
    recall_window: timedelta = key(
        units.duration("2d"),
        "How long a message may be recalled by its sender; 0s is no limit.",
        reload=True,
        check=_WINDOW,
    )
    custom_emojis: tuple[str, ...] = key(
        (),
        "Names of one's own emojis for reactions, without colons, such as `party-parrot`.",
        reload=True,
        check=emoji_names,
    )
    kinds: Mapping[str, Path] = key(
        {},
        "Kinds of messages of one's own, each with the file of a JSON Schema of its bodies.",
        check=_loads_kinds,
    )
