"""Listing the members of a conversation."""

import attrs

from parlour.domain.conversations.access import require_member
from parlour.domain.conversations.model import Member
from parlour.domain.conversations.ports import Stores
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import PageRequest, pack_cursor, user_of_cursor
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.users import User

MAX_MEMBERS_A_PAGE = 100


@attrs.frozen
class MemberPage:
    """A page of members with their accounts; `next` is None on the last page."""

    members: tuple[tuple[Member, User], ...]
    next: str | None


@attrs.frozen
class ListMembers:
    """List the members of a conversation, as one of them."""

    uow: UnitOfWork[Stores]

    def __call__(
        self,
        actor: UserId,
        conversation: ConversationId,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> MemberPage:
        """Return one page; raise `NotFound` for strangers, `Invalid` for a bad cursor or limit."""
        page = PageRequest.parse(cursor, limit, user_of_cursor, most=MAX_MEMBERS_A_PAGE)

        def work(stores: Stores) -> MemberPage:
            require_member(stores.members, conversation, actor)
            found = stores.members.page(conversation, page.start, page.fetch)
            members, following = page.cut(found, lambda member: pack_cursor(member.user))
            people = stores.users.find_many({member.user for member in members})
            return MemberPage(
                tuple((member, people[member.user]) for member in members), following
            )

        return self.uow.read(work)
