"""The service over HTTP, in the loop of the test: no network, no thread, no sleep."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import attrs
import httpx
from dependency_injector import providers
from litestar import Litestar
from litestar.types import ASGIApp

from parlour.adapters.config.settings import Access, Limits, Push, Server, Settings
from parlour.adapters.config.settings_backends import Storage
from parlour.adapters.memory import MemoryRateLimiter
from parlour.domain.kernel.limits import Rate
from parlour.entrypoints.container import Container
from parlour.entrypoints.http import (
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
from tests.support.chance import QuickHasher
from tests.support.clock import HeldClock

ORIGIN = "http://127.0.0.1:8000"
PASSWORD = "quiet otters juggle lamps"
PLENTY = Rate(100_000, burst=100_000)

# No limits: tests of limits set their own.
LIMITS = Limits(
    messages=PLENTY,
    conversation_messages=PLENTY,
    requests=PLENTY,
    logins_per_account=PLENTY,
    logins_per_address=PLENTY,
    registrations=PLENTY,
    password_changes=PLENTY,
)


@attrs.frozen
class Person:
    """Somebody with an account, on one device."""

    id: str
    handle: str
    device: str
    token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        """The header that says who asks."""
        return {"Authorization": f"Bearer {self.token}"}


class House:
    """A running service, its app, a client for it, and the clock that it reads."""

    def __init__(
        self, service: Service, app: Litestar, client: httpx.AsyncClient, clock: HeldClock
    ) -> None:
        self.service = service
        self.app = app
        self.client = client
        self.clock = clock
        self.failures: list[BaseException] = []

    async def ask(
        self, method: str, path: str, who: Person | None = None, **more: Any
    ) -> httpx.Response:
        """Send a request, as *who* where somebody is given; no cookie of an earlier one."""
        headers = {**(who.headers if who else {}), **more.pop("headers", {})}
        self.client.cookies.clear()
        return await self.client.request(method, path, headers=headers, **more)

    async def person(self, handle: str) -> Person:
        """Register somebody."""
        answer = await self.ask(
            "POST", "/v1/auth/register", json={"handle": handle, "password": PASSWORD}
        )
        assert answer.status_code == 201, answer.text
        return person_of(answer.json())

    async def log_in(self, handle: str) -> Person:
        """Log somebody in on another device."""
        answer = await self.ask(
            "POST", "/v1/auth/login", json={"handle": handle, "password": PASSWORD}
        )
        assert answer.status_code == 200, answer.text
        return person_of(answer.json())

    async def direct(self, who: Person, peer: Person) -> str:
        """Open the direct conversation of two."""
        answer = await self.ask(
            "POST", "/v1/conversations", who, json={"kind": "direct", "user": peer.id}
        )
        return str(answer.json()["conversation"])

    async def group(self, owner: Person, *members: Person, title: str = "Lobby") -> str:
        """Make a group."""
        body = {"kind": "group", "title": title, "members": [each.id for each in members]}
        answer = await self.ask("POST", "/v1/conversations", owner, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["conversation"])

    async def say(self, who: Person, conversation: str, text: str = "hi") -> dict[str, Any]:
        """Post a message under a new key."""
        answer = await self.ask(
            "POST",
            f"/v1/conversations/{conversation}/messages",
            who,
            json={"body": {"text": text}},
            headers={"Idempotency-Key": str(self.service.new_id())},
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


def person_of(tokens: Mapping[str, Any]) -> Person:
    """Read the answer to a registration or a log-in."""
    return Person(
        id=tokens["user"]["id"],
        handle=tokens["user"]["handle"],
        device=tokens["device"],
        token=tokens["access_token"],
        refresh_token=tokens.get("refresh_token", ""),
    )


@asynccontextmanager
async def controlled(house: House, control: Control) -> AsyncIterator[House]:
    """Give the house as one whose log and configuration admins may change."""
    app = _app(house.service, control)
    async with _client(app, "127.0.0.1") as client:
        yield House(house.service, app, client, house.clock)


@asynccontextmanager
async def open_house(
    *,
    access: Access | None = None,
    limits: Limits = LIMITS,
    server: Server | None = None,
    push: Push | None = None,
    storage: Storage | None = None,
    peer: str = "127.0.0.1",
) -> AsyncIterator[House]:
    """Start a service whose clock stands, for a client at the address *peer*.

    It keeps everything in memory where no other *storage* is given.
    """
    clock = HeldClock()
    settings = Settings(
        access=access or Access(),
        limits=limits,
        server=server or Server(),
        push=push or Push(),
        storage=storage or Storage(backend="memory"),
    )
    failures: list[BaseException] = []
    container = Container(settings=settings)
    container.clock.override(providers.Object(clock))
    container.hasher.override(providers.Object(QuickHasher()))
    container.limiter.override(providers.Object(MemoryRateLimiter(clock.monotonic)))
    container.failed.override(providers.Object(failures.append))
    service: Service = container.service()
    await service.start()
    app = _app(service)
    try:
        async with _client(app, peer) as client:
            house = House(service, app, client, clock)
            house.failures = failures
            yield house
    finally:
        await service.stop()


def _app(service: Service, control: Control | None = None) -> Litestar:
    return Litestar(
        route_handlers=routes(service, control),
        exception_handlers=problem_handlers(service),
        cors_config=cross_origin(service),
        openapi_config=None,
        logging_config=None,
    )


def ops_client(service: Service, canary: Canary | None = None) -> httpx.AsyncClient:
    """Return a client of the operators' listener."""
    metrics = metrics_route(NodeCollector(service, canary=canary))
    return _client(create_ops_app(service, metrics, canary=canary), "127.0.0.1")


def _client(app: ASGIApp, peer: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(
        app,  # type: ignore[arg-type]
        raise_app_exceptions=True,
        client=(peer, 50_000),
    )
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)
