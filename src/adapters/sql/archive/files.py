"""What backups and exports have in common: a file that is whole or absent, and refusals."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.leftovers import UNFINISHED, InUse, open_unfinished
from parlour.adapters.sql.schema import refuse_newer
from parlour.adapters.sql.statements import Statement
from parlour.adapters.sql.storage import SqlStorage
from parlour.adapters.sql.tables import metadata


class ArchiveRefused(Exception):
    """The file or the database is not as it must be; the message says what to do."""


@contextmanager
def new_file(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Give a file to write and the path it has meanwhile; it gets the name *path* at the end.

    Nothing is at *path* before all of it is on the disk, and nothing is left after an error; what
    a killed program left in the folder is removed. Only the owner may read the file. Raises
    `ArchiveRefused` where a file is there already, or another process writes it.
    """
    if path.exists():
        raise ArchiveRefused(f"{path} exists already: choose another name.")
    unfinished = path.with_name(f".{path.name}{UNFINISHED}")
    try:
        handle = open_unfinished(unfinished)
    except InUse as error:
        raise ArchiveRefused(f"{error}: wait for it, or choose another name.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, unfinished
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename it fails where somebody else's file has come to be there.
        os.link(unfinished, path)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def require_current(storage: SqlStorage) -> None:
    """Raise `ArchiveRefused` or `SchemaMismatch` where the tables are of another version."""
    state = storage.schema_state()
    refuse_newer(state)
    if not state.is_current:
        raise ArchiveRefused("The tables are not up to date: run `parlour db upgrade`.")


def require_empty(connection: Connection) -> None:
    """Raise `ArchiveRefused` where any table has a row."""
    for table in metadata.sorted_tables:
        if connection.run(Statement(table.select().limit(1))):
            raise ArchiveRefused(
                f"The database is not empty: {table.name} has rows. Restore into a fresh one."
            )
