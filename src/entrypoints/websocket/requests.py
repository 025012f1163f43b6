"""Handles the requests of sockets through the service; none blocks another socket."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from logging import DEBUG, getLogger
from typing import Any
from uuid import UUID

from parlour.adapters.logging import bound, get_logger
from parlour.domain.kernel.errors import DomainError, Forbidden, Limited, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.time import rfc3339
from parlour.domain.logs import Cursor
from parlour.domain.messages import Mark
from parlour.domain.presence import DeviceReport, State, Status
from parlour.domain.sync import LogQuery
from parlour.domain.users import ChosenState, PresenceChoice
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket import frames
from parlour.entrypoints.websocket.codec import encode, encode_error
from parlour.entrypoints.websocket.commands import CommandFrame, command_frames
from parlour.entrypoints.websocket.connection import Connection, Requests
from parlour.entrypoints.websocket.hello_handler import HelloHandler
from parlour.entrypoints.websocket.message_requests import MessageRequests
from parlour.entrypoints.wire.errors import INTERNAL, problem
from parlour.entrypoints.wire.pages import bounded_private_page
from parlour.entrypoints.wire.views import view_head, view_private, view_status

RequestHandler = Callable[[Connection, Any], Awaitable[frames.Answer]]

log = get_logger("parlour.socket")
_is_logged = getLogger("parlour.socket").isEnabledFor


class SocketRequests(Requests):
    """Maps each kind of frame to the use case that handles it."""

    def __init__(self, service: Service, hello_handler: HelloHandler) -> None:
        self._service = service
        self._hello_handler = hello_handler
        self._tasks: set[asyncio.Task[None]] = set()
        self._commands = command_frames(service)
        self._handlers: dict[type, RequestHandler] = {
            frames.AuthRefresh: self._auth_refresh,
            frames.Read: self._read,
            frames.Received: self._received,
            frames.Sync: self._sync,
            frames.SyncMe: self._sync_me,
            frames.Conversations: self._conversations,
            frames.Focus: self._focus,
            frames.PresenceWatch: self._presence_watch,
            frames.PresenceSet: self._presence_set,
            **MessageRequests(service).handlers,
        }

    def dispatch(self, connection: Connection, frame: frames.Asked) -> None:
        if _is_logged(DEBUG) and connection.state.is_welcomed:
            with bound(user=connection.user, session=connection.session):
                log.debug("request", type=frame.__struct_config__.tag, id=frame.id)
        kind = self._commands.get(type(frame))
        if kind is not None:
            conversation: Any = frame.conversation  # type: ignore[union-attr]
            start = partial(self._submit, connection, frame, kind)
            connection.order.enter(conversation, start, is_command=True)
        elif isinstance(frame, frames.Hello):
            self._spawn(self._hello_handler.handle(connection, frame))
        else:
            concerned = _conversations_of(frame)
            start = partial(self._begin, connection, frame, concerned)
            connection.order.enter_all(concerned, start)

    def relay(self, connection: Connection, frame: frames.Typing) -> None:
        conversation = ConversationId(frame.conversation)
        if not self._service.hub.is_subscribed(connection, conversation):
            return
        if self._service.own_presence.is_hidden(connection.user):
            return
        with suppress(Limited):  # a typing signal may be lost
            self._service.limits.typing(connection.user_key)
            self._service.publish_typing(conversation, connection.user, on=frame.on)

    # -- commands: no task, no future, one callback ------------------------------------------

    def _submit(self, connection: Connection, frame: Any, kind: CommandFrame) -> None:
        begun = time.perf_counter()

        def done(outcome: Any) -> None:
            if isinstance(outcome, Exception):
                refusal = problem(outcome)
                connection.count_refusal(refusal.code)
                connection.answer(frame.id, encode_error(frame.id, refusal))
            else:
                connection.answer(frame.id, encode(kind.answer(frame, outcome)))
                self._service.meters.ack_seconds.observe(time.perf_counter() - begun)
            connection.order.leave(frame.conversation)

        try:
            self._limit(connection, ConversationId(frame.conversation))
            self._service.submit(kind.command(connection, frame), done)
        except Limited as refusal:
            connection.refused()
            done(refusal)
        except DomainError as refusal:
            done(refusal)
        except Exception as error:  # noqa: BLE001 - reported, and the client gets an error
            self._service.failed(error)
            done(error)

    def _limit(self, connection: Connection, conversation: ConversationId) -> None:
        self._service.limits.message(connection.user_key)
        # A stranger is refused later, and must not use up the members' tokens.
        if self._service.hub.is_subscribed(connection, conversation):
            self._service.limits.conversation_message(conversation.hex)

    # -- everything else ---------------------------------------------------------------------

    def _begin(
        self, connection: Connection, frame: frames.Request, concerned: Sequence[UUID]
    ) -> None:
        self._spawn(self._answer(connection, frame, concerned))

    async def _answer(
        self, connection: Connection, frame: frames.Request, concerned: Sequence[UUID]
    ) -> None:
        try:
            answer = await self._handle(connection, frame)
        except DomainError as refusal:
            connection.count_refusal(refusal.code)
            answer = encode_error(frame.id, problem(refusal))
        except Exception as error:  # noqa: BLE001 - reported, and the client gets an error
            self._service.failed(error)
            connection.count_refusal(INTERNAL.code)
            answer = encode_error(frame.id, problem(error))
        connection.answer(frame.id, answer)
        for conversation in concerned:
            connection.order.leave(conversation)

    async def _handle(self, connection: Connection, frame: frames.Request) -> bytes:
        try:
            self._service.limits.request(connection.user_key)
        except Limited:
            connection.refused()
            raise
        return encode(await self._handlers[type(frame)](connection, frame))

    async def _auth_refresh(
        self, connection: Connection, frame: frames.AuthRefresh
    ) -> frames.Answer:
        identity = await self._service.identities.of(frame.token)
        if (identity.user, identity.device) != (connection.user, connection.device):
            raise Forbidden("This token is of another device")
        self._hello_handler.expect(connection, identity.expires_at)
        return frames.Refreshed(id=frame.id, expires_at=rfc3339(identity.expires_at))

    async def _read(self, connection: Connection, frame: frames.Read) -> frames.Answer:
        mark = Mark(
            conversation=ConversationId(frame.conversation),
            user=connection.user,
            read=frame.seq,
            private=frame.private,
        )
        return frames.ReadUpTo(id=frame.id, seq=await self._service.mark(mark))

    async def _received(self, connection: Connection, frame: frames.Received) -> frames.Answer:
        await self._service.mark_all(
            [
                Mark(conversation=ConversationId(each), user=connection.user, received=seq)
                for each, seq in frame.marks.items()
            ]
        )
        return frames.Answer(id=frame.id)

    async def _sync(self, connection: Connection, frame: frames.Sync) -> frames.Answer:
        conversation = ConversationId(frame.conversation)
        found = await self._service.read_log(
            LogQuery(connection.user, conversation, frame.after, frame.limit)
        )
        page = found.page
        return frames.Synced(
            id=frame.id, events=found.events, last=page.last, more=page.more, reset=page.reset
        )

    async def _sync_me(self, connection: Connection, frame: frames.SyncMe) -> frames.Answer:
        cursor = Cursor.recover(frame.cursor)
        found = await self._service.run(
            self._service.use.sync_private, connection.user, cursor, frame.limit
        )
        page = bounded_private_page(found)
        return frames.SyncedMe(
            id=frame.id,
            events=[view_private(event) for event in page.events],
            cursor=str(page.cursor),
            more=page.more,
            reset=page.reset,
        )

    async def _conversations(
        self, connection: Connection, frame: frames.Conversations
    ) -> frames.Answer:
        page = await self._service.run(
            self._service.use.list_heads, connection.user, before=frame.before, limit=frame.limit
        )
        return frames.Listed(
            id=frame.id, heads=[view_head(head) for head in page.heads], next=page.next
        )

    async def _focus(self, connection: Connection, frame: frames.Focus) -> frames.Answer:
        conversation = ConversationId(frame.conversation) if frame.conversation else None
        if conversation and not self._service.hub.is_subscribed(connection, conversation):
            raise NotFound
        connection.focus = conversation
        return frames.Answer(id=frame.id)

    async def _presence_watch(
        self, connection: Connection, frame: frames.PresenceWatch
    ) -> frames.Answer:
        users = [UserId(user) for user in dict.fromkeys(frame.users)]
        hub = self._service.hub
        while True:
            partings = hub.partings
            allowed = await self._service.run(self._service.use.may_watch, connection.user, users)
            if partings == hub.partings:  # else somebody left meanwhile, perhaps one of these
                break
        await hub.watching.watch(connection, allowed)
        known = {each.user: each for each in await self._service.presence.statuses(list(allowed))}
        states = [known.get(user, Status.unknown(user)) for user in users]
        return frames.Watching(id=frame.id, states=[view_status(state) for state in states])

    async def _presence_set(
        self, connection: Connection, frame: frames.PresenceSet
    ) -> frames.Answer:
        text, own = PresenceChoice.parse_text(frame.text), self._service.own_presence
        if frame.state == State.AWAY.value:
            own.report(connection.session, DeviceReport(is_away=True, text=text))
        else:
            own.report(connection.session, DeviceReport())
            choice = PresenceChoice(ChosenState(frame.state), text)
            await self._service.choose_presence(connection.user, choice)
        return frames.Answer(id=frame.id)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _conversations_of(frame: frames.Request) -> tuple[UUID, ...]:
    """Return the conversations of which a frame keeps its place among the frames of a socket."""
    if isinstance(frame, frames.MessageForward):
        return tuple({frame.from_, frame.to})
    conversation: UUID | None = getattr(frame, "conversation", None)
    return () if conversation is None else (conversation,)
