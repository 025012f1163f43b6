"""Options that several commands share: the configuration file and single keys."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

if TYPE_CHECKING:
    from parlour.adapters.config import Loaded

Command = Callable[..., Any]


def configuration_options(command: Command) -> Command:
    """Add `--config` and `--set` to a command, as arguments `config` and `overrides`."""
    command = click.option(
        "--set",
        "overrides",
        metavar="KEY=VALUE",
        multiple=True,
        callback=_read_pairs,
        help="Set one key, such as commits.lanes=2; overrides the file.",
    )(command)
    return click.option(
        "--config",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        envvar="PARLOUR_CONFIG",
        show_envvar=True,
        help="TOML file with the configuration.",
    )(command)


def load_settings(config: Path | None, overrides: Mapping[str, object]) -> "Loaded":
    """Load the configuration and print its warnings.

    Raises:
        click.ClickException: the configuration is wrong; the message names every error.
    """
    from parlour.adapters.config import ConfigError, load

    try:
        loaded = load(config, os.environ, overrides)
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
