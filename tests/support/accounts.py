"""People at a node that is a process of its own: what they do over HTTP, and their sockets."""

from typing import Any
from uuid import uuid4

import attrs
import httpx

from tests.support.talker import Talker, dial

PASSWORD = "quiet otters juggle lamps"


@attrs.frozen
class Account:
    """Somebody with an account, on one device."""

    id: str
    handle: str
    device: str
    token: str

    async def ask(self, url: str, method: str, path: str, **more: Any) -> Any:
        """Send a request to a node; return what it answers, fail where it refuses."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as client:
            answer = await client.request(method, path, headers=headers, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def talker(self, url: str, **more: Any) -> Talker:
        """Open a socket at a node and say hello; the caller closes it."""
        talker = await dial(url)
        await talker.hello(self.token, **more)
        return talker

    async def open_direct(self, url: str, peer: "Account") -> str:
        """Open the direct conversation with somebody."""
        wish = {"kind": "direct", "user": peer.id}
        return str((await self.ask(url, "POST", "/v1/conversations", json=wish))["conversation"])

    async def create_group(self, url: str, title: str, *members: "Account") -> str:
        """Make a group."""
        wish = {"kind": "group", "title": title, "members": [each.id for each in members]}
        return str((await self.ask(url, "POST", "/v1/conversations", json=wish))["conversation"])

    async def post(self, url: str, conversation: str, text: str) -> Any:
        """Post a message over HTTP."""
        return await self.ask(
            url,
            "POST",
            f"/v1/conversations/{conversation}/messages",
            json={"body": {"text": text}},
            headers={"Idempotency-Key": str(uuid4())},
        )


async def register(url: str, handle: str) -> Account:
    """Make an account at a node."""
    async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as client:
        wish = {"handle": handle, "password": PASSWORD}
        answer = await client.post("/v1/auth/register", json=wish)
    assert answer.status_code == 201, answer.text
    tokens = answer.json()
    return Account(
        id=tokens["user"]["id"],
        handle=handle,
        device=tokens["device"],
        token=tokens["access_token"],
    )
