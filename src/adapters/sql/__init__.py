"""
Durable storage in SQLite, MySQL or MariaDB, through SQLAlchemy Core.

Holds the tables and their migrations, rows, statements, stores, the unit of work, and both
databases. All functions block; callers run them in threads.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from parlour.adapters.sql.schema import SchemaMismatch
from parlour.adapters.sql.sqlite import open_sqlite
from parlour.adapters.sql.sqlite_diagnostics import second_writer_risk
from parlour.adapters.sql.storage import SqlStorage
from parlour.adapters.sql.stores import SqlStores

if TYPE_CHECKING:
    from parlour.adapters.sql.mysql_tls import TlsMode

__all__ = [
    "SchemaMismatch",
    "SqlStorage",
    "SqlStores",
    "open_mysql",
    "open_sqlite",
    "second_writer_risk",
]


def open_mysql(
    *,
    host: str = "127.0.0.1",
    port: int = 3306,
    unix_socket: Path | None = None,
    user: str = "parlour",
    password: str = "",
    database: str = "parlour",
    pool: int = 10,
    lock_wait: float = 5.0,
    connect_timeout: float = 3.0,
    wait: float = 2.0,
    direct: bool = True,
    tls: "TlsMode" = "preferred",
    tls_ca_file: Path | None = None,
    tls_certificate_file: Path | None = None,
    tls_key_file: Path | None = None,
) -> SqlStorage:
    """Return the storage in a MySQL or MariaDB; nothing is connected before it is used.

    *pool* is the most connections and *wait* the longest wait for a free one. All
    times are in seconds. Rows are read past PyMySQL's reader unless *direct* is false.
    `mysql_tls` says what the modes of *tls* mean and what its files hold; raises `OSError` for
    one that cannot be used.
    """
    # The driver is an optional extra.
    from parlour.adapters.sql.mysql import open_mysql as open_  # noqa: PLC0415
    from parlour.adapters.sql.mysql_address import MysqlAddress  # noqa: PLC0415
    from parlour.adapters.sql.mysql_tls import load_tls  # noqa: PLC0415

    address = MysqlAddress(
        host=host,
        port=port,
        unix_socket=str(unix_socket) if unix_socket else None,
        user=user,
        password=password,
        database=database,
        lock_wait=lock_wait,
        connect_timeout=connect_timeout,
        direct=direct,
        tls=load_tls(
            tls,
            ca_file=tls_ca_file,
            certificate_file=tls_certificate_file,
            key_file=tls_key_file,
        ),
    )
    return open_(address, pool=pool, wait=wait)
