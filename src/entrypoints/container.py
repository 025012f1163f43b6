"""The composition root: the only module that chooses an adapter for each port.

The configuration chooses, by a Selector for each port. Backends that are not chosen are never
imported.
"""

from collections.abc import Callable
from importlib import import_module

from dependency_injector import containers, providers

from parlour.adapters.config.settings import Settings
from parlour.adapters.config.settings_backends import Mysql
from parlour.adapters.memory import MemoryRateLimiter
from parlour.adapters.push import VapidKey, WebPushSender
from parlour.adapters.security import Argon2Hasher, TokenSecrets
from parlour.adapters.system import SystemClock, Uuid7
from parlour.domain.kernel.time import Clock
from parlour.domain.notifications import PushSender
from parlour.entrypoints.backends import build, is_import_path
from parlour.entrypoints.policy import policy_from
from parlour.entrypoints.reporting import report, report_refusals
from parlour.entrypoints.shell.dependencies import Dependencies, Pools
from parlour.entrypoints.shell.pusher import MAX_CONCURRENT
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.shell.storage_refusals import RecordingUnitOfWork, StorageRefusals
from parlour.entrypoints.shell.workers import InlineWorkers, ThreadWorkers, Workers
from parlour.entrypoints.use_cases import Ports, Storage, UseCases, build_use_cases

# About as many log-ins as are done within a second; more are refused with a Retry-After.
_MAX_LOGINS_WAITING = 32

_LOCK_CHECKS = 2
"""Threads for marks, and to look whether rows that another transaction holds are free again."""


def _choice(name: str) -> str:
    """Return the branch of a Selector for a backend of this *name*."""
    return "custom" if is_import_path(name) else name


def _open_mysql(mysql: Mysql) -> Storage:
    storage: Storage = build(
        "parlour.adapters.sql:open_mysql",
        host=mysql.host,
        port=mysql.port,
        unix_socket=mysql.unix_socket,
        user=mysql.user,
        password=mysql.password.reveal(),
        database=mysql.database,
        pool=mysql.pool,
        lock_wait=mysql.lock_wait.total_seconds(),
        connect_timeout=mysql.connect_timeout.total_seconds(),
        direct=mysql.direct,
        tls=mysql.tls,
        tls_ca_file=mysql.tls_ca_file,
        tls_certificate_file=mysql.tls_certificate_file,
        tls_key_file=mysql.tls_key_file,
    )
    return storage


def _hasher(settings: Settings) -> Argon2Hasher:
    access = settings.access
    return Argon2Hasher(memory=access.hash_memory, passes=access.hash_time, at_once=access.hashers)


def _pools(settings: Settings, storage: Storage) -> Pools:
    """Return a thread pool for each kind of work; a backend that never blocks needs no threads."""

    def stored(threads: int, name: str, max_waiting: int = 1_000) -> Workers:
        if storage.is_inline:
            return InlineWorkers()
        return ThreadWorkers(threads, name=name, max_waiting=max_waiting)

    def shared(backend: str, threads: int, name: str) -> Workers:
        return InlineWorkers() if backend == "memory" else ThreadWorkers(threads, name=name)

    return Pools(
        queries=stored(settings.storage.workers, "queries"),
        commits=stored(settings.commits.lanes + _LOCK_CHECKS, "commits"),
        passwords=stored(settings.access.hashers, "passwords", _MAX_LOGINS_WAITING),
        presence=shared(settings.presence.backend, 1, "presence"),
        pushes=ThreadWorkers(MAX_CONCURRENT, name="pushes"),
        limits=shared(settings.limits_backend, 2, "limits"),
    )


def _sender_with(use: UseCases, settings: Settings, clock: Clock) -> Callable[[], PushSender]:
    push = settings.push

    def open_sender() -> PushSender:
        return WebPushSender(
            VapidKey.load(use.service_key("vapid", VapidKey.make)),
            clock=clock,
            subject=push.subject,
            ttl=push.ttl,
            timeout=push.timeout,
            allow_private=push.allow_private,
        )

    return open_sender


def _service(parts: Dependencies) -> Service:
    tracing = parts.settings.tracing
    if not tracing.endpoint:
        return Service(parts)
    extra = import_module("parlour.entrypoints.operation.tracing")
    return Service(parts, extra.Tracing(extra.open_provider(tracing)))


class Container(containers.DeclarativeContainer):
    """All objects of one process of Parlour, built from `settings`."""

    settings = providers.Dependency(instance_of=Settings)

    clock = providers.Singleton(SystemClock)
    new_id = providers.Singleton(Uuid7)
    hasher = providers.Singleton(_hasher, settings)
    secrets = providers.Singleton(TokenSecrets)
    limiter = providers.Singleton(MemoryRateLimiter)
    failed = providers.Object(report)

    storage = providers.Selector(
        providers.Callable(_choice, settings.provided.storage.backend),
        memory=providers.Singleton(build, "parlour.adapters.memory:open_storage"),
        sqlite=providers.Singleton(
            build, "parlour.adapters.sql:open_sqlite", path=settings.provided.storage.sqlite.path
        ),
        mysql=providers.Singleton(_open_mysql, settings.provided.storage.mysql),
        custom=providers.Singleton(build, settings.provided.storage.backend, settings),
    )
    presence = providers.Selector(
        providers.Callable(_choice, settings.provided.presence.backend),
        memory=providers.Singleton(build, "parlour.adapters.memory:open_presence"),
        redis=providers.Singleton(
            build, "parlour.adapters.redis:open_presence", settings.provided.redis
        ),
        custom=providers.Singleton(build, settings.provided.presence.backend, settings),
    )
    bus = providers.Selector(
        providers.Callable(_choice, settings.provided.bus.backend),
        memory=providers.Singleton(build, "parlour.adapters.memory:open_bus"),
        redis=providers.Singleton(
            build, "parlour.adapters.redis:open_bus", settings.provided.redis
        ),
        custom=providers.Singleton(build, settings.provided.bus.backend, settings),
    )

    shared_limiter = providers.Selector(
        providers.Callable(_choice, settings.provided.limits_backend),
        memory=providers.Object(None),
        redis=providers.Singleton(
            build, "parlour.adapters.redis:open_limiter", settings.provided.redis
        ),
        custom=providers.Singleton(build, settings.provided.limits.backend, settings),
    )

    refusals = providers.Singleton(StorageRefusals, report_refusals)
    use_cases = providers.Singleton(
        build_use_cases,
        providers.Singleton(
            Ports,
            uow=providers.Singleton(RecordingUnitOfWork, storage.provided.uow, refusals),
            clock=clock,
            new_id=new_id,
            hasher=hasher,
            secrets=secrets,
            presence_store=presence,
            policy=providers.Callable(policy_from, settings),
        ),
    )
    parts = providers.Singleton(
        Dependencies,
        settings=settings,
        use_cases=use_cases,
        storage=storage,
        refusals=refusals,
        pools=providers.Callable(_pools, settings, storage),
        bus=bus,
        limiter=limiter,
        shared_limiter=shared_limiter,
        clock=clock,
        new_id=new_id,
        open_sender=providers.Callable(_sender_with, use_cases, settings, clock),
        failed=failed,
    )
    service = providers.Singleton(_service, parts)
