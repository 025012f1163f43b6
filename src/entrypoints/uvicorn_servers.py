"""Servers of uvicorn in the running event loop, one for each listening socket."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from litestar.types import ASGIApp

from parlour.adapters.logging import get_logger
from parlour.entrypoints.connection_guard import ConnectionGuard
from parlour.entrypoints.listening import BACKLOG

log = get_logger("parlour.process")


class _Server(uvicorn.Server):
    """Leaves signals alone: the process decides when its servers end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class UvicornServers:
    """Starts servers and ends them together."""

    def __init__(self, *, request_timeout: int) -> None:
        """*request_timeout*: seconds that requests in flight have to finish at the end."""
        self._request_timeout = request_timeout
        self._servers: list[_Server] = []
        self._of_clients: list[_Server] = []
        self.tasks: list[asyncio.Task[None]] = []

    def start(
        self, app: ASGIApp, listener: socket.socket, *, clients: bool = False, **options: Any
    ) -> None:
        """Serve *app* at *listener*; *options* are uvicorn's, such as `http` and `ws`.

        *clients*: the listener is one for clients, which a stop closes first.
        """
        config = uvicorn.Config(
            app,
            loop="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            # `server.trusted_proxies` decides whom to believe.
            proxy_headers=False,
            timeout_graceful_shutdown=self._request_timeout,
            backlog=BACKLOG,
            **options,
        )
        server = _Server(config)
        self._servers.append(server)
        if clients:
            self._of_clients.append(server)
        self.tasks.append(asyncio.create_task(server.serve(sockets=[listener])))

    def stop_accepting(self) -> None:
        """Take no new connection of clients; operators are still served."""
        for server in self._of_clients:
            # uvicorn sets `servers` when it starts: none where the end comes before that.
            for each in getattr(server, "servers", ()):
                each.close()

    def force(self) -> None:
        """Do not wait for requests in flight."""
        for server in self._servers:
            server.force_exit = True

    async def stop(self) -> None:
        """End all servers; raise what any of them raised."""
        for server in self._servers:
            server.should_exit = True
        await asyncio.gather(*self.tasks)


def checked_protocol(guard: ConnectionGuard) -> Any:
    """Return the HTTP protocol that refuses malformed requests; uvicorn's own without httptools.

    Its connections are counted by *guard*.
    """
    try:
        from parlour.entrypoints import http_protocol  # noqa: PLC0415 - may be missing
    except ImportError as error:
        log.warning("requests are checked by uvicorn alone", reason=str(error))
        return "auto"
    return http_protocol.checked_http(guard)
