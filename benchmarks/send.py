"""Messages between pairs of users: what one costs, and how many there can be."""

import json
import statistics
import subprocess
import sys
from typing import Any

from benchmarks.site import Site, site


def measure(storage: str, *, users: int, window: int, rate: float = 0, seconds: float = 8) -> dict[str, Any]:
    """Let *users* talk in pairs, *window* messages in flight each; return one run's figures."""
    with site(storage, {"users": users, "pairs": users // 2}) as found:
        return talk(found, window=window, rate=rate, seconds=seconds)


def talk(found: Site, *, window: int, rate: float, seconds: float, warm_up: float = 2) -> dict[str, Any]:
    seeded = found.nodes[0]
    sockets = [
        {
            "url": found.nodes[number % len(found.nodes)].url,
            "token": user["token"],
            "conversation": seeded.conversations[number // 2],
            "sends": True,
        }
        for number, user in enumerate(seeded.users)
    ]
    client = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.load_client"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert client.stdin and client.stdout
    orders = {"sockets": sockets, "window": window, "rate": rate, "seconds": seconds, "warm_up": warm_up}
    client.stdin.write(json.dumps(orders) + "\n")
    client.stdin.flush()
    before = after = (0.0, 0.0)
    result: dict[str, Any] = {}
    for line in client.stdout:
        words = json.loads(line)
        if "measuring" in words:
            before = (found.server_cpu, found.database_cpu)
        elif "measured" in words:
            after = (found.server_cpu, found.database_cpu)
        result |= words
    client.wait(30)
    result["server_us"] = 1e6 * (after[0] - before[0]) / max(1, result["delivered"])
    result["database_us"] = 1e6 * (after[1] - before[1]) / max(1, result["delivered"])
    result["stored"] = found.count_messages()
    return result


if __name__ == "__main__":
    storage, users, window = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rate = float(sys.argv[4]) if len(sys.argv) > 4 else 0
    print(json.dumps(measure(storage, users=users, window=window, rate=rate), indent=1))
