"""Plain counters of one node, changed on the event loop; `operation.metrics` exports them.

Counting costs some tens of nanoseconds, because it is done for every frame.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Bounds in seconds, for durations of milliseconds."""

SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
"""Bounds for the sizes of batches."""


class Histogram:
    """Counts values by upper bounds, as Prometheus does: a value on a bound belongs to it."""

    __slots__ = ("_counts", "bounds", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.sum = 0.0
        self._counts = [0] * (len(bounds) + 1)

    def observe(self, value: float, times: int = 1) -> None:
        """Count *value*, *times* over."""
        self._counts[bisect_left(self.bounds, value)] += times
        self.sum += value * times

    @property
    def count(self) -> int:
        """The number of values."""
        return sum(self._counts)

    def cumulative(self) -> list[tuple[float, int]]:
        """Return the number of values up to each bound; the last bound is infinity."""
        return list(zip((*self.bounds, float("inf")), accumulate(self._counts), strict=True))


class Meters:
    """The counters of one node since its start."""

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
        """Sockets closed by the service, by close code."""
        self.resyncs: Counter[str] = Counter()
        """`resync` frames, by reason."""
        self.errors: Counter[tuple[str, str]] = Counter()
        """Refusals, by transport (`socket`, `http`) and code."""
        self.ack_seconds = Histogram(FAST)
        """Seconds from the frame of a command to its answer."""
        self.delivery_seconds = Histogram(FAST)
        """Seconds from the time of a message to the sockets of the node that committed it."""
        self.bus_seconds = Histogram(FAST)
        """Seconds that signals took from another node to this one, by their two clocks."""
        self.commit_seconds = Histogram(FAST)
        """Seconds that a transaction of commands took."""
        self.batch_sizes = Histogram(SIZES)
        """Commands in one transaction."""
        self.loop_lag_seconds = Histogram(FAST)
        """Seconds by which the event loop woke up late, measured once a second."""
