"""
The file format of backups: compressed JSON lines that every database of ours can be filled from.

The first line says what it is. Before the rows of each table, arrays, comes a line that names
the table, its columns, those of them that are bytes (base64), and how many rows follow. The last
line has the SHA-256 of everything before it, so a file that was cut off or damaged is never taken.
"""

import gzip
import hashlib
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self

import attrs
import msgspec
from msgspec import Struct
from sqlalchemy import BINARY, LargeBinary, Table

from parlour.adapters.sql.archive.files import ArchiveRefused
from parlour.adapters.sql.database_snapshot import STEP, DatabaseSnapshot, Progress
from parlour.adapters.sql.schema import VERSIONS, tables_of
from parlour.adapters.sql.tables import metadata
from parlour.adapters.sql.values import Row

FORMAT = "parlour-backup"
VERSION = 1

_BYTES = BINARY | LargeBinary


class BackupHeader(Struct, forbid_unknown_fields=True):
    """The first line; *tables* is the version of the tables."""

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
    """What a backup says of itself; *tables* is the version of its tables."""

    made_at: str
    made_by: str
    tables: str
    rows: int


def write_snapshot(
    snapshot: DatabaseSnapshot, file: BinaryIO, *, made_at: str, made_by: str, progress: Progress
) -> None:
    """Write all tables of *snapshot* to *file*."""
    digest, total = hashlib.sha256(), 0
    with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:

        def line(value: Any) -> None:
            written = msgspec.json.encode(value) + b"\n"
            digest.update(written)
            packed.write(written)

        line(BackupHeader(FORMAT, VERSION, VERSIONS[-1], made_at, made_by))
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
        self.number = 0
        """Number of the line that was read last, from 1."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def read(
        self, put: Callable[[Table, list[Row]], None], progress: Progress, action: str
    ) -> BackupInfo:
        """Give all rows to *put*, at most `STEP` at a time, with the table as it was then.

        *action* is passed to *progress*. Raises `ArchiveRefused`.
        """
        try:
            return self._read(put, progress, action)
        except (EOFError, OSError, ValueError, zlib.error, _Damaged) as error:
            # What msgspec, zlib and gzip say of a damaged file helps nobody.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise ArchiveRefused(
                f"{self._path} is not a whole backup: it is damaged or was cut off."
            ) from error

    def _read(
        self, put: Callable[[Table, list[Row]], None], progress: Progress, action: str
    ) -> BackupInfo:
        head = self._head()
        total = 0
        for table in tables_of(head.tables).sorted_tables:
            found = msgspec.json.decode(self._line(), type=TableHead)
            if found != _table_head(table, found.rows):
                raise _Damaged
            for done, rows in self._rows(found):
                put(table, rows)
                progress(f"{action} {table.name}", done, found.rows)
            total += found.rows
        said = self._digest.hexdigest()
        end = msgspec.json.decode(self._line(), type=End)
        if (end.rows, end.sha256) != (total, said) or self._file.readline():
            raise _Damaged
        return BackupInfo(
            made_at=head.made_at, made_by=head.made_by, tables=head.tables, rows=total
        )

    def _head(self) -> BackupHeader:
        try:
            head = msgspec.json.decode(self._line(), type=BackupHeader)
        except (ValueError, _Damaged, gzip.BadGzipFile, zlib.error, EOFError):
            raise ArchiveRefused(f"{self._path} is not a backup of Parlour.") from None
        if head.format != FORMAT:
            raise ArchiveRefused(f"{self._path} is not a backup of Parlour.")
        if head.version > VERSION or head.tables not in VERSIONS:
            raise ArchiveRefused(
                f"A newer release made this backup ({head.made_by}, tables {head.tables}): "
                "restore it with that one."
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
        self.number += 1
        return line


class _Damaged(Exception):
    """The file is not what `write_snapshot` writes."""
