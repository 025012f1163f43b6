"""The settings of backends: storage, presence, bus and Redis."""

# ruff: noqa: RUF009 -- `key` declares a field, as `attrs.field` does

from datetime import timedelta
from pathlib import Path
from typing import Literal

import attrs

from parlour.adapters.config import units
from parlour.adapters.config.checks import (
    HOST,
    lasting,
    matching,
    named_or_factory,
    redis_address,
    within,
)
from parlour.adapters.config.keys import key
from parlour.adapters.config.values import Secret, Url


@attrs.frozen(kw_only=True)
class Sqlite:
    """The embedded database."""

    path: Path = key(Path("parlour.db"), "File of the database; its folder is made where missing.")


@attrs.frozen(kw_only=True)
class Mysql:
    """MySQL or MariaDB."""

    host: str = key("127.0.0.1", "Host of the server.", check=HOST)
    port: int = key(3306, "Port of the server.", check=within(1, 65_535))
    unix_socket: Path | None = key(None, "Socket to use instead of host and port.")
    user: str = key("parlour", "User to log in as.", check=matching(r".{1,80}", "a user name"))
    password: Secret = key(Secret(), "Password of the user.")
    password_file: Path | None = key(None, "File that holds the password.")
    database: str = key(
        "parlour",
        "Name of the database.",
        check=matching(r"\w{1,64}", "a name of letters, digits and _"),
    )
    pool: int = key(10, "Most connections of one process.", check=within(1, 1000))
    lock_wait: timedelta = key(
        units.duration("5s"),
        "Longest wait for a row somebody else holds. A transaction may be idle for 3/5 of it.",
        check=lasting("1s", "10m"),
    )
    connect_timeout: timedelta = key(
        units.duration("3s"), "Longest wait for a connection.", check=lasting("1s", "1m")
    )
    direct: bool = key(
        True, "Read rows past PyMySQL's own reader, at half the cost; see decision 12."
    )
    tls: Literal["off", "preferred", "required", "verify"] = key(
        "preferred",
        "Encryption; only `verify` checks the certificate and the host name of the server.",
    )
    tls_ca_file: Path | None = key(
        None, "Authorities that `verify` trusts (PEM), instead of those of the system."
    )
    tls_certificate_file: Path | None = key(
        None, "Certificate (PEM) that shows the server who this client is."
    )
    tls_key_file: Path | None = key(
        None, "Key of that certificate (PEM), unless it is in the same file."
    )
    allow_insecure: bool = key(
        False, 'Allow a server on another machine without `tls = "verify"`.'
    )


@attrs.frozen(kw_only=True)
class StorageSettings:
    """Where users, conversations and messages are kept."""

    backend: str = key(
        "sqlite",
        "`sqlite`, `memory`, `mysql`, or `package.module:factory` of your own.",
        check=named_or_factory("sqlite", "memory", "mysql"),
    )
    workers: int = key(8, "Threads that talk to the database.", check=within(1, 256))
    start_wait: timedelta = key(
        units.duration("60s"),
        "Time that a starting service waits for a database that does not answer.",
        check=lasting("0s", "1h"),
    )
    sqlite: Sqlite = attrs.field(factory=Sqlite)
    mysql: Mysql = attrs.field(factory=Mysql)


@attrs.frozen(kw_only=True)
class PresenceSettings:
    """Who is online."""

    backend: str = key(
        "memory",
        "`memory` for one process, `redis` for many, or `package.module:factory`.",
        check=named_or_factory("memory", "redis"),
    )
    lease: timedelta = key(
        units.duration("45s"),
        "Time after which somebody not heard of counts as offline.",
        check=lasting("5s", "1h"),
    )


@attrs.frozen(kw_only=True)
class BusSettings:
    """How the nodes tell each other what was committed."""

    backend: str = key(
        "memory",
        "`memory` for one process, `redis` for many, or `package.module:factory`.",
        check=named_or_factory("memory", "redis"),
    )


@attrs.frozen(kw_only=True)
class Redis:
    """Redis, where presence, bus or limits use it."""

    url: Url = key(
        Url("redis://127.0.0.1:6379/0"),
        "Address; `rediss://` for TLS, `unix://` for a socket.",
        check=redis_address,
    )
    url_file: Path | None = key(None, "File that holds the address, for one with a password.")
    prefix: str = key(
        "parlour",
        "Begins every key and channel, so that several services may share a server.",
        check=matching(r"[\w.-]{1,64}", "a word of letters, digits, _, - and ."),
    )
    cluster: bool = key(False, "Say that the address belongs to a Redis Cluster.")
    direct: bool = key(
        True, "Read replies past redis-py's own reader, at half the cost; see decision 12."
    )
