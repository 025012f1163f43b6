"""
The backup: one compressed file of JSON lines that every database of ours can be filled from.

The first line says what it is. Before the rows of each table, arrays, stands a line that names
the table, its columns, those of them that are bytes (base64), and how many rows come. The last
line has the SHA-256 of everything before it, so a file that was cut off or damaged is never taken.
"""

import gzip
import hashlib
import os
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Self

import attrs
import msgspec
from msgspec import Struct
from sqlalchemy import BINARY, LargeBinary, Table

from parlour.adapters.sql.archive.problems import ArchiveRefused
from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.database_snapshot import STEP, Progress
from parlour.adapters.sql.schema import VERSIONS, refuse_newer
from parlour.adapters.sql.statements import Statement
from parlour.adapters.sql.storage import SqlStorage
from parlour.adapters.sql.stores import SqlStores
from parlour.adapters.sql.tables import metadata
from parlour.adapters.sql.values import Row

FORMAT = "parlour-backup"
VERSION = 1

_BYTES = BINARY | LargeBinary


class Head(Struct, forbid_unknown_fields=True):
    """The first line."""

    format: str
    version: int
    tables: str
    made_at: str
    made_by: str


class TableHead(Struct, forbid_unknown_fields=True):
    """The line before the rows of a table."""

    table: str
    columns: list[str]
    bytes: list[str]
    rows: int


class End(Struct, forbid_unknown_fields=True):
    """The last line."""

    end: bool
    rows: int
    sha256: str


@attrs.frozen(kw_only=True)
class BackupInfo:
    """What a backup says of itself."""

    made_at: str
    made_by: str
    tables: str
    rows: int


def write_backup(
    storage: SqlStorage, path: Path, *, made_at: str, made_by: str, progress: Progress
) -> BackupInfo:
    """Write everything that *storage* keeps at this moment to a new file, and check the file.

    Nothing stands at *path* before all of it is on the disk. Raises `ArchiveRefused` where a file
    stands there already, or where the tables are not of this version.
    """
    state = storage.schema_state()
    refuse_newer(state)
    if not state.is_current:
        raise ArchiveRefused("The tables are not up to date: run `parlour db upgrade`.")
    if path.exists():
        raise ArchiveRefused(f"{path} exists already: choose another name.")
    unfinished = path.with_name(f".{path.name}.unfinished")
    head = Head(FORMAT, VERSION, VERSIONS[-1], made_at, made_by)
    try:
        with os.fdopen(
            os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        ) as file:
            _write(storage, file, head, path.parent, progress)
            file.flush()
            os.fsync(file.fileno())
        info = check_backup(unfinished, progress)
        # Unlike a rename it fails where somebody else's file has come to stand there.
        os.link(unfinished, path)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    return info


def check_backup(path: Path, progress: Progress) -> BackupInfo:
    """Read a backup to its end; raise `ArchiveRefused` where it cannot be restored."""
    with Reader(path) as reader:
        return reader.read(lambda _head, _rows: None, progress, "checking")


def restore_backup(
    storage: SqlStorage,
    path: Path,
    *,
    afterwards: Callable[[SqlStores, BackupInfo], None],
    progress: Progress,
) -> BackupInfo:
    """Fill an empty database with a backup, all of it or nothing; make its tables if need be.

    *afterwards* is done in the same transaction. Raises `ArchiveRefused` for a file that is not
    whole or not of this version, and for a database that is not empty.
    """
    check_backup(path, progress)
    storage.migrate()
    with storage.vault.filling() as connection:
        require_empty(connection)

        def put(head: TableHead, rows: list[Row]) -> None:
            connection.insert(metadata.tables[head.table], rows)

        with Reader(path) as reader:
            info = reader.read(put, progress, "restoring")
        afterwards(SqlStores(connection), info)
        connection.commit()
    return info


def require_empty(connection: Connection) -> None:
    """Raise `ArchiveRefused` where any table has a row."""
    for table in metadata.sorted_tables:
        if connection.run(Statement(table.select().limit(1))):
            raise ArchiveRefused(
                f"The database is not empty: {table.name} has rows. Restore into a fresh one."
            )


def _write(
    storage: SqlStorage, file: BinaryIO, head: Head, room: Path, progress: Progress
) -> None:
    digest, total = hashlib.sha256(), 0
    with (
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed,
        storage.vault.snapshot(room) as snapshot,
    ):

        def line(value: Any) -> None:
            written = msgspec.json.encode(value) + b"\n"
            digest.update(written)
            packed.write(written)

        line(head)
        for table in metadata.sorted_tables:
            rows = snapshot.count(table)
            line(_table_head(table, rows))
            for done, row in enumerate(snapshot.rows(table), 1):
                line(row)
                if done % STEP == 0 or done == rows:
                    progress(table.name, done, rows)
            total += rows
        packed.write(msgspec.json.encode(End(True, total, digest.hexdigest())) + b"\n")


def _table_head(table: Table, rows: int) -> TableHead:
    # SQLAlchemy has names of a type of its own.
    columns = {str(column.name): column.type for column in table.columns}
    kept_as_bytes = [name for name, kind in columns.items() if isinstance(kind, _BYTES)]
    return TableHead(str(table.name), list(columns), kept_as_bytes, rows)


class Reader:
    """Reads a backup from its first line to its last; whatever is wrong with it is a refusal."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = gzip.GzipFile(path, "rb")
        self._digest = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def read(
        self, put: Callable[[TableHead, list[Row]], None], progress: Progress, deed: str
    ) -> BackupInfo:
        """Give all rows to *put*, `STEP` at a time; raise `ArchiveRefused`."""
        try:
            return self._read(put, progress, deed)
        except (EOFError, OSError, ValueError, zlib.error, _Damaged) as error:
            # What msgspec, zlib and gzip say of a damaged file helps nobody.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise ArchiveRefused(
                f"{self._path} is not a whole backup: it is damaged or was cut off."
            ) from error

    def _read(
        self, put: Callable[[TableHead, list[Row]], None], progress: Progress, deed: str
    ) -> BackupInfo:
        head = self._head()
        total = 0
        for table in metadata.sorted_tables:
            found = msgspec.json.decode(self._line(), type=TableHead)
            if found != _table_head(table, found.rows):
                raise _Damaged
            for done, rows in self._rows(found):
                put(found, rows)
                progress(f"{deed} {table.name}", done, found.rows)
            total += found.rows
        said = self._digest.hexdigest()
        end = msgspec.json.decode(self._line(), type=End)
        if (end.rows, end.sha256) != (total, said) or self._file.readline():
            raise _Damaged
        return BackupInfo(
            made_at=head.made_at, made_by=head.made_by, tables=head.tables, rows=total
        )

    def _head(self) -> Head:
        try:
            head = msgspec.json.decode(self._line(), type=Head)
        except (ValueError, _Damaged, gzip.BadGzipFile, zlib.error, EOFError):
            raise ArchiveRefused(f"{self._path} is not a backup of Parlour.") from None
        if head.format != FORMAT:
            raise ArchiveRefused(f"{self._path} is not a backup of Parlour.")
        if head.version > VERSION or head.tables > VERSIONS[-1]:
            raise ArchiveRefused(
                f"A newer release made this backup ({head.made_by}, tables {head.tables}): "
                "restore it with that one."
            )
        if head.tables != VERSIONS[-1]:
            raise ArchiveRefused(
                f"An older release made this backup ({head.made_by}, tables {head.tables}): "
                "restore it with that one, then run `parlour db upgrade` with this one."
            )
        return head

    def _rows(self, head: TableHead) -> Iterator[tuple[int, list[Row]]]:
        places = [head.columns.index(name) for name in head.bytes]
        width, batch = len(head.columns), list[Row]()
        for done in range(1, head.rows + 1):
            row = msgspec.json.decode(self._line(), type=list[Any])
            if len(row) != width:
                raise _Damaged
            for place in places:
                if row[place] is not None:
                    row[place] = b64decode(row[place], validate=True)
            batch.append(row)
            if len(batch) == STEP or done == head.rows:
                yield done, batch
                batch = []

    def _line(self) -> bytes:
        line = self._file.readline()
        if not line.endswith(b"\n"):
            raise _Damaged
        self._digest.update(line)
        return line


class _Damaged(Exception):
    """The file is not what `write_backup` writes."""
