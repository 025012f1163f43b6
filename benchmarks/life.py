"""What happens to messages later: reactions in a burst, edits, pages with reactions."""

import json
import sys
import time
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from benchmarks.driving import drive, load_client
from benchmarks.site import Node, site

EMOJIS = ("👍", "❤️", "😂", "🎉", "😮", "😢")


def burst(storage: str, *, people: int = 500) -> dict[str, Any]:
    """Let *people*, each with a socket, react to one message at once; return one run's figures.

    It is over when everybody has heard of every reaction.
    """
    extra = {"limits.group_members": people}
    with site(storage, {"users": people, "groups": 1}, extra=extra) as found:
        node = found.nodes[0]
        room = node.conversations[0]
        _post(node, room, 1)
        orders = {
            "sockets": [
                {"url": node.url, "token": user["token"], "conversation": room, "sends": True}
                for user in node.users
            ],
            "emojis": EMOJIS,
        }
        with load_client(orders, "benchmarks.life_client") as (commands, output):
            output.readline()  # all are connected
            cpu = (found.server_cpu, found.database_cpu)
            commands.write("go\n")
            commands.flush()
            figures: dict[str, Any] = json.loads(output.readline())
            server, database = found.server_cpu - cpu[0], found.database_cpu - cpu[1]
    if figures["acked"] != people or figures["delivered"] != people * people:
        raise RuntimeError(f"reactions were lost: {figures}")
    return {
        **figures,
        "reactions_per_second": people / figures["seconds"],
        "server_us": 1e6 * server / figures["delivered"],
        "database_us": 1e6 * database / people,
    }


def edits(storage: str, *, users: int, window: int, seconds: float = 8) -> dict[str, Any]:
    """Let pairs of *users* edit their own message again and again; return one run's figures."""
    with site(storage, {"users": users, "pairs": users // 2}) as found:
        node = found.nodes[0]
        sockets = [
            {
                "url": node.url,
                "token": user["token"],
                "conversation": node.conversations[number // 2],
                "sends": True,
            }
            for number, user in enumerate(node.users[:users])
        ]
        figures = drive(
            found, sockets, window=window, seconds=seconds, client="benchmarks.edit_client"
        )
        return {"edits_per_second": figures["acked_per_second"], **figures, "stored": None}


def page(storage: str, *, reacting: int, pages: int = 400) -> dict[str, Any]:
    """Read a page of 50 messages, to each of which *reacting* people react in six ways."""
    with site(storage, {"users": 10, "groups": 1}) as found:
        node = found.nodes[0]
        path = f"/v1/conversations/{node.conversations[0]}/messages"
        _post(node, node.conversations[0], 50)
        for user in node.users[:reacting]:
            with _client(node, user["token"]) as client:
                for seq in range(1, 51):
                    for emoji in EMOJIS:
                        client.put(f"{path}/{seq}/reactions/{quote(emoji)}").raise_for_status()
        with _client(node, node.users[0]["token"]) as client:
            size = len(client.get(path).raise_for_status().content)
            cpu, began = (found.server_cpu, found.database_cpu), time.perf_counter()
            for _ in range(pages):
                client.get(path)
            seconds = time.perf_counter() - began
        return {
            "page_ms": 1000 * seconds / pages,
            "server_us": 1e6 * (found.server_cpu - cpu[0]) / pages,
            "database_us": 1e6 * (found.database_cpu - cpu[1]) / pages,
            "page_kib": size / 1024,
        }


def _post(node: Node, room: str, count: int) -> None:
    with _client(node, node.users[0]["token"]) as client:
        for number in range(count):
            client.post(
                f"/v1/conversations/{room}/messages",
                json={"body": {"text": f"number {number}"}},
                headers={"Idempotency-Key": str(uuid4())},
            ).raise_for_status()


def _client(node: Node, token: str) -> httpx.Client:
    return httpx.Client(base_url=node.url, headers={"Authorization": f"Bearer {token}"})


if __name__ == "__main__":
    backend = sys.argv[1]
    print(
        json.dumps(
            {
                "burst": burst(backend),
                "edits": edits(backend, users=100, window=8),
                "plain page": page(backend, reacting=0),
                "page with reactions": page(backend, reacting=5),
            },
            indent=1,
        )
    )
