"""The service with its HTTP API in the test's event loop: no network, no threads, no waiting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from dependency_injector import providers
from litestar import Litestar
from litestar.types import ASGIApp

from parlour.adapters.config.settings import Access, LimitSettings, PushSettings, Server, Settings
from parlour.adapters.config.settings_backends import StorageSettings
from parlour.adapters.config.settings_messages import MessageSettings
from parlour.adapters.memory import MemoryRateLimiter
from parlour.domain.kernel.limits import Rate
from parlour.entrypoints.container import Container
from parlour.entrypoints.http import (
    answering_head,
    create_ops_app,
    cross_origin,
    metrics_route,
    problem_handlers,
    routes,
)
from parlour.entrypoints.operation.canary import Canary
from parlour.entrypoints.operation.control import Control
from parlour.entrypoints.operation.metrics import NodeCollector
from parlour.entrypoints.shell.service import Service
from tests.support.fakes import FastHasher, ManualClock
from tests.support.http_client import HttpClient

ORIGIN = "http://127.0.0.1:8000"
PLENTY = Rate(100_000, burst=100_000)

# Practically unlimited: tests of limits set their own.
LIMITS = LimitSettings(
    messages=PLENTY,
    conversation_messages=PLENTY,
    requests=PLENTY,
    logins_per_account=PLENTY,
    logins_per_address=PLENTY,
    registrations=PLENTY,
    password_changes=PLENTY,
)


class HttpService(HttpClient):
    """A running service, its app, an HTTP client for it, and the clock that it uses."""

    def __init__(
        self, service: Service, app: Litestar, client: httpx.AsyncClient, clock: ManualClock
    ) -> None:
        super().__init__(ORIGIN)
        self.service = service
        self.app = app
        self.client = client
        self.clock = clock
        self.failures: list[BaseException] = []

    async def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        # Each request stands for another browser: without cookies of earlier answers.
        self.client.cookies.clear()
        return await self.client.request(method, path, **more)


@asynccontextmanager
async def with_control(http: HttpService, control: Control) -> AsyncIterator[HttpService]:
    """Serve the same service with the endpoints that change its log and configuration."""
    app = _app(http.service, control)
    async with _client(app, "127.0.0.1") as client:
        yield HttpService(http.service, app, client, http.clock)


@asynccontextmanager
async def http_service(
    *,
    access: Access | None = None,
    limits: LimitSettings = LIMITS,
    server: Server | None = None,
    push: PushSettings | None = None,
    storage: StorageSettings | None = None,
    messages: MessageSettings | None = None,
    peer: str = "127.0.0.1",
) -> AsyncIterator[HttpService]:
    """Run a service with a manual clock, for a client at the IP address *peer*.

    It stores everything in memory unless another *storage* is given.
    """
    clock = ManualClock()
    settings = Settings(
        access=access or Access(),
        limits=limits,
        server=server or Server(),
        push=push or PushSettings(),
        storage=storage or StorageSettings(backend="memory"),
        messages=messages or MessageSettings(),
    )
    failures: list[BaseException] = []
    container = Container(settings=settings)
    container.clock.override(providers.Object(clock))
    container.hasher.override(providers.Object(FastHasher()))
    container.limiter.override(providers.Object(MemoryRateLimiter(clock.monotonic)))
    container.failed.override(providers.Object(failures.append))
    service: Service = container.service()
    await service.start()
    app = _app(service)
    try:
        async with _client(app, peer) as client:
            http = HttpService(service, app, client, clock)
            http.failures = failures
            yield http
    finally:
        await service.stop()


def _app(service: Service, control: Control | None = None) -> Litestar:
    app = Litestar(
        route_handlers=routes(service, control),
        exception_handlers=problem_handlers(service),
        cors_config=cross_origin(service),
        openapi_config=None,
        logging_config=None,
    )
    return answering_head(app)


def ops_client(service: Service, canary: Canary | None = None) -> httpx.AsyncClient:
    """Return a client of the operations listener (health, metrics)."""
    metrics = metrics_route(NodeCollector(service, canary=canary))
    return _client(create_ops_app(service, metrics, canary=canary), "127.0.0.1")


def _client(app: ASGIApp, peer: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(
        app,  # type: ignore[arg-type]
        raise_app_exceptions=True,
        client=(peer, 50_000),
    )
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)
