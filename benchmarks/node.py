"""One node under test, in a process of its own: seeds its storage, then serves.

Reads its orders as JSON from standard input and prints one line of JSON once it serves:
`{"url": …, "users": [{"id", "token"}], "conversations": […]}`.
"""

import json
import sys
from typing import Any

import uvloop
from dependency_injector import providers

from benchmarks.seeding import seed
from parlour.adapters.config.loading import load
from parlour.adapters.security import Argon2Hasher
from parlour.entrypoints.server import Process

# Only the making of thousands of accounts is hurried, never what is measured.
QUICK = Argon2Hasher(memory=8 << 10, passes=1)


def main() -> None:
    orders: dict[str, Any] = json.load(sys.stdin)
    settings = load(None, {}, orders["settings"]).settings
    found: dict[str, Any] = {}

    def announce(url: str) -> None:
        print(json.dumps({"url": url, **found}), flush=True)

    async def run() -> None:
        process = Process(settings, announce)
        if orders.get("seed"):
            process.node.service.storage.migrate()
            process.node.container.hasher.override(providers.Object(QUICK))
            found.update(seed(process.node.container, orders["seed"]))
        await process.run()

    uvloop.run(run())


if __name__ == "__main__":
    main()
