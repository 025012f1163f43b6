"""PyMySQL's connection with what the stores need of it, by its public functions alone."""

import ssl
from collections.abc import Iterator
from typing import Any

from pymysql.connections import Connection

from parlour.adapters.sql.values import Row

# The parts that are replaced here are not among those that the type stubs know.
_Connection: Any = Connection


class DriverConnection(_Connection):  # type: ignore[misc] # see above
    """A connection that runs several statements at once and gives the rows of each.

    *preferred* is the context of a connection that encrypts where the server can.
    """

    def __init__(self, preferred: ssl.SSLContext | None, **options: Any) -> None:
        self._preferred = preferred
        super().__init__(**options)

    def results(self, sql: str) -> Iterator[list[Row]]:
        """Run statements, joined by semicolons; give the rows of each, none where it has none.

        Raises the errors of PyMySQL: those of the server after the results of what went well.
        """
        with self.cursor() as cursor:
            cursor.execute(sql)
            yield list(cursor.fetchall())
            while cursor.nextset():
                yield list(cursor.fetchall())

    def commit_soon(self) -> None:
        """Commit what only read."""
        self.commit()

    def _create_ssl_ctx(self, options: object) -> object:
        # In this mode PyMySQL would make a context of its own for every connection: 50 ms in which
        # no other thread runs, for certificates that it compares nothing with.
        return options or self._preferred
