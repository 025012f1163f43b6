"""`parlour log` and `parlour reload`: log levels and configuration of the running node."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from parlour.entrypoints.cli.control_client import call_node
from parlour.entrypoints.cli.options import configuration_options, load_settings

if TYPE_CHECKING:
    from datetime import timedelta

LEVELS = ("debug", "info", "warning", "error", "critical")


def _duration(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> "timedelta | None":
    from parlour.adapters.config import duration

    try:
        return None if text is None else duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.group(name="log")
def log_group() -> None:
    """Show and change what the running node logs."""


@log_group.command()
@click.argument("level", required=False, type=click.Choice(LEVELS))
@click.argument("logger", required=False)
@click.option(
    "--for", "for_", metavar="TIME", callback=_duration, help="For a limited time, such as 10m."
)
@configuration_options
def level(
    *,
    config: Path | None,
    overrides: dict[str, object],
    level: str | None,
    logger: str | None,
    for_: "timedelta | None",
) -> None:
    """Show the log levels, or set one.

    LOGGER is a name such as parlour.socket or sqlalchemy, and includes all loggers below it; the
    default is all of Parlour. Without `--for`, the level stays until the next reload.
    """
    settings = load_settings(config, overrides).settings
    if level is None:
        _show(call_node(settings, "GET", "/log"))
        return
    order: dict[str, Any] = {"level": level, "logger": logger or "parlour"}
    if for_ is not None:
        order["seconds"] = for_.total_seconds()
    _show(call_node(settings, "PUT", "/log/levels", order))


@log_group.command()
@click.argument("user")
@click.option(
    "--for",
    "for_",
    metavar="TIME",
    default="10m",
    show_default=True,
    callback=_duration,
    help="How long.",
)
@click.option("--stop", is_flag=True, help="Stop it now.")
@configuration_options
def trace(
    *,
    config: Path | None,
    overrides: dict[str, object],
    user: str,
    for_: "timedelta",
    stop: bool,
) -> None:
    """Log the debug lines of one user for a limited time; USER is a handle or an id."""
    settings = load_settings(config, overrides).settings
    seconds = 0 if stop else for_.total_seconds()
    _show(call_node(settings, "PUT", "/log/traces", {"user": user, "seconds": seconds}))


@click.command(name="reload")
@configuration_options
def reload_(config: Path | None, overrides: dict[str, object]) -> None:
    """Reload the configuration of the running node.

    Prints the keys that were applied and those that need a restart. If anything is wrong, nothing
    changes.
    """
    found = call_node(load_settings(config, overrides).settings, "POST", "/reload")
    for key in found["applied"]:
        click.echo(f"applied        {key}")
    for key in found["needs_restart"]:
        click.echo(f"needs restart  {key}")
    if not found["applied"] and not found["needs_restart"]:
        click.echo("Nothing has changed.")


def _show(found: dict[str, Any]) -> None:
    for each in found["levels"]:
        click.echo(f"{each['level']:9} {each['logger']}{_until(each)}")
    for each in found["traced"]:
        click.echo(f"{'debug':9} user {each['user']}{_until(each)}")
    if found["dropped"]:
        click.echo(f"{found['dropped']} log lines were dropped since the start.", err=True)


def _until(each: dict[str, Any]) -> str:
    if "until" not in each:
        return ""
    return f"  until {datetime.fromisoformat(each['until']):%Y-%m-%d %H:%M:%S} UTC"
