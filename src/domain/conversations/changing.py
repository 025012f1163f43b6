"""Commands that change a group: its title, its members, their roles."""

from collections.abc import Iterable
from typing import ClassVar

import attrs

from parlour.domain.conversations.batch import Batch
from parlour.domain.conversations.commands import Changed
from parlour.domain.conversations.events import (
    ConversationChanged,
    ConversationLeft,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
)
from parlour.domain.conversations.model import (
    MAX_ADDED,
    GroupFull,
    Member,
    Role,
    Title,
    require_manager,
    require_may_change_role,
    require_may_leave,
    require_may_remove,
)
from parlour.domain.conversations.opening import joined
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import PrivateNote


@attrs.frozen(kw_only=True)
class Rename:
    """Give a group another title. For the owner and admins: `Forbidden` to others."""

    is_idempotent: ClassVar = True

    actor: UserId
    conversation: ConversationId
    title: Title

    def prepare(self, batch: Batch) -> None:
        batch.need_members(self.conversation, [self.actor])

    def decide(self, batch: Batch) -> Changed:
        group = batch.conversation(self.conversation)
        require_manager(group, batch.require_member(self.conversation, self.actor))
        if group.title == self.title:
            return Changed(batch.heads[group.id].offset, replayed=True)
        batch.change(attrs.evolve(group, title=self.title))
        event = batch.append(group.id, self.actor, ConversationChanged(title=self.title))
        return Changed(event.offset)


@attrs.frozen
class Added:
    """Who is new in a group, and where its log ends."""

    users: tuple[UserId, ...]
    offset: int


def _distinct(users: Iterable[UserId]) -> tuple[UserId, ...]:
    return tuple(dict.fromkeys(users))


@attrs.frozen(kw_only=True)
class AddMembers:
    """Add users to a group; they see later messages only.

    Users who are members already are ignored. Raises `NotFound` if one of the users does not
    exist, `Forbidden` to plain members, `GroupFull`, and `Invalid` for no users or too many.
    """

    is_idempotent: ClassVar = False

    actor: UserId
    conversation: ConversationId
    users: tuple[UserId, ...] = attrs.field(converter=_distinct)

    def prepare(self, batch: Batch) -> None:
        batch.need_members(self.conversation, [self.actor])
        if self._is_of_allowed_size:
            batch.need_members(self.conversation, self.users)
            batch.need_users(self.users)

    @property
    def _is_of_allowed_size(self) -> bool:
        return 1 <= len(self.users) <= MAX_ADDED

    def decide(self, batch: Batch) -> Added:
        if not self._is_of_allowed_size:
            raise Invalid(f"must name 1 to {MAX_ADDED} users", field="users")
        group = batch.conversation(self.conversation)
        require_manager(group, batch.require_member(group.id, self.actor))
        accounts = [batch.find_user(user) for user in self.users]
        if any(account is None or account.disabled for account in accounts):
            raise NotFound("There is no such user")
        new = [user for user in self.users if batch.find_member(group.id, user) is None]
        most = batch.limits.group_members
        if group.members + len(new) > most:
            raise GroupFull(f"A group has at most {most} members")
        head = batch.heads[group.id]
        if new:
            batch.change(
                attrs.evolve(group, members=group.members + len(new), joined_seq=head.seq)
            )
        for user in new:
            batch.add_member(
                Member(
                    conversation=group.id,
                    user=user,
                    role=Role.MEMBER,
                    joined_at=batch.at,
                    since_seq=head.seq,
                    since_offset=head.offset,
                    read=head.seq,
                    received=head.seq,
                )
            )
            batch.append(group.id, self.actor, MemberAdded(user=user, role=Role.MEMBER))
            batch.note(joined(user, group.id))
        return Added(tuple(new), head.offset)


@attrs.frozen(kw_only=True)
class RemoveMember:
    """Remove a member from a group; the actor leaves the group if *user* is the actor.

    Raises `NotFound`, `Forbidden`, and `OwnerMustStay` if the owner would leave other members.
    """

    is_idempotent: ClassVar = False

    actor: UserId
    conversation: ConversationId
    user: UserId

    def prepare(self, batch: Batch) -> None:
        batch.need_members(self.conversation, [self.actor, self.user])

    def decide(self, batch: Batch) -> Changed:
        group = batch.conversation(self.conversation)
        member = batch.require_member(group.id, self.actor)
        leaves = self.user == self.actor
        if leaves:
            require_may_leave(group, member)
        else:
            require_may_remove(group, member, batch.require_member(group.id, self.user))
        batch.change(attrs.evolve(group, members=group.members - 1))
        batch.remove_member(group.id, self.user)
        event = batch.append(group.id, self.actor, MemberRemoved(user=self.user, left=leaves))
        left = ConversationLeft(conversation=group.id, removed=not leaves)
        batch.note(PrivateNote(user=self.user, payload=left))
        return Changed(event.offset)


@attrs.frozen(kw_only=True)
class ChangeRole:
    """Change the role of a member; the role owner transfers the ownership.

    For the owner, who stays on as an admin: `Forbidden` to others, `Invalid` about oneself.
    """

    is_idempotent: ClassVar = False

    actor: UserId
    conversation: ConversationId
    user: UserId
    role: Role

    def prepare(self, batch: Batch) -> None:
        batch.need_members(self.conversation, [self.actor, self.user], to_change=True)

    def decide(self, batch: Batch) -> Changed:
        group = batch.conversation(self.conversation)
        member = batch.require_member(group.id, self.actor)
        target = batch.require_member(group.id, self.user)
        require_may_change_role(group, member, target)
        head = batch.heads[group.id]
        if target.role is self.role:
            return Changed(head.offset, replayed=True)
        changed = [attrs.evolve(target, role=self.role)]
        if self.role is Role.OWNER:
            changed.append(attrs.evolve(member, role=Role.ADMIN))
        for each in changed:
            batch.change_member(each)
            batch.append(group.id, self.actor, MemberChanged(user=each.user, role=each.role))
        return Changed(head.offset)
