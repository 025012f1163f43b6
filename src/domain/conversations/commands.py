"""Durable commands of conversations: many are decided in one transaction, in the order they came.

A command is one frozen class. `prepare` names what it needs to have loaded, `decide` checks the
rules and records what changes. A `Batch` loads all of it with one query a store, lets the commands
decide one after the other, each on what the earlier ones left behind, and writes the result with
one statement a table (the unit of work and identity map of Fowler, *Patterns of Enterprise
Application Architecture*). `ExecuteCommands` in `messages.commands` runs batches.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

import attrs

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

B_contra = TypeVar("B_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)


class Command(Protocol[B_contra, R_co]):
    """A request for a durable change, with the result that it has after the commit.

    `is_idempotent` tells whether a command that was committed already may run again: it then has
    no further effect and the same result. Only such commands are run again where the answer of the
    database to the commit was lost.
    """

    is_idempotent: ClassVar[bool]

    @property
    def conversation(self) -> ConversationId:
        """The conversation whose log grows; commands of one conversation keep their order."""
        ...

    def prepare(self, batch: B_contra, /) -> None:
        """Say what *batch* must load for `decide`, by its `need_…` methods."""
        ...

    def decide(self, batch: B_contra, /) -> R_co:
        """Check the rules, record what changes in *batch*, return the result.

        Raises the refusal, a `DomainError`, before anything is recorded.
        """
        ...


@attrs.frozen
class Changed:
    """The last offset after a command; `replayed` if the command changed nothing."""

    offset: int
    replayed: bool = False


@attrs.frozen(kw_only=True)
class Limits:
    """What the operator allows in conversations."""

    group_members: int = 5_000


@attrs.define
class Head:
    """The last numbers of a locked conversation while a batch is decided."""

    seq: int
    offset: int
    changed_at: datetime
    loaded: int = attrs.field(init=False)
    """The offset that the batch found."""

    def __attrs_post_init__(self) -> None:
        self.loaded = self.offset


@attrs.define
class _Members:
    """The members that a batch loaded, as its commands leave them."""

    now: dict[Membership, Member] = attrs.field(factory=dict)
    _needed: set[Membership] = attrs.field(factory=set)
    _needed_to_change: set[Membership] = attrs.field(factory=set)
    _removed: set[Membership] = attrs.field(factory=set)
    _added: set[Membership] = attrs.field(factory=set)
    _changed: set[Membership] = attrs.field(factory=set)

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


@attrs.define(kw_only=True)
class Batch:
    """The state that the commands of one transaction share: what was loaded and changed so far.

    A command sees the changes of the commands before it. `events` will be published to members, in
    the order of the offsets of each conversation.
    """

    stores: Stores
    at: datetime
    limits: Limits
    heads: dict[ConversationId, Head] = attrs.field(init=False, factory=dict)
    events: list[Any] = attrs.field(init=False, factory=list)
    _conversations: dict[ConversationId, Conversation] = attrs.field(init=False, factory=dict)
    _changed: set[ConversationId] = attrs.field(init=False, factory=set)
    _members: _Members = attrs.field(init=False, factory=_Members)
    _users: dict[UserId, User] = attrs.field(init=False, factory=dict)
    _appended: list[Event] = attrs.field(init=False, factory=list)
    _notes: list[PrivateNote] = attrs.field(init=False, factory=list)
    _needed: set[ConversationId] = attrs.field(init=False, factory=set)
    _needed_users: set[UserId] = attrs.field(init=False, factory=set)

    # -- before: what to load ----------------------------------------------------------------

    def need_conversation(self, conversation: ConversationId) -> None:
        """Lock and load a conversation."""
        self._needed.add(conversation)

    def need_members(
        self, conversation: ConversationId, users: Iterable[UserId], *, to_change: bool = False
    ) -> None:
        """Load those of *users* who are members; lock their rows if they are *to_change*.

        Membership and role cannot change while the conversation is locked. Watermarks move under
        the lock of the member alone.
        """
        self._members.need(((conversation, user) for user in users), to_change=to_change)

    def need_users(self, users: Iterable[UserId]) -> None:
        """Load accounts."""
        self._needed_users.update(users)

    def load(self) -> None:
        """Lock and read what the commands need. Rows are locked in the order of their ids."""
        if self._needed:
            self._conversations.update(self.stores.conversations.lock(self._needed))
            for id_, found in self._conversations.items():
                self.heads[id_] = Head(found.seq, found.offset, found.changed_at)
        self._members.load(self.stores.members)
        if self._needed_users:
            self._users.update(self.stores.users.find_many(self._needed_users))

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
        changed = [
            attrs.evolve(
                self._conversations[id_],
                seq=moved[id_].seq,
                offset=moved[id_].offset,
                changed_at=moved[id_].changed_at,
            )
            for id_ in self._changed
        ]
        for each in changed:
            del moved[each.id]
        if moved:
            self.stores.conversations.advance(moved)
        if changed:
            self.stores.conversations.save(changed)
        if self._appended:
            self.stores.events.add(self._appended)
        self._members.save(self.stores.members)
        return write_private(self.stores.private_logs, self._notes, self.at)
