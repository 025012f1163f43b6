"""Group commit: while one transaction runs, the next batch gathers."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from parlour.domain.kernel.errors import DomainError, NotFound, Overloaded, Unavailable
from parlour.entrypoints.shell.group_commit import MAX_TURNS, QUIET_TURNS, Lane
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
        if "poison" in items:
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
