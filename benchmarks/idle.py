"""Silent sockets: the memory of each, and connections a second."""

import json
import sys
import time
from typing import Any

from benchmarks.driving import load_client
from benchmarks.site import site


def measure(
    storage: str, *, sockets: int, seconds: float = 5, direct: bool = True
) -> dict[str, Any]:
    """Connect *sockets* users and let them sit; return one run's figures.

    Sockets take the *direct* path, or that of ASGI.
    """
    wanted = {"users": sockets, "pairs": sockets // 2}
    with site(storage, wanted, extra={"server.direct": direct}) as found:
        node = found.nodes[0]
        memory, cpu = node.memory, node.cpu
        orders = {
            "sockets": [
                {"url": node.url, "token": user["token"], "conversation": "", "sends": False}
                for user in node.users
            ],
            "window": 0,
        }
        with load_client(orders) as (_, output):
            connected = json.loads(output.readline())["connected_in"]
            hello_us = 1e6 * (node.cpu - cpu) / sockets
            held = node.memory - memory
            cpu = node.cpu
            time.sleep(seconds)
            idle = (node.cpu - cpu) / seconds
        return {
            "hello_per_second": sockets / connected,
            "hello_us": hello_us,
            "kib_per_socket": held / sockets / 1024,
            "idle_cpu_share": idle,
        }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sockets=int(sys.argv[2])), indent=1))
