"""Import an export into an empty database; refuse one whose seqs and offsets have gaps."""

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from parlour.adapters.sql.archive import portable, translating
from parlour.adapters.sql.archive.consistency import Consistency, WrongLine
from parlour.adapters.sql.archive.files import ArchiveRefused, require_empty
from parlour.adapters.sql.database_snapshot import STEP, Progress
from parlour.adapters.sql.storage import SqlStorage
from parlour.adapters.sql.stores import SqlStores
from parlour.domain.conversations import Conversation, Member
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.logs import Event
from parlour.domain.messages import Message
from parlour.domain.users import User

_ORDER = (
    portable.UserLine,
    portable.ConversationLine,
    portable.MemberLine,
    portable.EventLine,
    portable.MessageLine,
    portable.PrivateLine,
)

_Numbered = tuple[int, portable.Line]
"""A line and its number, from 1."""


def read_import(
    storage: SqlStorage,
    path: Path,
    *,
    afterwards: Callable[[SqlStores, int], None],
    progress: Progress,
    report: Callable[[str], None] = lambda _what: None,
) -> int:
    """Fill an empty database with an export, all of it or nothing; return how many lines.

    *afterwards* is done in the same transaction; *report* hears of names that were replaced
    because nobody can see them. Raises `ArchiveRefused` for a file that is not an export, that a
    newer release wrote, or that says what the domain would refuse, with the line, and for a
    database that is not empty. Nobody has a password then: the operator gives new ones.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        lines = _Lines(file, path)
        lines.head()
        storage.migrate()
        with storage.bulk.fill() as connection:
            require_empty(connection)
            filler = _Filler(SqlStores(connection), report)
            try:
                for batch in lines.batches():
                    try:
                        filler.take(batch)
                        connection.flush()
                    except AlreadyExists:
                        first, last = batch[0][0], batch[-1][0]
                        what = f"something in the lines {first} to {last} stands twice"
                        raise WrongLine(first, what) from None
                    progress("importing", file.tell(), size)
                filler.finish()
            except WrongLine as problem:
                raise lines.refuse(str(problem), problem.line) from None
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

    def refuse(self, what: str, number: int | None = None) -> ArchiveRefused:
        """Return the refusal that names a line, by default the one that was read last."""
        return ArchiveRefused(f"{self._path}:{number or self.number}: {what}")

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

    def batches(self) -> Iterator[list[_Numbered]]:
        """Give the lines between the first and the last, each batch of one type."""
        place, batch = 0, list[_Numbered]()
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
            if batch and (type(line) is not type(batch[0][1]) or len(batch) == STEP):
                yield batch
                batch = []
            now = _ORDER.index(type(line))
            if now < place:
                raise self.refuse("lines are not in their order")
            place = now
            batch.append((self.number, line))
        raise self.refuse("the file was cut off: it has no end")

    def _line(self, raw: bytes) -> Any:
        try:
            return self._decode(raw)
        except (ValueError, RecursionError) as error:
            self.number += 1
            raise self.refuse(str(error)) from None


class _Filler:
    """Puts values into the stores, once they are known to be right."""

    def __init__(self, stores: SqlStores, report: Callable[[str], None]) -> None:
        self.stores = stores
        self._consistency = Consistency(report)

    def take(self, batch: list[_Numbered]) -> None:
        """Keep what lines of one type say; raise `WrongLine` or `AlreadyExists`."""
        values = [self._consistency.take(_value(line), number) for number, line in batch]
        match values[0]:
            case User():
                for user in values:
                    self.stores.users.add(user)
                    self.stores.private_logs.open(user.id)
            case Conversation():
                for conversation in values:
                    self.stores.conversations.add(conversation)
            case Member():
                self.stores.members.add(values)
            case Event():
                self.stores.events.add(values)
            case Message():
                self.stores.messages.add(values)
            case _:
                for _, group in groupby(values, key=lambda event: event.user):
                    self.stores.private_logs.add(list(group))

    def finish(self) -> None:
        """Raise `WrongLine` where the values do not belong together."""
        self._consistency.finish()


def _value(line: portable.Line) -> Any:
    match line:
        case portable.UserLine():
            return translating.to_user(line)
        case portable.ConversationLine():
            return translating.from_line(Conversation, line)
        case portable.MemberLine():
            return translating.from_line(Member, line)
        case portable.EventLine():
            return translating.to_event(line)
        case portable.MessageLine():
            return translating.to_message(line)
        case portable.PrivateLine():
            return translating.to_private(line)
        case _:
            raise TypeError(line)
