"""Whether the values of an archive belong together: logs without holes, users who exist.

Values may come in any order of tables; within a table in the order of its primary key.
"""

from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import UUID

import attrs

from parlour.adapters.sql.archive.accepting import accept
from parlour.domain.conversations import Conversation, ConversationKind, Member, Role
from parlour.domain.kernel.errors import DomainError, Invalid
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import Message
from parlour.domain.users import User


class WrongLine(Exception):
    """What is wrong, and at which line of the file."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


@attrs.define
class _Log:
    """What is known of one conversation; *events* wait for the messages around them."""

    line: int
    found: Conversation | None = None
    members: list[UUID] = attrs.field(factory=list)
    owners: int = 0
    seq: int = 0
    offset: int = 0
    furthest_seq: int = 0
    furthest_offset: int = 0
    events: deque[tuple[int, int, int]] = attrs.field(factory=deque)
    """Offset, seq and line of each event."""

    def add_event(self, event: Event, line: int) -> None:
        self.events.append((event.offset, event.seq, line))

    def add_message(self, message: Message) -> None:
        if message.seq != self.seq + 1:
            raise Invalid(
                f"message {message.seq} of {message.conversation} comes as number {self.seq + 1}"
            )
        while self.events and self.events[0][0] < message.offset:
            self.take_event()
        self._move_to(message.offset)
        self.seq = message.seq

    def take_event(self) -> None:
        offset, seq, line = self.events.popleft()
        if seq != self.seq:
            what = f"the last message before this event is {self.seq}, not {seq}"
            raise WrongLine(line, what)
        try:
            self._move_to(offset)
        except Invalid as problem:
            raise WrongLine(line, str(problem)) from None

    def _move_to(self, offset: int) -> None:
        if offset != self.offset + 1:
            raise Invalid(f"the log has {offset} where {self.offset + 1} must come")
        self.offset = offset

    def finish(self, found: Conversation) -> None:
        """Raise `Invalid` where the conversation is not what its own line says."""
        while self.events:
            self.take_event()
        id_ = found.id
        counted = (len(self.members), self.seq, self.offset)
        if counted != (found.members, found.seq, found.offset):
            raise Invalid(
                f"the conversation {id_} says it has {found.members} members, {found.seq} "
                f"messages and {found.offset} events; there are {counted[0]}, {counted[1]} "
                f"and {counted[2]}"
            )
        if self.furthest_seq > self.seq or self.furthest_offset > self.offset:
            raise Invalid(f"a mark in {id_} is beyond its last message or event")
        if found.kind is ConversationKind.GROUP and self.owners != min(1, found.members):
            raise Invalid(f"the group {id_} has {self.owners} owners")
        if found.pair and sorted(self.members) != sorted({found.pair.low, found.pair.high}):
            raise Invalid(f"the members of {id_} are not those of its pair")


class Consistency:
    """Takes values one by one, and reports at the end whether they belong together.

    *report* receives what was replaced.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._users: dict[UUID, int | None] = {}
        """The line at which an unknown user was named; None for one that exists."""
        self._handles: set[str] = set()
        self._logs: dict[UUID, _Log] = {}
        self._private: dict[UUID, int] = {}
        self._private_ends: dict[UUID, tuple[int, int]] = {}
        """The line at which the end of a private log was named, and that end."""

    def take(self, value: Any, line: int) -> Any:
        """Return *value* as the domain accepts it; raise `WrongLine`."""
        try:
            accepted = accept(value, lambda what: self._report(f"line {line}: {what}"))
            self._take(accepted, line)
        except DomainError as problem:
            raise WrongLine(line, str(problem)) from None
        return accepted

    def finish(self) -> None:
        """Raise `WrongLine` where something that was named does not exist."""
        for user, line in self._users.items():
            if line is not None:
                raise WrongLine(line, f"there is no user {user}")
        complete: list[tuple[_Log, Conversation]] = []
        for id_, log in self._logs.items():
            if log.found is None:
                raise WrongLine(log.line, f"there is no conversation {id_}")
            complete.append((log, log.found))
        for log, found in complete:
            try:
                log.finish(found)
            except Invalid as problem:
                raise WrongLine(log.line, str(problem)) from None
        for user, (line, end) in self._private_ends.items():
            if end != self._private.get(user, 0):
                raise WrongLine(line, f"the private log of {user} does not end at {end}")

    def _take(self, value: Any, line: int) -> None:
        match value:
            case User():
                self._take_user(value)
            case Conversation():
                log = self._log(value.id, line)
                if log.found is not None:
                    raise Invalid(f"the conversation {value.id} stands twice")
                log.found, log.line = value, line
                log.furthest_seq = max(log.furthest_seq, value.joined_seq)
                pair = value.pair
                self.name_users(line, *((pair.low, pair.high) if pair else ()))
            case Member():
                self.name_users(line, value.user)
                self._take_member(self._log(value.conversation, line), value)
            case Event():
                self.name_users(line, value.by)
                self._log(value.conversation, line).add_event(value, line)
            case Message():
                self.name_users(line, value.sender, *value.content.mentions)
                self._log(value.conversation, line).add_message(value)
            case PrivateEvent():
                self.name_users(line, value.user)
                last = self._private.get(value.user, 0)
                if value.offset != last + 1:
                    raise Invalid(
                        f"the private log of {value.user} has a hole before {value.offset}"
                    )
                self._private[value.user] = value.offset

    def _take_user(self, user: User) -> None:
        if self._users.get(user.id, 0) is None or user.handle.value in self._handles:
            raise Invalid(f"the user {user.handle} stands twice")
        self._users[user.id] = None
        self._handles.add(user.handle.value)

    def _take_member(self, log: _Log, member: Member) -> None:
        log.members.append(member.user)
        log.owners += member.role is Role.OWNER
        marks = (member.read, member.private_read, member.received, member.visible_since)
        log.furthest_seq = max(log.furthest_seq, *marks)
        log.furthest_offset = max(log.furthest_offset, member.since_offset)

    def name_users(self, line: int, *users: UUID) -> None:
        """Note that *users* have to exist; unless they do, *line* is reported."""
        for user in users:
            self._users.setdefault(user, line)

    def name_message(self, line: int, conversation: UUID, seq: int) -> None:
        """Note that this message has to exist; raise `Invalid` where *seq* is no number of one."""
        if seq < 1:
            raise Invalid("is not a number from 1 on", field="seq")
        log = self._log(conversation, line)
        log.furthest_seq = max(log.furthest_seq, seq)

    def name_conversation(self, line: int, conversation: UUID) -> None:
        """Note that *conversation* has to exist."""
        self._log(conversation, line)

    def name_private_end(self, line: int, user: UUID, offset: int) -> None:
        """Note where the private log of *user* ends."""
        self.name_users(line, user)
        self._private_ends[user] = (line, offset)

    def _log(self, conversation: UUID, line: int) -> _Log:
        return self._logs.setdefault(conversation, _Log(line))
