"""Messages between pairs of users: what one costs, and how many there can be."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.driving import drive
from benchmarks.site import site


def measure(
    storage: str,
    *,
    users: int,
    window: int,
    rate: float = 0,
    nodes: int = 1,
    seconds: float = 8,
    more: Mapping[str, int] | None = None,
    direct: bool = True,
) -> dict[str, Any]:
    """Let *users* talk in pairs, *window* messages in flight each; return one run's figures.

    With a *rate* the load is an open loop of so many messages a second in all. *more* is seeded
    beside what takes part. Sockets take the *direct* path, or that of ASGI.
    """
    wanted = {"users": users, "pairs": users // 2, **(more or {})}
    with site(storage, wanted, nodes=nodes, extra={"server.direct": direct}) as found:
        seeded = found.nodes[0]
        sockets = [
            {
                "url": found.nodes[number % len(found.nodes)].url,
                "token": user["token"],
                "conversation": seeded.conversations[number // 2],
                "sends": True,
            }
            for number, user in enumerate(seeded.users[:users])
        ]
        figures = drive(found, sockets, window=window, rate=rate, seconds=seconds)
        return {**figures, "seeded": wanted.get("history", 0)}


if __name__ == "__main__":
    rate = float(sys.argv[4]) if len(sys.argv) > 4 else 0
    figures = measure(sys.argv[1], users=int(sys.argv[2]), window=int(sys.argv[3]), rate=rate)
    print(json.dumps(figures, indent=1))
