"""A user of the run, and its requests over HTTP to any node."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from parlour.entrypoints.client.errors import ClientError, NoAnswer, Refused
from parlour.entrypoints.verify.canary import RecordingHttp, canaries_in
from parlour.entrypoints.verify.recorder import Actor, Recorder

T = TypeVar("T")

PAGE = 100
_DEVICE = {"name": "parlour verify", "platform": "verify"}


class Account:
    """Sends requests as one user to random nodes."""

    def __init__(
        self, urls: Sequence[str], handle: str, password: str, recorder: Recorder
    ) -> None:
        self._nodes = [RecordingHttp(url, self.record_bytes) for url in urls]
        self._password = password
        self._recorder = recorder
        self._token = ""
        self._canaries: set[str] = set()
        self.handle = handle
        self.id = ""

    async def register(self) -> None:
        """Create the account; raise `Refused` where the service says no."""
        await self._log_in("register")

    async def token(self, *, fresh: bool = False) -> str:
        """Return an access token, where *fresh* another one than before."""
        if fresh or not self._token:
            await self._log_in("login")
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
        """Ask until there is an answer; raise `Refused` for a final no, else `NoAnswer`."""
        return await retry(lambda: self.ask(method, path, body), seconds=seconds)

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

        It stops where a broken service returns the same page again: the checks show what lacks.
        """
        found = page = await self.history(conversation, seconds=seconds)
        while len(page) == PAGE and (first := page[0]["seq"]) > 1:
            page = await self.history(conversation, before=first, seconds=seconds)
            if page and page[0]["seq"] >= first:
                break
            found = page + found
        return found

    def record_bytes(self, place: str, data: bytes) -> None:
        """Record each canary in bytes that came for this user, the first time that it comes."""
        for canary in canaries_in(data) - self._canaries:
            self._canaries.add(canary)
            actor = Actor(self.handle, self.id)
            self._recorder.note(actor, "bytes", {"place": place}, {"canary": canary})

    async def _log_in(self, how: str) -> None:
        """Get a token by `login`, or by `register`; a node that does not answer is left."""
        body = {"handle": self.handle, "password": self._password, "device": _DEVICE}
        is_unsure = False
        for turn in range(2 * len(self._nodes)):
            node = self._nodes[turn % len(self._nodes)]
            try:
                tokens = await node.request("POST", f"/v1/auth/{how}", body)
            except NoAnswer:
                is_unsure = True
            except Refused as refusal:
                if refusal.code != "handle_taken" or not is_unsure:
                    raise
                how = "login"  # the account was created, and only the answer was lost
            else:
                self.id, self._token = tokens["user"]["id"], tokens["access_token"]
                return
        raise NoAnswer(f"no node lets {self.handle} log in")


async def retry(
    work: Callable[[], Awaitable[T]],
    *,
    seconds: float,
    on: tuple[type[ClientError], ...] = (NoAnswer, Refused),
) -> T:
    """Do *work* until it succeeds, is refused for good, or *seconds* have passed."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        try:
            return await work()
        except on as error:
            is_final = isinstance(error, Refused) and not error.temporary
            if is_final or loop.time() > deadline:
                raise
            await asyncio.sleep(max(0.1, getattr(error, "retry_after", 0.0)))
