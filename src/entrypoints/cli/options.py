"""Options that several commands share: where the configuration is, and single keys of it."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

if TYPE_CHECKING:
    from parlour.adapters.config import Loaded

Command = Callable[..., Any]


def configured(command: Command) -> Command:
    """Add `--config` and `--set` to a command; it gets them as `config` and `given`."""
    command = click.option(
        "--set",
        "given",
        metavar="KEY=VALUE",
        multiple=True,
        callback=_read_pairs,
        help="Set one key, such as commits.lanes=2; stronger than the file.",
    )(command)
    return click.option(
        "--config",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        envvar="PARLOUR_CONFIG",
        show_envvar=True,
        help="TOML file with the configuration.",
    )(command)


def load_settings(config: Path | None, given: Mapping[str, object]) -> "Loaded":
    """Load the configuration; print what deserves a second look.

    Raises:
        click.ClickException: it cannot be used; the message names all that is wrong with it.
    """
    from parlour.adapters.config import ConfigError, load

    try:
        loaded = load(config, os.environ, given)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    for warning in loaded.warnings:
        click.echo(f"Warning: {warning}", err=True)
    return loaded


def _read_pairs(
    _context: click.Context, _option: click.Parameter, pairs: tuple[str, ...]
) -> dict[str, object]:
    read: dict[str, object] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator or not key.strip():
            raise click.BadParameter(f"{pair} is not KEY=VALUE")
        read[key.strip()] = value
    return read
