"""Reactions to a message, votes in a poll, and what a message said before."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from parlour.domain.access import Identity
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.kernel.time import rfc3339
from parlour.domain.messages import Reaction, Revision, SetReaction, Vote
from parlour.entrypoints.http.admission import count_changes
from parlour.entrypoints.http.documentation import CURSOR, answers, at_most
from parlour.entrypoints.http.schemas_changes import (
    ChangedView,
    ReactedView,
    ReactionsView,
    ReactorView,
    RevisionsView,
    RevisionView,
    VoteChange,
)
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.wire.emoji import read_emoji


class ReactionsController(Controller):
    """What members do with one message."""

    path = "/conversations/{conversation:uuid}/messages/{seq:str}"
    tags = ("Messages",)

    @get(
        "/reactions",
        operation_id="list_reactions",
        summary="See who reacted",
        responses=answers("not_found", "invalid"),
    )
    async def reactions(
        self,
        conversation: FromPath[UUID],
        seq: FromPath[int],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
        *,
        emoji: Annotated[str | None, QueryParameter(description="With this emoji alone.")] = None,
        limit: Annotated[int | None, at_most(100, default=50)] = None,
        cursor: Annotated[str | None, CURSOR] = None,
    ) -> ReactionsView:
        """List who reacted to a message, in the order of emojis and of users by id."""
        wanted = read_emoji(emoji, ()) if emoji is not None else None
        page = await service.run(
            service.use.list_reactions,
            me.user,
            ConversationId(conversation),
            seq,
            emoji=wanted.value if wanted else None,
            cursor=cursor,
            limit=limit,
        )
        return ReactionsView([_view_reactor(each) for each in page.reactions], page.next)

    @put(
        "/reactions/{emoji:str}",
        operation_id="react",
        summary="React with an emoji",
        responses=answers("not_found", "conflict", "invalid", "timeout", "log_damaged"),
    )
    async def react(
        self,
        conversation: FromPath[UUID],
        seq: FromPath[int],
        emoji: FromPath[str],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> ReactedView:
        """React with one emoji of Unicode, or with `:name:` of one of this service."""
        return await _set(service, me, ConversationId(conversation), seq, emoji, on=True)

    @delete(
        "/reactions/{emoji:str}",
        operation_id="take_reaction_back",
        summary="Take a reaction back",
        status_code=200,
        responses=answers("not_found", "invalid", "timeout", "log_damaged"),
    )
    async def unreact(
        self,
        conversation: FromPath[UUID],
        seq: FromPath[int],
        emoji: FromPath[str],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> ReactedView:
        """Take back one's own reaction with this emoji."""
        return await _set(service, me, ConversationId(conversation), seq, emoji, on=False)

    @put(
        "/vote",
        operation_id="vote",
        summary="Vote in a poll",
        responses=answers("not_found", "conflict", "timeout", "log_damaged", body=True),
    )
    async def vote(
        self,
        conversation: FromPath[UUID],
        seq: FromPath[int],
        data: JSONBody[VoteChange],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> ChangedView:
        """Vote in the place of an earlier vote; without options, take the vote back."""
        id_ = ConversationId(conversation)
        await count_changes(service, me, id_)
        changed = await service.execute(
            Vote(actor=me.user, conversation=id_, seq=seq, options=tuple(data.options))
        )
        return ChangedView(changed.offset, changed.replayed)

    @get(
        "/revisions",
        operation_id="list_revisions",
        summary="See what a message said before",
        responses=answers("not_found"),
    )
    async def revisions(
        self,
        conversation: FromPath[UUID],
        seq: FromPath[int],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> RevisionsView:
        """List the last 50 earlier texts of a message, the newest first."""
        found = await service.run(
            service.use.list_revisions, me.user, ConversationId(conversation), seq
        )
        return RevisionsView([_view_revision(each) for each in found])


async def _set(
    service: Service,
    me: Identity,
    conversation: ConversationId,
    seq: int,
    emoji: str,
    *,
    on: bool,
) -> ReactedView:
    await count_changes(service, me, conversation)
    reacted = await service.execute(
        SetReaction(
            actor=me.user,
            conversation=conversation,
            seq=seq,
            emoji=read_emoji(emoji, service.settings.messages.custom_emojis, is_new=on),
            on=on,
        )
    )
    return ReactedView(reacted.offset, reacted.count, reacted.replayed)


def _view_reactor(found: Reaction) -> ReactorView:
    return ReactorView(found.user, found.emoji, rfc3339(found.at))


def _view_revision(found: Revision) -> RevisionView:
    return RevisionView(found.revision, found.kind, dict(found.body), rfc3339(found.at))
