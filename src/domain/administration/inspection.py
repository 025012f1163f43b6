"""Inspecting conversations: their size and members, never their titles or messages."""

import attrs

from parlour.domain.administration.auditing import AuditWriter
from parlour.domain.administration.model import Action, Principal, Totals, require_admin
from parlour.domain.administration.ports import Stores
from parlour.domain.conversations import Conversation, Member
from parlour.domain.kernel.errors import NotFound
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.kernel.paging import PageRequest, pack_cursor, user_of_cursor
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.users import User

MAX_MEMBERS_A_PAGE = 100


@attrs.frozen
class InspectedConversation:
    """A conversation without its title, a page of members, and the cursor of the next page."""

    conversation: Conversation
    members: tuple[tuple[Member, User], ...]
    next: str | None


@attrs.frozen
class InspectConversation:
    """Inspect any conversation; the inspection is recorded in the audit log."""

    uow: UnitOfWork[Stores]
    audit_writer: AuditWriter

    def __call__(
        self,
        principal: Principal,
        conversation: ConversationId,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> InspectedConversation:
        """Return it with one page of members; raise `Forbidden`, `NotFound` or `Invalid`."""
        page = PageRequest.parse(cursor, limit, user_of_cursor, most=MAX_MEMBERS_A_PAGE)

        def work(stores: Stores) -> InspectedConversation:
            require_admin(stores.users, principal)
            found = stores.conversations.find_many([conversation]).get(conversation)
            if found is None:
                raise NotFound
            self.audit_writer(stores, principal, Action.CONVERSATION_INSPECTED, conversation)
            rows = stores.members.page(conversation, page.start, page.fetch)
            members, following = page.cut(rows, lambda member: pack_cursor(member.user))
            people = stores.users.find_many({member.user for member in members})
            return InspectedConversation(
                # Only members may see the title.
                attrs.evolve(found, title=None),
                tuple((member, people[member.user]) for member in members),
                following,
            )

        return self.uow(work)


@attrs.frozen
class CheckAdmin:
    """Check that somebody is an administrator, for actions outside of the domain."""

    uow: UnitOfWork[Stores]

    def __call__(self, principal: Principal) -> None:
        """Raise `Forbidden` where they are not."""
        self.uow.read(lambda stores: require_admin(stores.users, principal))


@attrs.frozen
class CountAll:
    """Count users, sessions, conversations and messages."""

    uow: UnitOfWork[Stores]

    def __call__(self, principal: Principal) -> Totals:
        """Return the numbers; raise `Forbidden`."""

        def work(stores: Stores) -> Totals:
            require_admin(stores.users, principal)
            return stores.registry.totals()

        return self.uow.read(work)
