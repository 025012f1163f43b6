"""Background tasks that run as long as the process."""

import asyncio
from collections.abc import Iterator

import pytest

from parlour.entrypoints.harness.virtual_time import VirtualTimeLoop
from parlour.entrypoints.shell.supervisor import HEALTHY_AFTER, Supervisor


class Supervised:
    """A supervisor on virtual time, and a task that fails when the test says so."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self.loop = loop
        self.failed: list[BaseException] = []
        self.supervisor = Supervisor(self.failed.append)
        self.begun: list[float] = []
        self.dies: BaseException | None = ZeroDivisionError()
        self.lives = 0.0

    async def work(self) -> None:
        self.begun.append(self.loop.time())
        await asyncio.sleep(self.lives)
        if self.dies is not None:
            raise self.dies

    async def unhealthy(self) -> list[str]:
        return self.supervisor.unhealthy

    async def failing(self) -> list[str]:
        return self.supervisor.failing


@pytest.fixture
def supervised() -> Iterator[Supervised]:
    """A supervisor without tasks."""
    loop = VirtualTimeLoop()
    yield Supervised(loop)
    loop.end()


async def _keep(supervised: Supervised, *, is_vital: bool = True) -> None:
    supervised.supervisor.keep("work", supervised.work, is_vital=is_vital)


class TestSupervisor:
    def test_restarts_a_failing_task_with_growing_pauses(self, supervised: Supervised) -> None:
        supervised.loop.finish(_keep(supervised))
        supervised.loop.advance(20)

        assert supervised.begun == [0, 0.25, 0.75, 1.75, 3.75, 7.75, 12.75, 17.75]
        assert {type(error) for error in supervised.failed} == {ZeroDivisionError}

    def test_restarts_a_task_at_once_that_was_healthy(self, supervised: Supervised) -> None:
        supervised.loop.finish(_keep(supervised))
        supervised.loop.advance(10)
        supervised.lives = 2 * HEALTHY_AFTER
        supervised.loop.advance(200)

        before, last = supervised.begun[-2:]
        assert last - before == 2 * HEALTHY_AFTER + 0.25

    def test_lists_unhealthy_tasks(self, supervised: Supervised) -> None:
        supervised.loop.finish(_keep(supervised))
        supervised.loop.settle()
        supervised.lives = 10_000
        supervised.loop.advance(HEALTHY_AFTER - 1)
        assert supervised.loop.finish(supervised.unhealthy()) == ["work"]
        supervised.loop.advance(1)
        assert supervised.loop.finish(supervised.unhealthy()) == []

    def test_lists_vital_tasks_that_fail_repeatedly(self, supervised: Supervised) -> None:
        supervised.loop.finish(_keep(supervised))
        supervised.loop.advance(0.7)
        assert supervised.loop.finish(supervised.failing()) == []
        supervised.loop.advance(0.1)
        assert supervised.loop.finish(supervised.failing()) == ["work"]

        supervised.lives = HEALTHY_AFTER + 1
        supervised.loop.advance(3 * HEALTHY_AFTER)
        assert len(supervised.begun) > 4
        assert supervised.loop.finish(supervised.failing()) == []

    def test_does_not_list_other_tasks_as_failing(self, supervised: Supervised) -> None:
        supervised.loop.finish(_keep(supervised, is_vital=False))
        supervised.loop.advance(60)

        assert supervised.loop.finish(supervised.unhealthy()) == ["work"]
        assert supervised.loop.finish(supervised.failing()) == []

    @pytest.mark.parametrize("dies", [None, asyncio.CancelledError()], ids=["ends", "cancelled"])
    def test_restarts_a_task_that_ends_by_itself(
        self, supervised: Supervised, dies: BaseException | None
    ) -> None:
        supervised.dies = dies
        supervised.loop.finish(_keep(supervised))
        supervised.loop.advance(1)

        assert len(supervised.begun) == 3
        assert len(supervised.failed) == 3

    def test_cancels_all_tasks_when_stopped(self, supervised: Supervised) -> None:
        supervised.lives = 10_000
        supervised.loop.finish(_keep(supervised))
        supervised.loop.settle()
        supervised.loop.finish(supervised.supervisor.stop())
        supervised.loop.advance(20_000)

        assert supervised.begun == [0]
        assert supervised.failed == []

    def test_reports_the_error_of_a_single_run(self, supervised: Supervised) -> None:
        async def once() -> None:
            supervised.supervisor.spawn(supervised.work())

        supervised.loop.finish(once())
        supervised.loop.advance(20)

        assert supervised.begun == [0]
        assert supervised.failed == [supervised.dies]
