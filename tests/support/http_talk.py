"""A conversation of two people over HTTP, for tests of what happens to its messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx

from parlour.adapters.config.settings import LimitSettings
from parlour.adapters.config.settings_messages import MessageSettings
from parlour.domain.logs import Cursor
from tests.support.http_client import HttpUser
from tests.support.http_service import LIMITS, HttpService, http_service


class Talk:
    """Alice and Bob, one message of Alice, and Mallory, who is a stranger."""

    def __init__(self, http: HttpService, path: str, people: dict[str, HttpUser]) -> None:
        self.http = http
        self.path = path
        self.people = people

    async def ask(
        self, who: str, method: str, path: str, body: Any = None, **more: Any
    ) -> httpx.Response:
        """Send a request about the conversation."""
        given = {} if body is None else {"json": body}
        return await self.http.ask(method, f"{self.path}{path}", self.people[who], **given, **more)

    async def call(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """Return the parsed answer to a request that must succeed."""
        answer = await self.ask(who, method, path, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def post(self, who: str, text: str, **more: Any) -> int:
        """Post a message; return its seq."""
        key = {"Idempotency-Key": str(uuid4())}
        body = {"body": {"text": text}, **more}
        answer = await self.ask(who, "POST", "/messages", body, headers=key)
        assert answer.status_code == 201, answer.text
        seq: int = answer.json()["seq"]
        return seq

    async def message(self, seq: int, who: str = "bob") -> Any:
        """Return a message as somebody sees it."""
        return await self.call(who, "GET", f"/messages/{seq}")

    async def group(self, *members: str) -> "Talk":
        """Return another conversation: a group of Alice and these members."""
        alice = self.people["alice"]
        group = await alice.create_group("Tea", *(self.people[name] for name in members))
        return Talk(self.http, f"/v1/conversations/{group}", self.people)

    @property
    def id(self) -> str:
        """Return the conversation."""
        return self.path.rpartition("/")[2]

    async def own_events(self, who: str) -> list[Any]:
        """Return the kinds and data of somebody's private log."""
        found = await self.people[who].call("GET", f"/v1/sync?cursor={Cursor(0)}")
        return [(each["kind"], each["data"]) for each in found["events"]]

    async def events(self, after: int = 0) -> list[Any]:
        """Return the kinds and data of the log."""
        found = await self.call("bob", "GET", f"/events?after={after}")
        return [(each["kind"], each["data"]) for each in found["events"]]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


@asynccontextmanager
async def talking(limits: LimitSettings = LIMITS) -> AsyncIterator[Talk]:
    """Let Alice say "tea at four" to Bob, at a service with one emoji of its own."""
    settings = MessageSettings(custom_emojis=("party-parrot",))
    async with http_service(messages=settings, limits=limits) as http:
        people = {name: await http.register(name) for name in ("alice", "bob", "mallory")}
        path = f"/v1/conversations/{await people['alice'].open_direct(people['bob'])}"
        talk = Talk(http, path, people)
        await talk.post("alice", "tea at four")
        yield talk
        # No input of a client is a bug of ours: whatever a test sends, nothing may have failed.
        assert http.failures == []
