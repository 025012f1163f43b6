"""`parlour backup`, `restore`, `export`, `import`: all of a database as one file, and back."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from parlour import DISTRIBUTION
from parlour.entrypoints.cli.open_storage import opened
from parlour.entrypoints.cli.operator_session import operator
from parlour.entrypoints.cli.options import configured, load_settings

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
@configured
def backup(config: Path | None, given: dict[str, object], file: Path) -> None:
    """Write everything to one new FILE, while the service runs; then read it back to check it.

    The file holds all that the service knows, the hashes of passwords among it: keep it as safe as
    the database. `parlour restore` fills any of the databases with it.
    """
    from parlour.adapters.sql.archive import write_backup
    from parlour.domain.administration import Action
    from parlour.domain.kernel.time import rfc3339

    with _archiving(config, given) as (container, storage, progress):
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
@configured
def restore(config: Path | None, given: dict[str, object], file: Path, check: bool) -> None:
    """Fill an empty database with a backup: all of it, or nothing.

    Makes the tables if need be. Takes backups of older releases. Refuses a database that is not
    empty, and a file that is damaged, cut off, or of a newer release. Let no service run on the
    database meanwhile.
    """
    from parlour.adapters.sql.archive import BackupInfo, check_backup, restore_backup
    from parlour.adapters.sql.stores import SqlStores
    from parlour.domain.administration import Action

    if check:
        with _progress() as progress, _refusals():
            info = check_backup(file, progress)
        click.echo(
            f"{file} is whole: {info.rows:,} rows, made at {info.made_at} by {info.made_by}."
        )
        return
    with _archiving(config, given, alone=True) as (container, storage, progress):
        audit_writer = _scribe(container)

        def afterwards(stores: SqlStores, info: BackupInfo) -> None:
            audit_writer(
                stores, operator(), Action.RESTORED, None, rows=info.rows, made_at=info.made_at
            )

        info = restore_backup(storage, file, afterwards=afterwards, progress=progress)
    click.echo(f"Restored {info.rows:,} rows from {file}, made at {info.made_at}.")


@click.command()
@_NEW
@configured
def export(config: Path | None, given: dict[str, object], file: Path) -> None:
    """Write users, conversations and messages as JSON lines to one new FILE.

    For people and other programs; docs/reference/export.md describes the lines. Passwords,
    sessions and the audit log are not in it.
    """
    from parlour.adapters.sql.archive import write_export
    from parlour.domain.administration import Action

    with _archiving(config, given) as (container, storage, progress):
        storage.check()
        lines = write_export(
            storage, file, made_at=container.clock()(), made_by=_program(), progress=progress
        )
        container.use_cases().record_audit(operator(), Action.EXPORTED, lines=lines)
    click.echo(f"Wrote {lines:,} lines to {file}.")


@click.command(name="import")
@_OLD
@configured
def import_(config: Path | None, given: dict[str, object], file: Path) -> None:
    """Fill an empty database with an export: all of it, or nothing.

    Nobody has a password then: `parlour user reset-password` gives new ones. Refuses a database
    that is not empty, and a file whose numbers do not add up, naming the line.
    """
    from parlour.adapters.sql.archive import read_import
    from parlour.adapters.sql.stores import SqlStores
    from parlour.domain.administration import Action

    with _archiving(config, given, alone=True) as (container, storage, progress):
        audit_writer = _scribe(container)

        def afterwards(stores: SqlStores, lines: int) -> None:
            audit_writer(stores, operator(), Action.IMPORTED, None, lines=lines)

        lines = read_import(storage, file, afterwards=afterwards, progress=progress)
    click.echo(f"Imported {lines:,} lines from {file}. Nobody has a password yet.")


def _program() -> str:
    return f"{DISTRIBUTION} {version(DISTRIBUTION)}"


def _scribe(container: "Container") -> "AuditWriter":
    from parlour.domain.administration import AuditWriter

    return AuditWriter(clock=container.clock(), new_id=container.new_id())


@contextmanager
def _archiving(
    config: Path | None, given: dict[str, object], *, alone: bool = False
) -> Iterator[tuple["Container", "SqlStorage", "Progress"]]:
    """Give the storage of the configuration, and a way to show progress.

    *alone* refuses a SQLite file that a service runs on, and keeps one from beginning to.
    """
    from parlour.adapters.sql import SqlStorage

    settings = load_settings(config, given).settings
    with ExitStack() as held:
        if alone:
            held.enter_context(_lonely(settings))
        container = held.enter_context(opened(settings))
        progress = held.enter_context(_progress())
        storage = container.storage()
        if not isinstance(storage, SqlStorage):
            raise click.ClickException(
                f"The storage {settings.storage.backend} cannot be archived: "
                "use what its makers offer."
            )
        with _refusals():
            yield container, storage, progress


@contextmanager
def _lonely(settings: "Settings") -> Iterator[None]:
    from parlour.entrypoints.listening import CannotServe
    from parlour.entrypoints.operation.startup_checks import stay_alone

    try:
        leave = stay_alone(settings)
    except CannotServe as problem:
        raise click.ClickException(f"{problem} Stop the service first.") from None
    try:
        yield
    finally:
        leave()


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell in one line why a file or a database was refused."""
    from parlour.adapters.sql.archive import ArchiveRefused

    try:
        yield
    except ArchiveRefused as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        where = problem.filename or "The file"
        raise click.ClickException(f"{where}: {problem.strerror or problem}") from None


@contextmanager
def _progress() -> Iterator["Progress"]:
    """Show a bar on a terminal for what is worked on; say nothing to scripts."""
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
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        bar = shown.add_task("reading", total=None)
        yield lambda what, done, total: shown.update(
            bar, description=what, completed=done, total=total
        )
