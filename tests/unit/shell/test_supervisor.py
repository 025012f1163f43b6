"""Background work that must go on as long as the process."""

import asyncio
from collections.abc import Iterator

import pytest

from parlour.entrypoints.harness.virtual_time import VirtualTimeLoop
from parlour.entrypoints.shell.supervisor import HEALTHY_AFTER, Supervisor


class House:
    """A supervisor whose time stands still, and a work that does as it is told."""

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

    async def sick(self) -> list[str]:
        return self.supervisor.unhealthy

    async def failing(self) -> list[str]:
        return self.supervisor.failing


@pytest.fixture
def house() -> Iterator[House]:
    """A house without work."""
    loop = VirtualTimeLoop()
    yield House(loop)
    loop.end()


async def _keep(house: House, *, is_vital: bool = True) -> None:
    house.supervisor.keep("work", house.work, is_vital=is_vital)


class TestSupervisor:
    def test_begins_again_what_dies_with_growing_pauses(self, house: House) -> None:
        house.loop.finish(_keep(house))
        house.loop.advance(20)

        assert house.begun == [0, 0.25, 0.75, 1.75, 3.75, 7.75, 12.75, 17.75]
        assert {type(error) for error in house.failed} == {ZeroDivisionError}

    def test_begins_again_at_once_after_good_times(self, house: House) -> None:
        house.loop.finish(_keep(house))
        house.loop.advance(10)
        house.lives = 2 * HEALTHY_AFTER
        house.loop.advance(200)

        before, last = house.begun[-2:]
        assert last - before == 2 * HEALTHY_AFTER + 0.25

    def test_knows_who_is_sick(self, house: House) -> None:
        house.loop.finish(_keep(house))
        house.loop.settle()
        house.lives = 10_000
        house.loop.advance(HEALTHY_AFTER - 1)
        assert house.loop.finish(house.sick()) == ["work"]
        house.loop.advance(1)
        assert house.loop.finish(house.sick()) == []

    def test_knows_what_is_no_accident(self, house: House) -> None:
        house.loop.finish(_keep(house))
        house.loop.advance(0.7)
        assert house.loop.finish(house.failing()) == []
        house.loop.advance(0.1)
        assert house.loop.finish(house.failing()) == ["work"]

        house.lives = HEALTHY_AFTER + 1
        house.loop.advance(3 * HEALTHY_AFTER)
        assert len(house.begun) > 4
        assert house.loop.finish(house.failing()) == []

    def test_can_do_without_what_is_not_vital(self, house: House) -> None:
        house.loop.finish(_keep(house, is_vital=False))
        house.loop.advance(60)

        assert house.loop.finish(house.sick()) == ["work"]
        assert house.loop.finish(house.failing()) == []

    @pytest.mark.parametrize("dies", [None, asyncio.CancelledError()], ids=["ends", "cancelled"])
    def test_lets_nothing_end_by_itself(self, house: House, dies: BaseException | None) -> None:
        house.dies = dies
        house.loop.finish(_keep(house))
        house.loop.advance(1)

        assert len(house.begun) == 3
        assert len(house.failed) == 3

    def test_stops_when_told(self, house: House) -> None:
        house.lives = 10_000
        house.loop.finish(_keep(house))
        house.loop.settle()
        house.loop.finish(house.supervisor.stop())
        house.loop.advance(20_000)

        assert house.begun == [0]
        assert house.failed == []

    def test_reports_what_becomes_of_work_that_is_done_once(self, house: House) -> None:
        async def once() -> None:
            house.supervisor.spawn(house.work())

        house.loop.finish(once())
        house.loop.advance(20)

        assert house.begun == [0]
        assert house.failed == [house.dies]
