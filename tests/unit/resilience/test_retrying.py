"""What fails is repeated with growing pauses, and reported."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise

import pytest

from parlour.adapters.resilience import keep_running, retry_until_done
from parlour.entrypoints.harness.virtual_time import VirtualTimeLoop


@pytest.fixture
def loop() -> Iterator[VirtualTimeLoop]:
    """A loop whose time passes only when it is told to."""
    loop = VirtualTimeLoop()
    yield loop
    loop.end()


class Failing:
    """Work that fails so many times."""

    def __init__(self, loop: VirtualTimeLoop, times: int, lasts: float = 0.0) -> None:
        self._loop = loop
        self.times = times
        self.lasts = lasts
        self.begun: list[float] = []
        self.reported: list[BaseException] = []

    async def __call__(self) -> str:
        self.begun.append(self._loop.time())
        await asyncio.sleep(self.lasts)
        if len(self.begun) <= self.times:
            raise ZeroDivisionError
        return "done"

    async def session(self) -> None:
        await self()


def test_work_is_repeated_with_growing_pauses_until_it_is_done(loop: VirtualTimeLoop) -> None:
    work = Failing(loop, times=7)
    task = loop.create_task(retry_until_done(work, work.reported.append))
    loop.advance(60)

    assert task.result() == "done"
    assert work.begun == [0, 0.25, 0.75, 1.75, 3.75, 7.75, 12.75, 17.75]
    assert [type(error) for error in work.reported] == [ZeroDivisionError] * 7


def test_work_that_is_cancelled_is_not_repeated(loop: VirtualTimeLoop) -> None:
    work = Failing(loop, times=0, lasts=10.0)
    task = loop.create_task(retry_until_done(work, work.reported.append))
    loop.advance(1)
    task.cancel()
    loop.advance(60)

    assert task.cancelled()
    assert (work.begun, work.reported) == ([0], [])


def test_a_session_that_ends_is_followed_by_another(loop: VirtualTimeLoop) -> None:
    session = Failing(loop, times=2)
    task = loop.create_task(keep_running(session.session, session.reported.append))
    loop.advance(4)
    task.cancel()

    assert session.begun == [0, 0.25, 0.75, 1.75, 3.75]
    assert len(session.reported) == 2


def test_pauses_begin_small_again_after_a_long_session(loop: VirtualTimeLoop) -> None:
    session = Failing(loop, times=1_000)
    task = loop.create_task(
        keep_running(session.session, session.reported.append, healthy_after=30.0)
    )
    loop.advance(13)
    session.lasts = 30.0
    loop.advance(100)
    task.cancel()
    before, last = session.begun[-2:]

    assert last - before == 30.25


def test_pauses_with_jitter_stay_below_their_bound(loop: VirtualTimeLoop) -> None:
    session = Failing(loop, times=1_000)
    task = loop.create_task(
        keep_running(
            session.session, session.reported.append, first_pause=0.1, max_pause=2.0, jitter=True
        )
    )
    loop.advance(100)
    task.cancel()
    pauses = [after - before for before, after in pairwise(session.begun)]

    assert max(pauses) <= 2.0
    assert len({round(pause, 3) for pause in pauses[10:]}) > 10
