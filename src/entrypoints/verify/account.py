"""A user of the run: who it is, and what it asks over HTTP, of any node."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from parlour.entrypoints.cli.chat.problems import NoAnswer, Refused
from parlour.entrypoints.verify.canaries import HeardHttp, canaries_in
from parlour.entrypoints.verify.journal import Actor, Journal

PAGE = 100
_DEVICE = {"name": "parlour verify", "platform": "verify"}


class Account:
    """Asks as one user; where a node does not answer, the next one is asked."""

    def __init__(self, urls: Sequence[str], handle: str, password: str, journal: Journal) -> None:
        self._nodes = [HeardHttp(url, self.hear) for url in urls]
        self._password = password
        self._journal = journal
        self._token = ""
        self._canaries: set[str] = set()
        self.handle = handle
        self.id = ""

    async def register(self) -> None:
        """Make the account; raise `Refused` where that may not be."""
        await self._enter("register")

    async def token(self, *, fresh: bool = False) -> str:
        """Return an access token, where *fresh* another one than before."""
        if fresh or not self._token:
            await self._enter("login")
        return self._token

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask some node; raise `Refused`, or `NoAnswer` where the outcome is unknown."""
        node = random.choice(self._nodes)  # noqa: S311 - any will do
        try:
            return await node.request(method, path, body, token=await self.token())
        except Refused as refusal:
            if refusal.code not in {"token_expired", "unauthenticated"}:
                raise
        return await node.request(method, path, body, token=await self.token(fresh=True))

    async def insist(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, seconds: float
    ) -> Any:
        """Ask until there is an answer; raise `Refused` for a lasting no, else `NoAnswer`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            try:
                return await self.ask(method, path, body)
            except (NoAnswer, Refused) as problem:
                lasting = isinstance(problem, Refused) and not problem.temporary
                if lasting or loop.time() > deadline:
                    raise
                await asyncio.sleep(max(0.1, getattr(problem, "retry_after", 0.0)))

    async def history(
        self, conversation: str, *, before: int | None = None, seconds: float
    ) -> list[dict[str, Any]]:
        """Return a page of messages in order: the newest, or the last ones before a number."""
        query = urlencode({"limit": PAGE, **({"before": before} if before else {})})
        path = f"/v1/conversations/{conversation}/messages?{query}"
        page: list[dict[str, Any]] = (await self.insist("GET", path, seconds=seconds))["messages"]
        return page

    async def whole_history(self, conversation: str, *, seconds: float) -> list[dict[str, Any]]:
        """Return every message of a conversation that this user may see.

        A history whose pages lead nowhere ends there: what lacks shows in the end.
        """
        found = page = await self.history(conversation, seconds=seconds)
        while len(page) == PAGE and (first := page[0]["seq"]) > 1:
            page = await self.history(conversation, before=first, seconds=seconds)
            if page and page[0]["seq"] >= first:
                break
            found = page + found
        return found

    def hear(self, place: str, data: bytes) -> None:
        """Note each canary in what comes for this user, by whatever way, when it comes first."""
        for canary in canaries_in(data) - self._canaries:
            self._canaries.add(canary)
            actor = Actor(self.handle, self.id)
            self._journal.note(actor, "bytes", {"place": place}, {"canary": canary})

    async def _enter(self, door: str) -> None:
        body = {"handle": self.handle, "password": self._password, "device": _DEVICE}
        is_unsure = False
        for turn in range(2 * len(self._nodes)):
            node = self._nodes[turn % len(self._nodes)]
            try:
                tokens = await node.request("POST", f"/v1/auth/{door}", body)
            except NoAnswer:
                is_unsure = True
            except Refused as refusal:
                if refusal.code != "handle_taken" or not is_unsure:
                    raise
                door = "login"  # the account was made, and only its answer was lost
            else:
                self.id, self._token = tokens["user"]["id"], tokens["access_token"]
                return
        raise NoAnswer(f"no node lets {self.handle} in")
