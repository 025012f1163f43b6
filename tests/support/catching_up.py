"""A client of one conversation, and the service that it catches up with, without waits."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import attrs

from parlour.entrypoints.client.api import Api
from parlour.entrypoints.client.catchup import Catchup
from parlour.entrypoints.client.connection import Connection
from parlour.entrypoints.client.models import User
from parlour.entrypoints.client.reconnect import Backoff
from parlour.entrypoints.client.reducer import apply
from parlour.entrypoints.client.state import State
from tests.support.chat_log import ME, WHERE, Frame, head, page
from tests.support.scripted_service import until


@attrs.define
class Service:
    """A service with one conversation; counts what it is asked and fails where it is told to."""

    log: list[Frame]
    private: list[Frame] = attrs.field(factory=list)
    asked: list[str] = attrs.field(factory=list)
    trouble: dict[str, list[Exception]] = attrs.field(factory=dict)
    up: bool = True
    reset: bool = False
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """What happens once while the next request is on its way."""
    before_arrival: Callable[[], None] | None = None
    """What happens once while the next head, or page of private events, is on its way back."""

    async def request(self, kind: str, **fields: Any) -> Frame:
        self.asked.append(kind)
        log, meanwhile, self.meanwhile = list(self.log), self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        await asyncio.sleep(0)
        self._fail(kind)
        if kind == "sync.me":
            after = int(fields["cursor"])
            found = [event for event in self.private if event["offset"] > after][:2]
            last = found[-1]["offset"] if found else after
            more = last < (self.private[-1]["offset"] if self.private else 0)
            self._arrive()
            return {"events": found, "cursor": str(last), "more": more, "reset": False}
        if kind == "conversations":
            return {"heads": [head(self.log, len(self.log))]}
        assert kind == "sync"
        if self.reset:
            self.reset = False
            return {"events": [], "last": len(self.log), "more": False, "reset": True}
        events = log[fields["after"] :][:2]
        more = fields["after"] + 2 < len(log)
        return {"events": events, "last": len(log), "more": more, "reset": False}

    async def head(self, conversation: str) -> Any:
        assert conversation == WHERE
        self.asked.append("head")
        answer = head(self.log, len(self.log))
        await asyncio.sleep(0)
        self._arrive()
        self._fail("head")
        return answer

    async def history(self, conversation: str) -> Any:
        assert conversation == WHERE
        self.asked.append("history")
        await asyncio.sleep(0)
        return page(self.log, len(self.log))

    def _arrive(self) -> None:
        meanwhile, self.before_arrival = self.before_arrival, None
        if meanwhile is not None:
            meanwhile()

    def _fail(self, kind: str) -> None:
        if waiting := self.trouble.get(kind):
            raise waiting.pop(0)


class ServiceConnection(Connection):
    """The line to the service."""

    def __init__(self, service: Service) -> None:
        self.service = service

    @property
    def is_online(self) -> bool:
        return self.service.up

    async def request(self, type_: str, **fields: Any) -> Frame:
        return await self.service.request(type_, **fields)


class ServiceApi(Api):
    """Its HTTP."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def head(self, conversation: str) -> Any:
        return await self.service.head(conversation)

    async def history(
        self, conversation: str, *, before: int | None = None, limit: int = 50
    ) -> Any:
        return await self.service.history(conversation)


class Device:
    """A state and what keeps it complete, without waits."""

    def __init__(self, log: list[Frame], upto: int, *, is_loaded: bool = True) -> None:
        self.service = Service(log)
        self.state = State(me=User(ME, "me", "Me"), cursor="0")
        self.catchup = Catchup(
            ServiceConnection(self.service),
            ServiceApi(self.service),
            dispatch=self.dispatch,
            state=lambda: self.state,
            hold=0.01,
            backoff=Backoff(shortest=0.0),
        )
        self.state = apply(self.state, {"type": "heads", "heads": [head(log, upto)]})
        if is_loaded:
            newest = {"type": "page", "conversation": WHERE, "upto": upto, **page(log, upto)}
            self.state = apply(self.state, newest)

    def dispatch(self, frame: Mapping[str, Any]) -> None:
        before = self.state
        self.state = apply(before, frame)
        self.catchup.follow(frame, before)

    async def rest(self) -> None:
        """Wait until nothing is being asked for."""
        await until(lambda: self.catchup.is_idle)

    @property
    def seqs(self) -> list[int]:
        return [event.seq for event in self.state.conversations[WHERE].events if event.seq]

    @property
    def asked(self) -> list[str]:
        return self.service.asked
