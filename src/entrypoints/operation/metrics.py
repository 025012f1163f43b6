"""What a node has counted, in the words of Prometheus.

The counters are plain numbers in `shell.meters`, in lanes, hub, follower and log; they are read
when somebody asks, so that no message ever touches an object of the Prometheus client.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Protocol, TypeVar, runtime_checkable

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
from parlour.adapters.logging import Logging
from parlour.entrypoints.operation.canary import Canary
from parlour.entrypoints.shell.meters import Histogram
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.shell.workers import ThreadWorkers
from parlour.entrypoints.websocket.connections import Connections
from parlour.entrypoints.websocket.session import CloseCode
from parlour.entrypoints.wire.errors import STATUS

K = TypeVar("K", bound=tuple[str, ...])

DOORS = ("socket", "http")
RESYNCS = ("joined", "too_far_behind")


@runtime_checkable
class Pooled(Protocol):
    """A storage that tells how its connections are used."""

    def pool_usage(self) -> Mapping[str, tuple[int, int]]:
        """Tell of each pool how many connections are lent, and how many may be at most."""
        ...


class NodeCollector(Collector):
    """Reads one node; every label takes one of a few values that are known beforehand."""

    def __init__(
        self,
        service: Service,
        connections: Connections | None = None,
        logging: Logging | None = None,
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
        errors = {(door, code): meters.errors[door, code] for door in DOORS for code in STATUS}
        yield _counters("errors", "Refusals, by the stable code.", ("door", "code"), errors)
        yield _gauge("users_here", "Users with a socket here.", len(hub.users))
        yield _gauge(
            "conversations_followed", "Conversations with a socket here.", len(hub.conversations)
        )
        yield _gauge("presence_leases", "Sockets seen as present.", len(self._service.presence))
        yield _gauge("presence_watched", "Users watched from here.", len(hub.watching.watchers))

    def _messages(self) -> Iterator[Metric]:
        meters = self._service.meters
        yield _counter("messages_posted", "Messages committed by this node.", meters.posted)
        yield _counter("messages_replayed", "Sends that were committed before.", meters.replayed)
        yield _histogram("commit_messages", "Messages in one transaction.", meters.batch_sizes)
        yield _histogram(
            "commit_seconds", "Time of one transaction of messages.", meters.commit_seconds
        )
        yield _histogram(
            "ack_seconds", "From the frame of a send to its answer.", meters.ack_seconds
        )

    def _delivery(self) -> Iterator[Metric]:
        service, meters = self._service, self._service.meters
        yield _histogram(
            "delivery_seconds",
            "From the time of a message to the sockets of the node that committed it.",
            meters.delivery_seconds,
        )
        yield _histogram(
            "bus_seconds", "From another node's telling to this one's hearing.", meters.bus_seconds
        )
        yield _counter("deliveries", "Events handed to sockets.", service.hub.delivered)
        yield _counter("gaps", "Logs found behind the database and read.", service.follower.gaps)
        resyncs = {(reason,): meters.resyncs[reason] for reason in RESYNCS}
        yield _counters("resyncs", "Clients told to compare their offsets.", ("reason",), resyncs)
        yield _gauge("bus_connected", "Whether the bus carries frames.", service.bus.is_connected)
        dropped = getattr(service.bus, "dropped", 0)
        yield _counter("bus_dropped", "Frames given up before they were published.", dropped)

    def _waiting(self) -> Iterator[Metric]:
        service, lanes = self._service, self._service.lanes
        queues = {
            **{(str(number),): len(lane) for number, lane in enumerate(lanes.posts)},
            ("marks",): len(lanes.marks),
            ("arrivals",): len(lanes.arrivals),
            ("snapshots",): len(lanes.snapshots),
        }
        yield _gauges("queue_length", "What waits for a transaction.", ("queue",), queues)
        named = service.pools.named()
        pools = {name: pool for name, pool in named.items() if isinstance(pool, ThreadWorkers)}
        waiting = {(name,): pool.waiting for name, pool in pools.items()}
        yield _gauges("workers_busy", "Work that runs or waits.", ("workers",), waiting)
        threads = {(name,): pool.threads for name, pool in pools.items()}
        yield _gauges("workers", "Threads that work.", ("workers",), threads)
        storage = service.storage
        usage = storage.pool_usage() if isinstance(storage, Pooled) else {}
        lent = {(name,): used for name, (used, _) in usage.items()}
        yield _gauges("database_connections_used", "Connections lent.", ("pool",), lent)
        most = {(name,): size for name, (_, size) in usage.items()}
        yield _gauges("database_connections_most", "Connections at most.", ("pool",), most)

    def _health(self) -> Iterator[Metric]:
        service = self._service
        yield _histogram(
            "loop_lag_seconds",
            "How much too late the event loop woke up.",
            service.meters.loop_lag_seconds,
        )
        yield _gauge("draining", "Whether the node goes away.", service.is_draining)
        sick = len(service.supervisor.sick)
        yield _gauge("works_sick", "Background works that died half a minute ago or less.", sick)
        yield _gauges("build_info", "The release.", ("version",), {(version(DISTRIBUTION),): 1})


def render(collector: NodeCollector) -> bytes:
    """Write everything that is known of a node and its process, in Prometheus' text form."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(collector)
    return generate_latest(registry)


def _log(logging: Logging) -> Iterator[Metric]:
    yield _counter("log_written", "Lines of the log written.", logging.written)
    yield _counter("log_dropped", "Lines of the log dropped.", logging.dropped)
    yield _gauge("log_waiting", "Lines of the log that wait.", logging.waiting)


def _canary(canary: Canary) -> Iterator[Metric]:
    yield _histogram(
        "canary_seconds", "Way of the canary through database and bus.", canary.seconds
    )
    yield _counter("canary_failures", "Canaries that did not come back.", canary.failures)
    yield _gauge("canary_up", "Whether the last canary came back.", canary.is_well)


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
