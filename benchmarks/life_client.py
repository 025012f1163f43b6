"""Many sockets that react to one message at once, in a process of their own.

Reads its orders as JSON from standard input, says when all are connected, begins with the next
line, and prints what it found when everybody has heard of every reaction.
"""

import asyncio
import json
import sys
import time
from typing import Any

import picows
import uvloop

from benchmarks.load_client import Counter, SocketClient, connect_all, say

PATIENCE = 60
"""Seconds after which what is missing counts as lost."""


async def run(orders: dict[str, Any]) -> dict[str, Any]:
    counter = Counter()
    clients = await connect_all(orders, counter)
    say({"connected": len(clients)})
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    began = time.perf_counter()
    for number, client in enumerate(clients):
        react(client, orders["emojis"][number % len(orders["emojis"])])
    wanted = (len(clients), len(clients) ** 2)
    while (counter.acked, counter.delivered) != wanted:
        if counter.errors or time.perf_counter() - began > PATIENCE:
            break
        await asyncio.sleep(0.001)
    return {
        "seconds": time.perf_counter() - began,
        "acked": counter.acked,
        "delivered": counter.delivered,
        "errors": counter.errors[:3],
    }


def react(client: SocketClient, emoji: str) -> None:
    frame = {
        "type": "reaction.set",
        "id": 1,
        "conversation": client.conversation,
        "seq": 1,
        "emoji": emoji,
        "on": True,
    }
    client.sent_at[1] = time.perf_counter()
    client.transport.send(picows.WSMsgType.TEXT, json.dumps(frame).encode())


if __name__ == "__main__":
    say(uvloop.run(run(json.loads(sys.stdin.readline()))))
