"""Worker pools run synchronous work beside the event loop."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from parlour.domain.kernel.errors import NotFound, Overloaded
from parlour.entrypoints.shell.workers import InlineWorkers, ThreadWorkers
from tests.support.concurrency import until


@pytest.fixture
async def workers() -> AsyncIterator[ThreadWorkers]:
    """Two threads, and room for one more piece of work."""
    workers = ThreadWorkers(2, name="test", max_waiting=1)
    yield workers
    await workers.close()


class Gate:
    """Work that lasts until the test opens the gate."""

    def __init__(self) -> None:
        self._gate = threading.Event()
        self.begun = 0
        self.done = 0

    def work(self) -> str:
        self.begun += 1
        assert self._gate.wait(30)
        self.done += 1
        return threading.current_thread().name

    def open(self) -> None:
        self._gate.set()


class TestThreadWorkers:
    async def test_run_work_in_another_thread(self, workers: ThreadWorkers) -> None:
        name = await workers.run(lambda: threading.current_thread().name)

        assert name.startswith("test")

    async def test_pass_arguments_and_errors_through(self, workers: ThreadWorkers) -> None:
        def refuse(*, why: str) -> None:
            raise NotFound(why)

        assert await workers.run(divmod, 7, 2) == (3, 1)
        with pytest.raises(NotFound, match="gone"):
            await workers.run(refuse, why="gone")

    async def test_refuse_work_beyond_the_queue(self, workers: ThreadWorkers) -> None:
        gate = Gate()
        running = [asyncio.create_task(workers.run(gate.work)) for _ in range(3)]
        await until(lambda: gate.begun == 2)

        with pytest.raises(Overloaded):
            await workers.run(gate.work)

        gate.open()
        await asyncio.gather(*running)
        assert workers.waiting == 0
        assert await workers.run(divmod, 7, 2) == (3, 1)

    async def test_finish_and_count_work_of_cancelled_callers(
        self, workers: ThreadWorkers
    ) -> None:
        """A disconnect never cuts a transaction in half."""
        gate = Gate()
        running = [asyncio.create_task(workers.run(gate.work)) for _ in range(3)]
        await until(lambda: gate.begun == 2)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

        assert workers.waiting == 3
        with pytest.raises(Overloaded):
            await workers.run(gate.work)

        gate.open()
        await until(lambda: workers.waiting == 0)
        assert gate.done == 3

    async def test_ignore_errors_of_work_of_cancelled_callers(
        self, workers: ThreadWorkers
    ) -> None:
        told: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        gate = Gate()

        def fail() -> None:
            gate.work()
            raise NotFound

        task = asyncio.create_task(workers.run(fail))
        await until(lambda: gate.begun == 1)
        task.cancel()
        gate.open()
        await until(lambda: workers.waiting == 0)
        del task

        assert not told

    async def test_finish_running_work_when_they_close(self) -> None:
        workers, gate = ThreadWorkers(1, name="test"), Gate()
        task = asyncio.create_task(workers.run(gate.work))
        await until(lambda: gate.begun == 1)
        closing = asyncio.create_task(workers.close())
        gate.open()
        await closing

        assert gate.done == 1
        await task


class TestInlineWorkers:
    async def test_run_work_at_once(self) -> None:
        workers = InlineWorkers()

        assert await workers.run(threading.current_thread) is threading.current_thread()
        await workers.close()
