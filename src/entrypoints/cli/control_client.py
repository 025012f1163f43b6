"""Sends requests to the node that runs on this machine, through its control socket."""

import json
import socket
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

if TYPE_CHECKING:
    from parlour.adapters.config import Settings

TIMEOUT = 10.0


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(str(self._path))


def call_node(
    settings: "Settings", method: str, path: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Send a request to the node that runs with *settings*, and return its answer.

    Raises:
        click.ClickException: the node does not run, has no control socket, or refuses.
    """
    from parlour.entrypoints.listening import control_path

    where = control_path(settings)
    if where is None:
        raise click.ClickException(
            "This configuration has no control socket, because server.port is 0: set ops.socket "
            'to a path that this user may open, such as "/run/parlour/control", or a port.'
        )
    connection = _UnixConnection(where)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.ClickException(
            f"No node answers at {where}: {reason}. Does the service run, as this user and with "
            "this configuration? `--set server.port=` and `ops.socket` choose the node."
        ) from None
    finally:
        connection.close()
    if response.status >= 400:
        raise click.ClickException(answer.get("detail") or answer["title"])
    return answer
