"""Changing a group: its title, its members, their roles; and one's own settings of it."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Final

import attrs

from parlour.domain.conversations.access import lock_for, require_member
from parlour.domain.conversations.events import (
    ConversationChanged,
    ConversationLeft,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    SettingsChanged,
)
from parlour.domain.conversations.model import (
    MAX_ADDED,
    Conversation,
    GroupFull,
    Member,
    Role,
    Title,
    next_event,
    require_manager,
    require_may_change_role,
    require_may_leave,
    require_may_remove,
)
from parlour.domain.conversations.opening import joined
from parlour.domain.conversations.ports import Stores
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Changes, Event, PrivateNote, write_private


@attrs.frozen
class Added:
    """Who is new in a group, and the offset up to which the group now is."""

    users: tuple[UserId, ...]
    offset: int
    changes: Changes


@attrs.frozen
class Rename:
    """Give a group another title."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, actor: UserId, conversation: ConversationId, title: Title) -> Changes:
        """Return what changed: nothing where the title stood already."""

        def work(stores: Stores) -> Changes:
            group, member = lock_for(stores.conversations, stores.members, conversation, actor)
            require_manager(group, member)
            if group.title == title:
                return Changes()
            renamed, event = next_event(
                attrs.evolve(group, title=title),
                actor,
                self.clock(),
                ConversationChanged(title=title),
            )
            return _keep(stores, renamed, [event], [])

        return self.uow(work)


@attrs.frozen(kw_only=True)
class AddMembers:
    """Add people to a group. They see what is said from now on."""

    uow: UnitOfWork[Stores]
    clock: Clock
    max_members: int

    def __call__(
        self, actor: UserId, conversation: ConversationId, users: Sequence[UserId]
    ) -> Added:
        """Add those who do not belong yet; raise `NotFound` for unknown users, `GroupFull`."""
        wanted = list(dict.fromkeys(users))
        if not 1 <= len(wanted) <= MAX_ADDED:
            raise Invalid(f"must name 1 to {MAX_ADDED} users", field="users")

        def work(stores: Stores) -> Added:
            group, member = lock_for(stores.conversations, stores.members, conversation, actor)
            require_manager(group, member)
            known = stores.users.find_many(set(wanted))
            if any(user not in known or known[user].disabled for user in wanted):
                raise NotFound("There is no such user")
            present = stores.members.find([(conversation, user) for user in wanted])
            new = [user for user in wanted if (conversation, user) not in present]
            if group.members + len(new) > self.max_members:
                raise GroupFull(f"A group has at most {self.max_members} members")
            return self._add(stores, group, actor, new)

        return self.uow(work)

    def _add(
        self, stores: Stores, group: Conversation, actor: UserId, users: Sequence[UserId]
    ) -> Added:
        at, events, members = self.clock(), list[Event](), list[Member]()
        for user in users:
            members.append(
                Member(
                    conversation=group.id,
                    user=user,
                    role=Role.MEMBER,
                    joined_at=at,
                    since_seq=group.seq,
                    since_offset=group.offset,
                    read=group.seq,
                    received=group.seq,
                )
            )
            group, event = next_event(
                attrs.evolve(group, members=group.members + 1),
                actor,
                at,
                MemberAdded(user=user, role=Role.MEMBER),
            )
            events.append(event)
        if not members:
            return Added((), group.offset, Changes())
        stores.members.add(members)
        notes = [joined(user, group.id) for user in users]
        return Added(tuple(users), group.offset, _keep(stores, group, events, notes))


@attrs.frozen
class RemoveMember:
    """Take somebody out of a group, or leave it oneself."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, actor: UserId, conversation: ConversationId, user: UserId) -> Changes:
        """Return what changed; raise `NotFound`, `Forbidden` or `OwnerMustStay`."""

        def work(stores: Stores) -> Changes:
            group, member = lock_for(stores.conversations, stores.members, conversation, actor)
            leaves = user == actor
            if leaves:
                require_may_leave(group, member)
            else:
                target = require_member(stores.members, conversation, user)
                require_may_remove(group, member, target)
            stores.members.remove(conversation, user)
            smaller, event = next_event(
                attrs.evolve(group, members=group.members - 1),
                actor,
                self.clock(),
                MemberRemoved(user=user, left=leaves),
            )
            note = PrivateNote(
                user=user,
                payload=ConversationLeft(conversation=conversation, removed=not leaves),
            )
            return _keep(stores, smaller, [event], [note])

        return self.uow(work)


@attrs.frozen
class ChangeRole:
    """Make somebody an admin or a plain member, or hand the group over to them."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(
        self, actor: UserId, conversation: ConversationId, user: UserId, role: Role
    ) -> tuple[int, Changes]:
        """Return the group's offset and what changed; the former owner stays on as an admin."""

        def work(stores: Stores) -> tuple[int, Changes]:
            group, _ = lock_for(stores.conversations, stores.members, conversation, actor)
            # Watermarks move under the lock of the member alone, and must not be turned back.
            keys = [(conversation, actor), (conversation, user)]
            member, target = map(stores.members.lock(keys).get, keys)
            if member is None or target is None:
                raise NotFound
            require_may_change_role(group, member, target)
            if target.role is role:
                return group.offset, Changes()
            changed = [attrs.evolve(target, role=role)]
            if role is Role.OWNER:
                changed.append(attrs.evolve(member, role=Role.ADMIN))
            stores.members.save(changed)
            at, events = self.clock(), list[Event]()
            for each in changed:
                payload = MemberChanged(user=each.user, role=each.role)
                group, event = next_event(group, actor, at, payload)
                events.append(event)
            return group.offset, _keep(stores, group, events, [])

        return self.uow(work)


class Unchanged(Enum):
    """Stands where a setting stays as it is."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


@attrs.frozen(kw_only=True)
class Settings:
    """What to change of one's own view of a conversation."""

    muted_until: datetime | Unchanged | None = UNCHANGED
    pinned: bool | Unchanged = UNCHANGED
    marked_unread: bool | Unchanged = UNCHANGED


@attrs.frozen
class ChangeSettings:
    """Mute, pin or mark a conversation as unread for oneself, on all of one's devices."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, actor: UserId, conversation: ConversationId, settings: Settings) -> Changes:
        """Return what changed: nothing where it stood so already."""

        def work(stores: Stores) -> Changes:
            key = (conversation, actor)
            member = stores.members.lock([key]).get(key)
            if member is None:
                raise NotFound
            asked = attrs.asdict(settings, recurse=False).items()
            named = {name: value for name, value in asked if value is not UNCHANGED}
            changed = attrs.evolve(member, **named)
            if changed == member:
                return Changes()
            stores.members.save([changed])
            payload = SettingsChanged(
                conversation=conversation,
                muted_until=changed.muted_until,
                pinned=changed.pinned,
                marked_unread=changed.marked_unread,
            )
            note = PrivateNote(user=actor, payload=payload)
            return Changes(private=write_private(stores.private_logs, [note], self.clock()))

        return self.uow(work)


def _keep(
    stores: Stores,
    group: Conversation,
    events: Sequence[Event],
    notes: Sequence[PrivateNote],
) -> Changes:
    stores.conversations.save([group])
    stores.events.add(events)
    return Changes(tuple(events), write_private(stores.private_logs, notes, events[-1].at))
