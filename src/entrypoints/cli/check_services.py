"""Checks the servers that the service uses: the database and Redis."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from parlour.entrypoints.cli.check_backup import check_backup
from parlour.entrypoints.cli.check_result import CheckResult, failure, ok, warning
from parlour.entrypoints.cli.open_storage import driver_errors, first_line
from parlour.entrypoints.operation.startup_checks import MAX_CLOCK_SKEW, clock_skew, is_served

if TYPE_CHECKING:
    from parlour.adapters.config import Settings
    from parlour.domain.kernel.transaction import SchemaState
    from parlour.entrypoints.use_cases import Storage

CRITICAL_CLOCK_SKEW = 60.0
"""Seconds between two clocks beyond which a client that reconnects could miss a change."""


def check_storage(settings: "Settings") -> Iterator[CheckResult]:
    """Check the database: it answers, has current tables, is durable, and its clock is right."""
    backend = settings.storage.backend
    if backend == "sqlite" and not settings.storage.sqlite.path.exists():
        yield ok("database", f"{settings.storage.sqlite.path} is created by the first start")
        return
    from parlour.adapters.sql import SchemaMismatch
    from parlour.entrypoints.container import Container

    try:
        storage: Storage = Container(settings=settings).storage()
    except OSError as error:
        file = error.filename or _location(settings)
        yield failure("database", f"{file}: {error.strerror}", _connection_fix(settings))
        return
    except driver_errors() as error:
        yield failure(
            "database", f"{_location(settings)}: {first_line(error)}", _connection_fix(settings)
        )
        return
    except SchemaMismatch as error:
        yield failure("tables", str(error), "run the newer release that made them")
        return
    except Exception as error:  # noqa: BLE001 - any error of a factory is the result
        yield failure(
            "database", first_line(error), "correct storage.backend, or install its driver"
        )
        return
    try:
        yield from _check_open_storage(storage, settings)
    finally:
        storage.close()


def _check_open_storage(storage: "Storage", settings: "Settings") -> Iterator[CheckResult]:
    from parlour.adapters.sql import second_writer_risk

    where = _location(settings)
    try:
        state, product = storage.schema_state(), storage.describe()
        if state is None:
            storage.check()
    except Exception as error:  # noqa: BLE001 - drivers raise what they like
        yield failure("database", f"{where}: {first_line(error)}", _connection_fix(settings))
        return
    yield ok("database", f"{where} answers ({product})")
    if state is not None:
        yield _check_version(state)
        if state.is_current:
            yield check_backup(storage)
    for found in storage.durability_risks():
        if settings.storage.backend == "mysql":
            yield failure("durability", found, "correct it in the configuration of the database")
        else:
            yield warning("durability", found)
    if is_served(settings) and (risk := second_writer_risk()) is not None:
        yield warning("durability", risk, "change accounts through /v1/admin while it is served")
    if storage.server_time() is not None:
        yield check_clock("database", storage.server_time)


def _check_version(state: "SchemaState") -> CheckResult:
    said = f"the tables have version {state.current or 'none'}, {state.needed} is needed"
    if state.is_current:
        return ok("tables", f"version {state.current}")
    if state.is_newer:
        return failure("tables", said, "run the newer release that made them, or restore a backup")
    return failure("tables", said, "run `parlour db upgrade`")


def check_clock(subject: str, tell: Callable[[], datetime | None]) -> CheckResult:
    """Compare a clock with that of this machine, less the time that asking takes."""
    skew = clock_skew(tell)
    text = f"the clock of the {subject} differs from this one by {skew:.1f} s"
    fix = "use NTP on both machines (timedatectl set-ntp true)"
    if skew > CRITICAL_CLOCK_SKEW:
        return failure("clock", text, fix)
    if skew > MAX_CLOCK_SKEW:
        return warning("clock", text, fix)
    return ok("clock", f"the {subject} has the same time")


def check_redis(settings: "Settings") -> Iterator[CheckResult]:
    """Check Redis, if presence, the bus or the rate limits use it."""
    backends = {
        "presence": settings.presence.backend,
        "bus": settings.bus.backend,
        "limits": settings.limits_backend,
    }
    users = [name for name, backend in backends.items() if backend == "redis"]
    if not users:
        return
    where = _without_secrets(settings.redis.url)
    try:
        from parlour.adapters.redis.connection_factory import FAILURES, open_client
    except ImportError:
        yield failure("redis", "its driver is not installed", "pip install 'parlour[redis]'")
        return
    try:
        client = open_client(settings.redis)
        began = time.monotonic()
        client.ping()
        took = (time.monotonic() - began) * 1000
        yield ok("redis", f"{where} answers in {took:.1f} ms, for {', '.join(users)}")
        yield from _check_server(client)
    except FAILURES as error:
        yield failure(
            "redis",
            f"{where}: {first_line(error)}",
            "start it, or correct redis.url; without it, messages between nodes are slower",
        )


def _check_server(client: Any) -> Iterator[CheckResult]:
    found: Any = client.info("server")
    # A cluster gives one answer for each node.
    for info in found.values() if "redis_version" not in found else [found]:
        version = str(info["redis_version"])
        if int(version.partition(".")[0]) < 7:
            yield failure("redis", f"version {version}", "use Redis 7 or newer")
    seconds, micros = client.time()
    moment = datetime.fromtimestamp(seconds + micros / 1_000_000, UTC)
    yield check_clock("redis server", lambda: moment)


def _location(settings: "Settings") -> str:
    storage = settings.storage
    if storage.backend == "sqlite":
        return str(storage.sqlite.path)
    if storage.backend == "mysql":
        mysql = storage.mysql
        at = mysql.unix_socket or f"{mysql.host}:{mysql.port}"
        return f"{mysql.user}@{at}/{mysql.database}"
    return storage.backend


def _connection_fix(settings: "Settings") -> str:
    if settings.storage.backend == "sqlite":
        return "check that the file is a database of Parlour, and its permissions"
    if settings.storage.backend == "mysql":
        return "start it, or correct [storage.mysql]: address, user, password, database and tls"
    return "see the documentation of this backend"


def _without_secrets(url: str) -> str:
    scheme, _, rest = url.partition("?")[0].partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
