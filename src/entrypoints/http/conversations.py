"""Conversations of the caller, and their members."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from parlour.domain.access import Identity
from parlour.domain.conversations import (
    AddMembers,
    ChangeRole,
    Member,
    RemoveMember,
    Rename,
    Role,
    Title,
)
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.time import rfc3339
from parlour.domain.users import User
from parlour.entrypoints.http.documentation import CURSOR, also, answers, at_most
from parlour.entrypoints.http.schemas import (
    AddedView,
    HeadsView,
    MembersView,
    MemberView,
    NewDirect,
    NewGroup,
    NewMembers,
    OffsetView,
    RoleChange,
    TitleChange,
)
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.wire.lookalikes import mixes_alphabets, skeletons
from parlour.entrypoints.wire.views import HeadView, view_head


class ConversationsController(Controller):
    """The conversations of the caller."""

    path = "/conversations"
    tags = ("Conversations",)

    @get(
        operation_id="list_conversations",
        summary="List one's conversations",
        responses=answers("invalid"),
    )
    async def page(
        self,
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
        *,
        before: Annotated[str | None, CURSOR] = None,
        limit: Annotated[int | None, at_most(100, default=50)] = None,
    ) -> HeadsView:
        """List the caller's conversations, most recently changed first."""
        found = await service.run(service.use.list_heads, me.user, before=before, limit=limit)
        return HeadsView([view_head(head) for head in found.heads], found.next)

    @post(
        operation_id="open_conversation",
        summary="Open a direct conversation, or make a group",
        description="A direct conversation that stands already is answered with 200.",
        responses=answers("not_found", "conflict", body=True) | {200: also(HeadView)},
    )
    async def open(
        self,
        data: JSONBody[NewDirect | NewGroup],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> Response[HeadView]:
        """Open the direct conversation with a user, or create a group that the caller owns."""
        if isinstance(data, NewDirect):
            opened = await service.run(service.use.open_direct, me.user, UserId(data.user))
        else:
            title, members = Title.parse(data.title), [UserId(each) for each in data.members]
            opened = await service.run(
                service.use.create_group, me.user, title=title, members=members
            )
        service.publish(opened.changes)
        head = await service.run(service.use.get_head, me.user, opened.conversation.id)
        return Response(view_head(head), status_code=201 if opened.is_new else 200)

    @get(
        "/direct/{user:uuid}",
        operation_id="find_direct_conversation",
        summary="Find the direct conversation with a user",
        description="Creates nothing: 404 where the two have no conversation yet.",
        responses=answers("not_found"),
    )
    async def find_direct(
        self,
        user: FromPath[UUID],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> HeadView:
        """Return the head of the direct conversation with a user, if there is one."""
        id_ = await service.run(service.use.find_direct, me.user, UserId(user))
        return view_head(await service.run(service.use.get_head, me.user, id_))

    @get(
        "/{conversation:uuid}",
        operation_id="get_conversation",
        summary="See one conversation",
        responses=answers("not_found"),
    )
    async def show(
        self,
        conversation: FromPath[UUID],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> HeadView:
        """Return the head (list entry) of a conversation."""
        head = await service.run(service.use.get_head, me.user, ConversationId(conversation))
        return view_head(head)

    @patch(
        "/{conversation:uuid}",
        operation_id="rename_conversation",
        summary="Give a group another title",
        responses=answers("not_found", "forbidden", "log_damaged", body=True),
    )
    async def rename(
        self,
        conversation: FromPath[UUID],
        data: JSONBody[TitleChange],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> HeadView:
        """Rename a group; for its owner and admins."""
        id_, title = ConversationId(conversation), Title.parse(data.title)
        await service.execute(Rename(actor=me.user, conversation=id_, title=title))
        return view_head(await service.run(service.use.get_head, me.user, id_))


class MembersController(Controller):
    """The members of a conversation."""

    path = "/conversations/{conversation:uuid}/members"
    tags = ("Conversations",)

    @get(
        operation_id="list_members",
        summary="List the members",
        responses=answers("not_found", "invalid"),
    )
    async def page(
        self,
        conversation: FromPath[UUID],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
        *,
        limit: Annotated[int | None, at_most(100, default=100)] = None,
        cursor: Annotated[str | None, CURSOR] = None,
    ) -> MembersView:
        """List the members of a conversation, ordered by id."""
        id_ = ConversationId(conversation)
        found = await service.run(
            service.use.list_members, me.user, id_, cursor=cursor, limit=limit
        )
        return MembersView([_view(member, user) for member, user in found.members], found.next)

    @post(
        operation_id="add_members",
        summary="Add people to a group",
        status_code=200,
        responses=answers("not_found", "forbidden", "conflict", "log_damaged", body=True),
    )
    async def add(
        self,
        conversation: FromPath[UUID],
        data: JSONBody[NewMembers],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> AddedView:
        """Add up to 100 members; they see messages from now on."""
        id_, users = ConversationId(conversation), [UserId(each) for each in data.users]
        added = await service.execute(AddMembers(actor=me.user, conversation=id_, users=users))
        return AddedView(list(added.users), added.offset)

    @patch(
        "/{user:uuid}",
        operation_id="change_role",
        summary="Change the role of a member",
        responses=answers("not_found", "forbidden", "log_damaged", body=True),
    )
    async def change(
        self,
        conversation: FromPath[UUID],
        user: FromPath[UUID],
        data: JSONBody[RoleChange],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> OffsetView:
        """Change a member's role; for the owner. The role `owner` transfers the group."""
        id_, who = ConversationId(conversation), UserId(user)
        changed = await service.execute(
            ChangeRole(actor=me.user, conversation=id_, user=who, role=Role(data.role))
        )
        return OffsetView(changed.offset)

    @delete(
        "/{user:uuid}",
        operation_id="remove_member",
        summary="Remove a member, or leave",
        responses=answers("not_found", "forbidden", "conflict", "log_damaged"),
    )
    async def remove(
        self,
        conversation: FromPath[UUID],
        user: FromPath[UUID],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> None:
        """Remove a member from a group; with the caller's own id, leave it."""
        id_, who = ConversationId(conversation), UserId(user)
        await service.execute(RemoveMember(actor=me.user, conversation=id_, user=who))


def _view(member: Member, user: User) -> MemberView:
    return MemberView(
        member.user,
        user.handle.value,
        user.display_name.value,
        member.role.value,
        rfc3339(member.joined_at),
        skeletons(user),
        mixes_alphabets(user.display_name.value),
    )
