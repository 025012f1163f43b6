"""Drives the load client against a site and reads what both have used."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, Protocol


class Site(Protocol):
    """The servers under load: their processor time, and the number of stored messages."""

    @property
    def server_cpu(self) -> float: ...
    @property
    def database_cpu(self) -> float: ...
    def count_messages(self) -> int | None: ...


Socket = dict[str, Any]
"""`url`, `token`, `conversation` to talk in, and whether it `sends`."""


@contextmanager
def load_client(
    orders: dict[str, Any], module: str = "benchmarks.load_client"
) -> Iterator[tuple[IO[str], IO[str]]]:
    """Run a load client; yield its standard input and output."""
    client = subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert client.stdin is not None
    assert client.stdout is not None
    try:
        client.stdin.write(json.dumps(orders) + "\n")
        client.stdin.flush()
        yield client.stdin, client.stdout
    finally:
        client.stdin.close()
        client.wait(60)


def drive(
    found: Site,
    sockets: Sequence[Socket],
    *,
    window: int,
    rate: float = 0,
    seconds: float = 8,
    warm_up: float = 2,
    client: str = "benchmarks.load_client",
) -> dict[str, Any]:
    """Let *sockets* send; return the client's figures and the cost of each delivered frame."""
    orders = {
        "sockets": list(sockets),
        "window": window,
        "rate": rate,
        "seconds": seconds,
        "warm_up": warm_up,
    }
    before = after = (0.0, 0.0)
    result: dict[str, Any] = {}
    with load_client(orders, client) as (_, output):
        for line in output:
            words = json.loads(line)
            if "measuring" in words:
                before = (found.server_cpu, found.database_cpu)
            elif "measured" in words:
                after = (found.server_cpu, found.database_cpu)
            else:
                result |= words
    result["server_us"] = 1e6 * (after[0] - before[0]) / max(1, result["delivered"])
    result["database_us"] = 1e6 * (after[1] - before[1]) / max(1, result["delivered"])
    result["stored"] = found.count_messages()
    return result
