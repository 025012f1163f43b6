"""
What a line of the log costs where it is written, such as the event loop.

`line_us` is the time a call takes with the writing thread busy beside it, in bursts as requests
cause them; `steady_lines_per_s` is what file and writer keep up with; `bare_us` is the same line
by the standard library's own handler, unredacted and written in place: the machine's own measure.
"""

import gc
import json
import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import attrs

from parlour.adapters.config.settings import Settings
from parlour.adapters.logging import LoggingSubsystem, bound, get_logger, start

BURSTS = 60
BURST = 200
STEADY = 50_000
BUDGET_US = 10.0


def run() -> dict[str, float]:
    """Return the figures; microseconds a line, lines a second."""
    with tempfile.TemporaryDirectory() as folder:
        policy = attrs.evolve(
            Settings().logging, file=Path(folder) / "parlour.log", stream="off", queue=1_000_000
        )
        running = start(policy)
        try:
            with bound(request=str(uuid4()), session=str(uuid4()), user=str(uuid4())):
                figures = _measure(running)
        finally:
            running.close()
        bare = _bursts(_bare_line(Path(folder) / "bare.log"), lambda: None)
    return {
        **figures,
        "bare_us": bare,
        "share_of_bare": figures["line_us"] / bare,
        "budget_us": BUDGET_US,
    }


def _measure(running: LoggingSubsystem) -> dict[str, float]:
    log = get_logger("parlour.benchmark")
    conversation = str(uuid4())

    def line(seq: int) -> None:
        log.info("message posted", conversation=conversation, seq=seq, bytes=120, ms=1.5)

    def silent(_: int) -> None:
        log.debug("message posted", conversation=conversation)

    line_us = _bursts(line, running.flush)
    silent_us = _bursts(silent, lambda: None)
    before = running.written
    began = time.perf_counter()
    for seq in range(STEADY):
        line(seq)
    called = time.perf_counter() - began
    running.flush(60.0)
    steady = (running.written - before) / (time.perf_counter() - began)
    return {
        "line_us": line_us,
        "silent_us": silent_us,
        "line_us_while_saturated": called / STEADY * 1e6,
        "steady_lines_per_s": steady,
        "dropped": running.dropped,
    }


def _bursts(line: Callable[[int], None], settle: Callable[[], object]) -> float:
    """Return the median over bursts of the microseconds a call takes."""
    samples = []
    gc.collect()
    for _ in range(BURSTS):
        began = time.perf_counter()
        for seq in range(BURST):
            line(seq)
        samples.append((time.perf_counter() - began) / BURST * 1e6)
        settle()
    return statistics.median(samples)


def _bare_line(path: Path) -> Callable[[int], None]:
    bare = logging.getLogger("bare")
    bare.setLevel(logging.INFO)
    bare.propagate = False
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    bare.addHandler(handler)
    return lambda seq: bare.info("message posted seq=%d bytes=%d", seq, 120)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
