"""
The client: joins the store with the line, the outbox and what keeps them complete.

Everything that happens is a frame given to `dispatch`; whoever shows something listens to
`on_change` and looks at `state`.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from parlour.entrypoints.cli.chat.account import Account
from parlour.entrypoints.cli.chat.api import Api, device
from parlour.entrypoints.cli.chat.attention import Attention
from parlour.entrypoints.cli.chat.catchup import Catchup
from parlour.entrypoints.cli.chat.http import Http
from parlour.entrypoints.cli.chat.link import Hooks, Link, Phase
from parlour.entrypoints.cli.chat.model import Frame, Person
from parlour.entrypoints.cli.chat.outbox import Outbox, Waiting
from parlour.entrypoints.cli.chat.problems import NoAnswer, Refused
from parlour.entrypoints.cli.chat.sender import Failed, Sender
from parlour.entrypoints.cli.chat.store import State, apply
from parlour.entrypoints.cli.chat.tokens import Tokens

_RENEW_AGAIN = 10.0


class Client:
    """One account on one service, for as long as the `async with` lasts.

    `on_change` hears of every frame that changed something, `on_phase` how the line is,
    `on_failed` of messages refused for good. `ended` becomes done with the error after which the
    client cannot go on.
    """

    def __init__(self, account: Account, tokens: Tokens, http: Http) -> None:
        self._tokens = tokens
        self.state = State(me=Person.read(tokens.user))
        self.on_change: Callable[[Frame, State], None] = lambda _frame, _before: None
        self.on_phase: Callable[[Phase], None] = lambda _phase: None
        self.on_failed: Callable[[Failed], None] = lambda _failed: None
        self.api = Api(http, lambda fresh: tokens.access(fresh=fresh))
        self.outbox = Outbox(account.outbox)
        self.link = Link(
            account.server,
            Hooks(
                token=lambda fresh: tokens.access(fresh=fresh),
                hello=self._hello,
                on_welcome=self._welcomed,
                on_frame=self._heard,
                on_phase=self._phase,
            ),
        )
        now: Callable[[], State] = lambda: self.state  # noqa: E731 - a port, not a function
        self.sender = Sender(
            self.outbox,
            self.link,
            dispatch=self.dispatch,
            failed=self._failed,
        )
        self.catchup = Catchup(self.link, self.api, dispatch=self.dispatch, state=now)
        self.attention = Attention(self.link, dispatch=self.dispatch, state=now)
        self._stack = AsyncExitStack()
        self._unknown: set[str] = set()
        self.online = asyncio.Event()

    async def __aenter__(self) -> Self:
        self.ended: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        self._stack.callback(self.outbox.close)
        for work in (self.link.run(), self.attention.run(), self._renew()):
            self._stack.push_async_callback(_end, asyncio.create_task(self._last(work)))
        self._stack.push_async_callback(self.catchup.stop)
        self._stack.push_async_callback(self.sender.stop)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    # -- the state ---------------------------------------------------------------------------

    def dispatch(self, frame: Frame) -> None:
        """Take a frame into the state, and do what it asks for besides."""
        before = self.state
        self.state = apply(before, frame)
        self.catchup.follow(frame, before)
        self.attention.arrived()
        if self.state is not before:
            self.on_change(frame, before)

    async def meet(self, users: set[str]) -> None:
        """Learn the names of people that are not known yet."""
        users = users - self.state.people.keys() - self._unknown
        if users:
            found = await self.api.people(users)
            self._unknown |= users - {who["id"] for who in found}
            self.dispatch({"type": "people", "users": found})

    # -- talking -----------------------------------------------------------------------------

    def say(self, conversation: str, text: str) -> Waiting:
        """Send a text; it is kept until the service has it."""
        return self.sender.post(conversation, text)

    async def open_direct(self, handle: str) -> str:
        """Return the conversation with somebody; raise `Refused` where there is no such person."""
        (user,) = await self._find([handle])
        return self._take_head(await self.api.open_direct(user))

    async def create_group(self, title: str, handles: list[str]) -> str:
        """Make a group and return it."""
        return self._take_head(await self.api.create_group(title, await self._find(handles)))

    async def load(self, conversation: str) -> set[str]:
        """Get the newest messages of a conversation and what was read; return who is in it."""
        if not self.state.conversations[conversation].is_loaded:
            await self.catchup.load(conversation)
        await self.receipts(conversation)
        return {member["user"] for member in await self.members(conversation)}

    async def add(self, conversation: str, handles: list[str]) -> None:
        """Add people to a group."""
        await self.api.add(conversation, await self._find(handles))

    async def leave(self, conversation: str) -> None:
        """Leave a group."""
        await self.api.leave(conversation, self.state.my_id)
        self.dispatch({"type": "left", "conversation": conversation})

    async def older(self, conversation: str, limit: int) -> int:
        """Get messages before the first one loaded; return how many there were."""
        first = self.state.conversations[conversation].first_seq
        if first <= 1:
            return 0
        messages = await self.api.history(conversation, before=first, limit=limit)
        self.dispatch({"type": "older", "conversation": conversation, "messages": messages})
        return len(messages)

    async def receipts(self, conversation: str) -> None:
        """Learn what the members have received and read; in large groups nobody pushes it."""
        for receipt in await self.api.receipts(conversation):
            self.dispatch({**receipt, "type": "receipt", "conversation": conversation})

    async def members(self, conversation: str) -> list[Frame]:
        """Return everybody in a conversation; their names are known afterwards."""
        members: list[Frame] = await self.api.members(conversation)
        self.dispatch({"type": "people", "users": members})
        return members

    async def _find(self, handles: list[str]) -> list[str]:
        people = []
        for handle in handles:
            try:
                people.append(await self.api.person(handle))
            except Refused as refusal:
                if refusal.code != "not_found":
                    raise
                raise Refused(refusal.code, f"Nobody has the handle {handle}") from None
        self.dispatch({"type": "people", "users": people})
        return [who["id"] for who in people]

    def _take_head(self, head: Any) -> str:
        self.dispatch({"type": "heads", "heads": [head]})
        return str(head["conversation"])

    # -- the line ----------------------------------------------------------------------------

    def _hello(self) -> Frame:
        cursor = self.state.cursor
        return {"device": device(), **({"cursor": cursor} if cursor else {})}

    def _phase(self, phase: Phase) -> None:
        self.on_phase(phase)

    def _failed(self, failed: Failed) -> None:
        self.on_failed(failed)

    def _welcomed(self, frame: Frame) -> None:
        self.dispatch(frame)
        self.attention.resumed()
        self.sender.flush()
        self.online.set()

    def _heard(self, frame: Frame) -> None:
        if frame["type"] == "typing":
            frame = {**frame, "now": asyncio.get_running_loop().time()}
        self.dispatch(frame)

    async def _last(self, work: Coroutine[Any, Any, None]) -> None:
        """Run what the client needs all the time: without it, the client has ended."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - whoever waits for `ended` raises it
            if not self.ended.done():
                self.ended.set_result(error)

    async def _renew(self) -> None:
        """Give the line a new access token before the old one ends; failing that, it is cut."""
        while True:
            await asyncio.sleep(max(1.0, self._tokens.renews_in()))
            try:
                token = await self._tokens.access()
                if self.link.is_online:
                    await self.link.request("auth.refresh", token=token)
            except (NoAnswer, Refused):
                await asyncio.sleep(_RENEW_AGAIN)


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
