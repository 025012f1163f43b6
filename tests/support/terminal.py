"""A terminal without a terminal: a client that never connects, and a screen that notes lines."""

from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from typing import Any

from parlour.entrypoints.cli.chat.commands import Actions
from parlour.entrypoints.cli.chat.conversation_view import ConversationView
from parlour.entrypoints.cli.chat.formatting import Style
from parlour.entrypoints.cli.chat.screen import Screen, View
from parlour.entrypoints.client.api import Api, AuthApi
from parlour.entrypoints.client.client import Client
from parlour.entrypoints.client.http import Http
from parlour.entrypoints.client.outbox import Outbox
from parlour.entrypoints.client.reducer import apply
from parlour.entrypoints.client.tokens import MemoryTokenStorage, Tokens
from tests.support.chat_log import ME, OTHER, THIRD, WHERE, Frame, pushed
from tests.support.message_life import Log

NAMES = {ME: "alice", OTHER: "bob", THIRD: "carol"}


class NotedScreen(Screen):
    """Keeps what is shown, without times."""

    def __init__(self, *, is_live: bool) -> None:
        self.is_live = is_live
        self.left_text = ""
        self.on_typing: Callable[[], None] = lambda: None
        self.shown: list[str] = []
        self.next_line = ""
        self.view = View()

    def show(self, text: str) -> None:
        self.shown += [line.removeprefix("03:04 ") for line in text.split("\n")]

    def refresh(self, view: View) -> None:
        self.view = view

    def prefill(self, text: str) -> None:
        self.next_line = text

    async def lines(self) -> AsyncGenerator[str, None]:
        for line in list[str]():
            yield line


class LogApi(Api):
    """The HTTP of a service that has one log."""

    def __init__(self, log: Log) -> None:
        self.log = log

    async def messages(self, conversation: str, seqs: Any) -> Any:
        assert conversation == WHERE
        page = self.log.page(len(self.log.events))
        return {**page, "messages": [each for each in page["messages"] if each["seq"] in seqs]}

    async def pins(self, conversation: str) -> list[Any]:
        assert conversation == WHERE
        page = self.log.page(len(self.log.events))
        return [{"message": each} for each in page["messages"] if each.get("pinned")]

    async def receipts(self, conversation: str) -> list[Any]:
        return []

    async def members(self, conversation: str) -> list[Any]:
        return [
            {"user": id_, "handle": name, "display_name": name, "role": "member"}
            for id_, name in NAMES.items()
        ]


class Terminal:
    """Somebody who looks at one conversation; everybody in it is known."""

    def __init__(self, log: Log, *, is_live: bool = False, keep: int | None = None) -> None:
        tokens = Tokens(MemoryTokenStorage(), AuthApi(Http("http://127.0.0.1:1")))
        user = {"id": ME, "handle": "alice", "display_name": "alice"}
        tokens.keep({"access_expires_at": "2099-01-01T00:00:00+00:00", "user": user})
        self.log = log
        self.client = Client(Http("http://127.0.0.1:1"), tokens, Outbox())
        self.client.api = LogApi(log)
        self.client.catchup._api = self.client.api
        self.screen = NotedScreen(is_live=is_live)
        clock = lambda: datetime(2026, 1, 2, tzinfo=UTC)  # noqa: E731 - one fixed moment
        self.view = ConversationView(self.client, self.screen, Style(), clock)
        self.actions = Actions(self.view)
        people = [{"id": id_, "handle": name, "display_name": name} for id_, name in NAMES.items()]
        end = len(log.events)
        page = log.page(end)
        if keep is not None:
            page["messages"] = page["messages"][-keep:]
        self.tell({"type": "users", "users": people})
        self.tell({"type": "heads", "heads": [log.head(end)]})
        self.tell({**page, "type": "page", "upto": end})

    def tell(self, frame: Frame) -> None:
        """Tell the client something; nothing is asked for."""
        self.client.state = apply(self.client.state, frame)

    async def open(self) -> None:
        """Open the conversation, and forget what that showed."""
        await self.view.open(WHERE)
        self.screen.shown.clear()

    async def type(self, *lines: str) -> None:
        """Type lines."""
        for line in lines:
            await self.actions.run(line)

    async def see(self, *commands: tuple[Any, ...]) -> list[str]:
        """Let others do something; return the lines that it adds."""
        known = len(self.log.events)
        self.screen.shown.clear()
        for name, *arguments in commands:
            getattr(self.log, name)(*arguments)
        for event in self.log.events[known:]:
            self.tell(pushed(event))
        await self.view.finish()
        return self.screen.shown

    @property
    def asked(self) -> list[tuple[str, Any]]:
        """What waits to be sent: type and fields of each request."""
        return [(each.type, dict(each.fields)) for each in self.client.outbox.unsent()]
