"""The lanes of a service: who shares a transaction, or a query, with whom."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

from parlour.domain.conversations import Command
from parlour.domain.kernel.errors import DomainError
from parlour.domain.messages import Committed, Mark, Marked, MessageBatch
from parlour.domain.sync import EventPage, LogQuery
from parlour.entrypoints.shell.committer import Lane
from parlour.entrypoints.shell.dependencies import Dependencies
from parlour.entrypoints.shell.meters import Meters
from parlour.entrypoints.shell.observing import LaneObserver
from parlour.entrypoints.wire.pages import EncodedPage, encode_page

Asked = TypeVar("Asked")
Found = TypeVar("Found")
R = TypeVar("R")

DurableCommand: TypeAlias = Command[MessageBatch, R]
"""A command of any kind that a lane takes, with its result."""

MAX_READ_TOGETHER = 64
"""Clients that arrive in one batch of queries."""

MAX_READERS = 10_000
"""Clients that may wait for their turn to arrive."""


class Lanes:
    """Messages by conversation, marks, and what clients ask who arrive in crowds."""

    def __init__(
        self,
        parts: Dependencies,
        meters: Meters,
        *,
        execute: Callable[[Sequence[DurableCommand[Any]]], Committed],
        committed: Callable[[Committed], None],
        marked: Callable[[Marked], None],
        observer: LaneObserver[DurableCommand[Any]] | None = None,
    ) -> None:
        """Make idle lanes; *committed* and *marked* hear what was committed."""
        use, commits = parts.use_cases, parts.settings.commits
        self.commands = [
            Lane[DurableCommand[Any], Committed, Any](
                execute,
                parts.pools.commits,
                outcomes=lambda committed: committed.outcomes,
                committed=committed,
                failed=parts.failed,
                max_in_batch=commits.batch,
                max_waiting=commits.queue,
                sizes=meters.batch_sizes,
                seconds=meters.commit_seconds,
                observer=observer,
            )
            for _ in range(commits.lanes)
        ]
        self.marks = Lane[Mark, Marked, int](
            use.mark_watermarks,
            parts.pools.commits,
            outcomes=lambda marked: marked.outcomes,
            committed=marked,
            failed=parts.failed,
            max_in_batch=commits.batch,
            max_waiting=commits.queue,
        )
        # Clients arrive in crowds: they share queries as messages share commits.
        self.arrivals = _reading(parts, use.connect_clients)
        self.snapshots = _reading(parts, use.take_snapshots)
        self.logs = _reading(parts, encoding(use.read_logs))

    def of(self, command: DurableCommand[Any]) -> Lane[DurableCommand[Any], Committed, Any]:
        """Return the lane of a command: always the same for the commands of one conversation."""
        return self.commands[command.conversation.int % len(self.commands)]

    async def drained(self) -> None:
        """Wait until everything that was to be written is committed."""
        for lane in self.commands:
            await lane.drained()
        await self.marks.drained()


def _reading(
    parts: Dependencies, read: Callable[[Sequence[Asked]], list[Found | DomainError]]
) -> Lane[Asked, list[Found | DomainError], Found]:
    """Make a lane in which questions share queries."""
    return Lane(
        read,
        parts.pools.queries,
        outcomes=lambda found: found,
        committed=lambda _found: None,
        failed=parts.failed,
        max_in_batch=MAX_READ_TOGETHER,
        max_waiting=MAX_READERS,
    )


def encoding(
    read: Callable[[Sequence[LogQuery]], list[EventPage | DomainError]],
) -> Callable[[Sequence[LogQuery]], list[EncodedPage | DomainError]]:
    """Return what reads logs as *read* does and encodes every page once, also where many ask."""

    def read_encoded(questions: Sequence[LogQuery]) -> list[EncodedPage | DomainError]:
        encoded: dict[int, EncodedPage] = {}
        pages = read(questions)
        for page in pages:
            if not isinstance(page, DomainError) and id(page) not in encoded:
                encoded[id(page)] = encode_page(page)
        return [page if isinstance(page, DomainError) else encoded[id(page)] for page in pages]

    return read_encoded
