"""HTTP for a client: JSON in, JSON or a refusal out, with the standard library alone."""

import asyncio
import ipaddress
import json
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from parlour.entrypoints.client.errors import ClientError, NoAnswer, Refused

TIMEOUT = 15.0
_MAX_BYTES = 16 * 1024 * 1024


class _NoRedirect(HTTPRedirectHandler):
    """Follows no redirect, so that a token never goes to another server."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        return None


def read_server(raw: str, *, insecure: bool = False) -> str:
    """Return the base address of a service, `http://host:port/path`, without a slash at its end.

    The path is empty unless the service is mounted below one; a query or fragment is dropped.

    Raises:
        ClientError: it is no address, or http:// to another machine without *insecure*.
    """
    text = raw if "://" in raw else f"http://{raw}"
    wrong = ClientError(f"{raw} is not an address such as https://chat.example.org")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if not host or parts.scheme not in {"http", "https"} or parts.username:
        raise wrong
    if parts.scheme == "http" and not is_loopback(host) and not insecure:
        raise ClientError(
            f"{raw} would carry your password in the clear: use https://, "
            "or say --insecure if the network is yours"
        )
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port else "") + parts.path.rstrip("/")


def is_loopback(host: str) -> bool:
    """Return whether *host* is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Http:
    """The HTTP client of one server; a request runs in a thread and may take 15 s."""

    def __init__(self, server: str) -> None:
        self.server = server
        # A proxy is used as the environment says, but never to reach this machine.
        local = is_loopback(urlsplit(server).hostname or "")
        proxies = [ProxyHandler({})] if local else []
        self._opener: OpenerDirector = build_opener(_NoRedirect, *proxies)

    async def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        token: str | None = None,
    ) -> Any:
        """Return the JSON of the answer, None where it is empty.

        Raises:
            Refused: the service said no.
            NoAnswer: it did not answer, or not as Parlour does; the outcome is unknown.
        """
        headers = {"Accept": "application/json", "User-Agent": "parlour-client"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        # The scheme was checked by `read_server`.
        request = Request(self.server + path, data, headers, method=method)  # noqa: S310
        return await asyncio.to_thread(self._send, request)

    def _send(self, request: Request) -> Any:
        try:
            with self._opener.open(request, timeout=TIMEOUT) as response:
                raw = self.read(response)
            return json.loads(raw) if raw else None
        except HTTPError as error:
            with error:
                raise self._refusal(error) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise NoAnswer(f"{self.server} does not answer: {reason}") from None
        except ValueError:
            raise NoAnswer(f"{self.server} does not answer as Parlour does") from None

    def read(self, response: "HTTPResponse | HTTPError") -> bytes:
        """Return the body of an answer; called in a thread."""
        return response.read(_MAX_BYTES)

    def _refusal(self, error: HTTPError) -> ClientError:
        try:
            problem = json.loads(self.read(error))
            if isinstance(problem, dict) and "code" in problem:
                return Refused.read(problem)
        except (OSError, HTTPException, ValueError):
            pass
        return NoAnswer(f"{error.url} answers {error.code}, and not as Parlour does")
