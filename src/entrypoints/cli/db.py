"""`parlour db`: the tables of the database."""

from pathlib import Path

import rich_click as click

from parlour.entrypoints.cli.open_storage import open_container
from parlour.entrypoints.cli.options import configuration_options, load_settings


@click.group()
def db() -> None:
    """Show and upgrade the version of the database tables."""


@db.command()
@configuration_options
def upgrade(config: Path | None, overrides: dict[str, object]) -> None:
    """Upgrade the tables to the version that this release needs.

    Several nodes may run it at once: one upgrades, the others wait.
    """
    settings = load_settings(config, overrides).settings
    with open_container(settings) as container:
        storage = container.storage()
        before = storage.schema_state()
        storage.migrate()
        after = storage.schema_state()
        if before is None or after is None:
            click.echo(f"The storage {settings.storage.backend} has no tables to upgrade.")
            return
    if before == after:
        click.echo(f"The tables have version {after.current} already.")
    else:
        said = f"now; before it was {before.current or 'none'}"
        click.echo(f"The tables have version {after.current} {said}.")


@db.command()
@configuration_options
def status(config: Path | None, overrides: dict[str, object]) -> None:
    """Show the version of the tables; exit code 1 if it is not the one needed."""
    settings = load_settings(config, overrides).settings
    path = settings.storage.sqlite.path
    if settings.storage.backend == "sqlite" and not path.exists():
        raise click.ClickException(f"There is no {path}: the first start creates it.")
    with open_container(settings) as container:
        storage = container.storage()
        state = storage.schema_state()
        if state is None:
            click.echo(f"The storage {settings.storage.backend} has no tables.")
            return
    click.echo(f"The tables have version {state.current or 'none'}, {state.needed} is needed.")
    if state.is_newer:
        raise click.ClickException("A newer release upgraded them: run that one.")
    if not state.is_current:
        raise click.ClickException("Run `parlour db upgrade`.")
