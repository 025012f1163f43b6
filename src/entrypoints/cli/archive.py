"""`parlour backup`, `restore`, `export`, `import`: a whole database as one file, and back."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from parlour import DISTRIBUTION
from parlour.entrypoints.cli.open_storage import open_container
from parlour.entrypoints.cli.operator_session import operator
from parlour.entrypoints.cli.options import configuration_options, load_settings
from parlour.entrypoints.cli.os_errors import explain

if TYPE_CHECKING:
    from parlour.adapters.config import Settings
    from parlour.adapters.sql import SqlStorage
    from parlour.adapters.sql.archive import Progress
    from parlour.domain.administration import AuditWriter
    from parlour.entrypoints.container import Container

_NEW = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_OLD = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command()
@_NEW
@configuration_options
def backup(config: Path | None, overrides: dict[str, object], file: Path) -> None:
    """Write the whole database to a new FILE, while the service runs, and check the file.

    The file contains everything, including the hashes of passwords: protect it like the database.
    `parlour restore` fills any of the supported databases with it.
    """
    from parlour.adapters.sql.archive import write_backup
    from parlour.domain.administration import Action
    from parlour.domain.kernel.time import rfc3339

    with _archive_session(config, overrides) as (container, storage, progress):
        storage.check()
        info = write_backup(
            storage,
            file,
            made_at=rfc3339(container.clock()()),
            made_by=_program(),
            progress=progress,
        )
        container.use_cases().record_audit(operator(), Action.BACKED_UP, rows=info.rows)
    size = file.stat().st_size
    click.echo(f"Wrote {info.rows:,} rows to {file} ({size:,} bytes); the file was read back.")


@click.command()
@_OLD
@click.option("--check", is_flag=True, help="Only read the file and say whether it is whole.")
@click.option(
    "--unchecked",
    is_flag=True,
    help="Restore also what the service would have refused: to rescue a damaged database.",
)
@configuration_options
def restore(
    *,
    config: Path | None,
    overrides: dict[str, object],
    file: Path,
    check: bool,
    unchecked: bool,
) -> None:
    """Fill an empty database with a backup: all of it, or nothing.

    Makes the tables if need be. Takes backups of older releases. Refuses a database that is not
    empty, and a file that is damaged, cut off, of a newer release, or that holds what the service
    would have refused, naming the line. Let no service run on the database meanwhile.
    """
    from parlour.adapters.sql.archive import BackupInfo, check_backup, restore_backup
    from parlour.adapters.sql.stores import SqlStores
    from parlour.domain.administration import Action

    if check:
        with _progress() as progress, _readable_refusals():
            info = check_backup(file, progress)
        click.echo(
            f"{file} is whole: {info.rows:,} rows, made at {info.made_at} by {info.made_by}."
        )
        return
    with _archive_session(config, overrides, exclusive=True) as (container, storage, progress):
        audit_writer = _audit_writer(container)

        def afterwards(stores: SqlStores, info: BackupInfo) -> None:
            audit_writer(
                stores, operator(), Action.RESTORED, None, rows=info.rows, made_at=info.made_at
            )

        info = restore_backup(
            storage, file, afterwards=afterwards, progress=progress, unchecked=unchecked
        )
    click.echo(f"Restored {info.rows:,} rows from {file}, made at {info.made_at}.")


@click.command()
@_NEW
@configuration_options
def export(config: Path | None, overrides: dict[str, object], file: Path) -> None:
    """Write users, conversations and messages as JSON lines to a new FILE.

    For other programs; docs/reference/export.md describes the lines. Passwords, sessions and the
    audit log are not exported.
    """
    from parlour.adapters.sql.archive import write_export
    from parlour.domain.administration import Action

    with _archive_session(config, overrides) as (container, storage, progress):
        storage.check()
        lines = write_export(
            storage, file, made_at=container.clock()(), made_by=_program(), progress=progress
        )
        container.use_cases().record_audit(operator(), Action.EXPORTED, lines=lines)
    click.echo(f"Wrote {lines:,} lines to {file}.")


@click.command(name="import")
@_OLD
@configuration_options
def import_(config: Path | None, overrides: dict[str, object], file: Path) -> None:
    """Fill an empty database with an export: all of it, or nothing.

    Imported users have no password: set one with `parlour user reset-password`. Refuses a database
    that is not empty, and a file that says what the service would have refused, naming the line.
    Names that nobody can see are replaced and reported.
    """
    from parlour.adapters.sql.archive import read_import
    from parlour.adapters.sql.stores import SqlStores
    from parlour.domain.administration import Action

    with _archive_session(config, overrides, exclusive=True) as (container, storage, progress):
        audit_writer = _audit_writer(container)

        replaced: list[str] = []

        def afterwards(stores: SqlStores, lines: int) -> None:
            audit_writer(stores, operator(), Action.IMPORTED, None, lines=lines)

        lines = read_import(
            storage, file, afterwards=afterwards, progress=progress, report=replaced.append
        )
    for what in replaced:
        click.echo(f"Warning: {file}: {what}", err=True)
    click.echo(f"Imported {lines:,} lines from {file}. Nobody has a password yet.")


def _program() -> str:
    return f"{DISTRIBUTION} {version(DISTRIBUTION)}"


def _audit_writer(container: "Container") -> "AuditWriter":
    from parlour.domain.administration import AuditWriter

    return AuditWriter(clock=container.clock(), new_id=container.new_id())


@contextmanager
def _archive_session(
    config: Path | None, overrides: dict[str, object], *, exclusive: bool = False
) -> Iterator[tuple["Container", "SqlStorage", "Progress"]]:
    """Open the configured storage and a progress bar.

    *exclusive* refuses a SQLite file that a service uses, and keeps a service from starting on it.
    """
    from parlour.adapters.sql import SqlStorage

    settings = load_settings(config, overrides).settings
    with ExitStack() as held:
        if exclusive:
            held.enter_context(_exclusive(settings))
        container = held.enter_context(open_container(settings))
        progress = held.enter_context(_progress())
        storage = container.storage()
        if not isinstance(storage, SqlStorage):
            raise click.ClickException(
                f"The storage {settings.storage.backend} cannot be archived by Parlour: "
                "use its own tools."
            )
        with _readable_refusals():
            yield container, storage, progress


@contextmanager
def _exclusive(settings: "Settings") -> Iterator[None]:
    from parlour.entrypoints.listening import CannotServe
    from parlour.entrypoints.operation.startup_checks import lock_sqlite_file

    try:
        unlock = lock_sqlite_file(settings)
    except CannotServe as problem:
        raise click.ClickException(f"{problem} Stop the service first.") from None
    try:
        yield
    finally:
        unlock()


@contextmanager
def _readable_refusals() -> Iterator[None]:
    """Turn refusals and file errors into one readable line."""
    from parlour.adapters.sql.archive import ArchiveRefused

    try:
        yield
    except ArchiveRefused as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise click.ClickException(explain(problem)) from None


@contextmanager
def _progress() -> Iterator["Progress"]:
    """Show a progress bar on a terminal until the work is done; print nothing elsewhere."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:32}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    can_draw = console.is_terminal and not console.is_dumb_terminal
    with Progress(*columns, console=console, transient=True, disable=not can_draw) as shown:
        bar = shown.add_task("reading", total=None)
        yield lambda what, done, total: shown.update(
            bar, description=what, completed=done, total=total
        )
