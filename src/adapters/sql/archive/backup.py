"""Backups: written while the service runs, checked, and restored into an empty database."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from tempfile import gettempdir

from sqlalchemy import Table

from parlour.adapters.sql.archive.backup_format import BackupInfo, Reader, write_snapshot
from parlour.adapters.sql.archive.content_checks import ContentChecks
from parlour.adapters.sql.archive.files import new_file, require_current, require_empty
from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.database_snapshot import STEP, Progress
from parlour.adapters.sql.leftovers import temporary_folder
from parlour.adapters.sql.schema import VERSIONS
from parlour.adapters.sql.sqlite import open_sqlite
from parlour.adapters.sql.storage import SqlStorage
from parlour.adapters.sql.stores import SqlStores
from parlour.adapters.sql.tables import metadata
from parlour.adapters.sql.values import Row


def write_backup(
    storage: SqlStorage, path: Path, *, made_at: str, made_by: str, progress: Progress
) -> BackupInfo:
    """Write everything that *storage* holds at this moment to a new file, and check the file.

    Raises `ArchiveRefused` where a file is at *path* already, or where the tables are not of this
    version.
    """
    require_current(storage)
    with new_file(path) as (file, unfinished):
        with storage.bulk.snapshot(path.parent) as snapshot:
            write_snapshot(snapshot, file, made_at=made_at, made_by=made_by, progress=progress)
        file.flush()
        return check_backup(unfinished, progress)


def check_backup(path: Path, progress: Progress) -> BackupInfo:
    """Read a backup to its end; raise `ArchiveRefused` where it cannot be restored."""
    with Reader(path) as reader:
        return reader.read(lambda _table, _rows: None, progress, "checking")


def restore_backup(
    storage: SqlStorage,
    path: Path,
    *,
    afterwards: Callable[[SqlStores, BackupInfo], None],
    progress: Progress,
    unchecked: bool = False,
) -> BackupInfo:
    """Fill an empty database with a backup, all of it or nothing; make its tables if need be.

    A backup of an older release is brought to this version first, in a temporary file. The
    work of *afterwards* is done in the same transaction. Raises `ArchiveRefused` for a file that
    is damaged or of a newer release, for a database that is not empty and, unless *unchecked*, for
    rows that the domain would refuse, with the line (of a backup of this release) or the table.
    """
    info = check_backup(path, progress)
    storage.migrate()
    with storage.bulk.fill() as connection:
        require_empty(connection)
        checks = None if unchecked else ContentChecks(path)
        if info.tables == VERSIONS[-1]:
            _restore(path, connection, progress, checks)
        else:
            _restore_older(path, info.tables, connection, progress, checks)
        if checks is not None:
            checks.finish()
        afterwards(SqlStores(connection), info)
        connection.commit()
    return info


def _restore(
    path: Path, into: Connection, progress: Progress, checks: ContentChecks | None
) -> None:
    with Reader(path) as reader:

        def put(table: Table, rows: list[Row]) -> None:
            if checks is not None:
                checks.take(table, rows, reader.number - len(rows) + 1)
            into.insert(table, rows)

        reader.read(put, progress, "restoring")


def _restore_older(
    path: Path, version: str, into: Connection, progress: Progress, checks: ContentChecks | None
) -> None:
    """Let the migrations upgrade the rows in a SQLite file of our own, then copy them.

    So there is no second description of what changed between two versions, and the database is
    filled in one transaction, which migrations on MySQL would break.
    """
    with (
        temporary_folder(Path(gettempdir())) as folder,
        closing(open_sqlite(folder / "older.db")) as older,
    ):
        older.schema.migrate(version)
        with older.bulk.fill() as connection:
            _restore(path, connection, progress, None)
            connection.commit()
        older.migrate()
        # The folder itself is locked.
        (folder / "snapshot").mkdir()
        with older.bulk.snapshot(folder / "snapshot") as snapshot:
            for table in metadata.sorted_tables:
                total, done = snapshot.count(table), 0
                for rows in _batches(snapshot.rows(table)):
                    if checks is not None:
                        checks.take(table, rows)
                    into.insert(table, rows)
                    done += len(rows)
                    progress(f"upgrading {table.name}", done, total)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while batch := list(islice(left, STEP)):
        yield batch
