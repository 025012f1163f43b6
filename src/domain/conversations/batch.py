"""What the commands of one transaction share: loaded once, changed by each, written once."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

import attrs

from parlour.domain.conversations.commands import Limits
from parlour.domain.conversations.model import Conversation, LogPosition, Member
from parlour.domain.conversations.ports import Membership, MemberStore, Stores
from parlour.domain.kernel.errors import NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import (
    ConversationPayload,
    Event,
    PrivateEvent,
    PrivateNote,
    write_private,
)
from parlour.domain.users import User


class LogCounters:
    """The last numbers of a locked conversation while a batch is decided.

    `loaded` is the offset that the batch found.
    """

    __slots__ = ("changed_at", "loaded", "offset", "seq")

    def __init__(self, seq: int, offset: int, changed_at: datetime) -> None:
        self.seq = seq
        self.offset = self.loaded = offset
        self.changed_at = changed_at


class _Members:
    """The members that a batch loaded, as its commands leave them."""

    def __init__(self) -> None:
        self.now: dict[Membership, Member] = {}
        self._needed: set[Membership] = set()
        self._needed_to_change: set[Membership] = set()
        self._removed: set[Membership] = set()
        self._added: set[Membership] = set()
        self._changed: set[Membership] = set()

    def need(self, keys: Iterable[Membership], *, to_change: bool) -> None:
        (self._needed_to_change if to_change else self._needed).update(keys)

    def load(self, store: MemberStore) -> None:
        if self._needed_to_change:
            self.now.update(store.lock(self._needed_to_change))
        if found := self._needed - self._needed_to_change:
            self.now.update(store.find(found))

    def add(self, member: Member) -> None:
        key = (member.conversation, member.user)
        self.now[key] = member
        self._added.add(key)

    def change(self, member: Member) -> None:
        key = (member.conversation, member.user)
        self.now[key] = member
        self._changed.add(key)

    def remove(self, key: Membership) -> None:
        del self.now[key]
        # A member that the same batch added has no row yet.
        if key in self._added:
            self._added.remove(key)
        else:
            self._removed.add(key)
        self._changed.discard(key)

    def save(self, store: MemberStore) -> None:
        for conversation, user in sorted(self._removed):
            store.remove(conversation, user)
        if self._added:
            store.add([self.now[key] for key in sorted(self._added)])
        if changed := self._changed - self._added:
            store.save([self.now[key] for key in sorted(changed)])


class Batch:
    """The state that the commands of one transaction share: what was loaded and changed so far.

    A command sees the changes of the commands before it. `events` will be published to members, in
    the order of the offsets of each conversation.
    """

    def __init__(self, *, stores: Stores, at: datetime, limits: Limits) -> None:
        self.at = at
        self.limits = limits
        self.heads: dict[ConversationId, LogCounters] = {}
        self.events: list[Any] = []
        self._stores = stores
        self._needed: set[ConversationId] = set()
        self._needed_users: set[UserId] = set()
        self._conversations: dict[ConversationId, Conversation] = {}
        self._changed: set[ConversationId] = set()
        self._users: dict[UserId, User] = {}
        self._appended: list[Event] = []
        self._notes: list[PrivateNote] = []

    @cached_property
    def _members(self) -> _Members:
        # Made when a command needs it: a batch of messages alone does not.
        return _Members()

    # -- before: what to load ----------------------------------------------------------------

    def need_members(
        self, conversation: ConversationId, users: Iterable[UserId], *, to_change: bool = False
    ) -> None:
        """Lock and load a conversation, and those of *users* who are members.

        Their rows are locked as well if they are *to_change*: membership and role cannot change
        while the conversation is locked, but watermarks move under the lock of the member alone.
        """
        self._needed.add(conversation)
        self._members.need(((conversation, user) for user in users), to_change=to_change)

    def need_users(self, users: Iterable[UserId]) -> None:
        """Load accounts."""
        self._needed_users.update(users)

    def load(self) -> None:
        """Lock and read what the commands need. Rows are locked in the order of their ids."""
        if not self._needed:
            return
        self._conversations.update(self._stores.conversations.lock(self._needed))
        for id_, found in self._conversations.items():
            self.heads[id_] = LogCounters(found.seq, found.offset, found.changed_at)
        self._members.load(self._stores.members)
        if self._needed_users:
            self._users.update(self._stores.users.find_many(self._needed_users))

    # -- meanwhile: what commands see and record ---------------------------------------------

    def conversation(self, conversation: ConversationId) -> Conversation:
        """Return a conversation; its last seq and offset are in `heads`.

        Raises `NotFound` if it does not exist.
        """
        if conversation not in self._conversations:
            raise NotFound
        return self._conversations[conversation]

    def find_member(self, conversation: ConversationId, user: UserId) -> Member | None:
        """Return a member, None for other users."""
        return self._members.now.get((conversation, user))

    def require_member(self, conversation: ConversationId, user: UserId) -> Member:
        """Return a member; raise `NotFound` for other users."""
        member = self.find_member(conversation, user)
        if member is None:
            raise NotFound
        return member

    def find_user(self, user: UserId) -> User | None:
        """Return an account."""
        return self._users.get(user)

    def append(
        self, conversation: ConversationId, by: UserId, payload: ConversationPayload
    ) -> Event:
        """Record the next event of a conversation's log."""
        head = self.heads[conversation]
        head.offset += 1
        event = Event(
            conversation=conversation,
            offset=head.offset,
            by=by,
            at=self.at,
            payload=payload,
            seq=head.seq,
        )
        self._appended.append(event)
        self.events.append(event)
        return event

    def note(self, note: PrivateNote) -> None:
        """Record an event of a user's private log."""
        self._notes.append(note)

    def change(self, conversation: Conversation) -> None:
        """Record another title or number of members, together with an event that says so."""
        self._conversations[conversation.id] = conversation
        self._changed.add(conversation.id)

    def add_member(self, member: Member) -> None:
        """Record a new member."""
        self._members.add(member)

    def change_member(self, member: Member) -> None:
        """Record another role of a member that was loaded to be changed."""
        self._members.change(member)

    def remove_member(self, conversation: ConversationId, user: UserId) -> None:
        """Record the removal of a member."""
        self._members.remove((conversation, user))

    # -- afterwards: what to write -----------------------------------------------------------

    def save(self) -> tuple[PrivateEvent, ...]:
        """Write what changed; return the events of private logs, which are numbered last."""
        moved = {
            id_: LogPosition(head.seq, head.offset, max(head.changed_at, self.at))
            for id_, head in self.heads.items()
            if head.offset > head.loaded
        }
        if self._changed:
            self._stores.conversations.save(
                [self._moved(moved.pop(id_), id_) for id_ in self._changed]
            )
        if moved:
            self._stores.conversations.advance(moved)
        if self._appended:
            self._stores.events.add(self._appended)
            self._members.save(self._stores.members)
        return write_private(self._stores.private_logs, self._notes, self.at)

    def _moved(self, to: LogPosition, conversation: ConversationId) -> Conversation:
        return attrs.evolve(
            self._conversations[conversation],
            seq=to.seq,
            offset=to.offset,
            changed_at=to.changed_at,
        )
