"""Import an export into an empty database; refuse one whose seqs and offsets have gaps."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from parlour.adapters.sql.archive import portable
from parlour.adapters.sql.archive.consistency import WrongLine
from parlour.adapters.sql.archive.files import ArchiveRefused, require_empty
from parlour.adapters.sql.archive.filling import Filler, NumberedLine
from parlour.adapters.sql.database_snapshot import STEP, Progress
from parlour.adapters.sql.storage import SqlStorage
from parlour.adapters.sql.stores import SqlStores
from parlour.domain.kernel.errors import AlreadyExists


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
            filler = Filler(SqlStores(connection), report)
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
        if head.get("version") not in range(1, portable.VERSION + 1):
            raise ArchiveRefused(
                f"A newer release wrote this export ({head.get('made_by')}): "
                "import it with that one."
            )
        self.number = 1

    def batches(self) -> Iterator[list[NumberedLine]]:
        """Give the lines between the first and the last, each batch of one type."""
        place, batch = 0, list[NumberedLine]()
        for raw in self._file:
            line = self._line(raw)
            if isinstance(line, portable.EndLine):
                if line.lines != self.number or self._file.read(1):
                    raise self.refuse("the end does not fit what came before it")
                if batch:
                    yield batch
                return
            if not isinstance(line, portable.ORDER):
                raise self.refuse("this line stands where it must not")
            self.number += 1
            if batch and (type(line) is not type(batch[0][1]) or len(batch) == STEP):
                yield batch
                batch = []
            now = portable.ORDER.index(type(line))
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
