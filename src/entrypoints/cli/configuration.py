"""`parlour config`: shows, checks and documents the configuration."""

import json
from pathlib import Path

import rich_click as click

from parlour.entrypoints.cli.options import configuration_options, load_settings


@click.group(name="config")
def config_group() -> None:
    """Show, check and explain the configuration."""


@config_group.command()
@configuration_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def show(config: Path | None, overrides: dict[str, object], as_json: bool) -> None:
    """Show every key with its value and where that came from; secrets are masked."""
    from parlour.adapters.config import describe

    loaded = load_settings(config, overrides)
    lines = describe(loaded.settings, loaded.origins)
    if as_json:
        for line in lines:
            entry = {"key": line.key, "value": line.value, "origin": line.origin}
            click.echo(json.dumps(entry, ensure_ascii=False))
        return
    pairs = [f"{line.key} = {line.value}" for line in lines]
    width = min(60, max(map(len, pairs)))
    for pair, line in zip(pairs, lines, strict=True):
        click.echo(f"{pair:{width}}  # {line.origin}")


@config_group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Report everything that is wrong with a file; exit code 1 if anything is.

    Environment variables count, as for the service.
    """
    load_settings(file, {})
    click.echo(f"{file} is valid.")


@config_group.command()
def docs() -> None:
    """Print the reference of all keys, in Markdown."""
    from parlour.adapters.config import reference_markdown

    click.echo(reference_markdown(), nl=False)
