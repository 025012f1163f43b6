"""The lanes of a service: which requests share a transaction, and which share queries."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeAlias, TypeVar

from parlour.domain.conversations import Command, Membership
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.messages import Committed, Mark, Marked, MessageBatch
from parlour.domain.sync import EventPage, LogQuery
from parlour.entrypoints.shell.dependencies import Dependencies
from parlour.entrypoints.shell.group_commit import Lane
from parlour.entrypoints.shell.locked_items import LockCheck
from parlour.entrypoints.shell.meters import Meters
from parlour.entrypoints.shell.observer import LaneObserver
from parlour.entrypoints.wire.pages import EncodedPage, encode_page

Asked = TypeVar("Asked")
Found = TypeVar("Found")
R = TypeVar("R")
T = TypeVar("T")

DurableCommand: TypeAlias = Command[MessageBatch, R]
"""A command of any kind, with its result."""

MAX_READ_TOGETHER = 64
"""Requests that share queries."""

MAX_READERS = 10_000
"""Requests that may wait for their turn to read."""


_MIN_PATIENCE = 5.0
"""Seconds that an item waits for locked rows at least, before it is refused."""


class Lanes:
    """Commands by conversation, read marks, and what clients read when they connect."""

    def __init__(
        self,
        dependencies: Dependencies,
        meters: Meters,
        *,
        execute: Callable[[Sequence[DurableCommand[Any]]], Committed],
        committed: Callable[[Committed], None],
        marked: Callable[[Marked], None],
        observer: LaneObserver[DurableCommand[Any]] | None = None,
    ) -> None:
        """Make idle lanes.

        *execute* commits a batch of commands; *committed* and *marked* are called after a commit.
        """
        use, commits = dependencies.use_cases, dependencies.settings.commits
        lock_wait = dependencies.settings.storage.mysql.lock_wait.total_seconds()
        patience = max(_MIN_PATIENCE, 2 * lock_wait)
        self.commands = [
            Lane[DurableCommand[Any], Committed, Any](
                execute,
                dependencies.pools.commits,
                outcomes=lambda committed: committed.outcomes,
                committed=committed,
                failed=dependencies.failed,
                overloaded=dependencies.refusals.record,
                max_in_batch=commits.batch,
                max_waiting=commits.queue,
                sizes=meters.batch_sizes,
                seconds=meters.commit_seconds,
                observer=observer,
                locks=LockCheck(_conversation, use.execute_commands.locked, patience),
            )
            for _ in range(commits.lanes)
        ]
        self.marks = Lane[Mark, Marked, int](
            use.mark_watermarks,
            dependencies.pools.commits,
            outcomes=lambda marked: marked.outcomes,
            committed=marked,
            failed=dependencies.failed,
            overloaded=dependencies.refusals.record,
            max_in_batch=commits.batch,
            max_waiting=commits.queue,
            locks=LockCheck(_member, use.mark_watermarks.locked, patience),
        )
        # Clients reconnect all at once: they share queries as commands share commits.
        self.connects = _reading(dependencies, use.connect_clients, lambda token: token)
        self.snapshots = _reading(dependencies, use.take_snapshots, lambda asked: asked.user)
        self.logs = _reading(
            dependencies, encoding(use.read_logs), lambda query: query.conversation
        )

    def of(self, command: DurableCommand[Any]) -> Lane[DurableCommand[Any], Committed, Any]:
        """Return the lane of a command: one and the same for all commands of a conversation."""
        return self.commands[command.conversation.int % len(self.commands)]

    async def execute_all(self, commands: Sequence[DurableCommand[T]]) -> list[T]:
        """Commit commands in their order; return their results, raise the first refusal.

        Those of one conversation share a batch where it has room. Each is decided for itself: what
        was committed beside a refused one stays.
        """
        waiting = (self.of(each).ask(each) for each in commands)
        results: list[T] = []
        for outcome in await asyncio.gather(*waiting, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
            results.append(outcome)
        return results

    async def drain(self) -> None:
        """Wait until everything that was submitted is committed."""
        for lane in self.commands:
            await lane.drain()
        await self.marks.drain()


def _conversation(command: DurableCommand[Any]) -> ConversationId:
    return command.conversation


def _member(mark: Mark) -> Membership:
    return mark.conversation, mark.user


def _reading(
    dependencies: Dependencies,
    read: Callable[[Sequence[Asked]], list[Found | DomainError]],
    key: Callable[[Asked], Hashable],
) -> Lane[Asked, list[Found | DomainError], Found]:
    """Make a lane in which requests share queries."""
    return Lane(
        read,
        dependencies.pools.queries,
        outcomes=lambda found: found,
        committed=lambda _found: None,
        failed=dependencies.failed,
        overloaded=dependencies.refusals.record,
        max_in_batch=MAX_READ_TOGETHER,
        max_waiting=MAX_READERS,
        key=key,
    )


def encoding(
    read: Callable[[Sequence[LogQuery]], list[EventPage | DomainError]],
) -> Callable[[Sequence[LogQuery]], list[EncodedPage | DomainError]]:
    """Return a reader that encodes each page of *read* once, however many asked for it."""

    def read_encoded(questions: Sequence[LogQuery]) -> list[EncodedPage | DomainError]:
        encoded: dict[int, EncodedPage] = {}
        pages = read(questions)
        for page in pages:
            if not isinstance(page, DomainError) and id(page) not in encoded:
                encoded[id(page)] = encode_page(page)
        return [page if isinstance(page, DomainError) else encoded[id(page)] for page in pages]

    return read_encoded
