"""Group commit: while one transaction runs, the next batch gathers.

There is no timer. A batch begins as soon as the event loop brings no more items, and takes
everything that came meanwhile: so batches grow with the load, and the cost of a commit is shared
(DeWitt et al., SIGMOD 1984).
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Generic, TypeVar

from parlour.domain.kernel.errors import DomainError, Overloaded, RowsLocked, Unavailable
from parlour.entrypoints.shell.locked_items import Done, Entry, LockCheck, LockedItems
from parlour.entrypoints.shell.meters import FAST, SIZES, Histogram
from parlour.entrypoints.shell.observer import LaneObserver
from parlour.entrypoints.shell.suspects import Suspects
from parlour.entrypoints.shell.workers import Workers

QUIET_TURNS = 2
"""Turns of the event loop without a new item before a batch begins.

Clients that were answered by the last batch send again within these turns, and one large batch
costs less than two small ones."""

MAX_TURNS = 16
"""Turns of the event loop after which a batch begins, whatever they bring."""

LOCKED_PAUSE = 0.1
"""Seconds between two looks at rows that another transaction has locked."""

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Result = TypeVar("Result")


def _itself(item: Hashable) -> Hashable:
    return item


class Lane(Generic[Item, Result, Outcome]):
    """Runs items in batches, one batch at a time, in the order of their submission.

    Items whose rows another transaction holds are set aside and retried; the others go on.
    `batches` and `items` count what was committed; `len(lane)` is the number of waiting items.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Result],
        workers: Workers,
        *,
        outcomes: Callable[[Result], Sequence[Outcome | DomainError]],
        committed: Callable[[Result], None],
        failed: Callable[[BaseException], None],
        overloaded: Callable[[Overloaded], None] | None = None,
        max_in_batch: int,
        max_waiting: int,
        sizes: Histogram | None = None,
        seconds: Histogram | None = None,
        observer: LaneObserver[Item] | None = None,
        locks: LockCheck[Item] | None = None,
        key: Callable[[Item], Hashable] = _itself,
    ) -> None:
        """Make an idle lane.

        *commit* runs a batch in a worker; *outcomes* returns one outcome for each item from its
        result. After all items are answered, *committed* is called with the result. *failed*
        reports errors that are no refusals, *overloaded* refusals because the queue is full.
        *sizes* and *seconds* measure committed batches. Without *locks* an item whose rows are
        locked is refused. Where items fail unexpectedly, later ones of the same *key* are
        committed apart from others.
        """
        self._commit = commit
        self._workers = workers
        self._observer = observer
        self._outcomes = outcomes
        self._committed = committed
        self._failed = failed
        self._overloaded = overloaded
        self._max_in_batch = max_in_batch
        self._max_waiting = max_waiting
        self._waiting: deque[Entry[Item, Outcome]] = deque()
        self._locked: LockedItems[Item, Outcome] | None = LockedItems(locks) if locks else None
        self._suspects: Suspects[Item, Outcome] = Suspects(locks.key if locks else key)
        self._retrying: asyncio.Task[None] | None = None
        self._retried = 0
        self._running: asyncio.Task[None] | None = None
        self._sizes = sizes or Histogram(SIZES)
        self._seconds = seconds or Histogram(FAST)
        self.batches = 0
        self.items = 0

    def __len__(self) -> int:
        return len(self._waiting) + (len(self._locked) if self._locked is not None else 0)

    def submit(self, item: Item, done: Done[Outcome]) -> None:
        """Add *item* to the next batch and call *done* with its outcome; raise `Overloaded`."""
        if self._observer is not None:
            self._observer.submitted(item)
        is_locked = self._locked is not None and item in self._locked
        if (len(self) if is_locked else len(self._waiting)) >= self._max_waiting:
            refusal = Overloaded("Too many requests wait for the storage")
            if self._overloaded is not None:
                self._overloaded(refusal)
            if self._observer is not None:
                self._observer.settled(item, refusal)
            raise refusal
        if is_locked and self._locked is not None:
            self._locked.append((item, done))
            return
        self._waiting.append((item, done))
        if self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._run())

    async def ask(self, item: Item) -> Outcome:
        """Add *item* to the next batch; return its result, raise its refusal or `Overloaded`."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def done(outcome: Outcome | DomainError) -> None:
            if future.cancelled():
                return
            if isinstance(outcome, DomainError):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self.submit(item, done)
        return await future

    async def drain(self) -> None:
        """Wait until no item waits or runs."""
        while True:
            if self._running is not None:
                await asyncio.shield(self._running)
            elif self._locked is not None and (len(self._locked) or self._retried):
                await asyncio.sleep(LOCKED_PAUSE)
            else:
                break
        if self._retrying is not None and self._locked is not None:
            self._retrying.cancel()
            self._locked.clear()

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                size = min(len(self._waiting), self._max_in_batch)
                batch = [self._waiting.popleft() for _ in range(size)]
                try:
                    if self._locked is not None and self._locked.has_keys:
                        batch = await self._set_locked_aside(batch)
                    await self._commit_apart(batch)
                except Exception as error:  # noqa: BLE001 - the next batch must not be blocked
                    self._failed(error)
        finally:
            self._running = None

    async def _gather(self) -> None:
        """Wait while turns of the event loop bring new items and the batch has room for them."""
        quiet = 0
        for _ in range(MAX_TURNS):
            known = len(self._waiting)
            if quiet == QUIET_TURNS or known >= self._max_in_batch:
                return
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._waiting) == known else 0

    async def _commit_apart(self, batch: list[Entry[Item, Outcome]]) -> None:
        """Commit the items that broke a batch lately each alone, the others together."""
        together, apart = self._suspects.split(batch) if len(self._suspects) else (batch, [])
        await self._commit_batch(together)
        for each in apart:
            await self._commit_batch([each])

    async def _commit_batch(self, batch: list[Entry[Item, Outcome]], tries: int = 0) -> None:
        if not batch:
            return
        begun = time.perf_counter()
        try:
            items = [item for item, _ in batch]
            if self._observer is None:
                result = await self._workers.run(self._commit, items)
            else:
                result = await self._workers.run(self._commit_observed, items, self._observer)
        except RowsLocked as error:
            await self._commit_unlocked(batch, error, tries)
            return
        except DomainError as error:
            self._answer(batch, [error] * len(batch))
            return
        except Exception as error:  # noqa: BLE001 - reported, and answered
            if len(batch) == 1:
                if self._suspects.add(batch[0][0]):
                    self._failed(error)
                self._answer(batch, [Unavailable()])
                return
            self._failed(error)
            # One item has broken the transaction of the others: commit each alone.
            for each in batch:
                await self._commit_batch([each])
            return
        if len(self._suspects) and len(batch) == 1:
            self._suspects.clear(batch[0][0])
        self.batches += 1
        self.items += len(batch)
        self._sizes.observe(len(batch))
        self._seconds.observe(time.perf_counter() - begun)
        self._answer(batch, self._outcomes(result))
        self._committed(result)

    # -- rows that other transactions have locked --------------------------------------------

    async def _commit_unlocked(
        self, batch: list[Entry[Item, Outcome]], refusal: RowsLocked, tries: int
    ) -> None:
        """Commit a batch that met a lock without the items that are locked."""
        if self._locked is None or (tries > 1 and len(batch) == 1):
            self._answer(batch, [refusal] * len(batch))
            return
        free = await self._set_locked_aside(batch)
        if len(free) < len(batch):
            await self._commit_batch(free, tries)
        elif tries == 0:
            await self._commit_batch(free, 1)  # the lock has gone meanwhile
        else:
            # Another row than those that were looked at is locked: find out whose by trying.
            for each in free:
                await self._commit_batch([each], 2)

    async def _set_locked_aside(
        self, batch: list[Entry[Item, Outcome]]
    ) -> list[Entry[Item, Outcome]]:
        """Set aside the items of *batch* whose rows are locked; return the others."""
        if self._locked is None:
            return batch
        locked = await self._find_locked([item for item, _ in batch])
        free = self._locked.set_aside(batch, locked)
        if len(free) < len(batch):
            self._waiting = self._locked.claim(self._waiting)
            if self._retrying is None:
                self._retrying = asyncio.get_running_loop().create_task(self._retry_locked())
        return free

    async def _find_locked(self, items: Sequence[Item]) -> Collection[Hashable]:
        """Return the keys of *items* that are locked; none where that cannot be found out."""
        if self._locked is None:
            return ()
        try:
            return await self._workers.run(self._locked.check.find_locked, items)
        except Exception as error:  # noqa: BLE001 - reported; the commit itself will say more
            if not isinstance(error, DomainError):
                self._failed(error)
            return ()

    async def _retry_locked(self) -> None:
        """Commit what was set aside as soon as its rows are free."""
        try:
            while self._locked is not None and self._locked.has_keys:
                await asyncio.sleep(LOCKED_PAUSE)
                expired = self._locked.expired()
                self._answer(expired, [RowsLocked()] * len(expired))
                locked = await self._find_locked(self._locked.samples)
                batch = self._locked.take(locked, self._max_in_batch)
                self._retried = len(batch)
                try:
                    await self._commit_apart(batch)
                except Exception as error:  # noqa: BLE001 - the next batch must not be blocked
                    self._failed(error)
                self._retried = 0
                self._locked.forget(locked)
        finally:
            self._retrying = None

    def _commit_observed(self, items: Sequence[Item], observer: LaneObserver[Item]) -> Result:
        with observer.committing(items):
            return self._commit(items)

    def _answer(
        self,
        batch: list[Entry[Item, Outcome]],
        outcomes: Sequence[Outcome | DomainError],
    ) -> None:
        for (item, done), outcome in zip(batch, outcomes, strict=True):
            try:
                done(outcome)
                if self._observer is not None:
                    self._observer.settled(item, outcome)
            except Exception as error:  # noqa: BLE001 - one broken socket must not stop the lane
                self._failed(error)
