"""Health and metrics for operators, on a listener of their own."""

import asyncio
import time
from typing import Literal

from litestar import Litestar, Response, get
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from parlour.domain.kernel.errors import Overloaded, Unavailable
from parlour.entrypoints.http.head import answering_head
from parlour.entrypoints.http.headers import securing
from parlour.entrypoints.http.problems import problem_handlers
from parlour.entrypoints.operation.canary import Canary
from parlour.entrypoints.operation.metrics import NodeCollector, render
from parlour.entrypoints.shell.service import Service

State = Literal["ok", "degraded", "down"]

_WORSE: tuple[State, ...] = ("ok", "degraded", "down")

CHECK_TIMEOUT = 2.0
"""Seconds that a dependency has to answer."""

PROBE_EVERY = 1.0
"""Seconds between two checks of the storage, however many probes come: each commits a row."""


class Check(Struct, omit_defaults=True):
    """The state of one dependency; `took_ms` of the check, `age_ms` since it last worked.

    `reason` says what is wrong with the storage, `refused` what it refused within the last
    seconds: both have the values of the label of `parlour_storage_refusals_total`. `damaged`
    counts the conversations that are refused because their logs are damaged.
    """

    state: State
    reason: str | None = None
    refused: list[str] | None = None
    took_ms: int | None = None
    age_ms: int | None = None
    damaged: int | None = None


class Readiness(Struct):
    """Whether this node should get requests, and the state of its dependencies."""

    state: Literal["ok", "degraded", "down", "draining"]
    checks: dict[str, Check]


class Health:
    """Checks the dependencies of one node, each with a time-out."""

    def __init__(self, service: Service, canary: Canary | None = None) -> None:
        self._service = service
        self._canary = canary
        self._storage: asyncio.Future[None] | None = None
        self._probed = 0.0
        self._born = time.monotonic()
        # Two missed rounds, but at least the 60 s in which clients learn of every event.
        every = service.settings.delivery.head_check.total_seconds()
        self._stale = max(60.0, 2 * every + CHECK_TIMEOUT)

    async def readiness(self) -> Readiness:
        """Return the state of the node. Without the bus it is slower but correct: degraded."""
        bus = Check("ok" if self._service.bus.is_connected else "degraded")
        checks = {
            "storage": await self._check_storage(),
            "log_reconciler": self._check_reconciler(),
            "bus": bus,
        }
        if self._service.supervisor.failing:
            checks["background_tasks"] = Check("down")
        elif self._service.supervisor.unhealthy:
            checks["background_tasks"] = Check("degraded")  # a task died and was restarted
        if damaged := len(self._service.damaged):
            checks["logs"] = Check("degraded", damaged=damaged)
        if self._canary is not None:
            # At most degraded: a lost canary message does not mean that other nodes work.
            checks["canary"] = Check("ok" if self._canary.is_well else "degraded")
        if self._service.is_draining:
            return Readiness("draining", checks)
        return Readiness(max((check.state for check in checks.values()), key=_WORSE.index), checks)

    async def _check_storage(self) -> Check:
        """Check the storage; concurrent probes share one check."""
        begun = time.monotonic()
        if self._storage is None or (self._storage.done() and begun - self._probed >= PROBE_EVERY):
            self._probed = begun
            self._storage = asyncio.ensure_future(asyncio.to_thread(self._probe))
            self._storage.add_done_callback(_retrieve)
        await asyncio.wait([self._storage], timeout=CHECK_TIMEOUT)
        state, reason = _result(self._storage)
        refused = self._service.refusals.recent
        if state == "ok" and refused:
            state = "degraded"
        took = _milliseconds(time.monotonic() - begun)
        return Check(state, reason=reason, refused=refused or None, took_ms=took)

    def _probe(self) -> None:
        """Read and write; raise `Unavailable`."""
        self._service.storage.check()
        self._service.storage.check_writing()

    def _check_reconciler(self) -> Check:
        checked_at = self._service.reconciler.checked_at
        age = time.monotonic() - (self._born if checked_at is None else checked_at)
        return Check("ok" if age < self._stale else "down", age_ms=_milliseconds(age))


def create_ops_app(
    service: Service, *more: ControllerRouterHandler, canary: Canary | None = None
) -> Litestar:
    """Return the app of the listener for operators, with *more* routes where there are any."""
    app = Litestar(
        route_handlers=[*probes(service, canary), *more],
        exception_handlers=problem_handlers(service),
        after_request=securing(service.settings),
        openapi_config=None,
        logging_config=None,
    )
    return answering_head(app)


def metrics_route(collector: NodeCollector) -> ControllerRouterHandler:
    """Return the route at which Prometheus reads a node."""

    @get("/metrics", media_type=CONTENT_TYPE_PLAIN_0_0_4)
    async def metrics() -> bytes:
        """Return the metrics; collected on the event loop, so that they are of one moment."""
        return render(collector)

    return metrics


def probes(service: Service, canary: Canary | None = None) -> list[ControllerRouterHandler]:
    """Return the two probes of a service."""
    health = Health(service, canary)

    @get("/livez")
    async def livez() -> dict[str, str]:
        """Answer 200 while the event loop runs; a failing database must not restart the node."""
        return {"state": "ok"}

    @get("/readyz")
    async def readyz() -> Response[Readiness]:
        """Answer 200 where this node should get requests, else 503, and the state of each part."""
        found = await health.readiness()
        is_ready = found.state in {"ok", "degraded"}
        return Response(found, status_code=200 if is_ready else 503)

    return [livez, readyz]


def _retrieve(done: "asyncio.Future[None]") -> None:
    """Retrieve the exception of a check that ended after its time-out."""
    if not done.cancelled():
        done.exception()


def _result(probe: "asyncio.Future[None]") -> tuple[State, str | None]:
    """Return the state of the storage by its probe, and what is wrong with it."""
    error = probe.exception() if probe.done() else TimeoutError()
    match error:
        case None:
            return "ok", None
        case Overloaded():
            return "degraded", error.reason  # too busy for the probe, not for everybody
        case Unavailable():
            return "down", error.reason
        case TimeoutError():
            return "down", "no_answer"
        case _:
            return "down", "other"


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
