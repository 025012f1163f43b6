"""`parlour db`: the tables of the database, and what is in them."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from parlour.entrypoints.cli.open_storage import open_container
from parlour.entrypoints.cli.options import configuration_options, load_settings

if TYPE_CHECKING:
    from parlour.adapters.config import Settings


@click.group()
def db() -> None:
    """Show and upgrade the version of the database tables, find and mend damage."""


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


@db.command()
@configuration_options
@click.option("--repair", is_flag=True, help="Mend what can be mended without inventing.")
def check(config: Path | None, overrides: dict[str, object], repair: bool) -> None:
    """Find damaged logs, while the service runs; exit code 1 if there are any.

    Finds heads that are not at the end of their log, events that are missing, marks beyond the
    end, and rows whose conversation does not exist. With --repair heads are moved up and marks
    down; what is lost stays lost. On SQLite, stop the service before a repair.
    """
    from parlour.adapters.sql import SqlStorage
    from parlour.adapters.sql.log_check import check_logs, repair_logs

    settings = load_settings(config, overrides).settings
    with open_container(settings) as container, ExitStack() as held:
        storage = container.storage()
        if not isinstance(storage, SqlStorage):
            raise click.ClickException(f"The storage {settings.storage.backend} has no tables.")
        storage.check()
        engine = storage.schema.engine
        if repair:
            held.callback(_lock(settings))
            click.echo(f"Mended {repair_logs(engine)} rows.")
        found = list(check_logs(engine))
    for each in found:
        click.echo(f"{each.subject}: {each.text}{' (--repair mends it)' * each.is_mendable}")
    if found:
        raise click.ClickException(f"{len(found)} logs or rows are damaged.")
    click.echo("All logs are sound.")


def _lock(settings: "Settings") -> Callable[[], None]:
    from parlour.entrypoints.listening import CannotServe
    from parlour.entrypoints.operation.startup_checks import lock_sqlite_file

    try:
        return lock_sqlite_file(settings)
    except CannotServe:
        raise click.ClickException(
            f"A process serves {settings.storage.sqlite.path}: stop it before the repair."
        ) from None
