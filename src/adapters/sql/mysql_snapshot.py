"""Bulk access to a MySQL or MariaDB database, for backups."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs
from pymysql.cursors import SSCursor
from sqlalchemy.dialects.mysql.pymysql import dialect

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.database_snapshot import BulkAccess, DatabaseSnapshot
from parlour.adapters.sql.mysql_address import MysqlAddress
from parlour.adapters.sql.values import Row

_BULK_TIMEOUT = 86_400.0
"""Seconds to wait for an answer: a large table may take long."""


@attrs.frozen
class MysqlBulkAccess(BulkAccess):
    """Reads one snapshot in one transaction; rows are streamed (unbuffered cursor)."""

    address: MysqlAddress
    wrap: Callable[[Any], Connection]

    @contextmanager
    def snapshot(self, folder: Path) -> Iterator[DatabaseSnapshot]:  # noqa: ARG002 - the server keeps the snapshot
        isolation = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        # A slow disk of ours must not make the server close the connection.
        write_timeout = f"SET SESSION net_write_timeout = {int(_BULK_TIMEOUT)}"
        with closing(
            self.address.connect(isolation, write_timeout, answer_timeout=_BULK_TIMEOUT)
        ) as driver:
            driver.query("START TRANSACTION WITH CONSISTENT SNAPSHOT")

            def run(text: str) -> Iterator[Row]:
                with driver.cursor(SSCursor) as cursor:
                    cursor.execute(text)
                    yield from cursor.fetchall_unbuffered()

            yield DatabaseSnapshot(dialect(), run)

    @contextmanager
    def fill(self) -> Iterator[Connection]:
        with closing(self.address.connect(answer_timeout=_BULK_TIMEOUT)) as driver:
            connection = self.wrap(driver)
            connection.begin()
            yield connection
