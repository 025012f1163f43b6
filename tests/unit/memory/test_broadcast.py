"""Two nodes in one process."""

import asyncio
from threading import Thread

from parlour.adapters.memory import MemoryBus, MemoryExchange, open_bus
from parlour.domain.kernel.broadcast import Listener


class Ear(Listener):
    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.woken = asyncio.Event()

    def frame(self, topic: str, payload: bytes) -> None:
        self.heard.append((topic, payload))
        self.woken.set()

    def gap(self) -> None:
        raise AssertionError("nothing is lost in memory")


class TestMemoryBus:
    async def test_hears_nothing_of_itself(self) -> None:
        bus, ear = open_bus(), Ear()
        await bus.start(ear)
        await bus.follow(["c.1"])
        bus.publish([("c.1", b"echo")])
        await asyncio.sleep(0)

        assert ear.heard == []

    async def test_takes_frames_from_other_threads_and_loops(self) -> None:
        exchange, ear = MemoryExchange(), Ear()
        here = MemoryBus(exchange)
        await here.start(ear)
        await here.follow(["c.1"])
        thread = Thread(target=lambda: MemoryBus(exchange).publish([("c.1", b"from afar")]))
        thread.start()
        await asyncio.wait_for(ear.woken.wait(), 30)
        thread.join()

        assert [("c.1", b"from afar")] == ear.heard

    async def test_publishes_to_a_node_whose_loop_has_gone(self) -> None:
        exchange = MemoryExchange()

        async def begin() -> None:
            gone = MemoryBus(exchange)
            await gone.start(Ear())
            await gone.follow(["c.1"])

        thread = Thread(target=lambda: asyncio.run(begin()))
        thread.start()
        thread.join()

        MemoryBus(exchange).publish([("c.1", b"nobody is there")])

    async def test_drops_what_was_unfollowed_on_its_way(self) -> None:
        exchange, ear = MemoryExchange(), Ear()
        here = MemoryBus(exchange)
        await here.start(ear)
        await here.follow(["c.1", "c.2"])
        MemoryBus(exchange).publish([("c.1", b"late"), ("c.2", b"kept")])
        here.unfollow(["c.1"])
        await asyncio.wait_for(ear.woken.wait(), 30)

        assert [("c.2", b"kept")] == ear.heard
