"""The reference of all metrics in Markdown, read from a node: docs/reference/metrics.md.

`python -m parlour.entrypoints.operation.reference > docs/reference/metrics.md` writes it anew.
"""

import asyncio
import sys
from collections.abc import Iterator

from prometheus_client.core import Metric

from parlour.adapters.config import Settings
from parlour.adapters.config.settings_backends import Storage
from parlour.adapters.logging import Logging
from parlour.entrypoints.container import Container
from parlour.entrypoints.operation.canary import Canary
from parlour.entrypoints.operation.metrics import NodeCollector
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.connections import Connections

_INTRODUCTION = (
    "# Metrics",
    "",
    "<!-- Written by `python -m parlour.entrypoints.operation.reference` from the metrics. -->",
    "",
    "`GET /metrics` on the operators' listener (`[ops]`, by default 127.0.0.1:8001) shows what",
    "this node has counted since its start, in the text form of Prometheus. Every label takes one",
    "of a few values that are known beforehand, whatever clients do. The `process_…` and",
    "`python_…` metrics of the Prometheus client are there as well: memory, processor time, file",
    "descriptors, garbage collection.",
    "",
    "| metric | type | labels | meaning |",
    "|---|---|---|---|",
)


def reference_markdown(logging: Logging) -> str:
    """Return the reference of all metrics; *logging* is any log that runs."""
    return asyncio.run(_written(logging))


async def _written(logging: Logging) -> str:
    # Of a node with all there is: a database with pools, and a canary.
    settings = Settings(storage=Storage(backend="memory"))
    service: Service = Container(settings=settings).service()
    canary = Canary(service, every=30)
    collector = NodeCollector(service, Connections(service), logging, canary)
    lines = [*_INTRODUCTION, *_rows(collector)]
    await service.stop()
    return "\n".join(lines) + "\n"


def _rows(collector: NodeCollector) -> Iterator[str]:
    for family in collector.collect():
        labels = ", ".join(f"`{label}`" for label in _labels(family))
        ending = {"counter": "_total"}.get(family.type, "")
        yield f"| `{family.name}{ending}` | {family.type} | {labels} | {family.documentation} |"


def _labels(family: Metric) -> tuple[str, ...]:
    given: tuple[str, ...] = getattr(family, "_labelnames", ())
    return given


if __name__ == "__main__":
    from parlour.adapters.logging import start

    running = start(Settings().logging)
    sys.stdout.write(reference_markdown(running))
    running.close()
