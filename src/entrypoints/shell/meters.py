"""Plain counters of one node: whole numbers on the event loop, read when somebody asks.

Nothing here knows how they are shown. To count costs some tens of nanoseconds, because it is done
for every frame; `operation.metrics` turns them into what Prometheus reads.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Bounds, in seconds, for what should take milliseconds."""

SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
"""Bounds for how many share something."""


class Histogram:
    """Counts values by bounds; a value on a bound counts below it."""

    __slots__ = ("_counts", "bounds", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.sum = 0.0
        self._counts = [0] * (len(bounds) + 1)

    def observe(self, value: float, times: int = 1) -> None:
        """Count a value that was seen so many *times*."""
        self._counts[bisect_left(self.bounds, value)] += times
        self.sum += value * times

    @property
    def count(self) -> int:
        """How many values were counted."""
        return sum(self._counts)

    def cumulative(self) -> list[tuple[float, int]]:
        """Return how many values were at most each bound; the last bound is infinity."""
        return list(zip((*self.bounds, float("inf")), accumulate(self._counts), strict=True))


class Meters:
    """What one node has counted since its start."""

    __slots__ = (
        "ack_seconds", "batch_sizes", "bus_seconds", "closes", "commit_seconds",
        "delivery_seconds", "errors", "frames_in", "frames_out", "http_requests",
        "loop_lag_seconds", "opened", "posted", "replayed", "resyncs",
    )  # fmt: skip

    def __init__(self) -> None:
        self.opened = 0
        self.frames_in = 0
        self.frames_out = 0
        self.http_requests = 0
        self.posted = 0
        self.replayed = 0
        self.closes: Counter[int] = Counter()
        """Sockets that the service closed, by code."""
        self.resyncs: Counter[str] = Counter()
        """Clients that were told to compare with the log, by reason."""
        self.errors: Counter[tuple[str, str]] = Counter()
        """Refusals, by door (`socket`, `http`) and code."""
        self.ack_seconds = Histogram(FAST)
        """From the frame of a send to its answer."""
        self.delivery_seconds = Histogram(FAST)
        """From the time of a message to the sockets of the node that committed it."""
        self.bus_seconds = Histogram(FAST)
        """From the telling of another node to the hearing of this one, by their two clocks."""
        self.commit_seconds = Histogram(FAST)
        """How long a transaction of messages took."""
        self.batch_sizes = Histogram(SIZES)
        """Messages in one transaction."""
        self.loop_lag_seconds = Histogram(FAST)
        """How much later than asked the event loop woke up, once a second."""
