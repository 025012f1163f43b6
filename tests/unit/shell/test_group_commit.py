"""Group commit: while one transaction runs, the next batch gathers."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from parlour.domain.kernel.errors import DomainError, NotFound, Overloaded, RowsLocked, Unavailable
from parlour.entrypoints.shell.group_commit import MAX_TURNS, QUIET_TURNS, Lane
from parlour.entrypoints.shell.locked_items import LockCheck
from parlour.entrypoints.shell.workers import InlineWorkers
from tests.support.concurrency import until
from tests.support.shell import HeldWorkers, turns


class Commits:
    """A lane whose transactions wait for the test. Items are words; "poison" breaks its batch."""

    def __init__(self, *, max_in_batch: int = 100, max_waiting: int = 1_000) -> None:
        self.workers = HeldWorkers()
        self.batches: list[list[str]] = []
        self.done: list[tuple[str, str | DomainError]] = []
        self.told: list[list[str | DomainError]] = []
        self.failed: list[BaseException] = []
        self.breaks_for: set[str] = set()
        self.telling_breaks = False
        self.is_mended = False
        self.lane = Lane[str, list[str | DomainError], str](
            self.commit,
            self.workers,
            outcomes=lambda outcomes: outcomes,
            committed=self.tell,
            failed=self.failed.append,
            max_in_batch=max_in_batch,
            max_waiting=max_waiting,
        )

    def commit(self, items: Sequence[str]) -> list[str | DomainError]:
        self.batches.append(list(items))
        if "poison" in items and not self.is_mended:
            raise ZeroDivisionError
        return [NotFound() if item == "refused" else item.upper() for item in items]

    def tell(self, outcomes: list[str | DomainError]) -> None:
        if self.telling_breaks:
            raise ZeroDivisionError
        self.told.append(outcomes)

    def submit(self, *items: str) -> None:
        for item in items:
            self.lane.submit(item, partial(self.note, item))

    def note(self, item: str, outcome: str | DomainError) -> None:
        if item in self.breaks_for:
            raise ZeroDivisionError
        self.done.append((item, outcome))

    async def finish(self) -> None:
        self.workers.is_open = True
        await self.workers.close()
        await asyncio.wait_for(self.lane.drain(), 10)


@pytest.fixture
def commits() -> Commits:
    """An idle lane."""
    return Commits()


class TestLane:
    async def test_begins_a_batch_after_quiet_turns_of_the_loop(self, commits: Commits) -> None:
        commits.submit("a")
        await turns(1 + QUIET_TURNS)

        assert len(commits.workers.waiting) == 1

    async def test_gathers_items_over_several_turns_of_the_loop(self, commits: Commits) -> None:
        for item in "abc":
            commits.submit(item)
            await turns(1)
        await commits.finish()

        assert commits.batches == [["a", "b", "c"]]

    async def test_begins_a_batch_after_a_bounded_number_of_turns(self, commits: Commits) -> None:
        commits.workers.is_open = True
        for number in range(3 * MAX_TURNS):
            commits.submit(str(number))
            await turns(1)
        assert commits.batches
        assert len(commits.batches[0]) <= MAX_TURNS + 1

    async def test_begins_a_batch_that_is_full(self) -> None:
        commits = Commits(max_in_batch=2)
        commits.submit("a", "b", "c")
        await turns(1)

        assert len(commits.workers.waiting) == 1

    async def test_gathers_while_a_commit_runs(self, commits: Commits) -> None:
        commits.submit("a")
        await turns()
        for item in "bcd":
            commits.submit(item)
            await turns()
        assert commits.batches == []
        commits.workers.let_through()
        await turns()
        commits.workers.let_through()
        await turns()

        assert commits.batches == [["a"], ["b", "c", "d"]]

    async def test_keeps_the_order_of_submission(self, commits: Commits) -> None:
        words = [str(number) for number in range(250)]
        commits.submit(*words)
        await commits.finish()

        assert [item for item, _ in commits.done] == words
        assert [len(batch) for batch in commits.batches] == [100, 100, 50]

    async def test_acknowledges_after_the_commit(self, commits: Commits) -> None:
        commits.submit("a")
        await turns()
        assert commits.done == []
        await commits.finish()

        assert commits.done == [("a", "A")]

    async def test_answers_before_it_publishes(self, commits: Commits) -> None:
        told = commits.told
        commits.lane.submit("a", lambda _: told.append(["acknowledged"]))
        await commits.finish()

        assert told == [["acknowledged"], ["A"]]

    async def test_answers_a_refused_item_alone_with_its_refusal(self, commits: Commits) -> None:
        commits.submit("a", "refused", "b")
        await commits.finish()

        outcomes = dict(commits.done)
        assert (outcomes["a"], outcomes["b"]) == ("A", "B")
        assert isinstance(outcomes["refused"], NotFound)

    async def test_counts_batches_and_items(self, commits: Commits) -> None:
        commits.submit("a", "b")
        assert len(commits.lane) == 2
        await commits.finish()

        assert (len(commits.lane), commits.lane.batches, commits.lane.items) == (0, 1, 2)


class TestOverload:
    async def test_is_refused_at_submission(self) -> None:
        commits = Commits(max_in_batch=2, max_waiting=3)
        commits.submit("a", "b", "c")
        with pytest.raises(Overloaded):
            commits.submit("d")
        await turns()
        commits.submit("e", "f")
        with pytest.raises(Overloaded):
            commits.submit("g")
        await commits.finish()

        assert [item for item, _ in commits.done] == ["a", "b", "c", "e", "f"]


class TestFailures:
    async def test_of_one_item_does_not_fail_the_others(self, commits: Commits) -> None:
        commits.submit("a", "poison", "b")
        await commits.finish()

        outcomes = dict(commits.done)
        assert commits.batches == [["a", "poison", "b"], ["a"], ["poison"], ["b"]]
        assert (outcomes["a"], outcomes["b"]) == ("A", "B")
        assert isinstance(outcomes["poison"], Unavailable)
        assert [type(error) for error in commits.failed] == [ZeroDivisionError] * 2

    async def test_of_the_backend_answers_every_item(self, commits: Commits) -> None:
        commits.workers.broken = Unavailable()
        commits.submit("a", "b")
        await commits.finish()
        assert [outcome for _, outcome in commits.done] == [commits.workers.broken] * 2
        assert not commits.failed

        commits.workers.broken = None
        commits.submit("c")
        await commits.finish()
        assert commits.done[-1] == ("c", "C")

    async def test_of_one_callback_does_not_stop_the_lane(self, commits: Commits) -> None:
        commits.breaks_for = {"a"}
        commits.submit("a", "b")
        await commits.finish()

        assert commits.done == [("b", "B")]
        assert commits.told == [["A", "B"]]
        assert len(commits.failed) == 1

    async def test_in_publishing_does_not_stop_the_lane(self) -> None:
        commits = Commits(max_in_batch=1)
        commits.telling_breaks = True
        commits.submit("a", "b", "c")
        await commits.finish()

        assert [item for item, _ in commits.done] == ["a", "b", "c"]
        assert len(commits.failed) == 3

    async def test_of_a_malformed_result_does_not_block_the_next_batch(
        self, commits: Commits
    ) -> None:
        """A result with too few outcomes ends with its batch."""
        commits.lane._outcomes = lambda outcomes: outcomes[:1]
        commits.submit("a", "b")
        await turns()
        commits.submit("c")
        await commits.finish()

        assert [item for item, _ in commits.done] == ["a", "c"]
        assert [type(error) for error in commits.failed] == [ValueError]


class Rows:
    """Rows that another transaction locks; an item locks the row of its first letter."""

    def __init__(self) -> None:
        self.locked: set[str] = set()
        self.hidden: set[str] = set()
        self.batches: list[str] = []
        self.done: list[tuple[str, str | DomainError]] = []

    def commit(self, items: Sequence[str]) -> list[str | DomainError]:
        if any(item[0] in self.locked | self.hidden for item in items):
            raise RowsLocked
        self.batches.append(" ".join(items))
        return list(items)

    def find_locked(self, items: Sequence[str]) -> set[str]:
        return {item[0] for item in items} & self.locked

    def lane(self, *, patience: float = 30.0) -> Lane[str, list[str | DomainError], str]:
        return Lane(
            self.commit,
            InlineWorkers(),
            outcomes=lambda outcomes: outcomes,
            committed=lambda _: None,
            failed=lambda _: None,
            max_in_batch=100,
            max_waiting=5,
            locks=LockCheck(lambda item: item[0], self.find_locked, patience),
        )

    def submit(self, lane: Lane[str, list[str | DomainError], str], *items: str) -> None:
        for item in items:
            lane.submit(item, lambda outcome, item=item: self.done.append((item, outcome)))  # type: ignore[misc]


class TestLockedRows:
    async def test_hold_up_their_own_items_alone_which_keep_their_order(self) -> None:
        rows = Rows()
        lane = rows.lane()
        rows.locked = {"a"}
        rows.submit(lane, "a1", "b1", "a2", "c1")
        await until(lambda: len(rows.done) == 2)
        rows.submit(lane, "a3", "b2")
        await until(lambda: len(rows.done) == 3)
        assert rows.batches == ["b1 c1", "b2"]
        assert len(lane) == 3

        rows.locked = set()
        await lane.drain()
        assert rows.batches == ["b1 c1", "b2", "a1 a2 a3"]
        assert {item: outcome for item, outcome in rows.done if item == outcome} == {
            item: item for item in ("a1", "a2", "a3", "b1", "b2", "c1")
        }

    async def test_found_locked_again_keep_the_order(self) -> None:
        rows = Rows()
        lane = rows.lane()
        rows.locked = {"a"}
        rows.submit(lane, "a1", "a2")
        await until(lambda: len(lane) == 2)
        rows.submit(lane, "a3")
        rows.locked, rows.hidden = set(), {"a"}
        await asyncio.sleep(0.15)
        rows.locked, rows.hidden = {"a"}, set()
        rows.submit(lane, "a4")
        await asyncio.sleep(0.15)
        rows.locked = set()
        await lane.drain()

        committed = [item for batch in rows.batches for item in batch.split()]
        assert committed == [item for item, outcome in rows.done if item == outcome]
        assert committed == sorted(committed)

    async def test_are_refused_after_a_time(self) -> None:
        rows = Rows()
        lane = rows.lane(patience=0.05)
        rows.locked = {"a"}
        rows.submit(lane, "a1", "b1")
        await until(lambda: len(rows.done) == 2)

        outcomes = dict(rows.done)
        assert outcomes["b1"] == "b1"
        assert isinstance(outcomes["a1"], RowsLocked)
        await lane.drain()

    async def test_that_are_not_found_are_found_by_trying(self) -> None:
        rows = Rows()
        lane = rows.lane()
        rows.hidden = {"a"}
        rows.submit(lane, "a1", "b1")
        await until(lambda: len(rows.done) == 2)

        outcomes = dict(rows.done)
        assert outcomes["b1"] == "b1"
        assert isinstance(outcomes["a1"], RowsLocked)

    async def test_hold_no_more_items_than_may_wait(self) -> None:
        rows = Rows()
        lane = rows.lane()
        rows.locked = {"a"}
        rows.submit(lane, "a1")
        await until(lambda: len(lane) == 1 and not rows.batches)
        await asyncio.sleep(0.05)
        rows.submit(lane, "a2", "a3", "a4", "a5")
        with pytest.raises(Overloaded):
            rows.submit(lane, "a6")
        rows.submit(lane, "b1")

        rows.locked = set()
        await lane.drain()
        assert len(rows.done) == 6


class TestBrokenItems:
    async def test_break_one_batch_and_are_committed_apart_from_then_on(
        self, commits: Commits
    ) -> None:
        commits.workers.is_open = True
        commits.submit("a", "poison", "b")
        await commits.lane.drain()
        commits.batches.clear()
        commits.submit("c", "poison", "d", "poison")
        await commits.lane.drain()

        assert commits.batches == [["c", "d"], ["poison"], ["poison"]]
        assert {item for item, outcome in commits.done if isinstance(outcome, str)} == {*"abcd"}

    async def test_are_reported_at_a_bounded_rate(self, commits: Commits) -> None:
        commits.workers.is_open = True
        for _ in range(20):
            commits.submit("a", "poison")
            await commits.lane.drain()

        # The first batch, and the item that broke it.
        assert len(commits.failed) == 2

    async def test_that_are_mended_share_batches_again(self, commits: Commits) -> None:
        commits.workers.is_open = True
        commits.submit("a", "poison", "b")
        await commits.lane.drain()
        commits.is_mended = True
        commits.submit("c", "poison")
        await commits.lane.drain()
        commits.batches.clear()
        commits.submit("d", "poison")
        await commits.lane.drain()

        assert commits.batches == [["d", "poison"]]
