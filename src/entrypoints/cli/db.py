"""`parlour db`: the tables of the database."""

from pathlib import Path

import rich_click as click

from parlour.entrypoints.cli.open_storage import opened
from parlour.entrypoints.cli.options import configured, load_settings


@click.group()
def db() -> None:
    """Look at the database and bring it up to date."""


@db.command()
@configured
def upgrade(config: Path | None, given: dict[str, object]) -> None:
    """Bring the tables to the version that this program needs.

    Safe to run on several nodes at once: one does it, the others wait.
    """
    settings = load_settings(config, given).settings
    with opened(settings) as container:
        storage = container.storage()
        before = storage.schema_state()
        storage.migrate()
        after = storage.schema_state()
        if before is None or after is None:
            click.echo(
                f"The storage {settings.storage.backend} has no tables to bring up to date."
            )
            return
    if before == after:
        click.echo(f"The tables have version {after.current} already.")
    else:
        said = f"now; before it was {before.current or 'none'}"
        click.echo(f"The tables have version {after.current} {said}.")


@db.command()
@configured
def status(config: Path | None, given: dict[str, object]) -> None:
    """Say which version the tables have; exit code 1 where it is not the one needed."""
    settings = load_settings(config, given).settings
    path = settings.storage.sqlite.path
    if settings.storage.backend == "sqlite" and not path.exists():
        raise click.ClickException(f"There is no {path}: the first start makes it.")
    with opened(settings) as container:
        storage = container.storage()
        state = storage.schema_state()
        if state is None:
            click.echo(f"The storage {settings.storage.backend} has no tables.")
            return
    click.echo(f"The tables have version {state.current or 'none'}, {state.needed} is needed.")
    if state.is_newer:
        raise click.ClickException("A newer release has been here: run that one.")
    if not state.is_current:
        raise click.ClickException("Run `parlour db upgrade`.")
