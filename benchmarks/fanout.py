"""Four senders in a group whose members are all connected: the cost of a delivered frame."""

import json
import sys
from typing import Any

from benchmarks.driving import drive
from benchmarks.site import site

SENDERS = 4


def measure(
    storage: str, *, members: int, seconds: float = 8, direct: bool = True
) -> dict[str, Any]:
    """Let four of *members* talk, one message in flight each; return one run's figures.

    Sockets take the *direct* path, or that of ASGI.
    """
    wanted = {"users": members, "groups": 1}
    extra = {"limits.group_members": max(2, members), "server.direct": direct}
    with site(storage, wanted, extra=extra) as found:
        node = found.nodes[0]
        sockets = [
            {
                "url": node.url,
                "token": user["token"],
                "conversation": node.conversations[0],
                "sends": number < SENDERS,
            }
            for number, user in enumerate(node.users)
        ]
        return drive(found, sockets, window=1, seconds=seconds)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], members=int(sys.argv[2])), indent=1))
