"""The address of a MySQL or MariaDB, and how a connection to it is opened and set up."""

from typing import Any

import attrs
from pymysql.constants import CLIENT, FIELD_TYPE
from pymysql.converters import conversions, through

from parlour.adapters.sql.mysql_driver import DriverConnection
from parlour.adapters.sql.mysql_reading import DirectConnection
from parlour.adapters.sql.mysql_tls import MysqlTls, load_tls

_SQL_MODE = "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"

_CONVERSIONS: Any = {
    **conversions,
    # Times stay text, as in SQLite: `values` parses them in C.
    FIELD_TYPE.DATETIME: through,
}


@attrs.frozen(kw_only=True)
class MysqlAddress:
    """Address, user and time-outs of a MySQL or MariaDB; all times in seconds.

    A *direct* connection reads rows by `mysql_reading`, another by PyMySQL's own functions.
    """

    host: str = "127.0.0.1"
    port: int = 3306
    unix_socket: str | None = None
    user: str = "parlour"
    password: str = attrs.field(default="", repr=False)
    database: str = "parlour"
    connect_timeout: float = 3.0
    lock_wait: float = 5.0
    tls: MysqlTls = attrs.field(factory=load_tls)
    direct: bool = True

    @property
    def answer_timeout(self) -> float:
        """How long to wait for an answer: longer than the server waits for a lock."""
        return self.lock_wait + 2.0

    def connect(self, *session: str, answer_timeout: float | None = None) -> Any:
        """Open a connection and run the *session* statements on it.

        An answer may take *answer_timeout* seconds; a time-out closes the connection.
        """
        # Data through a socket file does not leave this machine.
        context = None if self.unix_socket else self.tls.context
        connection: Any = (DirectConnection if self.direct else DriverConnection)(
            context,
            ssl=context if self.tls.is_required else None,
            ssl_disabled=context is None,
            host=self.host,
            port=self.port,
            unix_socket=self.unix_socket,
            user=self.user,
            password=self.password,
            database=self.database,
            charset="utf8mb4",
            sql_mode=_SQL_MODE,
            conv=_CONVERSIONS,
            autocommit=False,
            client_flag=CLIENT.MULTI_STATEMENTS,
            connect_timeout=self.connect_timeout,
            read_timeout=self.connect_timeout,
            write_timeout=self.connect_timeout,
            program_name="parlour",
        )
        # The read time-out also limits the handshake, where nothing waits for a lock. Both are the
        # same because PyMySQL sets that of the socket each time they differ.
        timeout = answer_timeout or self.answer_timeout
        connection._read_timeout = connection._write_timeout = timeout  # noqa: SLF001
        with connection.cursor() as cursor:
            for statement in (
                f"SET SESSION innodb_lock_wait_timeout = {max(1, round(self.lock_wait))}",
                *session,
            ):
                cursor.execute(statement)
        return connection
