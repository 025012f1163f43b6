"""What operators want to know of a SQLite database."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from secrets import token_bytes

import attrs
from sqlalchemy import Connection, delete

from parlour.adapters.sql.connection import Database
from parlour.adapters.sql.diagnostics import PROBE, PROBE_BYTES, Diagnostics
from parlour.adapters.sql.schema import VERSION_TABLE
from parlour.adapters.sql.statements import Statement, param
from parlour.adapters.sql.tables import service_keys

_DROP_PROBE = Statement(delete(service_keys).where(service_keys.c.name == param("name")))

_FIXED = (3, 51, 3)


def second_writer_risk() -> str | None:
    """Return what a second program that writes to a file may do to it; None for a fixed release.

    A checkpoint of one connection may reset the WAL under another (https://sqlite.org/wal.html).
    """
    if sqlite3.sqlite_version_info >= _FIXED:
        return None
    return (
        f"SQLite {sqlite3.sqlite_version} can damage a database that two programs write to at the "
        f"same time (fixed in {'.'.join(map(str, _FIXED))})"
    )


@attrs.frozen
class SqliteDiagnostics(Diagnostics):
    """Reads the pragmas of a file.

    *connect* opens it for reading, *database* has the one connection that writes.
    """

    connect: Callable[[], sqlite3.Connection]
    database: Database

    def schema_version(self) -> str | None:
        with closing(self.connect()) as connection:
            tables = connection.execute(
                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (VERSION_TABLE,)
            )
            if not tables.fetchone():
                return None
            row = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()  # noqa: S608
            return row[0] if row else None

    def commit_probe(self) -> None:
        # By the one writer: a second one would compete with it for the file.
        with self.database.writing() as connection:
            connection.run(_DROP_PROBE, name=PROBE)
            connection.insert(service_keys, [(PROBE, token_bytes(PROBE_BYTES))])
            connection.commit()

    def describe(self, connection: Connection) -> str:  # noqa: ARG002 - a library, not a server
        return f"SQLite {sqlite3.sqlite_version}"

    def durability_risks(self, connection: Connection) -> Sequence[str]:
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        if (journal, synchronous) == ("wal", 2):
            return []
        found = f"journal_mode is {journal}, synchronous is {synchronous}"
        return [f"{found}: a power cut may cost messages that were acknowledged"]

    def server_time(self, connection: Connection) -> datetime | None:  # noqa: ARG002 - no server
        return None
