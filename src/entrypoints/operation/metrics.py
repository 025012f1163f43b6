"""The Prometheus metrics of one node.

The counters are plain numbers in `shell.meters`, in lanes, hub, log reconciler and log. They are
read when `/metrics` is asked, so that no message ever touches an object of the Prometheus client.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import TypeVar

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from parlour import DISTRIBUTION
from parlour.adapters.logging import LoggingSubsystem
from parlour.entrypoints.operation.canary import Canary
from parlour.entrypoints.shell.meters import Histogram
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.shell.storage_refusals import REASONS
from parlour.entrypoints.shell.workers import ThreadWorkers
from parlour.entrypoints.websocket.connections import Connections
from parlour.entrypoints.websocket.session import CloseCode
from parlour.entrypoints.wire.errors import STATUS

K = TypeVar("K", bound=tuple[str, ...])

TRANSPORTS = ("socket", "http")
RESYNCS = ("joined", "too_far_behind")


class NodeCollector(Collector):
    """Reads one node. Every label has a small, fixed set of values."""

    def __init__(
        self,
        service: Service,
        connections: Connections | None = None,
        logging: LoggingSubsystem | None = None,
        canary: Canary | None = None,
    ) -> None:
        self._service = service
        self._connections = connections
        self._logging = logging
        self._canary = canary

    def collect(self) -> Iterable[Metric]:
        yield from self._sockets()
        yield from self._messages()
        yield from self._delivery()
        yield from self._waiting()
        yield from self._health()
        if self._logging is not None:
            yield from _log(self._logging)
        if self._canary is not None:
            yield from _canary(self._canary)

    def _sockets(self) -> Iterator[Metric]:
        meters, hub = self._service.meters, self._service.hub
        here = len(self._connections) if self._connections is not None else 0
        yield _gauge("connections", "Sockets open now.", here)
        yield _counter("connections_opened", "Sockets opened.", meters.opened)
        closes = {(str(code.value), code.name.lower()): meters.closes[code] for code in CloseCode}
        yield _counters(
            "connections_closed", "Sockets that the service closed.", ("code", "reason"), closes
        )
        yield _counter("frames_received", "Frames from clients.", meters.frames_in)
        yield _counter("frames_sent", "Frames to clients.", meters.frames_out)
        yield _counter("http_requests", "Requests over HTTP.", meters.http_requests)
        # The label was called `door` before 0.2: both are there for one version.
        errors = {
            (transport, transport, code): meters.errors[transport, code]
            for transport in TRANSPORTS
            for code in STATUS
        }
        yield _counters(
            "errors", "Refused requests, by error code.", ("transport", "door", "code"), errors
        )
        yield _gauge("users_here", "Users with a socket here.", len(hub.users))
        yield _gauge(
            "conversations_followed", "Conversations with a socket here.", len(hub.conversations)
        )
        yield _gauge(
            "presence_leases", "Presence leases held by this node.", len(self._service.presence)
        )
        yield _gauge("presence_watched", "Users watched from here.", len(hub.watching.watchers))

    def _messages(self) -> Iterator[Metric]:
        meters = self._service.meters
        yield _counter("messages_posted", "Messages committed by this node.", meters.posted)
        yield _counter(
            "messages_replayed",
            "Sends repeated with a key that was already committed.",
            meters.replayed,
        )
        yield _histogram("commit_messages", "Messages in one transaction.", meters.batch_sizes)
        yield _histogram(
            "commit_seconds", "Time of one transaction of messages.", meters.commit_seconds
        )
        yield _histogram(
            "ack_seconds",
            "Time from the frame of a send or a change to its answer.",
            meters.ack_seconds,
        )

    def _delivery(self) -> Iterator[Metric]:
        service, meters = self._service, self._service.meters
        yield _histogram(
            "delivery_seconds",
            "From the time of a message to the sockets of the node that committed it.",
            meters.delivery_seconds,
        )
        yield _histogram(
            "bus_seconds", "Time a signal of another node took to arrive here.", meters.bus_seconds
        )
        yield _counter("deliveries", "Events delivered to sockets.", service.hub.delivered)
        yield _counter(
            "gaps", "Logs found behind the database and caught up.", service.reconciler.gaps
        )
        resyncs = {(reason,): meters.resyncs[reason] for reason in RESYNCS}
        yield _counters(
            "resyncs", "Clients asked to compare their offsets with the log.", ("reason",), resyncs
        )
        yield _gauge("bus_connected", "1 while the bus is connected.", service.bus.is_connected)
        dropped = getattr(service.bus, "dropped", 0)
        yield _counter("bus_dropped", "Frames dropped before they were published.", dropped)

    def _waiting(self) -> Iterator[Metric]:
        service, lanes = self._service, self._service.lanes
        queues = {
            **{(str(number),): len(lane) for number, lane in enumerate(lanes.commands)},
            ("marks",): len(lanes.marks),
            ("arrivals",): len(lanes.connects),
            ("snapshots",): len(lanes.snapshots),
        }
        yield _gauges(
            "queue_length", "Commands and queries that wait for a batch.", ("queue",), queues
        )
        named = service.pools.named()
        pools = {name: pool for name, pool in named.items() if isinstance(pool, ThreadWorkers)}
        waiting = {(name,): pool.waiting for name, pool in pools.items()}
        yield _gauges(
            "workers_busy", "Calls that run or wait in a worker pool.", ("workers",), waiting
        )
        threads = {(name,): pool.threads for name, pool in pools.items()}
        yield _gauges("workers", "Threads of a worker pool.", ("workers",), threads)
        usage = service.storage.pool_usage()
        lent = {(name,): pool.used for name, pool in usage.items()}
        yield _gauges("database_connections_used", "Database connections in use.", ("pool",), lent)
        most = {(name,): pool.size for name, pool in usage.items()}
        yield _gauges("database_connections_max", "Size of the pool.", ("pool",), most)
        yield _gauges(
            "database_connections_most",
            "Deprecated name of parlour_database_connections_max, until 0.3.",
            ("pool",),
            most,
        )

    def _health(self) -> Iterator[Metric]:
        service = self._service
        refused = {(reason,): service.refusals.counts[reason] for reason in REASONS}
        yield _counters(
            "storage_refusals", "Transactions that the storage refused.", ("reason",), refused
        )
        yield _histogram(
            "loop_lag_seconds",
            "Delay of the event loop against its timer.",
            service.meters.loop_lag_seconds,
        )
        yield _gauge(
            "damaged_conversations",
            "Conversations that this node refuses to write to: their logs are damaged.",
            len(service.damaged),
        )
        yield _gauge("draining", "1 while the node drains before it stops.", service.is_draining)
        failing = len(service.supervisor.unhealthy)
        yield _gauge(
            "background_tasks_failing", "Background tasks that failed in the last 30 s.", failing
        )
        yield _gauge(
            "works_sick",
            "Deprecated name of parlour_background_tasks_failing, until 0.3.",
            failing,
        )
        yield _gauges("build_info", "The release.", ("version",), {(version(DISTRIBUTION),): 1})


def render(collector: NodeCollector) -> bytes:
    """Return the metrics of a node and its process in the Prometheus text format."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(collector)
    return generate_latest(registry)


def _log(logging: LoggingSubsystem) -> Iterator[Metric]:
    yield _counter("log_written", "Log lines written.", logging.written)
    yield _counter("log_dropped", "Log lines dropped because the queue was full.", logging.dropped)
    yield _gauge("log_waiting", "Log lines that wait to be written.", logging.waiting)


def _canary(canary: Canary) -> Iterator[Metric]:
    yield _histogram(
        "canary_seconds",
        "Round trip of the canary message through database and bus.",
        canary.seconds,
    )
    yield _counter("canary_failures", "Canary messages that did not arrive.", canary.failures)
    yield _gauge("canary_up", "1 if the last canary message arrived.", canary.is_well)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"parlour_{name}", meaning, value=float(value))


def _counter(name: str, meaning: str, value: float) -> Metric:
    return CounterMetricFamily(f"parlour_{name}", meaning, value=float(value))


def _gauges(name: str, meaning: str, labels: tuple[str, ...], values: Mapping[K, float]) -> Metric:
    family = GaugeMetricFamily(f"parlour_{name}", meaning, labels=labels)
    for key, value in values.items():
        family.add_metric(key, float(value))
    return family


def _counters(
    name: str, meaning: str, labels: tuple[str, ...], values: Mapping[K, float]
) -> Metric:
    family = CounterMetricFamily(f"parlour_{name}", meaning, labels=labels)
    for key, value in values.items():
        family.add_metric(key, float(value))
    return family


def _histogram(name: str, meaning: str, histogram: Histogram) -> Metric:
    buckets = [
        ("+Inf" if bound == float("inf") else str(bound), float(count))
        for bound, count in histogram.cumulative()
    ]
    return HistogramMetricFamily(
        f"parlour_{name}", meaning, buckets=buckets, sum_value=histogram.sum
    )
