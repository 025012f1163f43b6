"""Runs the durable commands of conversations, many at a time, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import attrs

from parlour.domain.conversations import Batch, Command, Limits, LogCounters, Member, Membership
from parlour.domain.kernel.errors import (
    AlreadyExists,
    DomainError,
    NotFound,
    OutcomeUnknown,
    Unavailable,
)
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import PrivateEvent
from parlour.domain.messages.changes import ContentChange, MessageChanges
from parlour.domain.messages.damage import DamagedLogs, LogDamaged, find_damaged
from parlour.domain.messages.mention_lookup import MentionLookup
from parlour.domain.messages.model import Content, LogEvent, Message
from parlour.domain.messages.ports import MemberHandle, SendIdentity, Stores


class MessageBatch(Batch):
    """A batch that knows messages, too.

    `since` has the members among the senders, each with the number of the last message that they
    may not see; `sent` the messages that stand under the keys of the batch. `mentions` is None
    where no message may mention anybody, which is most often so.
    """

    def __init__(self, *, stores: Stores, at: datetime, limits: Limits) -> None:
        super().__init__(stores=stores, at=at, limits=limits)
        self.sends: set[SendIdentity] = set()
        self.since: dict[Membership, int] = {}
        self.sent: dict[SendIdentity, Message] = {}
        self._message_stores = stores
        self.mentions: MentionLookup | None = None
        self._posted: list[Message] = []
        self._left: list[Membership] = []
        self._changes_messages = False

    @cached_property
    def changes(self) -> MessageChanges:
        """The messages that change. A batch of posts alone does not make it."""
        self._changes_messages = True
        return MessageChanges(self.at)

    @property
    def changed_contents(self) -> Sequence[ContentChange]:
        """The messages that were edited or recalled."""
        return self.changes.contents if self._changes_messages else ()

    def need_message(self, conversation: ConversationId, seq: int, actor: UserId) -> None:
        """Load a message that *actor* wants to change, and the membership of *actor*."""
        self.need_members(conversation, [actor])
        self.changes.need(conversation, seq)

    def need_mentions(
        self, conversation: ConversationId, sender: UserId, content: Content
    ) -> None:
        """Load the members whom a message may mention."""
        if self.mentions is None:
            self.mentions = MentionLookup()
        self.mentions.need(conversation, sender, content)

    def load(self) -> None:
        """Load what sends need with the query that locks; a batch of messages alone asks once."""
        if self._needed:
            # All conversations are locked together, in one order.
            self._needed.update(conversation for conversation, _, _ in self.sends)
        super().load()
        if self._changes_messages:
            self.changes.load(self._message_stores)
        if self.sends or self.mentions is not None:
            query = self.mentions.query if self.mentions is not None else None
            found = self._message_stores.messages.lock_for(self.sends, query)
            if self.mentions is not None:
                self.mentions.add(found.members)
            self.since.update(found.since)
            self.sent.update(found.sent)
            for id_, tip in found.positions.items():
                if id_ not in self.heads:
                    self.heads[id_] = LogCounters(tip.seq, tip.offset, tip.changed_at)

    def post(self, message: Message) -> None:
        """Record the next message of a conversation, numbered by its head."""
        self.sent[message.conversation, message.sender, message.key] = message
        self._posted.append(message)
        self.events.append(message)
        if self._changes_messages:
            self.changes.post(message)

    def require_message(
        self, conversation: ConversationId, seq: int, user: UserId
    ) -> tuple[Member, Message]:
        """Return a member and a message that they may see; raise `NotFound` for any other."""
        member = self.require_member(conversation, user)
        message = self.changes.find(conversation, seq)
        if message is None or seq <= member.visible_since:
            raise NotFound
        return member, message

    def require_present(
        self, conversation: ConversationId, seq: int, user: UserId
    ) -> tuple[Member, Message]:
        """Do as `require_message`, and raise `NotFound` for a message that was recalled."""
        member, message = self.require_message(conversation, seq, user)
        if message.recalled is not None:
            raise NotFound("The message was taken back")
        return member, message

    def resolve_mentions(
        self, conversation: ConversationId, sender: UserId, content: Content
    ) -> Content:
        """Return *content* with the mentions that count."""
        if self.mentions is None:
            return content
        return self.mentions.resolve(conversation, sender, content)

    def add_member(self, member: Member) -> None:
        super().add_member(member)
        self.since[member.conversation, member.user] = member.since_seq
        account = self.find_user(member.user)
        if self.mentions is not None and account is not None:
            handle = account.handle.value
            self.mentions.add(
                [MemberHandle(member.conversation, member.user, handle, member.role)]
            )

    def change_member(self, member: Member) -> None:
        super().change_member(member)
        if self.mentions is not None:
            self.mentions.set_role(member.conversation, member.user, member.role)

    def remove_member(self, conversation: ConversationId, user: UserId) -> None:
        super().remove_member(conversation, user)
        self._left.append((conversation, user))
        self.since.pop((conversation, user), None)
        if self.mentions is not None:
            self.mentions.remove(conversation, user)

    def save(self) -> tuple[PrivateEvent, ...]:
        if self._posted:
            self._message_stores.messages.add(self._posted)
        if self._changes_messages:
            self.changes.save(self._message_stores)
        for conversation, user in self._left:
            self._message_stores.drafts.remove(user, conversation)
        return super().save()


@attrs.frozen
class Committed:
    """The result of a batch: for each command its result, or the error that refused it.

    `events` are to be published to the members of the conversations, in order; among them are
    messages of earlier batches that were sent again. `private` are the events of private logs,
    `changes` the messages that were edited or recalled.
    """

    outcomes: Sequence[Any]
    events: Sequence[LogEvent]
    private: Sequence[PrivateEvent]
    changes: Sequence[ContentChange] = ()


@attrs.frozen
class ExecuteCommands:
    """Decide commands in their order and commit them together; one command is a batch of one.

    The numbers of events come from conversations that are locked, so they are dense and in the
    order of commit, whatever else happens. The refusal of one command leaves the others alone.
    """

    uow: UnitOfWork[Stores]
    clock: Clock
    limits: Limits
    damaged: DamagedLogs = attrs.field(
        default=attrs.Factory(lambda self: DamagedLogs(self.clock), takes_self=True)
    )

    def __call__(self, commands: Sequence[Command[MessageBatch, Any]]) -> Committed:
        """Commit *commands*; raise `Unavailable` where none could be, `OutcomeUnknown`.

        Raises `RowsLocked` where another transaction holds a row for long; `locked` tells whose.
        Commands of a conversation whose log is damaged are refused with `LogDamaged`.
        """
        conversations = {command.conversation for command in commands} if self.damaged else ()
        if due := self.damaged.due(conversations):
            self._find_damaged(due)
        try:
            return self._commit(commands)
        except AlreadyExists:
            # The next number of a log is taken: it goes beyond its last seq or offset.
            if not self._find_damaged({command.conversation for command in commands}):
                raise
            return self._commit(commands)

    def locked(self, commands: Sequence[Command[MessageBatch, Any]]) -> set[ConversationId]:
        """Return the conversations of *commands* that another transaction has locked now."""
        conversations = {command.conversation for command in commands}
        return self.uow(
            lambda stores: stores.conversations.locked(conversations),
            idempotent=True,
            waits_for_locks=False,
        )

    def _find_damaged(self, conversations: set[ConversationId]) -> set[ConversationId]:
        """Look at the logs of *conversations*, and remember which are damaged."""
        found = self.uow.read(lambda stores: find_damaged(stores, conversations))
        self.damaged.update(conversations, found)
        return found

    def _commit(self, commands: Sequence[Command[MessageBatch, Any]]) -> Committed:
        repeatable = [command for command in commands if command.is_idempotent]
        idempotent = len(repeatable) == len(commands)
        try:
            return self.uow(
                lambda stores: self._execute(stores, commands),
                idempotent=idempotent,
                waits_for_locks=False,
            )
        except OutcomeUnknown as unknown:
            if idempotent or not repeatable:
                raise
            return self._settle(commands, repeatable, unknown)

    def _execute(
        self, stores: Stores, commands: Sequence[Command[MessageBatch, Any]]
    ) -> Committed:
        if not self.damaged:
            return self._save(stores, commands)
        # Another thread may change what is known meanwhile.
        known = {each.conversation for each in commands if each.conversation in self.damaged}
        damaged = [command for command in commands if command.conversation in known]
        refused = iter(self._refuse(stores, damaged))
        sound = [command for command in commands if command.conversation not in known]
        committed = self._save(stores, sound)
        decided = iter(committed.outcomes)
        outcomes = [next(refused if each.conversation in known else decided) for each in commands]
        return attrs.evolve(committed, outcomes=outcomes)

    def _refuse(self, stores: Stores, commands: Sequence[Command[MessageBatch, Any]]) -> list[Any]:
        """Refuse the commands of damaged logs; write nothing.

        They are decided nevertheless: only members may hear of the damage, and a message that was
        committed before is acknowledged again.
        """
        _, outcomes = self._decide(stores, commands)
        return [
            outcome
            if isinstance(outcome, DomainError) or getattr(outcome, "replayed", False)
            else LogDamaged()
            for outcome in outcomes
        ]

    def _save(self, stores: Stores, commands: Sequence[Command[MessageBatch, Any]]) -> Committed:
        batch, outcomes = self._decide(stores, commands)
        private = batch.save()
        return Committed(outcomes, batch.events, private, batch.changed_contents)

    def _decide(
        self, stores: Stores, commands: Sequence[Command[MessageBatch, Any]]
    ) -> tuple[MessageBatch, list[Any]]:
        batch = MessageBatch(stores=stores, at=self.clock(), limits=self.limits)
        for command in commands:
            command.prepare(batch)
        batch.load()
        outcomes: list[Any] = []
        for command in commands:
            try:
                outcomes.append(command.decide(batch))
            except DomainError as refusal:
                outcomes.append(refusal.with_traceback(None))
        return batch, outcomes

    def _settle(
        self,
        commands: Sequence[Command[MessageBatch, Any]],
        repeatable: Sequence[Command[MessageBatch, Any]],
        unknown: OutcomeUnknown,
    ) -> Committed:
        """Run the *repeatable* commands again to learn their outcomes; the others stay unknown."""
        try:
            committed = self(repeatable)
        except Unavailable:
            raise unknown from None
        settled = iter(committed.outcomes)
        outcomes = [next(settled) if command.is_idempotent else unknown for command in commands]
        return attrs.evolve(committed, outcomes=outcomes)
