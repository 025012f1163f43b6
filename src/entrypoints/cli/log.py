"""`parlour log` and `parlour reload`: how much the running node says, and what it goes by."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from parlour.entrypoints.cli.control_client import ask_node
from parlour.entrypoints.cli.options import configured, load_settings

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
    """Look at the log of the running node, and tune it."""


@log_group.command()
@click.argument("level", required=False, type=click.Choice(LEVELS))
@click.argument("logger", required=False)
@click.option(
    "--for", "for_", metavar="TIME", callback=_duration, help="Only so long, such as 10m."
)
@configured
def level(
    *,
    config: Path | None,
    given: dict[str, object],
    level: str | None,
    logger: str | None,
    for_: "timedelta | None",
) -> None:
    """Show the levels that stand now, or set one.

    LOGGER is one such as parlour.hub or sqlalchemy, and counts for all below it; without one, all
    of Parlour's own. Without `--for` it stays until the configuration is loaded again.
    """
    settings = load_settings(config, given).settings
    if level is None:
        _show(ask_node(settings, "GET", "/log"))
        return
    order: dict[str, Any] = {"level": level, "logger": logger or "parlour"}
    if for_ is not None:
        order["seconds"] = for_.total_seconds()
    _show(ask_node(settings, "PUT", "/log/levels", order))


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
@configured
def trace(
    *,
    config: Path | None,
    given: dict[str, object],
    user: str,
    for_: "timedelta",
    stop: bool,
) -> None:
    """Let the debug lines of one user through, for a while; USER is a handle or an id."""
    settings = load_settings(config, given).settings
    seconds = 0 if stop else for_.total_seconds()
    _show(ask_node(settings, "PUT", "/log/traces", {"user": user, "seconds": seconds}))


@click.command(name="reload")
@configured
def reload_(config: Path | None, given: dict[str, object]) -> None:
    """Let the running node take over what changed in its configuration.

    Says what was taken over and what needs a restart; where anything is wrong, nothing changes.
    """
    found = ask_node(load_settings(config, given).settings, "POST", "/reload")
    for key in found["applied"]:
        click.echo(f"taken over     {key}")
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
        click.echo(f"{found['dropped']} lines were dropped since the start.", err=True)


def _until(each: dict[str, Any]) -> str:
    if "until" not in each:
        return ""
    return f"  until {datetime.fromisoformat(each['until']):%Y-%m-%d %H:%M:%S} UTC"
