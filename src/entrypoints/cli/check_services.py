"""Examinations of what stands behind the service: the database and Redis."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from parlour.entrypoints.cli.check_backup import examine_backup
from parlour.entrypoints.cli.check_result import CheckResult, bad, doubt, good
from parlour.entrypoints.cli.open_storage import driver_errors, first_line
from parlour.entrypoints.operation.startup_checks import TOLERABLE, clock_skew

if TYPE_CHECKING:
    from parlour.adapters.config import Settings
    from parlour.domain.kernel.transaction import SchemaState
    from parlour.entrypoints.use_cases import Storage

HARMFUL = 60.0
"""Seconds beyond which what a client missed while it was away could be overlooked."""


def examine_storage(settings: "Settings") -> Iterator[CheckResult]:
    """Look at the database: reachable, of the right version, durable, with the right time."""
    backend = settings.storage.backend
    if backend == "sqlite" and not settings.storage.sqlite.path.exists():
        yield good("database", f"{settings.storage.sqlite.path} will be made by the first start")
        return
    from parlour.adapters.sql import SchemaMismatch
    from parlour.entrypoints.container import Container

    try:
        storage: Storage = Container(settings=settings).storage()
    except OSError as error:
        file = error.filename or _place(settings)
        yield bad("database", f"{file}: {error.strerror}", _way_in(settings))
        return
    except driver_errors() as error:
        yield bad("database", f"{_place(settings)}: {first_line(error)}", _way_in(settings))
        return
    except SchemaMismatch as error:
        yield bad("tables", str(error), "run the newer release that made them")
        return
    except Exception as error:  # noqa: BLE001 - whatever a factory raises is the finding
        yield bad("database", first_line(error), "correct storage.backend, or install its driver")
        return
    try:
        yield from _examine_open(storage, settings)
    finally:
        storage.close()


def _examine_open(storage: "Storage", settings: "Settings") -> Iterator[CheckResult]:
    where = _place(settings)
    try:
        state, product = storage.schema_state(), storage.describe()
        if state is None:
            storage.check()
    except Exception as error:  # noqa: BLE001 - drivers raise what they like
        yield bad("database", f"{where}: {first_line(error)}", _way_in(settings))
        return
    yield good("database", f"{where} answers ({product})")
    if state is not None:
        yield _judge_version(state)
        if state.is_current:
            yield examine_backup(storage)
    for found in storage.durability_risks():
        if settings.storage.backend == "mysql":
            yield bad("durability", found, "correct it in the configuration of the database")
        else:
            yield doubt("durability", found)
    if storage.server_time() is not None:
        yield judge_clock("database", storage.server_time)


def _judge_version(state: "SchemaState") -> CheckResult:
    said = f"the tables have version {state.current or 'none'}, {state.needed} is needed"
    if state.is_current:
        return good("tables", f"version {state.current}")
    if state.is_newer:
        return bad("tables", said, "run the newer release that made them, or restore a backup")
    return bad("tables", said, "run `parlour db upgrade`")


def judge_clock(subject: str, tell: Callable[[], datetime | None]) -> CheckResult:
    """Compare a clock with that of this machine, allowing for the time it took to ask."""
    skew = clock_skew(tell)
    text = f"the clock of the {subject} differs from this one by {skew:.1f} s"
    fix = "let NTP keep the time on both machines (timedatectl set-ntp true)"
    if skew > HARMFUL:
        return bad("clock", text, fix)
    if skew > TOLERABLE:
        return doubt("clock", text, fix)
    return good("clock", f"the {subject} has the same time")


def examine_redis(settings: "Settings") -> Iterator[CheckResult]:
    """Look at Redis, where presence, the bus or the rate limits use it."""
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
        yield bad("redis", "its driver is not installed", "pip install 'parlour[redis]'")
        return
    try:
        client = open_client(settings.redis)
        began = time.monotonic()
        client.ping()
        took = (time.monotonic() - began) * 1000
        yield good("redis", f"{where} answers in {took:.1f} ms, for {', '.join(users)}")
        yield from _examine_server(client)
    except FAILURES as error:
        yield bad(
            "redis",
            f"{where}: {first_line(error)}",
            "start it or correct redis.url; messages go on without it, more slowly between nodes",
        )


def _examine_server(client: Any) -> Iterator[CheckResult]:
    found: Any = client.info("server")
    # A cluster answers once a node.
    for info in found.values() if "redis_version" not in found else [found]:
        version = str(info["redis_version"])
        if int(version.partition(".")[0]) < 7:
            yield bad("redis", f"version {version}", "use Redis 7 or newer")
    seconds, micros = client.time()
    moment = datetime.fromtimestamp(seconds + micros / 1_000_000, UTC)
    yield judge_clock("redis server", lambda: moment)


def _place(settings: "Settings") -> str:
    storage = settings.storage
    if storage.backend == "sqlite":
        return str(storage.sqlite.path)
    if storage.backend == "mysql":
        mysql = storage.mysql
        at = mysql.unix_socket or f"{mysql.host}:{mysql.port}"
        return f"{mysql.user}@{at}/{mysql.database}"
    return storage.backend


def _way_in(settings: "Settings") -> str:
    if settings.storage.backend == "sqlite":
        return "look whether the file is a database of Parlour, and who may open it"
    if settings.storage.backend == "mysql":
        return "start it, or correct [storage.mysql]: address, user, password, database and tls"
    return "see the papers of this backend"


def _without_secrets(url: str) -> str:
    scheme, _, rest = url.partition("?")[0].partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
