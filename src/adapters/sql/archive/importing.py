"""Import an export into an empty database; refuse one whose seqs and offsets have gaps."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import msgspec

from parlour.adapters.sql.archive import portable, translating
from parlour.adapters.sql.archive.files import ArchiveRefused, require_empty
from parlour.adapters.sql.database_snapshot import STEP, Progress
from parlour.adapters.sql.storage import SqlStorage
from parlour.adapters.sql.stores import SqlStores
from parlour.domain.conversations import Conversation, Member
from parlour.domain.kernel.errors import AlreadyExists, Invalid
from parlour.domain.logs import PrivateEvent
from parlour.domain.users import User

_ORDER = (
    portable.UserLine,
    portable.ConversationLine,
    portable.MemberLine,
    portable.EventLine,
    portable.MessageLine,
    portable.PrivateLine,
)


def read_import(
    storage: SqlStorage,
    path: Path,
    *,
    afterwards: Callable[[SqlStores, int], None],
    progress: Progress,
) -> int:
    """Fill an empty database with an export, all of it or nothing; return how many lines.

    *afterwards* is done in the same transaction. Raises `ArchiveRefused` for a file that is not an
    export, that a newer release wrote, whose lines are wrong or numbers have holes, and for a
    database that is not empty. Nobody has a password then: the operator gives new ones.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        lines = _Lines(file, path)
        lines.head()
        storage.migrate()
        with storage.bulk.fill() as connection:
            require_empty(connection)
            filler = _Filler(SqlStores(connection))
            for batch in lines.batches():
                try:
                    filler.take(batch)
                    connection.flush()
                except AlreadyExists:
                    raise lines.refuse("something in the last lines stands twice") from None
                except Invalid as problem:
                    raise lines.refuse(str(problem)) from None
                progress("importing", file.tell(), size)
            filler.finish(lines)
            afterwards(filler.stores, lines.number)
            connection.commit()
    return lines.number


class _Lines:
    """The numbered lines of a file up to `end`."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._decode = msgspec.json.Decoder(portable.AnyLine).decode
        self.number = 0

    def refuse(self, what: str) -> ArchiveRefused:
        """Return the refusal that names the line that was read last."""
        return ArchiveRefused(f"{self._path}:{self.number}: {what}")

    def head(self) -> None:
        """Read the first line; raise `ArchiveRefused` where it is not that of our export."""
        try:
            head = msgspec.json.decode(self._file.readline(), type=dict[str, Any])
        except ValueError:
            head = {}
        if head.get("type") != "export" or head.get("format") != portable.FORMAT:
            raise ArchiveRefused(f"{self._path} is not an export of Parlour.")
        if head.get("version") != portable.VERSION:
            raise ArchiveRefused(
                f"A newer release wrote this export ({head.get('made_by')}): "
                "import it with that one."
            )
        self.number = 1

    def batches(self) -> Iterator[list[portable.Line]]:
        """Give the lines between the first and the last, each batch of one type."""
        place, batch = 0, list[portable.Line]()
        for raw in self._file:
            line = self._line(raw)
            if isinstance(line, portable.EndLine):
                if line.lines != self.number or self._file.read(1):
                    raise self.refuse("the end does not fit what came before it")
                if batch:
                    yield batch
                return
            if not isinstance(line, _ORDER):
                raise self.refuse("this line stands where it must not")
            self.number += 1
            if batch and (type(line) is not type(batch[0]) or len(batch) == STEP):
                yield batch
                batch = []
            now = _ORDER.index(type(line))
            if now < place:
                raise self.refuse("lines are not in their order")
            place = now
            batch.append(line)
        raise self.refuse("the file was cut off: it has no end")

    def _line(self, raw: bytes) -> Any:
        try:
            return self._decode(raw)
        except (ValueError, RecursionError) as error:
            self.number += 1
            raise self.refuse(str(error)) from None


class _Filler:
    """Adds batches to the stores and counts seqs and offsets to find gaps."""

    def __init__(self, stores: SqlStores) -> None:
        self.stores = stores
        self._users: set[UUID] = set()
        self._conversations: dict[UUID, Conversation] = {}
        self._members: Counter[UUID] = Counter()
        self._messages: Counter[UUID] = Counter()
        self._offsets: Counter[UUID] = Counter()
        self._private: Counter[UUID] = Counter()

    def take(self, batch: list[Any]) -> None:
        """Store the lines; raise `Invalid` or `AlreadyExists`."""
        match batch[0]:
            case portable.UserLine():
                self._take_users(batch)
            case portable.ConversationLine():
                for line in batch:
                    found = translating.from_line(Conversation, line)
                    self._know(*(found.pair.low, found.pair.high) if found.pair else ())
                    self.stores.conversations.add(found)
                    self._conversations[found.id] = found
            case portable.MemberLine():
                for line in batch:
                    self._know(line.user, conversation=line.conversation)
                    self._members[line.conversation] += 1
                self.stores.members.add([translating.from_line(Member, line) for line in batch])
            case portable.EventLine():
                for line in batch:
                    self._know(line.by, conversation=line.conversation)
                    self._offsets[line.conversation] += 1
                self.stores.events.add([translating.to_event(line) for line in batch])
            case portable.MessageLine():
                self._take_messages(batch)
            case _:
                self._take_private(batch)

    def finish(self, lines: _Lines) -> None:
        """Raise `ArchiveRefused` where a conversation is not what its line says."""
        for id_, found in self._conversations.items():
            counted = (self._members[id_], self._messages[id_], self._offsets[id_])
            if counted != (found.members, found.seq, found.offset):
                raise lines.refuse(
                    f"the conversation {id_} says it has {found.members} members, {found.seq} "
                    f"messages and {found.offset} events; there are {counted[0]}, {counted[1]} "
                    f"and {counted[2]}"
                )

    def _take_users(self, batch: list[portable.UserLine]) -> None:
        for user in (translating.from_line(User, line) for line in batch):
            self.stores.users.add(user)
            self.stores.private_logs.open(user.id)
            self._users.add(user.id)

    def _take_messages(self, batch: list[portable.MessageLine]) -> None:
        for line in batch:
            self._know(line.by, conversation=line.conversation)
            self._messages[line.conversation] += 1
            self._offsets[line.conversation] += 1
            if line.seq != self._messages[line.conversation]:
                raise Invalid(
                    f"message {line.seq} of {line.conversation} comes as number "
                    f"{self._messages[line.conversation]}"
                )
        self.stores.messages.add([translating.to_message(line) for line in batch])

    def _take_private(self, batch: list[portable.PrivateLine]) -> None:
        for line in batch:
            self._know(line.user)
            self._private[line.user] += 1
            if line.offset != self._private[line.user]:
                raise Invalid(f"the private log of {line.user} has a hole before {line.offset}")
        events: list[PrivateEvent] = [translating.to_private(line) for line in batch]
        for _, group in groupby(events, key=lambda event: event.user):
            self.stores.private_logs.add(list(group))

    def _know(self, *users: UUID, conversation: UUID | None = None) -> None:
        for user in users:
            if user not in self._users:
                raise Invalid(f"there is no user {user}")
        if conversation is not None and conversation not in self._conversations:
            raise Invalid(f"there is no conversation {conversation}")
