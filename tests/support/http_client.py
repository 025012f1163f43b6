"""An HTTP client of a node, and the users that tests register with it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self
from uuid import uuid4

import attrs
import httpx

from tests.support.socket_client import SocketClient, open_socket

PASSWORD = "quiet otters juggle lamps"


class HttpClient:
    """Sends requests to the node at *url*."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def ask(
        self, method: str, path: str, who: "HttpUser | None" = None, **more: Any
    ) -> httpx.Response:
        """Send a request, authorized as *who* if given; return the answer, whatever it is."""
        headers = {**(who.headers if who else {}), **more.pop("headers", {})}
        return await self._send(method, path, headers=headers, **more)

    async def register(self, handle: str, name: str | None = None) -> "HttpUser":
        """Create an account, logged in on one device."""
        body = {"handle": handle, "password": PASSWORD, **({"display_name": name} if name else {})}
        answer = await self.ask("POST", "/v1/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        return self.user(answer.json())

    async def log_in(self, handle: str) -> "HttpUser":
        """Log in on another device."""
        body = {"handle": handle, "password": PASSWORD}
        answer = await self.ask("POST", "/v1/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        return self.user(answer.json())

    def user(self, tokens: Mapping[str, Any]) -> "HttpUser":
        """Read the user from the answer to a registration or log-in."""
        return HttpUser(
            http=self,
            id=tokens["user"]["id"],
            handle=tokens["user"]["handle"],
            device=tokens["device"],
            token=tokens["access_token"],
            refresh_token=tokens.get("refresh_token", ""),
        )

    async def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        # Without certificates: loading them for each client would take longer than the request.
        transport = httpx.AsyncHTTPTransport(verify=False)
        async with httpx.AsyncClient(
            base_url=self.url, timeout=20, trust_env=False, transport=transport
        ) as client:
            return await client.request(method, path, **more)


@attrs.frozen
class HttpUser:
    """A user on one device, who sends requests through *http*."""

    http: HttpClient
    id: str
    handle: str
    device: str
    token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        """The header that authorizes requests."""
        return {"Authorization": f"Bearer {self.token}"}

    def at(self, url: str) -> Self:
        """Return the same user, whose requests go to another node."""
        return attrs.evolve(self, http=HttpClient(url))

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Send a request; return the parsed answer, and fail if it is an error."""
        if body is not None:
            more["json"] = body
        answer = await self.http.ask(method, path, self, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def open_direct(self, peer: "HttpUser") -> str:
        """Open the direct conversation with a user; return its id."""
        opened = await self.call("POST", "/v1/conversations", {"kind": "direct", "user": peer.id})
        return str(opened["conversation"])

    async def create_group(self, title: str, *members: "HttpUser") -> str:
        """Create a group; return its id."""
        body = {"kind": "group", "title": title, "members": [each.id for each in members]}
        return str((await self.call("POST", "/v1/conversations", body))["conversation"])

    async def post(
        self, conversation: str, *texts: str, mentions: Sequence["HttpUser"] = ()
    ) -> Any:
        """Post messages one after the other; return the last answer."""
        named = {"mentions": [each.id for each in mentions]} if mentions else {}
        answer = None
        for text in texts:
            answer = await self.call(
                "POST",
                f"/v1/conversations/{conversation}/messages",
                {"body": {"text": text}, **named},
                headers={"Idempotency-Key": str(uuid4())},
            )
        return answer

    async def read(self, conversation: str, seq: int) -> None:
        """Mark messages up to *seq* as read."""
        await self.call("PUT", f"/v1/conversations/{conversation}/read", {"seq": seq})

    async def head(self, conversation: str) -> Any:
        """Return the head of a conversation."""
        return await self.call("GET", f"/v1/conversations/{conversation}")

    async def history(self, conversation: str, *, seconds: float = 0.0) -> list[Any]:
        """Return all messages of a conversation; retry a temporary error for so many *seconds*."""
        deadline, messages, more = time.monotonic() + seconds, list[Any](), True
        while more:
            after = messages[-1]["seq"] if messages else 0
            path = f"/v1/conversations/{conversation}/messages?after={after}&limit=100"
            answer = await self.http.ask("GET", path, self)
            if answer.status_code == 503 and time.monotonic() < deadline:
                await asyncio.sleep(0.1)
                continue
            assert answer.is_success, answer.text
            page = answer.json()
            messages += page["messages"]
            more = page["more_after"]
        return messages

    async def push_endpoints(self) -> list[str]:
        """Return the endpoints of the user's push subscriptions."""
        answer = await self.call("GET", "/v1/push-subscriptions")
        return [each["endpoint"] for each in answer["subscriptions"]]

    async def connect(self, url: str | None = None, **hello: Any) -> SocketClient:
        """Open a socket (at *url* if given) and say hello; the caller closes it."""
        client = await open_socket(url or self.http.url)
        await client.hello(self.token, **hello)
        return client


async def register_all(url: str, *handles: str) -> list[HttpUser]:
    """Register several users at the node at *url*."""
    http = HttpClient(url)
    return [await http.register(handle) for handle in handles]
