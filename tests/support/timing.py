"""How long a computation takes on its own, whatever else the machine does."""

import time
from collections.abc import Callable


def fastest(compute: Callable[[], object], *, runs: int = 5) -> float:
    """Return the seconds of processor time that the fastest of several runs took."""
    times = []
    for _ in range(runs):
        started = time.thread_time()
        compute()
        times.append(time.thread_time() - started)
    return min(times)
