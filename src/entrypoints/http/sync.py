"""Catching up: the log of one conversation, and what changed everywhere."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from parlour.domain.access import Identity
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.logs import Cursor
from parlour.domain.sync import PrivatePage, SnapshotRequest
from parlour.entrypoints.http.documentation import answers, at_most
from parlour.entrypoints.http.schemas_messages import EventsView, SyncView
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.wire.pages import bounded_page, bounded_private_page
from parlour.entrypoints.wire.views import view_event, view_head, view_private


class SyncController(Controller):
    """Reads logs from the position of the client."""

    tags = ("Catching up",)

    @get(
        "/conversations/{conversation:uuid}/events",
        operation_id="list_events",
        summary="Read a conversation's log",
        responses=answers("not_found", "invalid"),
    )
    async def events(
        self,
        conversation: FromPath[UUID],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
        *,
        after: Annotated[int, QueryParameter(description="The last offset that is known.")] = 0,
        limit: Annotated[int | None, at_most(200, default=200)] = None,
    ) -> EventsView:
        """Read the events after an offset; `reset` says that the gap is too long."""
        id_ = ConversationId(conversation)
        found = await service.run(service.use.events_after, me.user, id_, after, limit)
        page = bounded_page(found)
        events = [view_event(event) for event in page.events]
        return EventsView(events, page.last, page.more, page.reset)

    @get(
        "/sync",
        operation_id="sync",
        summary="Begin, or go on from a cursor",
        responses=answers("invalid"),
    )
    async def sync(
        self,
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
        *,
        cursor: Annotated[
            str | None, QueryParameter(description="`cursor` of the last answer.")
        ] = None,
    ) -> SyncView:
        """Return what changed since a cursor; without one, the newest conversations.

        A cursor that cannot be read counts as none, and `reset` says so.
        """
        since = Cursor.recover(cursor) if cursor is not None else None
        now = await service.take_snapshot(SnapshotRequest(me.user, since))
        page = PrivatePage((), now.cursor, False, False)
        if cursor is not None:
            found = await service.run(service.use.sync_private, me.user, since)
            page = bounded_private_page(found)
        return SyncView(
            cursor=str(Cursor(page.cursor.offset, now.cursor.conversations)),
            heads=[view_head(head) for head in now.heads],
            more=now.more,
            events=[view_private(event) for event in page.events],
            events_more=page.more,
            reset=page.reset,
        )
