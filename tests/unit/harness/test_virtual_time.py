"""An event loop whose time stands still until it is moved."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from parlour.entrypoints.harness import virtual_time
from parlour.entrypoints.harness.virtual_time import START, VirtualClock, VirtualTimeLoop


@pytest.fixture
def loop() -> Iterator[VirtualTimeLoop]:
    """A loop at the beginning of time."""
    loop = VirtualTimeLoop()
    yield loop
    loop.end()


class TestVirtualTimeLoop:
    def test_does_not_move_by_itself(self, loop: VirtualTimeLoop) -> None:
        woken: list[float] = []
        loop.call_later(1, lambda: woken.append(loop.time()))
        loop.settle()

        assert (woken, loop.time()) == ([], 0.0)

    def test_moves_from_timer_to_timer(self, loop: VirtualTimeLoop) -> None:
        woken: list[float] = []

        async def wake() -> None:
            for _ in range(3):
                await asyncio.sleep(2)
                woken.append(loop.time())

        loop.create_task(wake())
        loop.advance(5)
        assert (woken, loop.time()) == ([2, 4], 5)
        loop.advance(1)
        assert woken == [2, 4, 6]

    def test_runs_what_is_ready_to_its_end(self, loop: VirtualTimeLoop) -> None:
        async def count() -> int:
            for _ in range(100):
                await asyncio.sleep(0)
            return 100

        assert loop.finish(count()) == 100
        assert loop.time() == 0

    def test_finishes_what_has_to_wait(self, loop: VirtualTimeLoop) -> None:
        async def wait() -> float:
            await asyncio.sleep(3600)
            return loop.time()

        assert loop.finish(wait()) == 3600

    def test_waits_for_threads(self, loop: VirtualTimeLoop) -> None:
        assert loop.finish(asyncio.to_thread(divmod, 7, 2)) == (3, 1)

    def test_says_what_can_never_finish(
        self, loop: VirtualTimeLoop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(virtual_time, "THREAD_TIMEOUT", 0.01)
        with pytest.raises(TimeoutError):
            loop.finish(asyncio.Event().wait())

    def test_ignores_timers_that_were_cancelled(self, loop: VirtualTimeLoop) -> None:
        async def wait() -> float:
            async with asyncio.timeout(60):
                await asyncio.sleep(1)
            return loop.time()

        assert loop.finish(wait()) == 1
        loop.advance(100)
        assert loop.time() == 101

    def test_has_a_calendar(self, loop: VirtualTimeLoop) -> None:
        clock = VirtualClock(loop)
        loop.advance(90)

        assert clock() - START == timedelta(seconds=90)
