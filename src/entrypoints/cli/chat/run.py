"""Runs the terminal client: logs in, chats or runs a script, and ends without losing a message."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Sequence
from contextlib import aclosing, suppress
from typing import Any

import attrs

from parlour.entrypoints.cli.chat.account_files import AccountFiles, state_folder
from parlour.entrypoints.cli.chat.commands import Actions
from parlour.entrypoints.cli.chat.conversation_actions import find
from parlour.entrypoints.cli.chat.conversation_view import ConversationView
from parlour.entrypoints.cli.chat.formatting import Style
from parlour.entrypoints.cli.chat.log_in import Pipe, Terminal, ensure_tokens
from parlour.entrypoints.cli.chat.screen import PlainScreen, Screen
from parlour.entrypoints.cli.chat.script import MessageTail, send
from parlour.entrypoints.client.api import Api, AuthApi
from parlour.entrypoints.client.client import Client
from parlour.entrypoints.client.errors import ClientError, ConnectionEnded, NoAnswer, Refused
from parlour.entrypoints.client.http import Http, read_server
from parlour.entrypoints.client.outbox import Outbox
from parlour.entrypoints.client.reconnect import SESSION_REVOKED, UNAUTHENTICATED
from parlour.entrypoints.client.tokens import Tokens

FLUSH_TIMEOUT = 2.0
"""Seconds that the last messages have to be sent when the user quits."""


@attrs.frozen(kw_only=True)
class Options:
    """The options of the command line."""

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
        """Whether the client runs without a user."""
        return bool(self.says) or self.tail


async def chat(options: Options) -> None:
    """Chat, or run the script that the options ask for.

    Raises:
        ClientError: it failed; the text is for the user.
    """
    files, http, tokens = _account(options)
    questions = Pipe() if options.password_stdin else Terminal()
    await ensure_tokens(files.handle, tokens, AuthApi(http), questions, register=options.register)
    async with Client(http, tokens, Outbox(files.outbox)) as client:
        style, screen = _screen(client, options)
        work = _script if options.is_script else _chat
        try:
            await _unless_ended(client, work(client, screen, style, options))
        except ConnectionEnded as ended:
            if ended.code in (UNAUTHENTICATED, SESSION_REVOKED):
                tokens.forget()  # the next start asks for the password
            raise


async def log_out(options: Options) -> None:
    """End this device and forget its tokens; unsent messages stay."""
    _, http, tokens = _account(options)
    if tokens.is_logged_in:
        with suppress(Refused):  # ended already
            await Api(http, lambda fresh: tokens.access(fresh=fresh)).log_out()
    tokens.forget()


def _account(options: Options) -> tuple[AccountFiles, Http, Tokens]:
    server = read_server(options.server, insecure=options.insecure)
    files = AccountFiles.at(state_folder(os.environ), server, options.handle)
    http = Http(server)
    return files, http, Tokens(files, AuthApi(http))


def _screen(client: Client, options: Options) -> tuple[Style, Screen]:
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    is_simple = options.plain or options.is_script or os.environ.get("TERM") == "dumb"
    style = Style(sys.stdout.isatty() and not options.plain and "NO_COLOR" not in os.environ)
    if not is_terminal or is_simple:
        return style, PlainScreen()
    from parlour.entrypoints.cli.chat.prompt import PromptScreen

    screen = PromptScreen(lambda: [user.handle for user in client.state.users.values()])
    tasks: set[asyncio.Task[None]] = set()

    def typing() -> None:
        loop = asyncio.get_running_loop()
        task = loop.create_task(client.activity.typing(loop.time()))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    screen.on_typing = typing
    return style, screen


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


async def _chat(client: Client, screen: Screen, style: Style, options: Options) -> None:
    view = ConversationView(client, screen, style)
    actions = Actions(view)
    if not client.connection.is_online:
        view.lines.note(f"connecting to {options.server} as {options.handle} …")
    showing = asyncio.create_task(view.run())
    try:
        # A user at a terminal sees each try, and may interrupt it.
        await _online(client, None if screen.is_live else options.wait)
        view.start()
        view.lines.note("connected; /help lists the commands")
        conversations = actions.conversations
        await (conversations.open([options.to]) if options.to else conversations.list())
        async with aclosing(screen.lines()) as lines:
            async for line in lines:
                if not await actions.run(line):
                    break
        view.keep_draft(screen.left_text)
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_TIMEOUT if screen.is_live else options.wait):
                await client.sender.idle.wait()
        await view.finish()
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
    if unsent := _unsent(client):
        raise ClientError(unsent)


async def _script(client: Client, screen: Screen, style: Style, options: Options) -> None:
    conversation = None
    try:
        async with asyncio.timeout(options.wait):
            await client.online.wait()
            conversation = await find(client, options.to) if options.to else None
            if conversation is not None and options.says:
                await send(client, screen, conversation, options.says)
    except TimeoutError:
        parts = (f"No answer within {options.wait:g} s", _unsent(client))
        raise NoAnswer("; ".join(filter(None, parts))) from None
    if options.tail:
        tail = MessageTail(client, screen, style, only=conversation, as_json=options.as_json)
        await tail.run(options.last)


async def _online(client: Client, seconds: float | None) -> None:
    try:
        async with asyncio.timeout(seconds):
            await client.online.wait()
    except TimeoutError:
        raise NoAnswer(f"No answer within {seconds:g} s") from None


def _unsent(client: Client) -> str:
    """Return what to say about unsent messages, nothing where there are none."""
    unsent = len(client.outbox.unsent())
    return f"{unsent} unsent: kept here, and sent when you come back" if unsent else ""
