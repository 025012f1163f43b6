"""Runs the client: in, online, then a talk or a script, and out without losing a line."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Sequence
from contextlib import aclosing, suppress
from typing import Any

import attrs

from parlour.entrypoints.cli.chat.account import Account, state_folder
from parlour.entrypoints.cli.chat.api import Api, Entrance
from parlour.entrypoints.cli.chat.client import Client
from parlour.entrypoints.cli.chat.codes import SESSION_REVOKED, UNAUTHENTICATED
from parlour.entrypoints.cli.chat.deeds import Deeds, find
from parlour.entrypoints.cli.chat.entering import Pipe, Terminal, enter
from parlour.entrypoints.cli.chat.http import Http, read_server
from parlour.entrypoints.cli.chat.problems import ChatError, NoAnswer, Refused, Stopped
from parlour.entrypoints.cli.chat.screen import PlainScreen, Screen
from parlour.entrypoints.cli.chat.script import Tail, say
from parlour.entrypoints.cli.chat.talk import Talk
from parlour.entrypoints.cli.chat.tokens import Tokens
from parlour.entrypoints.cli.chat.words import Paint

PARTING = 2.0
"""Seconds that the last messages have to get through when somebody quits."""


@attrs.frozen(kw_only=True)
class Wish:
    """What was asked for on the command line."""

    server: str
    handle: str
    to: str | None = None
    says: Sequence[str] = ()
    tail: bool = False
    last: int = 0
    as_json: bool = False
    register: bool = False
    password_stdin: bool = False
    plain: bool = False
    insecure: bool = False
    wait: float = 30.0

    @property
    def is_script(self) -> bool:
        """Tell whether nobody sits at the terminal."""
        return bool(self.says) or self.tail


async def chat(wish: Wish) -> None:
    """Do what was asked for.

    Raises:
        ChatError: it could not be done.
    """
    account, http, tokens = _account(wish)
    questions = Pipe() if wish.password_stdin else Terminal()
    await enter(account.handle, tokens, Entrance(http), questions, register=wish.register)
    async with Client(account, tokens, http) as client:
        paint, screen = _screen(client, wish)
        work = _script(client, screen, paint, wish) if wish.is_script else None
        try:
            await _unless_ended(client, work or _converse(client, screen, paint, wish))
        except Stopped as stopped:
            if stopped.code in (UNAUTHENTICATED, SESSION_REVOKED):
                tokens.forget()  # the next start asks for the password
            raise


async def log_out(wish: Wish) -> None:
    """End this device and forget its tokens; unsent messages stay."""
    _, http, tokens = _account(wish)
    if tokens.are_there:
        with suppress(Refused):  # ended already
            await Api(http, lambda fresh: tokens.access(fresh=fresh)).log_out()
    tokens.forget()


def _account(wish: Wish) -> tuple[Account, Http, Tokens]:
    server = read_server(wish.server, insecure=wish.insecure)
    account = Account.at(state_folder(os.environ), server, wish.handle)
    http = Http(server)
    return account, http, Tokens(account, Entrance(http))


def _screen(client: Client, wish: Wish) -> tuple[Paint, Screen]:
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    is_simple = wish.plain or wish.is_script or os.environ.get("TERM") == "dumb"
    paint = Paint(sys.stdout.isatty() and not wish.plain and "NO_COLOR" not in os.environ)
    if not is_terminal or is_simple:
        return paint, PlainScreen()
    from parlour.entrypoints.cli.chat.prompt import PromptScreen

    screen = PromptScreen(lambda: [who.handle for who in client.state.people.values()])
    tasks: set[asyncio.Task[None]] = set()

    def typing() -> None:
        loop = asyncio.get_running_loop()
        task = loop.create_task(client.attention.typing(loop.time()))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    screen.on_typing = typing
    return paint, screen


async def _unless_ended(client: Client, work: Awaitable[None]) -> None:
    """Wait for *work*, or raise the error after which the client cannot go on."""
    doing = asyncio.ensure_future(work)
    either: set[asyncio.Future[Any]] = {doing, client.ended}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            await doing
        else:
            raise client.ended.result()
    finally:
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)


async def _converse(client: Client, screen: Screen, paint: Paint, wish: Wish) -> None:
    talk = Talk(client, screen, paint)
    deeds = Deeds(talk)
    if not client.link.is_online:
        talk.remark(f"connecting to {wish.server} as {wish.handle} …")
    showing = asyncio.create_task(talk.run())
    try:
        await _online(client, None if screen.is_live else wish.wait)
        talk.begin()
        talk.remark("connected; /help lists the commands")
        await (deeds.open([wish.to]) if wish.to else deeds.list())
        async with aclosing(screen.lines()) as lines:
            async for line in lines:
                if not await deeds.do(line):
                    break
        await _part(client, PARTING if screen.is_live else wish.wait)
        await talk.settle()
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
    if kept := len(client.outbox.waiting()):
        raise ChatError(f"{kept} unsent: kept here, and sent when you come back")


async def _online(client: Client, seconds: float | None) -> None:
    """Wait for the line; whoever sits at a terminal sees that it is tried, and may go."""
    try:
        async with asyncio.timeout(seconds):
            await client.online.wait()
    except TimeoutError:
        raise NoAnswer(f"No answer within {seconds:g} s") from None


async def _part(client: Client, seconds: float) -> None:
    """Let the last messages get through."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await client.sender.idle.wait()


async def _script(client: Client, screen: Screen, paint: Paint, wish: Wish) -> None:
    try:
        async with asyncio.timeout(wish.wait):
            await client.online.wait()
            where = await find(client, wish.to) if wish.to else None
            if where is not None and wish.says:
                await say(client, screen, where, wish.says)
    except TimeoutError:
        kept = len(client.outbox.waiting())
        after = f"; {kept} unsent: kept here, and sent when you come back" if kept else ""
        raise NoAnswer(f"No answer within {wish.wait:g} s{after}") from None
    if wish.tail:
        await Tail(client, screen, paint, only=where, as_json=wish.as_json).run(wish.last)
