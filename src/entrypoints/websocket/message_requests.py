"""The requests of sockets about messages that are no commands of one conversation."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from parlour.domain.kernel.errors import Limited
from parlour.domain.kernel.ids import ConversationId, SendKey
from parlour.domain.logs import Noted
from parlour.domain.messages import ForwardRequest
from parlour.entrypoints.shell.forwarding import forward
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket import frames
from parlour.entrypoints.websocket.connection import Connection
from parlour.entrypoints.wire.views import PlaceView


class MessageRequests:
    """Forwarding, and what one user sees of messages: hidden ones, cleared history, drafts."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.handlers: Mapping[type, Callable[[Connection, Any], Awaitable[frames.Answer]]] = {
            frames.MessageForward: self._forward,
            frames.MessageHide: self._hide,
            frames.DraftSet: self._set_draft,
            frames.HistoryClear: self._clear,
        }

    async def _forward(
        self, connection: Connection, frame: frames.MessageForward
    ) -> frames.Forwarded:
        to = ConversationId(frame.to)
        self._limit(connection, to, len(frame.seqs))
        request = ForwardRequest(
            actor=connection.user,
            session=connection.session,
            source=ConversationId(frame.from_),
            seqs=frame.seqs,
            to=to,
            key=SendKey(frame.key),
            merged=frame.merged,
        )
        posted = await forward(self._service, request)
        places = [PlaceView(each.message.seq, each.message.offset) for each in posted]
        return frames.Forwarded(id=frame.id, messages=places)

    async def _hide(self, connection: Connection, frame: frames.MessageHide) -> frames.OwnChanged:
        noted = await self._service.run(
            self._service.use.hide_messages,
            connection.user,
            ConversationId(frame.conversation),
            frame.seqs,
        )
        return self._noted(frame, noted)

    async def _set_draft(
        self, connection: Connection, frame: frames.DraftSet
    ) -> frames.OwnChanged:
        noted = await self._service.run(
            self._service.use.set_draft,
            connection.user,
            ConversationId(frame.conversation),
            frame.text,
            frame.reply_to,
        )
        return self._noted(frame, noted)

    async def _clear(
        self, connection: Connection, frame: frames.HistoryClear
    ) -> frames.OwnChanged:
        noted = await self._service.run(
            self._service.use.clear_history,
            connection.user,
            ConversationId(frame.conversation),
            frame.up_to,
        )
        return self._noted(frame, noted)

    def _noted(self, frame: frames.Request, noted: Noted) -> frames.OwnChanged:
        self._service.publish(noted.changes)
        return frames.OwnChanged(id=frame.id, offset=noted.offset)

    def _limit(self, connection: Connection, to: ConversationId, count: int) -> None:
        """Count what is forwarded like messages; a stranger is refused later."""
        limits = self._service.limits
        try:
            limits.message(connection.user_key, count)
            if self._service.hub.is_subscribed(connection, to):
                limits.conversation_message(to.hex, count)
        except Limited:
            connection.refused()
            raise
