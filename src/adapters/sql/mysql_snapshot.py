"""The whole of a MySQL or MariaDB database."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs
from pymysql.cursors import SSCursor
from sqlalchemy.dialects.mysql.pymysql import dialect

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.database_snapshot import DatabaseAccess, Snapshot
from parlour.adapters.sql.mysql_address import MysqlAddress
from parlour.adapters.sql.values import Row

_PATIENCE = 86_400.0
"""Seconds to wait for an answer: a large table may take a while."""


@attrs.frozen
class MysqlVault(DatabaseAccess):
    """Reads in one transaction that sees a single moment; rows are sent as they are taken."""

    address: MysqlAddress
    wrap: Callable[[Any], Connection]

    @contextmanager
    def snapshot(self, room: Path) -> Iterator[Snapshot]:  # noqa: ARG002 - the server keeps the moment
        isolation = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        # Slow disks on our side must not make the server give up.
        patient = f"SET SESSION net_write_timeout = {int(_PATIENCE)}"
        with closing(self.address.connect(isolation, patient, answer=_PATIENCE)) as driver:
            driver.query("START TRANSACTION WITH CONSISTENT SNAPSHOT")

            def run(text: str) -> Iterator[Row]:
                with driver.cursor(SSCursor) as cursor:
                    cursor.execute(text)
                    yield from cursor.fetchall_unbuffered()

            yield Snapshot(dialect(), run)

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        with closing(self.address.connect(answer=_PATIENCE)) as driver:
            connection = self.wrap(driver)
            connection.begin()
            yield connection
