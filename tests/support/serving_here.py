"""A node inside the test process, in memory, on a real port."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from parlour.adapters.config import load
from parlour.entrypoints.server import Process
from parlour.entrypoints.shell.service import Service
from tests.support.nodes import QUICK


class _Here(Process):
    """Signals are for the test run."""

    def _listen_to_signals(self) -> None:
        pass


@asynccontextmanager
async def serving_here(spoil: Callable[[Service], None]) -> AsyncIterator[str]:
    """Serve with a service that *spoil* has had in its hands; gives the address."""
    settings = {**QUICK, "SERVER__PORT": "0", "STORAGE__BACKEND": "memory"}
    environ = {f"PARLOUR__{name}": value for name, value in settings.items()}
    loop = asyncio.get_running_loop()
    url: asyncio.Future[str] = loop.create_future()
    thresholds = gc.get_threshold()
    process = _Here(load(None, environ, {}).settings, url.set_result)
    spoil(process.node.service)
    running = loop.create_task(process.run())
    try:
        async with asyncio.timeout(60):
            address = await url
        yield address
    finally:
        process.stop()
        await running
        gc.set_threshold(*thresholds)
        gc.unfreeze()
