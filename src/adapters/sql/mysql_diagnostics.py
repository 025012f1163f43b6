"""What operators want to know of a MySQL or MariaDB."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

import attrs
import pymysql
from pymysql.constants import ER
from sqlalchemy import Connection

from parlour.adapters.sql.diagnostics import PROBE, PROBE_BYTES, Diagnostics
from parlour.adapters.sql.mysql_address import MysqlAddress
from parlour.adapters.sql.schema import VERSION_TABLE
from parlour.adapters.sql.tables import service_keys

PROBE_TIMEOUT = 2.0
"""Seconds that a health check waits for a connection, and again for the answer."""

# Settings that cost messages in a power cut: which values do, and how.
_RISKS = (
    ("innodb_flush_log_at_trx_commit", {"0", "2"}, "a power cut costs the last second"),
    ("innodb_flush_method", {"nosync", "littlesync"}, "nothing is forced to the disk"),
    ("innodb_doublewrite", {"OFF", "0", "DETECT_ONLY"}, "a power cut may leave torn pages"),
    ("sync_binlog", {"0"}, "a power cut may lose on a replica what was acknowledged"),
)


@attrs.frozen
class MysqlDiagnostics(Diagnostics):
    """Reads status and variables of the server at *address*."""

    address: MysqlAddress

    def schema_version(self) -> str | None:
        with closing(self._connect()) as connection, connection.cursor() as cursor:
            try:
                cursor.execute(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608
            except pymysql.err.ProgrammingError as error:
                if error.args[0] == ER.NO_SUCH_TABLE:
                    return None
                raise
            row = cursor.fetchone()
            return row[0] if row else None

    def commit_probe(self) -> None:
        # In one packet: the server holds the lock of the row while it runs both, and never waits
        # for a client that stopped in between.
        row = f"('{PROBE}', X'{token_hex(PROBE_BYTES)}')"
        text = f"REPLACE INTO {service_keys.name} (name, value) VALUES {row}; COMMIT"  # noqa: S608
        with closing(self._connect()) as connection:
            list(connection.results(text))

    def describe(self, connection: Connection) -> str:
        version = str(connection.exec_driver_sql("SELECT VERSION()").scalar())
        product = "MariaDB" if "mariadb" in version.lower() else "MySQL"
        return f"{product} {version.partition('-')[0]}, {self._security(connection)}"

    def durability_risks(self, connection: Connection) -> Sequence[str]:
        found = {row[0]: row[1] for row in connection.exec_driver_sql("SHOW GLOBAL VARIABLES")}
        if found.get("log_bin") != "ON":
            found.pop("sync_binlog", None)
        return [
            f"{name} is {found[name]}: {consequence}"
            for name, bad, consequence in _RISKS
            if found.get(name) in bad
        ]

    def server_time(self, connection: Connection) -> datetime | None:
        now = connection.exec_driver_sql("SELECT UTC_TIMESTAMP(6)").scalar()
        return datetime.fromisoformat(str(now)).replace(tzinfo=UTC)

    def _connect(self) -> Any:
        timeout = min(PROBE_TIMEOUT, self.address.connect_timeout)
        address = attrs.evolve(self.address, connect_timeout=timeout)
        return address.connect(answer_timeout=PROBE_TIMEOUT)

    def _security(self, connection: Connection) -> str:
        if self.address.unix_socket:
            return "socket file"
        row = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Ssl_version'").first()
        if row is None or not row[1]:
            return "not encrypted"
        return (
            f"{row[1]}, certificate {'verified' if self.address.tls.verifies else 'not checked'}"
        )
