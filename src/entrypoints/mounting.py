"""An application below a path of another one: what its requests look like, wherever it is."""

from urllib.parse import unquote

import msgspec
from litestar.enums import ScopeType
from litestar.types import Receive, Scope, Send

_ASGI = frozenset(
    {
        *("type", "asgi", "http_version", "method", "scheme", "path", "raw_path", "query_string"),
        *("root_path", "headers", "client", "server", "extensions", "subprotocols"),
    }
)

_NOT_RUNNING = msgspec.json.encode(
    {
        "type": "urn:parlour:error:unavailable",
        "title": "Not started",
        "status": 503,
        "code": "unavailable",
        "temporary": True,
    }
)


def mounted(scope: Scope) -> Scope:
    """Return *scope* with `root_path` and `path` as the ASGI specification wants them.

    Hosts differ. Starlette leaves `path` whole and extends `root_path`; Litestar cuts the path of
    the mount off `path` and reports it nowhere; some servers leave a configured `root_path` out of
    `path`. What was cut off is found in `raw_path`. Keys that a host has added for itself (its
    state, its user, what its framework has parsed) are left out.
    """
    path, root = scope["path"], scope.get("root_path", "").rstrip("/")
    if root and (path == root or path.startswith(f"{root}/")):
        path = path[len(root) :]
    else:
        root = _cut_off(scope, path) or root
    found = {key: value for key, value in scope.items() if key in _ASGI}
    return {**found, "root_path": root, "path": root + (path or "/")}  # type: ignore[return-value]


def _cut_off(scope: Scope, path: str) -> str:
    """Return what the host has cut off in front of *path*."""
    whole, tail = (
        unquote(scope.get("raw_path", b"").decode("latin-1")).rstrip("/"),
        path.rstrip("/"),
    )
    return whole[: len(whole) - len(tail)] if whole.endswith(tail) else ""


def ends_with_slash(scope: Scope) -> bool:
    """Return whether the address that the client asked for ends with a slash.

    Links of a page are relative to it, and routes do not distinguish the two.
    """
    return scope.get("raw_path", scope["path"].encode()).endswith(b"/")


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request to an application that does not run: 503, or no upgrade."""
    await receive()
    if scope["type"] == ScopeType.WEBSOCKET:
        await send({"type": "websocket.close", "code": 1013, "reason": "not_started"})
        return
    headers = [(b"content-type", b"application/problem+json"), (b"retry-after", b"1")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": _NOT_RUNNING, "more_body": False})
