"""Parlour as an ASGI application: under any server, or mounted in another application.

    uvicorn --factory parlour.entrypoints.asgi:create_app
    hypercorn "parlour.entrypoints.asgi:create_app()"
    granian --interface asgi --factory parlour.entrypoints.asgi:create_app

The configuration comes from the file that PARLOUR_CONFIG names and from PARLOUR__SECTION__KEY.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from litestar.types import ASGIApp, LifeSpanReceive, LifeSpanSend

from parlour.adapters import logging
from parlour.adapters.config import ConfigError, Loaded, load
from parlour.adapters.logging import get_logger
from parlour.domain.kernel.errors import DomainError
from parlour.entrypoints.app import litestar_app
from parlour.entrypoints.backends import BackendNotFound
from parlour.entrypoints.listening import CannotServe
from parlour.entrypoints.mounting import mounted, refuse
from parlour.entrypoints.node import Node
from parlour.entrypoints.operation.reloading import Load
from parlour.entrypoints.uvicorn_servers import UvicornServers, checked_protocol

REQUEST_TIMEOUT = 1
"""Seconds that requests of operators have to finish when the application stops."""

_EXPECTED = (CannotServe, ConfigError, DomainError, BackendNotFound, logging.CannotLog, OSError)
"""Reasons for a start to fail that need no traceback."""

log = get_logger("parlour.process")


class Application:
    """The ASGI application: one node for as long as its lifespan lasts.

    A server runs the lifespan by itself. Where the application is mounted in another one, no
    framework does, and the host has to enter `lifespan` in its own.
    """

    def __init__(self, load: Load) -> None:
        """Make an application that is configured by *load* each time it starts."""
        self._load = load
        self._app: ASGIApp | None = None

    # Any: every framework has types of its own for these.
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, socket or lifespan, as ASGI wants it."""
        if scope["type"] == "lifespan":
            await self._serve_lifespan(receive, send)
        elif self._app is None:
            log.error("request before the start: the host does not enter Application.lifespan")
            await refuse(scope, receive, send)
        else:
            await self._app(mounted(scope), receive, send)

    @contextlib.asynccontextmanager
    async def lifespan(self, _host: object = None) -> AsyncIterator[None]:
        """Start the node on entering and stop it on leaving.

        The signature is that of a lifespan of Starlette and Litestar, which pass themselves.

        Raises:
            ConfigError: the configuration is wrong.
            CannotServe: the storage is not ready, or a listener for operators cannot be had.
        """
        if self._app is not None:
            raise RuntimeError("This application runs already")
        loaded = await asyncio.to_thread(self._load)
        async with contextlib.AsyncExitStack() as held:
            log_of_process = held.enter_context(
                logging.started_inside_host(loaded.settings.logging)
            )
            for warning in loaded.warnings:
                log.warning("configuration warning", warning=str(warning))
            held.callback(log.info, "stopped")
            node = Node(loaded.settings, load=self._load, logging=log_of_process)
            await held.enter_async_context(_running(node))
            self._app = litestar_app(node)
            held.callback(self._forget_app)
            log.info("serving", node=node.service.node, sockets="asgi")
            yield

    def _forget_app(self) -> None:
        self._app = None

    async def _serve_lifespan(self, receive: LifeSpanReceive, send: LifeSpanSend) -> None:
        """Speak the lifespan protocol of ASGI; a start that fails says why in one line."""
        await receive()
        started, failure = False, ""
        try:
            async with self.lifespan():
                await send({"type": "lifespan.startup.complete"})
                started = True
                await receive()
        except Exception as error:
            if started or not isinstance(error, _EXPECTED):
                log.exception("stopping failed" if started else "start failed")
            failure = " ".join(str(error).split()) or type(error).__name__
        # Outside the handler, so that a server that raises shows its own error alone.
        if not failure:
            await send({"type": "lifespan.shutdown.complete"})
        elif started:
            await send({"type": "lifespan.shutdown.failed", "message": failure})
        else:
            await send({"type": "lifespan.startup.failed", "message": failure})


def create_app() -> Application:
    """Make the application that the environment configures; it starts with its lifespan."""
    return Application(load_from_environment)


def load_from_environment() -> Loaded:
    """Load the file that PARLOUR_CONFIG names, if any, and PARLOUR__SECTION__KEY over it.

    Raises `ConfigError`.
    """
    named = os.environ.get("PARLOUR_CONFIG")
    return load(Path(named) if named else None, os.environ, {})


@contextlib.asynccontextmanager
async def _running(node: Node) -> AsyncIterator[None]:
    """Start a node and its listeners for operators; on leaving, drain and stop it."""
    with contextlib.ExitStack() as held:
        await node.prepare(held)
        await node.start()
        servers = UvicornServers(request_timeout=REQUEST_TIMEOUT)
        try:
            for app, listener in node.operator_listeners(held):
                http = checked_protocol(node.operator_guard)
                servers.start(app, listener, http=http, ws="none")
            yield
        finally:
            await node.drain(hurry=asyncio.Event())
            await servers.stop()
            await node.stop()
