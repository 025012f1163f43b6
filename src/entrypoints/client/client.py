"""
The client: joins the state with the connection, the outbox and what keeps them complete.

Everything that happens is a frame given to `dispatch`; whoever shows something listens to
`on_change` and reads `state`.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from parlour.entrypoints.client.activity import Activity
from parlour.entrypoints.client.api import Api, AuthApi, device
from parlour.entrypoints.client.catchup import Catchup
from parlour.entrypoints.client.connection import Connection, Hooks, Phase
from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.client.http import Http, read_server
from parlour.entrypoints.client.messages import Messages
from parlour.entrypoints.client.models import Frame, User
from parlour.entrypoints.client.outbox import Outbox, UnsentMessage
from parlour.entrypoints.client.people import People
from parlour.entrypoints.client.reducer import apply
from parlour.entrypoints.client.sender import Sender, SendFailed
from parlour.entrypoints.client.state import State
from parlour.entrypoints.client.tokens import MemoryTokenStorage, Tokens
from parlour.entrypoints.client.unstarted import (
    direct_with,
    members_of_unstarted,
    peer_of_unstarted,
    unstarted_id,
)

_RENEW_RETRY = 10.0


class Client:
    """One account on one service, connected for as long as the `async with` lasts.

    `on_change` gets every frame that changed the state, and the state before; `on_phase` how the
    connection is; `on_failed` each message refused for good. `online` is set once the service has
    welcomed this client; `ended` is done with the error after which it cannot go on. `messages` is
    what the user does with messages.
    """

    def __init__(self, http: Http, tokens: Tokens, outbox: Outbox) -> None:
        self._tokens = tokens
        self.state = State(me=User.read(tokens.user))
        self.on_change: Callable[[Frame, State], None] = lambda _frame, _before: None
        self.on_phase: Callable[[Phase], None] = lambda _phase: None
        self.on_failed: Callable[[SendFailed], None] = lambda _failed: None
        self.api = Api(http, lambda fresh: tokens.access(fresh=fresh))
        self.outbox = outbox
        self.connection = Connection(
            [http.server],
            Hooks(
                token=lambda fresh: tokens.access(fresh=fresh),
                hello=self._hello,
                on_welcome=self._welcomed,
                on_frame=self._received,
                on_phase=self._phase_changed,
            ),
        )
        self.sender = Sender(
            outbox,
            self.connection,
            create=self._create_direct,
            dispatch=self.dispatch,
            failed=self._failed,
        )
        reading: Mapping[str, Any] = {"dispatch": self.dispatch, "state": lambda: self.state}
        self.messages = Messages(self.sender)
        self.people = People(self.api, **reading)
        self.catchup = Catchup(self.connection, self.api, **reading)
        self.activity = Activity(self.connection, load_receipts=self.load_receipts, **reading)
        self._stack = AsyncExitStack()
        self.online = asyncio.Event()

    @classmethod
    async def log_in(cls, server: str, handle: str, password: str) -> Self:
        """Log in as a new device that keeps tokens and unsent messages in memory.

        Raises:
            Refused: handle or password is wrong.
            NoAnswer: the service did not answer.
        """
        http = Http(read_server(server))
        tokens = Tokens(MemoryTokenStorage(), AuthApi(http))
        tokens.keep(await AuthApi(http).log_in(handle, password))
        return cls(http, tokens, Outbox())

    async def __aenter__(self) -> Self:
        self.ended: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        self._stack.callback(self.outbox.close)
        for work in (self.connection.run(), self.activity.run(), self._renew_tokens()):
            self._stack.push_async_callback(_cancel, asyncio.create_task(self._watch(work)))
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
        """Apply a frame to the state, and ask for what is missing after it."""
        before = self.state
        self.state = apply(before, frame)
        if new := self.state.conversations.keys() - before.conversations.keys():
            self.sender.move_started(self.state, new)
        self.catchup.follow(frame, before)
        self.activity.messages_arrived()
        if frame["type"] == "resync":
            self.activity.pushes_lost(frame.get("conversation"))
        if self.state is not before:
            self.on_change(frame, before)

    # -- conversations -----------------------------------------------------------------------

    def send(self, conversation: str, text: str) -> UnsentMessage:
        """Send a text; it is kept until the service has acknowledged it."""
        return self.messages.send(conversation, text)

    async def open_direct(self, handle: str) -> str:
        """Return the conversation with a user, created where there is none.

        Raises:
            Refused: there is no such user.
        """
        (user,) = await self.people.find([handle])
        return await self._create_direct(user)

    async def find_direct(self, handle: str) -> str:
        """Return the conversation with a user, which is created with its first message.

        Works without a connection where the user is known.

        Raises:
            Refused: there is no such user.
            NoAnswer: the service did not answer, and the user is not known.
        """
        user = await self.people.find_known(handle)
        if existing := direct_with(self.state, user):
            return existing
        try:
            return self._take_head(await self.api.find_direct(user))
        except NoAnswer:
            pass  # the first message asks the service again
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
        self.dispatch({"type": "unstarted", "user": user})
        return unstarted_id(user)

    async def create_group(self, title: str, handles: list[str]) -> str:
        """Create a group and return it."""
        return self._take_head(await self.api.create_group(title, await self.people.find(handles)))

    async def load(self, conversation: str) -> set[str]:
        """Get the newest messages and the receipts of a conversation; return its members."""
        is_unstarted = peer_of_unstarted(conversation) is not None
        if not is_unstarted and not self.state.conversations[conversation].is_loaded:
            await self.catchup.load(conversation)
        await self.load_receipts(conversation)
        return {member["user"] for member in await self.members(conversation)}

    async def choose_presence(self, state: str, text: str = "") -> None:
        """Choose how others see this user, on all devices: online, busy or invisible.

        Raises:
            Refused: the text cannot be displayed.
            NoAnswer: the connection is lost.
        """
        await self.connection.request("presence.set", state=state, text=text or None)
        self.dispatch({"type": "chosen", "state": state, "text": text or None})

    async def add(self, conversation: str, handles: list[str]) -> None:
        """Add users to a group."""
        await self.api.add(conversation, await self.people.find(handles))

    async def leave(self, conversation: str) -> None:
        """Leave a group."""
        await self.api.leave(conversation, self.state.my_id)
        self.dispatch({"type": "left", "conversation": conversation})

    async def load_older(self, conversation: str, limit: int) -> None:
        """Get messages before the first one loaded."""
        first = self.state.conversations[conversation].first_seq
        if first > 1:
            page = await self.api.history(conversation, before=first, limit=limit)
            self.dispatch({**page, "type": "older", "conversation": conversation})

    async def load_receipts(self, conversation: str) -> None:
        """Get what the members have received and read; large groups get no pushes of it."""
        if peer_of_unstarted(conversation):
            return
        for receipt in await self.api.receipts(conversation):
            self.dispatch({**receipt, "type": "receipt", "conversation": conversation})

    async def members(self, conversation: str) -> list[Frame]:
        """Return all members of a conversation; their names are known afterwards."""
        if peer := peer_of_unstarted(conversation):
            return members_of_unstarted(self.state, peer)
        members: list[Frame] = await self.api.members(conversation)
        self.dispatch({"type": "users", "users": members})
        return members

    async def _create_direct(self, user: str) -> str:
        return self._take_head(await self.api.open_direct(user))

    def _take_head(self, head: Any) -> str:
        self.dispatch({"type": "heads", "heads": [head]})
        return str(head["conversation"])

    # -- the connection ----------------------------------------------------------------------

    def _hello(self) -> Frame:
        cursor = self.state.cursor
        return {"device": device(), **({"cursor": cursor} if cursor else {})}

    def _welcomed(self, frame: Frame) -> None:
        self.dispatch(frame)
        self.activity.connected()
        self.sender.flush()
        self.online.set()

    def _received(self, frame: Frame) -> None:
        if frame["type"] == "typing":
            frame = {**frame, "now": asyncio.get_running_loop().time()}
        self.dispatch(frame)

    def _phase_changed(self, phase: Phase) -> None:
        self.on_phase(phase)

    def _failed(self, failed: SendFailed) -> None:
        self.on_failed(failed)

    async def _watch(self, work: Coroutine[Any, Any, None]) -> None:
        """Run what the client cannot do without; its error is the end of the client."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - raised where `ended` is awaited
            if not self.ended.done():
                self.ended.set_result(error)

    async def _renew_tokens(self) -> None:
        """Give the connection a new access token before the old one ends; else it is closed."""
        while True:
            await asyncio.sleep(max(1.0, self._tokens.renews_in()))
            try:
                token = await self._tokens.access()
                if self.connection.is_online:
                    await self.connection.request("auth.refresh", token=token)
            except (NoAnswer, Refused):
                await asyncio.sleep(_RENEW_RETRY)


async def _cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
