"""Group commit: while one transaction is under way, the next batch gathers.

There is no timer. A lane begins as soon as the event loop brings nothing more, and takes
everything that came meanwhile: so the batch grows with the load and the cost of a commit is shared
(the group commit of DeWitt et al., SIGMOD 1984).
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from parlour.domain.kernel.errors import DomainError, Overloaded, Unavailable
from parlour.entrypoints.shell.meters import FAST, SIZES, Histogram
from parlour.entrypoints.shell.observing import LaneObserver
from parlour.entrypoints.shell.workers import Workers

QUIET_TURNS = 2
"""Turns of the event loop that bring nothing before a batch begins. Whoever was answered by the
last one says the next thing within these: a batch of all costs less than two of half of them."""

MAX_TURNS = 16
"""Turns after which a batch begins, whatever they bring."""

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Result = TypeVar("Result")

Done = Callable[[Outcome | DomainError], None]
"""Told what became of an item, on the event loop; must return at once."""


class Lane(Generic[Item, Result, Outcome]):
    """One line of transactions, one after the other."""

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Result],
        workers: Workers,
        *,
        outcomes: Callable[[Result], Sequence[Outcome | DomainError]],
        committed: Callable[[Result], None],
        failed: Callable[[BaseException], None],
        max_in_batch: int,
        max_waiting: int,
        sizes: Histogram | None = None,
        seconds: Histogram | None = None,
        observer: LaneObserver[Item] | None = None,
    ) -> None:
        """Make an idle lane.

        *commit* runs in a worker; *outcomes* finds one outcome an item in its result. After the
        senders were told, *committed* hears the result. *failed* hears of errors that are no
        refusals. *sizes* and *seconds* count the batches that were committed and how long it took.
        """
        self._commit = commit
        self._workers = workers
        self._observer = observer
        self._outcomes = outcomes
        self._committed = committed
        self._failed = failed
        self._most_in_batch = max_in_batch
        self._most_waiting = max_waiting
        self._waiting: deque[tuple[Item, Done[Outcome]]] = deque()
        self._running: asyncio.Task[None] | None = None
        self._sizes = sizes or Histogram(SIZES)
        self._seconds = seconds or Histogram(FAST)
        self.batches = 0
        self.items = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def submit(self, item: Item, done: Done[Outcome]) -> None:
        """Take *item* into the next batch; raise `Overloaded` where too many wait."""
        if self._observer is not None:
            self._observer.submitted(item)
        if len(self._waiting) >= self._most_waiting:
            refusal = Overloaded()
            if self._observer is not None:
                self._observer.settled(item, refusal)
            raise refusal
        self._waiting.append((item, done))
        if self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._run())

    async def ask(self, item: Item) -> Outcome:
        """Take *item* into the next batch and wait for it; raise its refusal, or `Overloaded`."""
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

    async def drained(self) -> None:
        """Wait until nothing waits and nothing runs."""
        while self._running is not None:
            await asyncio.shield(self._running)

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                size = min(len(self._waiting), self._most_in_batch)
                try:
                    await self._settle([self._waiting.popleft() for _ in range(size)])
                except Exception as error:  # noqa: BLE001 - the next batch must not wait for ever
                    self._failed(error)
        finally:
            self._running = None

    async def _gather(self) -> None:
        """Wait while turns of the event loop bring more, and the batch has room for it."""
        quiet = 0
        for _ in range(MAX_TURNS):
            known = len(self._waiting)
            if quiet == QUIET_TURNS or known >= self._most_in_batch:
                return
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._waiting) == known else 0

    async def _settle(self, batch: list[tuple[Item, Done[Outcome]]]) -> None:
        begun = time.perf_counter()
        try:
            items = [item for item, _ in batch]
            if self._observer is None:
                result = await self._workers.run(self._commit, items)
            else:
                result = await self._workers.run(self._observed, items, self._observer)
        except DomainError as error:
            self._tell(batch, [error] * len(batch))
            return
        except Exception as error:  # noqa: BLE001 - reported, and answered
            self._failed(error)
            if len(batch) == 1:
                self._tell(batch, [Unavailable()])
                return
            # One item may have spoiled the transaction of its neighbours: settle each alone.
            for each in batch:
                await self._settle([each])
            return
        self.batches += 1
        self.items += len(batch)
        self._sizes.observe(len(batch))
        self._seconds.observe(time.perf_counter() - begun)
        self._tell(batch, self._outcomes(result))
        self._committed(result)

    def _observed(self, items: Sequence[Item], observer: LaneObserver[Item]) -> Result:
        with observer.committing(items):
            return self._commit(items)

    def _tell(
        self,
        batch: list[tuple[Item, Done[Outcome]]],
        outcomes: Sequence[Outcome | DomainError],
    ) -> None:
        for (item, done), outcome in zip(batch, outcomes, strict=True):
            try:
                done(outcome)
                if self._observer is not None:
                    self._observer.settled(item, outcome)
            except Exception as error:  # noqa: BLE001 - one broken socket must not stop the lane
                self._failed(error)
