"""Addresses of the MariaDB and Redis of the tests, with private databases and key prefixes."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Self
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import attrs
import pymysql


@attrs.frozen(kw_only=True)
class MariaDb:
    """A MariaDB or MySQL server, with a user who can create databases."""

    host: str = "127.0.0.1"
    port: int = 3306
    user: str
    password: str
    unix_socket: str | None = None

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read `mysql://user:password@host:port`."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 3306,
            user=unquote(parts.username or "root"),
            password=unquote(parts.password or ""),
        )

    def connect(self, database: str | None = None) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        """Open a TCP connection with autocommit."""
        return pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            database=database,
            autocommit=True,
            connect_timeout=20,
        )

    @contextmanager
    def fresh_database(self) -> Iterator["Database"]:
        """Create an empty database with the server's default charset; drop it at the end."""
        name = f"parlour_{uuid4().hex[:16]}"
        self._execute(f"CREATE DATABASE {name}")
        try:
            yield Database(server=self, name=name)
        finally:
            # A transaction that a test left open makes the drop fail instead of waiting for a day.
            self._execute("SET lock_wait_timeout = 30", f"DROP DATABASE {name}")

    def _execute(self, *statements: str) -> None:
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


@attrs.frozen(kw_only=True)
class Database:
    """One database on a server."""

    server: MariaDb
    name: str

    @property
    def settings(self) -> tuple[str, ...]:
        """The `key=value` settings of a program that uses this database."""
        return (
            "storage.backend=mysql",
            f"storage.mysql.host={self.server.host}",
            f"storage.mysql.port={self.server.port}",
            f"storage.mysql.user={self.server.user}",
            f"storage.mysql.password={self.server.password}",
            f"storage.mysql.database={self.name}",
        )

    def connect(self) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        """Open a connection to this database with autocommit."""
        return self.server.connect(self.name)


@attrs.frozen
class RedisSpace:
    """A Redis and a key prefix that nobody else uses."""

    url: str
    prefix: str

    @classmethod
    def fresh(cls, url: str) -> Self:
        """Return a new prefix; its keys are not removed."""
        return cls(url=url, prefix=f"parlour-{uuid4().hex[:12]}")
